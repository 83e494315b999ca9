"""A student's attempts in a course directory: the latest is what nbgrader sees, others beside it.

The latest lies in ``submitted/{student}/{assignment}/``, the earlier ones, in the order of
handing in, in ``.attempts/{student}/{assignment}/{n}/``, which nbgrader does not look at.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.submissions.course_directory import ATTEMPTS, SUBMITTED, earlier_attempts
from grader.submissions.folder import TIMESTAMP
from grader.submissions.regular import Unreadable, is_true_folder, read_regular
from grader.submissions.times import parse_timestamp


@dataclass(frozen=True)
class Attempt:
    """What was handed in at one time, in a folder.

    Attributes
    ----------
    digest
        Of names and contents; the time is not part of it.
    moment
        ISO 8601 in UTC; None where nobody knows it.
    """

    folder: Path
    digest: str
    moment: str | None


def read_attempt(folder: Path) -> Attempt:
    """Read what tells an attempt from others.

    Raises
    ------
    OSError
        When the folder or a file cannot be read.
    """
    digest = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            relative = path.relative_to(folder).as_posix()
            if relative == TIMESTAMP:
                continue
            digest.update(relative.encode("utf-8", "surrogatepass") + b"\0")
            if not stat.S_ISREG(path.lstat().st_mode):  # somebody's own; its target is not read
                digest.update(b"special\0")
                continue
            with open(path, "rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    try:
        moment = parse_timestamp(read_regular(folder / TIMESTAMP, 4_096)[0].decode("utf-8-sig"))
    except (Unreadable, UnicodeDecodeError):
        moment = None
    return Attempt(folder, digest.hexdigest(), moment)


def known_attempts(course: Path, student: str, assignment: str) -> list[Attempt]:
    """A student's attempts in the course directory, the latest last."""
    latest = course / SUBMITTED / student / assignment
    found = earlier_attempts(course, student, assignment)
    if is_true_folder(latest):
        found.append(latest)
    return [read_attempt(folder) for folder in found]


def merged(known: Sequence[Attempt], collected: Sequence[Attempt]) -> list[Attempt]:
    """All attempts in order, each once.

    An attempt of the same time as a known one takes its place; the same files handed in
    again, nothing else between, are the same attempt and keep their first time, so that a
    download made a second time changes nothing. What has no time stands where it arrived.
    """
    result = list(known)
    digests = {one.digest for one in collected}
    for one in collected:
        same = [
            index
            for index, other in enumerate(result)
            if other.digest == one.digest
            and (other.moment == one.moment or None in (one.moment, other.moment))
        ]
        corrected = [
            index
            for index, other in enumerate(result)
            if other.moment == one.moment is not None and other.digest not in digests
        ]
        if not same and not corrected:
            result.append(one)
        elif not same or (one.moment is not None and result[same[-1]].moment is None):
            result[(same or corrected)[-1]] = one
    latest = ""
    keys = []
    for one in result:
        latest = max(latest, one.moment or latest) if one.moment is None else one.moment
        keys.append(latest)
    ordered = [one for _, one in sorted(zip(keys, result, strict=True), key=lambda pair: pair[0])]
    return [
        one
        for index, one in enumerate(ordered)
        if index == 0 or ordered[index - 1].digest != one.digest
    ]


def lay(
    course: Path, student: str, assignment: str, attempts: Sequence[Attempt], staging: Path
) -> None:
    """Make `attempts` the student's attempts, the last of them the one in ``submitted/``.

    The earlier ones are put in place first. Killed at any point, each attempt that was there
    before is still there, and the next run completes the rest.

    Parameters
    ----------
    staging
        An empty folder on the same file system.

    Raises
    ------
    OSError
        When a folder cannot be written; what was there is put back.
    """
    earlier = course / ATTEMPTS / student / assignment
    latest = course / SUBMITTED / student / assignment
    made = staging / "earlier"
    made.mkdir()
    for number, attempt in enumerate(attempts[:-1], start=1):
        _copy(attempt.folder, made / str(number))
    if len(attempts) > 1:
        swap(made, earlier, staging / "replaced earlier")
    if attempts[-1].folder != latest:
        _copy(attempts[-1].folder, staging / "latest")
        swap(staging / "latest", latest, staging / "replaced")
    if len(attempts) == 1 and earlier.exists():
        os.rename(earlier, staging / "replaced earlier")


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)


def swap(made: Path, place: Path, aside: Path) -> None:
    """Put a folder in its place, and what was there aside; put that back when it fails."""
    place.parent.mkdir(parents=True, exist_ok=True)
    there = os.path.lexists(place)
    if there:
        os.rename(place, aside)
    try:
        os.rename(made, place)
    except BaseException:  # an interruption, too
        if there:
            os.rename(aside, place)
        raise
