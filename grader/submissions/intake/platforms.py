"""Whose file is it? The names that learning platforms give to what they let you download.

A student chooses the last part of a name, so patterns are matched from the left, on the first
part of a path alone, and take the first place that fits: what follows is the student's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from grader.files.unpack.items import Item
from grader.files.unpack.names import folded
from grader.files.unpack.opening import folder_name, is_archive

_IGNORED = ("onlinetext", "comments", "editpdf", "feedback")


class Platform(StrEnum):
    """Where a download comes from."""

    AUTO = "auto"
    CANVAS = "canvas"
    MOODLE = "moodle"
    BLACKBOARD = "blackboard"
    NBGRADER = "nbgrader"
    PLAIN = "plain"


@dataclass(frozen=True)
class Person:
    """What the platform says of who handed in.

    Attributes
    ----------
    key
        The same for all that one person handed in, and for nobody else.
    name
        The platform's name, which is the student id when there is no roster.
    known_as
        Values by column of a roster, the surest first.
    sure
        Whether the first of `known_as` alone says who it is. Then the others, which people may
        choose, are asked only where the roster has no such column.
    """

    key: str
    name: str
    known_as: tuple[tuple[str, str], ...] = ()
    sure: bool = False


@dataclass(frozen=True)
class Handed:
    """One file of a submission, under the name that the student gave it.

    Attributes
    ----------
    order
        Sorts the files of one person: those of a later attempt come later.
    attempt
        Tells attempts apart, where the platform does; "" where it does not.
    moment
        When it was handed in, if the platform says so.
    """

    person: Person
    name: str
    item: Item
    order: int = 0
    attempt: str = ""
    moment: datetime | None = None


@dataclass
class Recognised:
    """The files that are submissions, and what else there was."""

    platform: Platform
    handed: list[Handed] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """Paths that fit no pattern."""
    ignored: int = 0
    """Texts, links and comments, which are no files that students handed in."""


def recognise(
    items: Sequence[Item], platform: Platform, assignment: str, expected: Iterable[str]
) -> Recognised:
    """Find out whose files these are.

    Parameters
    ----------
    platform
        `Platform.AUTO` takes the platform whose pattern fits most; it must fit at least half.
    expected
        Names of the files that the assignment asks for: of these, the number that Canvas adds
        to a file that is handed in again is taken off.

    Raises
    ------
    LookupError
        When no platform's pattern fits; the message says what was found.
    """
    from grader.submissions.intake.blackboard import blackboard

    paths = _below_single_folder([item.path.replace("\\", "/").split("/") for item in items])
    found = list(zip(paths, items, strict=True))
    readers: dict[Platform, Callable[[], Recognised]] = {
        Platform.CANVAS: lambda: _canvas(found, _stems(expected, assignment)),
        Platform.MOODLE: lambda: _moodle(found),
        Platform.BLACKBOARD: lambda: blackboard(found),
        Platform.NBGRADER: lambda: _nbgrader(found, assignment),
        Platform.PLAIN: lambda: _plain(found, assignment),
    }
    if platform is not Platform.AUTO:
        return readers[platform]()
    chosen = _most_likely([path[0] for path in paths])
    if chosen is None:
        if not any(len(path) > 1 or is_archive(path[0]) for path in paths):
            shown = ", ".join(repr(path[0][:60]) for path in paths[:3])
            raise LookupError(
                f"no learning platform names files like this: {shown}. Expected a download of "
                "Canvas, Moodle or Blackboard, or a folder per student. If it is one, name it "
                "with --platform"
            )
        chosen = Platform.PLAIN
    return readers[chosen]()


_CANVAS = re.compile(r"(?P<name>.+?)_(?:LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<own>.+)", re.DOTALL)
_CANVAS_TEXT = re.compile(r".+?_(?:LATE_)?\d+_(?:text|link|url)\.html")
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<own>.*))?", re.DOTALL
)
_NBGRADER = re.compile(
    r"(?P<student>.+?)\+(?P<assignment>[^+]+)\+"
    r"(?P<stamp>\d{4}-\d\d-\d\d[ T_]\d\d[:-]\d\d[:-]\d\d(?:\.\d+)?)(?: ?[A-Za-z]+)?(?:\+.*)?",
    re.DOTALL,
)
BLACKBOARD = re.compile(
    r"(?P<stem>.+?)_attempt_(?P<stamp>\d{4}(?:-\d\d){5})(?:_(?P<own>.+)|\.txt)", re.DOTALL
)
_PATTERNS = {
    Platform.CANVAS: (_CANVAS, _CANVAS_TEXT),
    Platform.MOODLE: (_MOODLE,),
    Platform.BLACKBOARD: (BLACKBOARD,),
    Platform.NBGRADER: (_NBGRADER,),
}

Found = list[tuple[list[str], Item]]


def _most_likely(firsts: list[str]) -> Platform | None:
    """The platform that fits most of the distinct first parts; those no student chooses alone."""
    distinct = {one for one in firsts if one and not one.startswith(".") and one != "__MACOSX"}
    fits = {
        platform: sum(any(one.fullmatch(first) for one in patterns) for first in distinct)
        for platform, patterns in _PATTERNS.items()
    }
    # Names of Moodle and Blackboard may fit Canvas's pattern by chance, never the reverse.
    order = [Platform.BLACKBOARD, Platform.MOODLE, Platform.NBGRADER, Platform.CANVAS]
    best = max(order, key=lambda platform: fits[platform])
    return best if fits[best] and 2 * fits[best] >= len(distinct) else None


def _below_single_folder(paths: list[list[str]]) -> list[list[str]]:
    """Take off a folder that the whole download lies in, unless it is itself a submission."""
    cleaned = [[part for part in path if part not in ("", ".")] or [""] for path in paths]
    firsts = {path[0] for path in cleaned if path[0] != "__MACOSX"}
    if len(firsts) != 1 or not all(len(path) > 1 for path in cleaned if path[0] in firsts):
        return cleaned
    below = [path[1:] if path[0] in firsts else path for path in cleaned]
    if _most_likely(list(firsts)) is None and _most_likely([path[0] for path in below]):
        return below
    return cleaned


def _canvas(found: Found, stems: set[str]) -> Recognised:
    result = Recognised(Platform.CANVAS)
    for path, item in found:
        match = _CANVAS.fullmatch(path[0])
        if match is None or len(path) > 1:
            if _CANVAS_TEXT.fullmatch(path[0]):
                result.ignored += 1
            else:
                result.unknown.append(item.path)
            continue
        known = (("canvas_id", match["user"]), ("name", match["name"]))
        person = Person(f"canvas {match['user']}", match["name"], known, sure=True)
        name = _without_resubmission(match["own"], stems)
        result.handed.append(Handed(person, name, item, int(match["file"][:30]), "", item.moment))
    return result


_RESUBMISSION = re.compile(r"(.+)-\d{1,3}(\.[^.]+)")


def _without_resubmission(name: str, stems: set[str]) -> str:
    """Take off Canvas's number, where what is left is a name that was asked for."""
    match = _RESUBMISSION.fullmatch(name)
    if match is None or folded(name) in stems:
        return name
    plain = match[1] + match[2]
    return plain if folded(plain) in stems or is_archive(plain) else name


def _stems(expected: Iterable[str], assignment: str) -> set[str]:
    names = {f"{assignment}.ipynb"}
    for one in expected:
        names |= {one, one.removesuffix(".py") + ".ipynb"}
    return {folded(one) for one in names}


def _moodle(found: Found) -> Recognised:
    result = Recognised(Platform.MOODLE)
    for path, item in found:
        match = _MOODLE.fullmatch(path[0])
        if match is None:
            result.unknown.append(item.path)
            continue
        name = "/".join(path[1:]) if len(path) > 1 else (match["own"] or "")
        if match["kind"] in _IGNORED or not name:
            result.ignored += 1
            continue
        person = Person(
            f"moodle {match['number']} {folded(match['name'])}",
            match["name"],
            (("name", match["name"]), ("username", match["name"]), ("email", match["name"])),
        )
        result.handed.append(Handed(person, name, item, 0, "", item.moment))
    return result


def _nbgrader(found: Found, assignment: str) -> Recognised:
    result = Recognised(Platform.NBGRADER)
    for path, item in found:
        match = _NBGRADER.fullmatch(path[0])
        if match is None or len(path) < 2:
            result.unknown.append(item.path)
            continue
        if match["assignment"] != assignment:
            result.ignored += 1
            continue
        moment = _nbgrader_time(match["stamp"])
        person = Person(f"nbgrader {match['student']}", match["student"], _any(match["student"]))
        if path[1:] == ["timestamp.txt"]:  # written by nbgrader; the folder's name says the same
            continue
        name = "/".join(path[1:])
        result.handed.append(Handed(person, name, item, 0, match["stamp"], moment))
    return result


def _nbgrader_time(stamp: str) -> datetime | None:
    day, clock = stamp[:10], stamp[11:].replace("-", ":")
    try:
        return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _plain(found: Found, assignment: str) -> Recognised:
    """``{student}/…``, ``{student}/{assignment}/…``, or one file or zip that is named by it."""
    result = Recognised(Platform.PLAIN)
    skip = 1 if _is_class_in_a_folder([path for path, _ in found]) else 0
    for path, item in [(path[skip:], item) for path, item in found if len(path) > skip]:
        student = path[0]
        if not student or student.startswith(".") or student == "__MACOSX":
            continue
        name = "/".join(path[1:])
        if len(path) == 1:
            stem = folder_name(student) if is_archive(student) else student.rpartition(".")[0]
            ending = student[len(stem) :]
            if not stem or not (is_archive(student) or ending.lower() in {".py", ".ipynb"}):
                result.unknown.append(item.path)
                continue
            student, name = stem, f"{assignment}{ending}" if ending != ".py" else path[0]
        elif len(path) > 2 and path[1] == assignment:
            name = "/".join(path[2:])
        person = Person(f"plain {student}", student, _any(student))
        result.handed.append(Handed(person, name, item, 0, "", item.moment))
    return result


def _is_class_in_a_folder(paths: list[list[str]]) -> bool:
    """Whether the one folder at the top holds students, not one student's files."""
    own = [path for path in paths if path[0] != "__MACOSX"]
    code = any(len(path) == 2 and path[1].endswith((".py", ".ipynb")) for path in own)
    below = {path[1] for path in own if len(path) > 2}
    return len({path[0] for path in own}) == 1 and len(below) > 1 and not code


def _any(value: str) -> tuple[tuple[str, str], ...]:
    return tuple((column, value) for column in ("username", "email", "sis_id", "canvas_id", "name"))
