"""Further public inputs: of the check's own generator, of seeds that are no secret, bounded."""

import numpy as np
import pytest

from grader.course.examples import example_checks, for_values
from grader.course.prepare import PreparationError, prepare
from grader.result import Kind, Visibility
from tests.conftest import strongest
from tests.mini import mini, mini_course


def test_each_seed_makes_the_cases_that_preparing_with_it_makes():
    found = example_checks(mini_course(), "half_mse", "value", strongest(), 3)
    assert len(found) == 3
    whole = prepare(mini_course(), "example 2", Visibility.PUBLIC, strongest(), with_training=False)
    same = next(one for one in whole.checks if one.exercise == "half_mse")
    for case, other in zip(found[1].cases, same.cases, strict=True):
        assert case.label == other.label and case.mistaken == {} != other.mistaken
        assert np.array_equal(case.arguments["X"], other.arguments["X"])
        assert case.expected.values == other.expected.values


def test_no_more_are_made_than_are_enough():
    found = example_checks(mini_course(), "half_mse", "value", strongest())
    assert len(found) == 48 and sum(len(one.cases) for one in found) == 96
    assert len(example_checks(mini_course(), "root", "positive", strongest())) == 64


def test_a_reference_that_fails_on_a_further_input_is_told():
    course = mini_course()
    course.references["mini.py"] = course.references["mini.py"].replace("np.sqrt(x)", "1 / 0")
    with pytest.raises(PreparationError, match=r"root.positive.*answered"):
        example_checks(course, "root", "positive", strongest(), 1)


def test_a_gradient_is_asked_for_its_values_alone_and_training_for_nothing():
    plain = for_values(mini(public=True))
    kinds = {(one.exercise, one.name): one.kind for one in plain.checks}
    assert kinds["gradients", "derivative"] is Kind.OUT
    assert not {"fit", "solve.source"} & {name for name, _ in kinds}
    assert set(kinds.values()) == {Kind.OUT, Kind.STAT, Kind.ERR}
    assert not plain.misconceptions
    assert not any(case.mistaken for one in plain.checks for case in one.cases)
