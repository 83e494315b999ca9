"""Grade the jobs of a plan in parallel and keep each result as soon as it is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any

from grader.batch.attempts import best_of
from grader.batch.plan import BatchPlan, Job
from grader.confine import Launcher
from grader.course.fingerprint import exercise_fingerprints
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.judge import GradingOptions, grade, ungraded
from grader.prerequisites import LOST_STATUSES
from grader.result import Result
from grader.store import ResultStore
from grader.submissions import Submission

Progress = Callable[[Result], None]


@dataclass
class BatchReport:
    """What a batch came to; the results themselves stay on disk until they are wanted."""

    store: ResultStore
    students: list[str] = field(default_factory=list)
    """Everybody who has a result now, in order."""
    failed: list[str] = field(default_factory=list)
    """Those with a check on which the grader failed."""
    damaged: list[str] = field(default_factory=list)
    graded: int = 0

    @property
    def results(self) -> list[Result]:
        """All results, read from the store."""
        return [result for one in self.students if (result := self.store.read(one)) is not None]


def default_jobs() -> int:
    """One worker per core that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def run_batch(
    plan: BatchPlan,
    assignment: PreparedAssignment,
    store: ResultStore,
    launcher: Launcher,
    options: GradingOptions,
    *,
    jobs: int,
    progress: Progress | None = None,
) -> BatchReport:
    """Grade every job; results are written as they come.

    Each of `jobs` threads talks to one worker process at a time: what is slow runs in the
    workers, so threads suffice here, and the report is the same whatever their number.

    Raises
    ------
    StoreError
        When a result cannot be written (a full disk, say); what is written stays.
    """
    report = BatchReport(store, students=list(plan.kept), damaged=plan.damaged)
    waiting = iter(plan.jobs)
    how = (assignment, launcher, options, Questions(), exercise_fingerprints(assignment))

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        running: set[Future[Result]] = set()
        try:
            for job in waiting:
                running.add(pool.submit(grade_job, job, *how))
                if len(running) >= 2 * jobs:
                    running = _collect(running, store, report, progress)
            while running:
                running = _collect(running, store, report, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    report.students.sort()
    return report


def _collect(
    running: set[Future[Result]],
    store: ResultStore,
    report: BatchReport,
    progress: Progress | None,
) -> set[Future[Result]]:
    done, still_running = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        result = future.result()
        store.write(result)
        report.students.append(result.student)
        report.graded += 1
        if result.has_grader_error:
            report.failed.append(result.student)
        if progress is not None:
            progress(result)
    return still_running


def grade_job(
    job: Job,
    assignment: PreparedAssignment,
    launcher: Launcher,
    options: GradingOptions,
    questions: Questions,
    fingerprints: dict[str, str],
) -> Result:
    """Grade one job; whatever happens, a result comes back.

    Parameters
    ----------
    fingerprints
        Those of the assignment's exercises, by which a later run knows what changed.
    """
    result = _grade_safely(job, assignment, launcher, options, questions)
    return result.model_copy(update={"exercise_sha256": fingerprints})


def _grade_safely(job: Job, *how: Any) -> Result:
    """Grade one job, each attempt of it; a failure of ours is not the batch's end."""
    if job.known is not None and job.only is not None:
        return _grade_changed(job, job.known, job.only, *how)
    if not job.earlier:
        return _grade_attempt(job.submission, *how)
    results = [_grade_attempt(one.submission, *how) for one in job.attempts]
    return best_of(job.attempts, results)


def _grade_changed(
    job: Job,
    known: Result,
    changed: frozenset[str],
    assignment: PreparedAssignment,
    launcher: Launcher,
    options: GradingOptions,
    questions: Questions,
) -> Result:
    """Grade some exercises again, and take what is known of the others.

    Where one of them hung or crashed before and does no longer, or the other way round, all are
    graded again: whatever calls it ends otherwise, too.
    """
    others = tuple(one for one in known.checks if one.exercise not in changed)
    partly = replace(options, only=changed, known=others)
    result = _grade_attempt(job.submission, assignment, launcher, partly, questions)
    if _ended_early(result, changed) != _ended_early(known, changed):
        return _grade_attempt(job.submission, assignment, launcher, options, questions)
    checks = {(one.exercise, one.check): one for one in result.checks}
    ordered = [checks[one.exercise, one.name] for one in assignment.checks]
    return result.model_copy(update={"checks": ordered})


def _ended_early(result: Result, exercises: frozenset[str]) -> set[str]:
    return {
        one.exercise
        for one in result.checks
        if one.exercise in exercises and one.status in LOST_STATUSES
    }


def _grade_attempt(submission: Submission, *how: Any) -> Result:
    """Grade once, and once more where the grader failed; what fails again says so.

    Such a result has the status `grader_error`, which costs nobody points.
    """
    result = _grade_once(submission, *how)
    return _grade_once(submission, *how) if result.has_grader_error else result


def _grade_once(
    submission: Submission,
    assignment: PreparedAssignment,
    launcher: Launcher,
    options: GradingOptions,
    questions: Questions,
) -> Result:
    try:
        return grade(submission, assignment, launcher, options, questions)
    except Exception as error:
        reason = f"The grader failed on this submission ({type(error).__name__}: {error})."
        return ungraded(submission, assignment, reason, launcher.confinement)
