"""Grade answers without the work, many at a time, and see what they earn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from grader.authoring.unearned.plan import Task
from grader.confine import Launcher, LimitBook, Limits
from grader.course.question import Questions
from grader.judge.grading import GradingOptions, grade
from grader.result import Status

LIMITS = Limits(seconds=60)
"""A student's, but with wall clock enough on a busy machine."""


@dataclass(frozen=True)
class Earned:
    """Points for a check that one answer earned on the cases of one seed."""

    answer: str
    seed: str
    exercise: str
    check: str
    title: str
    points: float


@dataclass(frozen=True)
class Graded:
    """What came of one submission.

    Attributes
    ----------
    failed
        Why it could not be graded; empty where it could.
    """

    task: Task
    earned: tuple[Earned, ...]
    failed: str = ""


def run_unearned(
    tasks: Sequence[Task],
    launcher: Launcher,
    *,
    jobs: int,
    progress: Callable[[Graded], None] | None = None,
) -> list[Graded]:
    """Grade all submissions of a plan; what comes of them is in its order."""
    questions = Questions()
    told = progress or (lambda one: None)

    def graded(task: Task) -> Graded:
        found = _graded(task, launcher, questions)
        told(found)
        return found

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        try:
            return list(pool.map(graded, tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _graded(task: Task, launcher: Launcher, questions: Questions) -> Graded:
    options = GradingOptions(limits=LimitBook(LIMITS))
    try:
        result = grade(task.submission, task.part, launcher, options, questions)
    except Exception as error:  # our own mistake, which is no proof of anything
        return Graded(task, (), f"The grader failed ({type(error).__name__}: {error}).")
    failed = [one.message for one in result.checks if one.status is Status.GRADER_ERROR]
    problems = [*failed, *result.submission.notes]  # what was left out answers nothing
    earned = [
        Earned(task.answer.name, task.seed, one.exercise, one.check, one.title, one.points)
        for one in result.checks
        if one.points
    ]
    return Graded(task, tuple(earned), problems[0] if problems else "")
