"""A grade above its maximum is named on the class page and in every export."""

from dataclasses import replace

import pytest

from grader.render.above_maximum import above_maximum
from grader.render.exports.grades import StudentGrade
from grader.render.html.report import class_page
from tests.render.small_class import small_class, student

GRADE = StudentGrade("ada", "a1", 8.0, 10.0, exercises={"f": 3.0, "g": None}, maxima={"f": 3.0})


def raised(points):
    (one,) = small_class("+")
    check = one.checks[0].model_copy(update={"points": points})
    return one.model_copy(update={"checks": [check], "points": points})


def test_the_class_page_names_who_has_more_than_the_maximum():
    page = class_page([raised(1_087.0), student("bob", "+")])
    assert "1 of 2 students have more than the maximum" in page
    assert "1087 of 10 points" in page and "for exercise_1" in page


def test_the_class_page_of_an_ordinary_class_says_nothing_of_it():
    assert "more than the maximum" not in class_page(small_class("++", "+-", ".."))


@pytest.mark.parametrize("points", [10.0, 10.004, 0.0])
def test_points_up_to_the_maximum_are_no_excess(points):
    assert above_maximum([raised(points)]) == []


@pytest.mark.parametrize(
    "change, said",
    [
        ({}, ""),
        ({"points": 1_087.0}, "1087 of 10 points"),
        ({"points": 10.0, "penalty": -5.0, "exercises": {}}, "15 of 10 points"),
        ({"exercises": {"f": 1_000.0, "of a person": 7.0}}, "1000 of 3 for f"),
        ({"points": float("inf")}, "inf of 10 points"),
    ],
)
def test_what_is_above_is_told(change, said):
    assert replace(GRADE, **change).excess == said
