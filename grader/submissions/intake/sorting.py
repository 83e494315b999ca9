"""Whose the files of a download are, and which of them were handed in together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from grader.files.unpack.extract import bounded
from grader.files.unpack.items import Item, Refused
from grader.files.unpack.names import folded, parts_inside
from grader.submissions.expected import Expected
from grader.submissions.intake.folders import folder_of
from grader.submissions.intake.platforms import Handed, Person, Platform, recognise
from grader.submissions.intake.roster import Roster
from grader.submissions.names import shown
from grader.submissions.student_ids import student_id


@dataclass(frozen=True)
class Wanted:
    """What to collect.

    Attributes
    ----------
    expected
        What the assignment asks for.
    zone
        Where the platform's clock hangs: its times say no zone.
    names
        The encoding of the names in zips that do not say theirs; "" where nobody told.
    """

    assignment: str
    expected: Expected
    platform: Platform = Platform.AUTO
    roster: Roster | None = None
    zone: tzinfo = UTC
    names: str = ""


@dataclass
class CollectReport:
    """What came of it; students in order."""

    platforms: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)
    """Students of whom an earlier attempt was added; the latest is the same."""
    attempts: int = 0
    """Attempts that lie in the course directory now, of all these students."""
    problems: list[str] = field(default_factory=list)
    """Whose files were not collected, and why: a sentence each."""
    notes: list[str] = field(default_factory=list)
    """What was left out of what was collected, or guessed: a sentence each."""
    nothing: list[str] = field(default_factory=list)
    """Whose files were collected and hold nothing that can be graded, and why: a sentence each."""


@dataclass
class SortedStudent:
    """One student's attempts of all downloads, before they are taken."""

    people: dict[str, Person] = field(default_factory=dict)
    attempts: list[list[Handed]] = field(default_factory=list)


def sort_download(
    items: Sequence[Item], wanted: Wanted, students: dict[str, SortedStudent], report: CollectReport
) -> None:
    """Find out whose the files of one download are."""
    inside, outside = [], []
    for item in items:
        try:
            parts_inside(item.path)
            inside.append(item)
        except Refused as reason:
            outside.append(f"{shown(item.path)} was left out: it {reason}")
    found = recognise(inside, wanted.platform, wanted.assignment, wanted.expected.files)
    report.notes += bounded(outside)
    report.platforms.append(found.platform.value)
    if not found.handed:
        report.notes.append(f"no submission was found under the names that {found.platform} gives")
    if found.unknown:
        more = f" and {len(found.unknown) - 3} more" if len(found.unknown) > 3 else ""
        names = ", ".join(shown(one) for one in found.unknown[:3])
        were = "was" if len(found.unknown) == 1 else "were"
        report.notes.append(
            f"{names}{more} {were} left out: {found.platform} does not name files like this"
        )
    if found.ignored:
        what = (
            "one text, link or comment"
            if found.ignored == 1
            else f"{found.ignored} texts, links and comments"
        )
        verb = "was" if found.ignored == 1 else "were"
        report.notes.append(f"{what} of {found.platform} {verb} left out: no student's file")
    people: dict[str, Person] = {}
    handed: dict[str, list[Handed]] = {}
    for one in found.handed:
        people.setdefault(one.person.key, one.person)
        handed.setdefault(one.person.key, []).append(one)
    for key, person in people.items():
        student = _id_of(person, wanted.roster, report)
        if student is not None:
            entry = students.setdefault(student, SortedStudent())
            entry.people[key] = person
            entry.attempts += _attempts(handed[key], found.platform)


def _id_of(person: Person, roster: Roster | None, report: CollectReport) -> str | None:
    who = shown(student_id(person.name))
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
            f"{who} was not collected: the student id {reason}. Give another in a "
            "roster, or fix it there."
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
