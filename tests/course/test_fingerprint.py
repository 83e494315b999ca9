"""An exercise's fingerprint: other when its grade may be another, the same when not."""

from dataclasses import replace

import numpy as np
import pytest

from grader.confine import SpawnedLauncher
from grader.course.fingerprint import exercise_fingerprints
from tests.mini import mini, prepare_mini


def changed_by(change):
    """The exercises whose fingerprint another version of one check changes."""
    before = mini()
    checks = tuple(change(check) for check in before.checks)
    old, new = exercise_fingerprints(before), exercise_fingerprints(replace(before, checks=checks))
    return {name for name in old if old[name] != new[name]}


def only(exercise, name, **changes):
    def change(check):
        if (check.exercise, check.name) != (exercise, name):
            return check
        return replace(check, **changes)

    return change


def test_preparing_again_changes_nothing():
    again = prepare_mini(SpawnedLauncher())
    assert exercise_fingerprints(again) == exercise_fingerprints(mini())


@pytest.mark.parametrize("changes", [{"points": 1.5}, {"title": "else"}, {"settings": {"a": 1}}])
def test_a_changed_check_concerns_its_exercise_alone(changes):
    assert changed_by(only("solve", "solution", **changes)) == {"solve"}


def test_it_concerns_those_that_need_it_too():
    assert changed_by(only("predict", "batch", points=1.5)) == {"predict", "half_mse", "gradients"}
    # gradients are compared with differences of half_mse
    assert changed_by(only("half_mse", "value", points=1.5)) == {"half_mse", "gradients"}


def test_another_input_or_answer_counts():
    check = next(one for one in mini().checks if one.exercise == "root")
    (case,) = check.cases
    other_input = replace(case, arguments={"x": np.nextafter(case.arguments["x"], 9)})
    assert changed_by(only("root", check.name, cases=(other_input,))) == {"root"}
    other_answer = replace(case, expected=replace(case.expected, values=[np.float32(1)]))
    assert changed_by(only("root", check.name, cases=(other_answer,))) == {"root"}


def test_what_training_came_to_does_not_count():
    check = next(one for one in mini().checks if one.exercise == "fit")
    cases = tuple(replace(case, expected=None) for case in check.cases)
    assert changed_by(only("fit", check.name, cases=cases)) == set()
