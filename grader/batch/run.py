"""Grade the jobs of a plan in parallel and keep each result as soon as it is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from grader.batch.explaining import judge_and_explain
from grader.batch.grader_fingerprint import grader_fingerprint
from grader.batch.grading import Delivery, Fingerprints, GradingWork
from grader.batch.inputs import PublicInputs
from grader.batch.plan import BatchPlan
from grader.batch.store import ResultStore
from grader.confine import Launcher
from grader.course.fingerprint import exercise_fingerprints
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.judge.asking import Asking
from grader.judge.grading import GradingOptions
from grader.judge.processes import JudgeLimits, Judges
from grader.result import Result

Progress = Callable[[str], None]
"""Told of each student who has a new result."""


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
    inputs: PublicInputs | None = None,
) -> BatchReport:
    """Grade every job; results are written as they come.

    Each of `jobs` threads waits for one judge at a time, which is a process of its own; the
    report is the same whatever their number.

    Parameters
    ----------
    inputs
        What explains failures on hidden cases; None where nothing is to.

    Raises
    ------
    StoreError
        When a result cannot be written (a full disk, say); what is written stays.
    """
    report = BatchReport(store, students=list(plan.kept), damaged=plan.damaged)
    questions, fingerprints = Questions(), plan.fingerprints or exercise_fingerprints(assignment)
    Asking(assignment, options.limits, launcher.engine, questions).encode_all(options.only)
    if inputs is not None:
        asking = Asking(inputs.assignment, options.limits, launcher.engine, questions)
        asking.encode_all(options.only)

    known_by = Fingerprints(plan.grader or grader_fingerprint(launcher.engine), fingerprints)
    shared = (assignment, options, questions, known_by, launcher.confinement, inputs)
    works = [GradingWork(job, *shared) for job in plan.jobs]
    patient = JudgeLimits().patient(options.limits.longest_submission)
    judges = Judges(launcher, patient, known=works)
    with judges, ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        running: set[Future[Delivery]] = set()
        try:
            for work in works:
                running.add(pool.submit(judge_and_explain, judges, work))
                if len(running) >= 2 * jobs:
                    running = _collect(running, store, report, progress)
            while running:
                running = _collect(running, store, report, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            judges.close()
            raise
    report.students.sort()
    return report


def _collect(
    running: set[Future[Delivery]],
    store: ResultStore,
    report: BatchReport,
    progress: Progress | None,
) -> set[Future[Delivery]]:
    done, still_running = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        delivery = future.result()
        delivery.keep(store)  # the judges are at work on others meanwhile
        report.students.append(delivery.student)
        report.graded += 1
        if delivery.failed:
            report.failed.append(delivery.student)
        if progress is not None:
            progress(delivery.student)
    return still_running
