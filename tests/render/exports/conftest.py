"""Grades worth exporting: hostile names, a late one, one that the grader failed on."""

import pytest

from grader.render.exports.grades import grade_of
from grader.result import Status
from grader.submissions import CourseDirectory

LATE = "[late]\npercent_per_day = 10\ndue.m1_mini = 2026-03-01T12:00:00Z\n"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "grader.toml").write_text(LATE, encoding="utf-8")
    return CourseDirectory(tmp_path)


@pytest.fixture
def broken(results):
    """Ada's result, with a check on which the grader failed."""
    check = (
        results[0]
        .checks[0]
        .model_copy(update={"status": Status.GRADER_ERROR, "points": 0.0, "message": "no worker"})
    )
    return results[0].model_copy(update={"checks": [check, *results[0].checks[1:]]})


@pytest.fixture
def late(results):
    """Ada's result, handed in a day and an hour after it was due."""
    record = results[0].submission.model_copy(update={"submitted_at": "2026-03-02T13:00:00+00:00"})
    return results[0].model_copy(update={"submission": record})


@pytest.fixture
def grades(results, course):
    return [grade_of(result, course) for result in results]
