"""From a verdict to what a result keeps of it."""

from __future__ import annotations

import logging

from grader import __version__
from grader.checks import Verdict
from grader.confine import Confinement
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import CheckResult, Result, Status, SubmissionRecord
from grader.sanitise.text import safe_text
from grader.submissions import Submission

FAILURES = logging.getLogger("grader.failures")
"""Told of each failure of ours that costs a grade, where a diagnosis that fails costs none."""
_MAX_FAILURE = 300


def check_result(
    check: PreparedCheck,
    assignment: PreparedAssignment,
    verdict: Verdict,
    *,
    file: str = "",
    cell: str = "",
    seconds: float = 0.0,
) -> CheckResult:
    """The result of a check from the verdict on it.

    Parameters
    ----------
    file, cell
        Where the exercise stands; in a notebook, the verdict's line counts within the cell.
    seconds
        How long the check took.
    """
    return CheckResult(
        exercise=check.exercise,
        check=check.name,
        title=check.title,
        kind=check.kind,
        visibility=assignment.visibility,
        points=round(verdict.share * check.points, 2),
        max_points=check.points,
        status=verdict.status,
        message=verdict.message,
        diagnosis=verdict.diagnosis,
        cases=verdict.cases,
        seconds=round(seconds, 3),
        printed=verdict.printed,
        line=verdict.line,
        cell=cell,
        file=file,
        plots=list(verdict.plots),
        waits_for=verdict.waits_for,
        whole_file=verdict.whole_file,
    )


def failure_of(what: str, error: Exception, about: str = "") -> str:
    """Say in a sentence that the grader failed; the traceback is logged, and the log is named.

    Parameters
    ----------
    what
        The sentence's beginning.
    about
        What it was, for who reads the log.
    """
    FAILURES.error(" ".join(filter(None, [what, about])), exc_info=error)
    said = safe_text(f"{type(error).__name__}: {error}", _MAX_FAILURE)
    kept = next(filter(None, (getattr(one, "kept_in", "") for one in FAILURES.handlers)), "")
    return f"{what} ({said})." + (f" The traceback is in {kept}." if kept else "")


def out_of_memory() -> Verdict:
    """The verdict on a check whose answers are more than the grader can compare."""
    text = (
        "Comparing the answer took more memory than the grader may use for one submission. "
        "Return a value of the size and type that the exercise asks for."
    )
    return Verdict(Status.OUT_OF_MEMORY, message=text)


def submission_record(submission: Submission, notes: list[str]) -> SubmissionRecord:
    """What a result says of the files; `notes` tells what was left out when they were loaded."""
    return SubmissionRecord(
        files=sorted({submission.sources.get(name, name) for name in submission.files}),
        sha256=submission.sha256,
        submitted_at=submission.submitted_at,
        late_seconds=submission.late_seconds,
        notes=[*submission.notes, *notes],
        nothing_to_grade=submission.nothing_to_grade,
    )


def ungraded(
    submission: Submission, assignment: PreparedAssignment, reason: str, confinement: Confinement
) -> Result:
    """A Result in which every check says that the grader failed, and why."""
    verdict = Verdict(Status.GRADER_ERROR, message=reason)
    return Result(
        course="",
        assignment=assignment.name,
        student=submission.student,
        submission=SubmissionRecord(files=sorted(submission.files), sha256=submission.sha256),
        points=0,
        max_points=assignment.points,
        checks=[check_result(check, assignment, verdict) for check in assignment.checks],
        seed=assignment.seed,
        assignment_sha256=assignment.sha256,
        confinement=confinement,
        grader_version=__version__,
    )
