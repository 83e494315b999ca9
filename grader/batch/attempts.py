"""Where the best of several attempts counts: which one it is, and what the result says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.result import Result
from grader.submissions import Submission


@dataclass(frozen=True)
class Attempt:
    """One of a student's attempts.

    Attributes
    ----------
    share
        The part of its points that its lateness leaves.
    """

    path: Path
    submission: Submission
    share: float = 1.0


def digest_of(attempts: Sequence[Attempt]) -> str:
    """A digest of all that decides which attempt is the best; "" where there is but one."""
    if len(attempts) < 2:
        return ""
    digest = hashlib.sha256()
    for one in attempts:
        handed_in = f"{one.submission.submitted_at} {one.submission.late_seconds}"
        digest.update(f"{one.submission.sha256} {handed_in} {one.share}\n".encode())
    return digest.hexdigest()


def best_of(attempts: Sequence[Attempt], results: Sequence[Result]) -> Result:
    """Return the result that counts: most points after lateness, and of equals the latest.

    Of equals without points, those that hold something that can be graded go first.

    An attempt on which the grader failed might have been better. Unless another has all
    points, its result counts, so that somebody is told and the next run grades it again.
    """
    values = [result.points * one.share for one, result in zip(attempts, results, strict=True)]
    empty = [bool(result.submission.nothing_to_grade) for result in results]
    best = max(range(len(results)), key=lambda index: (values[index], not empty[index], index))
    failed = [index for index, result in enumerate(results) if result.has_grader_error]
    why = "it has the most points"
    if failed and values[best] < results[best].max_points:
        best = max(failed, key=lambda index: (values[index], index))
        why = "the grader failed on it, and it may be the best"
    result = results[best]
    note = f"attempt {best + 1} of {len(results)} counts: {why}"
    record = result.submission.model_copy(
        update={
            "notes": [*result.submission.notes, note],
            "attempts_sha256": digest_of(attempts),
        }
    )
    return result.model_copy(update={"submission": record})


def counted(attempts: Sequence[Attempt], result: Result) -> Attempt:
    """The attempt that a result is of; the latest when it is of none."""
    for one in reversed(attempts):
        if (one.submission.sha256, one.submission.submitted_at) == (
            result.submission.sha256,
            result.submission.submitted_at,
        ):
            return one
    return attempts[-1]
