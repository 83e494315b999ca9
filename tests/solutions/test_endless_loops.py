"""An endless loop costs one wall limit of one worker, wherever it is."""

import pytest

from grader.confine import LimitBook, Limits
from grader.course.misconception import splice
from grader.result import Status
from tests.conftest import exercises_of, file_of, grade_text, live, prepared, strongest

NAME = "a1_least_squares"
# The training check brings a limit of its own, which the course overrides here.
LIMITS = LimitBook(Limits(seconds=0.5), {(NAME, "fit"): {"cpu_seconds": 1.0}})
EXERCISES = sorted(exercises_of(NAME, "numpy"))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_endless_loop_is_waited_for_once(exercise):
    file = file_of(NAME, "numpy")
    loop = f"def {exercise}(*arguments, **options):\n    while True:\n        pass\n"
    text = splice(live(NAME).references[file], exercise, loop)
    result = grade_text(
        prepared(NAME),
        {file: text},
        strongest(),
        only=exercises_of(NAME, "numpy"),
        limits=LIMITS,
    )
    late = [check for check in result.checks if check.status is Status.TIMEOUT]
    waited_for = [check for check in late if "not run again" not in check.message]
    others = [check for check in result.checks if check not in late]
    assert len(waited_for) == 1
    assert {check.exercise for check in late} == {exercise}
    assert {check.status for check in others} <= {Status.PASSED, Status.SKIPPED}
