"""Writings that no diagnosis was made for: full points as they are, and mistakes made in them."""

import ast

import pytest

from benchmarks.unseen_mistakes import FOLDER, mistakes_of, public_cases, texts_of, verdicts_of
from tests.conftest import ASSIGNMENTS, files_of, grade_text, strongest


def test_every_assignment_has_a_writing():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(ASSIGNMENTS)


def check_writing(name, backend):
    texts = {file: texts_of(name)[file] for file in files_of(name, backend)}
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


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_each_mistake_changes_one_passage_and_was_judged(name):
    texts, mistakes = texts_of(name), list(mistakes_of(name))
    assert len(mistakes) >= 40
    for mistake in mistakes:
        made = mistake.made_in(texts[mistake.file])
        assert made != texts[mistake.file]
        ast.parse(made)
    for judged in (verdicts_of(name, "before"), verdicts_of(name, "after")):
        assert set(judged) == {one.name for one in mistakes}
        assert set(judged.values()) <= {"rightly", "wrongly", "not", "unnoticed"}
