"""Writings that no diagnosis was made for: full points as they are, and mistakes made in them."""

import ast

import pytest

from benchmarks.unseen_mistakes import (
    FOLDER,
    SETS,
    mistakes_of,
    public_cases,
    texts_of,
    verdicts_of,
)
from tests.conftest import ASSIGNMENTS, files_of, grade_text, strongest


def test_every_assignment_has_a_writing():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(ASSIGNMENTS)


LATER = [
    pytest.param(which, path.name, marks=[pytest.mark.slow] if path.name != ASSIGNMENTS[0] else [])
    for which in ("third",)
    for path in sorted(SETS[which].iterdir())
]
"""The sets whose writings have full points as they are, one of each at once."""
JUDGED = [
    (which, path.name)
    for which in SETS
    for path in sorted(SETS[which].iterdir())
    if (path / "verdicts.csv").exists()
]
VERDICTS = {"rightly", "wrongly", "not", "unnoticed", "open"}
"""What a mistake of a Keras file that was not graded yet has is "open"."""
COLUMNS = {"first": ("before", "after"), "second": ("first", "after"), "third": ("first", "after")}


def check_writing(name, backend, folder=FOLDER):
    texts = {file: texts_of(name, folder)[file] for file in files_of(name, backend)}
    result = grade_text(public_cases(name).part(backend), texts, strongest())
    lost = [(one.exercise, one.check, one.message) for one in result.checks if one.lost_points]
    assert lost == []
    assert result.points == result.max_points > 0


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_writing_gets_full_points(name):
    check_writing(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_writing_for_keras_gets_full_points(name):
    check_writing(name, "keras")


@pytest.mark.parametrize(("which", "name"), LATER)
def test_a_writing_of_a_later_set_gets_full_points(which, name):
    check_writing(name, "numpy", SETS[which])


@pytest.mark.slow
@pytest.mark.parametrize(("which", "name"), LATER)
def test_a_writing_for_keras_of_a_later_set_gets_full_points(which, name):
    check_writing(name, "keras", SETS[which])


@pytest.mark.parametrize(("which", "name"), JUDGED)
def test_each_mistake_changes_one_passage_and_was_judged(which, name):
    folder = SETS[which]
    texts, mistakes = texts_of(name, folder), list(mistakes_of(name, folder=folder))
    assert len(mistakes) >= 40
    for mistake in mistakes:
        made = mistake.made_in(texts[mistake.file])
        assert made != texts[mistake.file]
        ast.parse(made)
    for judged in (verdicts_of(name, column, folder) for column in COLUMNS[which]):
        assert set(judged) == {one.name for one in mistakes}
        assert set(judged.values()) <= VERDICTS
