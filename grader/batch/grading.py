"""Grade one job of a batch, in the judge's own process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.batch.attempts import Attempt, best_of
from grader.batch.inputs import PublicInputs
from grader.batch.plan import Job
from grader.batch.store import ResultStore, StoreError, content_of
from grader.confine import Confinement, Launcher
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.judge.grading import GradingOptions, grade
from grader.judge.judged_checks import LOST_STATUSES
from grader.judge.processes import Past, Slate, options_for, records_name
from grader.judge.public_cases import Name, still_open
from grader.judge.records import failure_of, ungraded
from grader.result import Result
from grader.submissions import Submission


@dataclass(frozen=True)
class Fingerprints:
    """What a grade depends on beside what was handed in: the grader, and each exercise's checks."""

    grader: str
    exercises: dict[str, str]


@dataclass(frozen=True)
class GradingWork:
    """A job, and what all jobs of its batch share.

    Attributes
    ----------
    fingerprints
        By which a later run knows what changed.
    inputs
        What explains failures on hidden cases; None where nothing is to.
    """

    job: Job
    assignment: PreparedAssignment
    options: GradingOptions
    questions: Questions
    fingerprints: Fingerprints
    confinement: Confinement
    inputs: PublicInputs | None = None

    @property
    def name(self) -> str:
        """What logs call it."""
        return f"{self.job.student}, {self.assignment.name}"

    def judge(self, launcher: Launcher, slate: Slate, past: Past) -> Result:
        """Grade the job; a failure of ours is its result, not an exception."""
        try:
            attempts = self.job.read()
        except Exception as error:
            with records_name(self.name):
                return self.ungraded(failure_of("The grader cannot read it", error))
        with records_name(self.name):
            result = _Attempts(self, launcher, slate, past).grade(attempts)
        known_by = self.fingerprints
        return result.model_copy(
            update={"exercise_sha256": known_by.exercises, "grader_sha256": known_by.grader}
        )

    def ungraded(self, reason: str) -> Result:
        """A result that says that the grader failed, and why; the files were not read."""
        submission = Submission(self.job.student, self.assignment.name)
        return ungraded(submission, self.assignment, reason, self.confinement)

    def deliver(self, result: Result) -> bytes:
        """A `Delivery` of the result."""
        return Delivery.of(result, still_open(result.checks, self.job.only)).encode()


@dataclass(frozen=True)
class Delivery:
    """A result as a batch gets it: ready to be kept, and not read again for that.

    Attributes
    ----------
    failed
        Whether the grader failed on some check.
    trouble
        Why the result cannot be written; "" when it can.
    content
        What the store keeps.
    still_open
        Checks that further inputs may explain.
    """

    student: str
    failed: bool
    trouble: str
    content: bytes
    still_open: tuple[Name, ...] = ()

    @classmethod
    def of(cls, result: Result, still_open: Sequence[Name] = ()) -> Delivery:
        """The delivery of a result."""
        try:
            content, trouble = content_of(result), ""
        except StoreError as error:
            content, trouble = b"", str(error)
        failed = result.has_grader_error
        return cls(result.student, failed, trouble, content, tuple(still_open))

    def encode(self) -> bytes:
        """Return it as bytes."""
        head = json.dumps([self.student, self.failed, self.trouble, self.still_open])
        return head.encode("ascii") + b"\n" + self.content

    @classmethod
    def decode(cls, data: bytes) -> Delivery:
        """Return what `encode` made `data` from."""
        head, _, content = data.partition(b"\n")
        student, failed, trouble, names = json.loads(head)
        return cls(student, failed, trouble, content, tuple((one, other) for one, other in names))

    def keep(self, store: ResultStore) -> None:
        """Keep the result; raises `StoreError` when it cannot be written."""
        if self.trouble:
            raise StoreError(self.trouble)
        store.keep(self.student, self.content)


@dataclass(frozen=True)
class _Attempts:
    """The attempts of a job while they are graded."""

    work: GradingWork
    launcher: Launcher
    slate: Slate
    past: Past

    @property
    def options(self) -> GradingOptions:
        """Those of the batch; what explains failures is looked at, too."""
        inputs = self.work.inputs
        public = inputs.assignment if inputs is not None else None
        return replace(self.work.options, public=public)

    def grade(self, attempts: Sequence[Attempt]) -> Result:
        job = self.work.job
        if job.known is not None and job.only is not None:
            return self._grade_changed(attempts[-1].submission, job.known, job.only)
        graded = partial(self._grade, options=self.options)
        results = [graded(one.submission, number) for number, one in enumerate(attempts)]
        return best_of(attempts, results) if len(results) > 1 else results[0]

    def _grade_changed(
        self, submission: Submission, known: Result, changed: frozenset[str]
    ) -> Result:
        """Grade some exercises again, and take what is known of the others.

        Where one of them hung or crashed before and does no longer, or the other way round, all
        are graded again: whatever calls it ends otherwise, too.
        """
        others = tuple(one for one in known.checks if one.exercise not in changed)
        partly = replace(self.options, only=changed, known=others)
        result = self._grade(submission, 0, partly)
        if _ended_early(result, changed) != _ended_early(known, changed):
            return self._grade(submission, 1, self.options)
        return result

    def _grade(self, submission: Submission, number: int, options: GradingOptions) -> Result:
        """Grade once, and once more where the grader failed; what fails again says so.

        Such a result has the status `grader_error`, which costs nobody points.
        """
        noted = options_for(options, self.slate, self.past, number)
        result = self._grade_once(submission, noted)
        return self._grade_once(submission, noted) if result.has_grader_error else result

    def _grade_once(self, submission: Submission, options: GradingOptions) -> Result:
        work = self.work
        try:
            return grade(submission, work.assignment, self.launcher, options, work.questions)
        except Exception as error:
            reason = failure_of("The grader failed on this submission", error)
            return ungraded(submission, work.assignment, reason, work.confinement)


def _ended_early(result: Result, exercises: frozenset[str]) -> set[str]:
    return {
        one.exercise
        for one in result.checks
        if one.exercise in exercises and one.status in LOST_STATUSES
    }
