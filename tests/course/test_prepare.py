"""Preparing: the same cases by however many workers, and a reference that fails is named."""

from dataclasses import replace

import psutil
import pytest

from grader.confine import SpawnedLauncher
from grader.course.frozen import to_files
from grader.course.prepare import PreparationError, prepare
from grader.result import Visibility
from tests.conftest import live, strongest
from tests.mini import mini_course


@pytest.mark.parametrize(
    "course",
    [
        pytest.param(mini_course, id="mini"),
        pytest.param(lambda: live("a2_logistic_regression"), id="a2", marks=pytest.mark.slow),
    ],
)
def test_cases_are_the_same_by_however_many_workers(course):
    alone, many = (
        to_files(prepare(course(), "a seed", Visibility.HIDDEN, strongest(), jobs=jobs))
        for jobs in (1, 3)
    )
    assert alone == many


def test_draws_without_a_seed_are_the_same_when_cases_are_made_again():
    course = mini_course()
    drawn = "np.random.default_rng().normal(size=n) + np.random.RandomState().normal()"
    text = course.references["mini.py"].replace("rng.normal(size=n)", drawn)
    course = replace(course, references={"mini.py": text})
    once, again = (
        to_files(prepare(course, "a seed", Visibility.PUBLIC, strongest())) for _ in range(2)
    )
    assert drawn in text
    assert once == again


def test_a_reference_that_fails_is_named_and_no_worker_stays():
    course = mini_course()
    wrong = course.references["mini.py"].replace("np.sqrt(x)", "1 / 0")
    broken = replace(course, references={"mini.py": wrong})
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(PreparationError, match=r"root.positive, case 'a number'.*ZeroDivision"):
        prepare(broken, "a seed", Visibility.HIDDEN, SpawnedLauncher(), jobs=2)
    assert set(psutil.Process().children(recursive=True)) <= before
