"""A network that is not what was asked for earns little, and nothing for what matters most."""

import pytest

from tests.conftest import grade_text, live, prepared, untrained
from tests.solutions.wrong_networks import WRONG

MOST = 0.4
"""What part of an exercise's points such a network may earn."""


def points_of(wrong):
    """The points of the exercise, training included."""
    exercises = live(wrong.assignment).assignment.exercises()
    return sum(one.points for one in next(e for e in exercises if e.name == wrong.exercise).checks)


def earned(wrong, assignment):
    """The points of the network, and those for the checks that are worth most."""
    result = grade_text(assignment, {wrong.file: wrong.text}, only=frozenset({wrong.exercise}))
    checks = [check for check in result.checks if check.exercise == wrong.exercise]
    most = max(check.max_points for check in checks)
    main = sum(check.points for check in checks if check.max_points == most)
    return sum(check.points for check in checks), main


def parameters(networks, *marks):
    return [pytest.param(one, id=f"{one.exercise}: {one.what}", marks=marks) for one in networks]


@pytest.mark.parametrize("wrong", parameters(one for one in WRONG if one.quick))
def test_a_wrong_network_earns_little(wrong):
    points, main = earned(wrong, untrained(wrong.assignment, "keras"))
    assert points <= MOST * points_of(wrong)
    assert main == 0


@pytest.mark.parametrize("wrong", parameters(WRONG, pytest.mark.slow))
def test_a_wrong_network_earns_little_when_it_is_trained_as_well(wrong):
    points, main = earned(wrong, prepared(wrong.assignment, "keras"))
    assert points <= MOST * points_of(wrong)
    assert main == 0


def test_the_networks_are_many_and_each_is_another():
    assert len(WRONG) >= 60
    assert len({one.text for one in WRONG}) == len(WRONG)
    assert len({one.exercise for one in WRONG if one.quick}) >= 4
