"""What one check shows by chance is not told where another failure of the exercise denies it."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.course.case import Case, Observation
from grader.course.prepared import PreparedCheck
from grader.diagnose import Evidence, Explained
from grader.diagnose.comparison import compare
from grader.diagnose.elsewhere import holds_everywhere
from grader.diagnose.generic import diagnose_generic
from grader.diagnose.misconceptions import _are_shares
from grader.result import Kind, Status

B = np.array([0.3, 0.7])
RIGHT = np.array([1.25, -2.5])


def check_of(name):
    return PreparedCheck("one", name, Kind.OUT, name, 1.0, (), {}, ())


def answered(expected, received, **arguments):
    case = Case(label="a case", arguments=arguments, expected=Observation("answered", [expected]))
    mismatch = compare(received, expected, 1e-6, 1e-9)
    return Evidence(case, Observation("answered", [received]), mismatch is not None, mismatch)


def held(first, second):
    """Whether what is named of the first check's failures holds of the second's, too."""
    checks = [check_of("first"), check_of("second")]
    said = diagnose_generic(checks[0], first)
    assert said is not None
    status = [
        Status.FAILED if any(item.failed for item in one) else Status.PASSED
        for one in (first, second)
    ]
    results = [
        SimpleNamespace(exercise="one", check=name, status=each, diagnosis=said)
        for name, each in zip(("first", "second"), status, strict=True)
    ]
    explained = {
        "first": Explained(evidence=first),
        "second": Explained(evidence=second),
    }
    assignment = SimpleNamespace(checks_of=lambda exercise: checks)
    return holds_everywhere(assignment, results[0], results, explained)


@pytest.mark.parametrize(("times", "is_held"), [(2, True), (4, False)])
def test_a_term_is_the_same_in_every_failure(times, is_held):
    """2 · `b` too much with three channels, and 4 · `b` with five."""
    first = [answered(RIGHT, RIGHT + 2 * B, b=B)]
    assert held(first, [answered(RIGHT, RIGHT + times * B, b=B)]) is is_held


def test_two_results_are_swapped_in_every_failure():
    pair, other = (RIGHT, B), (B, RIGHT)
    assert held([answered(pair, other)], [answered(pair, other)])
    assert not held([answered(pair, other)], [answered(pair, (RIGHT, 2 * B))])


def test_a_right_case_shows_that_nothing_is_swapped():
    pair, other = (RIGHT, B), (B, RIGHT)
    found = diagnose_generic(check_of("first"), [answered(pair, other), answered(pair, pair)])
    assert found is None or found.id != "generic.swapped"
    same = answered((B, B), (B, B))
    found = diagnose_generic(check_of("first"), [answered(pair, other), same])
    assert found is not None and found.id == "generic.swapped"


def test_rows_that_add_up_to_one_are_told_from_others():
    shares = np.array([[0.2, 0.8], [0.5, 0.5]])
    assert _are_shares(shares)
    assert not _are_shares(np.maximum(shares - 0.3, 0))
    assert not _are_shares(np.array([1.0]))
