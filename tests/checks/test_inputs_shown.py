"""A message shows what a case asked with: small arrays, shapes of larger ones, and all scalars."""

import numpy as np
import pytest

from grader.checks.inputs_shown import inputs_of
from grader.checks.wording import describe_mismatch
from grader.course import case, script, step
from grader.diagnose.comparison import Difference, compare
from grader.result import Visibility

LARGE = np.zeros((4, 3))
SCRIPT = script(
    "a script",
    returns=("third",),
    stopping=step.call("EarlyStopping", 2, min_delta=0.1),
    first=step.method("stopping", "update", 0.5),
    second=step.method("stopping", "update", 0.5),
    none=step.method("stopping", "reset"),
    third=step.method("stopping", "update", 0.25),
)


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        (case("", x=LARGE, k=2), ["  inputs:   x (4, 3), k=2"]),
        (case("", x=LARGE, options={"l2": 0.5}), ["  inputs:   x (4, 3), l2=0.5"]),
        (case("", x=np.ones(2), mode="same"), ["  inputs:   x=[1., 1.], mode='same'"]),
        (
            SCRIPT,
            [
                "  calls:    EarlyStopping(2, min_delta=0.1), update(0.5) 2 times, update(0.25)",
            ],
        ),
        (case("").calling("f"), []),
        (case("", x=LARGE, k=2).calling("f"), ["  inputs:   x (4, 3), k=2"]),
    ],
)
def test_scalars_are_shown_beside_large_arrays(asked, lines):
    assert inputs_of(asked, 6) == lines


def test_calls_of_two_objects_are_told_apart():
    asked = script(
        "two objects turn about",
        returns=("second",),
        one=step.call("EarlyStopping", 2),
        other=step.call("EarlyStopping", 5),
        first=step.method("one", "update", 0.5),
        turn=step.method("other", "update", 0.1),
        second=step.method("one", "update", 0.25),
    )
    made = "one = EarlyStopping(2), other = EarlyStopping(5)"
    assert inputs_of(asked, 6) == [
        f"  calls:    {made}, one.update(0.5), other.update(0.1), one.update(0.25)"
    ]


def test_many_calls_are_cut_off():
    steps = {f"v{n}": step.call("f", step.ref("x"), n) for n in range(30)}
    (line,) = inputs_of(script("", returns=("v0",), **steps), 6)
    assert line.startswith("  calls:    f(x, 0), f(x, 1)") and line.endswith("f(x, 15), …")


@pytest.mark.parametrize("kind", [bool, np.bool_])
def test_truth_values_are_named(kind):
    found = compare(kind(False), True, 0, 0)
    assert found.summary == "True was expected; received False"
    told = describe_mismatch(case("", k=1), found, Visibility.PUBLIC)
    assert told == "True was expected; received False\n  inputs:   k=1"
    assert compare(True, kind(True), 0, 0) is None


@pytest.mark.parametrize(
    ("expected", "received", "shown"),
    [
        (np.array([True, False]), np.array([True, True]), ("[ True, False]", "[ True, True]")),
        (np.array([3, 1]), np.array([3, 2]), ("[3, 1]", "[3, 2]")),
        (np.arange(9) > 4, np.arange(9) > 5, ("True", "False")),
    ],
)
def test_whole_numbers_and_truth_values_are_shown_as_such(expected, received, shown):
    told = describe_mismatch(case(""), compare(received, expected, 0, 0), Visibility.PUBLIC)
    assert [line.split(": ")[1].strip() for line in told.splitlines()[-2:]] == list(shown)


@pytest.mark.parametrize(
    ("received", "difference"),
    [
        ([-np.inf, 2.0, -np.inf], Difference.VALUES),
        ([-np.inf, np.inf, 3.0], Difference.NOT_FINITE),
        ([np.nan, 2.0, -np.inf], Difference.NOT_FINITE),
        ([np.nan, -np.inf, -np.inf], Difference.NOT_FINITE),
    ],
)
def test_infinities_that_are_asked_for_are_no_finding(received, difference):
    expected = np.array([-np.inf, 1.0, 3.0])
    assert compare(np.array(received), expected, 1e-6, 0).difference is difference
