"""Right answers written differently get full points."""

import pytest

from grader.result import Status
from tests.conftest import (
    ASSIGNMENTS,
    ROOT,
    exercises_of,
    files_of,
    grade_text,
    prepared,
    strongest,
)

FOLDER = ROOT / "tests" / "alternatives"
ALTERNATIVES = sorted(path for path in FOLDER.glob("*/*") if path.is_dir())
LONG = {
    "a6_transformer-loops-keras",
    "a6_transformer-einsum-keras",
    "a6_transformer-matrix-keras",
    "a6_transformer-per_head-keras",
    "a5_lstm-loops-numpy",
    "a5_lstm-einsum-numpy",
    "a5_lstm-einsum-keras",
}
"""Half a minute and more of training each: with the slow tests."""


def each():
    """Every alternative, with either of its parts."""
    for folder in ALTERNATIVES:
        for backend in ("numpy", "keras"):
            name = f"{folder.parent.name}-{folder.name}-{backend}"
            marks = [pytest.mark.slow] if name in LONG else []
            yield pytest.param(folder, backend, id=name, marks=marks)


def test_each_assignment_has_four():
    counts = [len(list(path.iterdir())) for path in FOLDER.iterdir()]
    assert len(counts) == len(ASSIGNMENTS) and min(counts) >= 4


def test_the_long_ones_are_among_them():
    assert {case.id for case in each()} >= LONG


@pytest.mark.parametrize(("folder", "backend"), list(each()))
def test_an_alternative_gets_full_points(folder, backend):
    name = folder.parent.name
    texts = {file: (folder / file).read_text(encoding="utf-8") for file in files_of(name, backend)}
    assignment = prepared(name, backend, with_mistakes=False)  # nothing is to be diagnosed
    result = grade_text(assignment, texts, strongest(), only=exercises_of(name, backend))
    wrong = [
        (check.exercise, check.check, check.status.value, check.message)
        for check in result.checks
        if check.status is not Status.PASSED
    ]
    assert wrong == []
    assert result.points == result.max_points > 0
