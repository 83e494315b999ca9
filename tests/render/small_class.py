"""A class whose figures are written down: one string for each student."""

from __future__ import annotations

from grader.result import (
    CheckResult,
    Diagnosis,
    Kind,
    Result,
    Status,
    SubmissionRecord,
    Visibility,
    total,
)

STATUSES = {
    "+": Status.PASSED,
    "-": Status.FAILED,
    ".": Status.MISSING,
    ">": Status.SKIPPED,
    "?": Status.GRADER_ERROR,
}


def check(number: int, sign: str) -> CheckResult:
    passed = sign == "+"
    hint = f"Most likely your exercise_{number} is upside down. Turn it."
    return CheckResult(
        exercise=f"exercise_{number}",
        check="out",
        title=f"title {number}",
        kind=Kind.OUT,
        visibility=Visibility.HIDDEN,
        points=10 if passed else 0,
        max_points=10,
        status=STATUSES[sign],
        diagnosis=None if sign != "-" else Diagnosis(id=f"misconception.e{number}.x", hint=hint),
    )


def student(name: str, signs: str, assignment: str = "0" * 64) -> Result:
    """One result: a sign for each check, such as ``+-.>?``."""
    checks = [check(number, sign) for number, sign in enumerate(signs, start=1)]
    points, max_points = total(checks)
    return Result(
        course="course",
        assignment="a1_small",
        student=name,
        submission=SubmissionRecord(files=["small.py"], sha256="0" * 64),
        points=points,
        max_points=max_points,
        checks=checks,
        seed="seed",
        assignment_sha256=assignment,
        confinement="forked",
        grader_version="0",
    )


def with_nothing(name: str, why: str, signs: str = "...") -> Result:
    """One result of somebody who handed in nothing that can be graded."""
    result = student(name, signs)
    record = result.submission.model_copy(update={"files": [], "nothing_to_grade": why})
    return result.model_copy(update={"submission": record})


def small_class(*rows: str, assignment: str = "0" * 64) -> list[Result]:
    """One student for each row of signs."""
    return [student(f"student {n:02}", row, assignment) for n, row in enumerate(rows)]
