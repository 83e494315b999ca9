"""From downloads to ``submitted/{student}/{assignment}/``, student by student.

What is wrong with one student's files costs that student, with a sentence that says why.
Everything is made in a folder of its own and renamed into place when it is whole.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.intake.attempts import Attempt, known_attempts, lay, merged, read_attempt
from grader.intake.downloads import items_of
from grader.intake.items import Item, Refused
from grader.intake.names import folded, folder_of, parts_inside
from grader.intake.platforms import Handed, Person, Platform, recognise
from grader.intake.roster import Roster
from grader.intake.taking import Taking, bounded, remove
from grader.submissions.course_directory import SUBMITTED
from grader.submissions.folder import TIMESTAMP
from grader.submissions.names import shown

_STAGING = ".collecting-"
_LEFTOVER_SECONDS = 86_400.0


class CollectError(Exception):
    """Nothing could be collected, or not all; the message says why."""


@dataclass(frozen=True)
class Wanted:
    """What to collect.

    Attributes
    ----------
    expected
        Names of the files that the assignment asks for.
    zone
        Where the platform's clock hangs: its times say no zone.
    """

    assignment: str
    expected: tuple[str, ...]
    platform: Platform = Platform.AUTO
    roster: Roster | None = None
    zone: tzinfo = UTC


@dataclass
class CollectReport:
    """What came of it; students in order."""

    platforms: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    attempts: int = 0
    """Attempts that lie in the course directory now, of all these students."""
    problems: list[str] = field(default_factory=list)
    """Whose files were not collected, and why: a sentence each."""
    notes: list[str] = field(default_factory=list)
    """What was left out of what was collected: a sentence each."""


@dataclass
class _Student:
    """One student's attempts of all downloads, before they are taken."""

    people: dict[str, Person] = field(default_factory=dict)
    attempts: list[list[Handed]] = field(default_factory=list)


def collect(
    course: Path,
    downloads: Sequence[Path],
    wanted: Wanted,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> CollectReport:
    """Lay the submissions of downloads into a course directory.

    Running it again with the same downloads changes nothing.

    Raises
    ------
    CollectError
        When no download can be read, or the course directory cannot be written.
    """
    report = CollectReport()
    with ExitStack() as stack:
        students: dict[str, _Student] = {}
        for download in downloads:
            try:
                items = stack.enter_context(items_of(download))
                _sort(items, wanted, students, report)
            except (Refused, LookupError) as reason:
                report.problems.append(f"{shown(download.name)}: {_sentence(reason)}")
        if not report.platforms:
            raise CollectError("Nothing was collected. " + " ".join(report.problems))
        try:
            _collect_all(course, students, wanted, report, progress)
        except OSError as error:
            raise CollectError(
                f"The submissions cannot be written into {course}: {error.strerror or error}. "
                f"What was collected before is whole ({len(report.new) + len(report.replaced)} "
                "students). Mend it and run the same command again."
            ) from None
    return report


def _sort(
    items: Sequence[Item], wanted: Wanted, students: dict[str, _Student], report: CollectReport
) -> None:
    """Find out whose the files of one download are."""
    inside, outside = [], []
    for item in items:
        try:
            parts_inside(item.path)
            inside.append(item)
        except Refused as reason:
            outside.append(f"{shown(item.path)} was left out: it {reason}")
    found = recognise(inside, wanted.platform, wanted.assignment, wanted.expected)
    report.notes += bounded(outside)
    report.platforms.append(found.platform.value)
    if not found.handed:
        report.notes.append(f"no submission was found by the names that {found.platform} gives")
    if found.unknown:
        more = f" and {len(found.unknown) - 3} more" if len(found.unknown) > 3 else ""
        names = ", ".join(shown(one) for one in found.unknown[:3])
        report.notes.append(f"not named as {found.platform} names files, left out: {names}{more}")
    if found.ignored:
        report.notes.append(
            f"{found.ignored} texts, links and comments of {found.platform} are no files of "
            "students and were left out"
        )
    people: dict[str, Person] = {}
    handed: dict[str, list[Handed]] = {}
    for one in found.handed:
        people.setdefault(one.person.key, one.person)
        handed.setdefault(one.person.key, []).append(one)
    for key, person in people.items():
        student = _id_of(person, wanted.roster, report)
        if student is not None:
            entry = students.setdefault(student, _Student())
            entry.people[key] = person
            entry.attempts += _attempts(handed[key], found.platform)


def _id_of(person: Person, roster: Roster | None, report: CollectReport) -> str | None:
    who = shown(person.name)
    try:
        student = roster.student_of(person) if roster is not None else person.name
        if student is None:
            report.problems.append(f"{who} is not in the roster; add a line to it.")
            return None
        return folder_of(student)
    except LookupError as reason:
        report.problems.append(f"{who} was not collected: {reason}.")
    except Refused as reason:
        report.problems.append(
            f"{who} was not collected: the student id {reason}. Give another in a roster."
        )
    return None


def _attempts(handed: list[Handed], platform: Platform) -> list[list[Handed]]:
    """One person's files of one download by attempt, the latest last."""
    if platform is not Platform.CANVAS:
        by_attempt: dict[str, list[Handed]] = {}
        for one in handed:
            by_attempt.setdefault(one.attempt, []).append(one)
        return [by_attempt[stamp] for stamp in sorted(by_attempt)]
    # Canvas numbers all files as they come: a name that comes again begins the next attempt.
    attempts: list[list[Handed]] = []
    names: set[str] = set()
    for one in sorted(handed, key=lambda one: one.order):
        if not attempts or folded(one.name) in names:
            attempts.append([])
            names = set()
        attempts[-1].append(one)
        names.add(folded(one.name))
    return attempts


def _collect_all(
    course: Path,
    students: dict[str, _Student],
    wanted: Wanted,
    report: CollectReport,
    progress: Callable[[int, int], None],
) -> None:
    _sweep(course)
    there = _names_there(course)
    groups: dict[str, list[str]] = {}
    for student in students:
        groups.setdefault(folded(student), []).append(student)
    for number, student in enumerate(sorted(students)):
        progress(number, len(students))
        problem = _collision(student, students[student], groups[folded(student)], there, wanted)
        if problem:
            report.problems.append(problem)
            continue
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=course))
        try:
            _collect_one(course, student, students[student].attempts, wanted, report, staging)
        finally:
            remove(staging)
    progress(len(students), len(students))


def _collision(
    student: str, entry: _Student, group: list[str], there: dict[str, str], wanted: Wanted
) -> str:
    """Why nobody knows whose files these are; "" when it is clear."""
    if len(group) > 1:
        others = ", ".join(shown(one) for one in sorted(group) if one != student)
        return (
            f"{shown(student)} was not collected: {others} differs in capitals or accents alone, "
            "which some disks take for the same. Give other ids in a roster."
        )
    accounts = 1 if wanted.roster is None else wanted.roster.rows_of(student)
    if len(entry.people) > accounts:
        keys = ", ".join(shown(key) for key in sorted(entry.people)[:4])
        return (
            f"{shown(student)} was not collected: {len(entry.people)} accounts have that name "
            f"({keys}). Tell them apart in a roster, a line for each account."
        )
    known = there.get(folded(student), student)
    if known != student:
        return (
            f"{shown(student)} was not collected: {SUBMITTED}/{shown(known)} is there and differs "
            "in capitals or accents alone. Rename it, or give the same id in a roster."
        )
    return ""


def _collect_one(
    course: Path,
    student: str,
    attempts: list[list[Handed]],
    wanted: Wanted,
    report: CollectReport,
    staging: Path,
) -> None:
    collected: list[Attempt] = []
    who = shown(student)
    for number, handed in enumerate(attempts, start=1):
        label = who if len(attempts) == 1 else f"{who}, attempt {number} of {len(attempts)}"
        folder = staging / f"attempt {number}"
        folder.mkdir()
        taking = Taking(folder)
        try:
            taking.take((one.name, one.item) for one in handed)
        except Refused as reason:
            report.problems.append(f"{label} was not collected: it {reason}.")
            continue
        report.notes += [f"{label}: {note}" for note in bounded(taking.notes)]
        if not taking.taken:
            report.problems.append(f"{label} was not collected: it holds no file to grade.")
            continue
        moments = [_utc(one.moment, wanted.zone) for one in handed if one.moment is not None]
        if moments:
            stamp = max(moments).strftime("%Y-%m-%d %H:%M:%S.%f UTC\n")
            (folder / TIMESTAMP).write_text(stamp, encoding="ascii")
        collected.append(read_attempt(folder))
    if not collected:
        return
    known = known_attempts(course, student, wanted.assignment)
    all_attempts = merged(known, collected)
    report.attempts += len(all_attempts)
    if all_attempts == known:
        report.unchanged.append(student)
        return
    place = staging / "laying"
    place.mkdir()
    lay(course, student, wanted.assignment, all_attempts, place)
    (report.replaced if known else report.new).append(student)


def _utc(moment: datetime, zone: tzinfo) -> datetime:
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC)


def _names_there(course: Path) -> dict[str, str]:
    folder = course / SUBMITTED
    names: Iterable[str] = os.listdir(folder) if folder.is_dir() else ()
    return {folded(name): name for name in names}


def _sweep(course: Path) -> None:
    """Remove what a killed run left; a running one is far younger."""
    for path in course.glob(f"{_STAGING}*"):
        if time.time() - path.lstat().st_mtime > _LEFTOVER_SECONDS:
            remove(path)


def _sentence(reason: Exception) -> str:
    text = f"it {reason}" if isinstance(reason, Refused) else str(reason)
    return text if text.endswith(".") else f"{text}."
