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
    untrained,
)

FOLDER = ROOT / "tests" / "alternatives"
ALTERNATIVES = sorted(path for path in FOLDER.glob("*/*") if path.is_dir())


def is_quick(folder, backend):
    """Whether it is graded on every push: a Keras part takes a minute, so one of each course."""
    return backend == "numpy" or folder == next(
        one for one in ALTERNATIVES if one.parent == folder.parent
    )


EACH = [
    pytest.param(folder, backend, id=f"{folder.parent.name}-{folder.name}-{backend}")
    for folder in ALTERNATIVES
    for backend in ("numpy", "keras")
]
QUICK = [
    pytest.param(*one.values, id=one.id, marks=() if is_quick(*one.values) else pytest.mark.slow)
    for one in EACH
]


def test_each_assignment_has_four():
    counts = [len(list(path.iterdir())) for path in FOLDER.iterdir()]
    assert len(counts) == len(ASSIGNMENTS) and min(counts) >= 4


def check_alternative(folder, backend, assignment):
    name = folder.parent.name
    texts = {file: (folder / file).read_text(encoding="utf-8") for file in files_of(name, backend)}
    result = grade_text(assignment, texts, strongest(), only=exercises_of(name, backend))
    wrong = [
        (check.exercise, check.check, check.status.value, check.message)
        for check in result.checks
        if check.status is not Status.PASSED
    ]
    assert wrong == []
    assert result.points == result.max_points > 0


@pytest.mark.parametrize(("folder", "backend"), QUICK)
def test_an_alternative_gets_full_points(folder, backend):
    """Training apart: twenty seeds of it stand in docs/thresholds.csv."""
    check_alternative(folder, backend, untrained(folder.parent.name, backend))


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "backend"), EACH)
def test_an_alternative_gets_full_points_for_training_too(folder, backend):
    check_alternative(folder, backend, prepared(folder.parent.name, backend))
