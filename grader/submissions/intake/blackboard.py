"""Blackboard's downloads: the name holds the time, a text beside it the rest."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.files.unpack.items import Item, Refused
from grader.submissions.intake.platforms import (
    BLACKBOARD,
    Found,
    Handed,
    Person,
    Platform,
    Recognised,
)

_MAX_TEXT = 64 * 1_024
_NAME = re.compile(r"Name:.*\(([^()\s]+)\)\s*$")
_DATE = re.compile(r"Date Submitted:\s*(.+?)\s*$")
_FILES = re.compile(r"Original filename:\s*(.+?)\s*$")
_STORED = re.compile(r"Filename:\s*(.+?)\s*$")


def blackboard(found: Found) -> Recognised:
    """``gradebook_COURSE_Assignment_username_attempt_2026-03-01-12-34-56_file.py``.

    Where course, assignment and user name part is not marked, and each may hold a ``_``: the
    text that Blackboard puts beside each attempt names the user; without it, the user name
    is what follows the last ``_``.
    """
    result = Recognised(Platform.BLACKBOARD)
    matches = []
    texts: dict[tuple[str, str], _Text] = {}
    for path, item in found:
        match = BLACKBOARD.fullmatch(path[0])
        if match is None or len(path) > 1:
            result.unknown.append(item.path)
            continue
        attempt = (match["stem"], match["stamp"])
        if match["own"] is None:
            result.ignored += 1
            texts[attempt] = _Text(item)
        else:
            matches.append((path[0], match, attempt, item))
    for whole, match, attempt, item in matches:
        text = texts.get(attempt)
        user = text.user if text is not None and _ends_with(match["stem"], text.user) else ""
        user = user or match["stem"].rpartition("_")[2]
        person = Person(
            f"blackboard {user}", user, (("username", user), ("email", user), ("sis_id", user))
        )
        name = text.originals.get(whole, match["own"]) if text is not None else match["own"]
        moment = _stamp(match["stamp"])
        if text is not None and moment is not None and text.moment is not None:
            # The text knows the zone of the clock; it must show the same time.
            moment = text.moment if text.moment.replace(tzinfo=None) == moment else moment
        result.handed.append(Handed(person, name, item, 0, match["stamp"], moment))
    return result


class _Text:
    """What Blackboard wrote of an attempt; only its own lines are believed, which come first."""

    def __init__(self, item: Item) -> None:
        self.user = ""
        self.moment: datetime | None = None
        self.originals: dict[str, str] = {}
        try:
            if item.problem:
                return
            with item.open() as stream:
                lines = stream.read(_MAX_TEXT).decode("utf-8-sig", "replace").splitlines()
        except (Refused, OSError):
            return
        for line in lines[:5]:
            if not self.user and (match := _NAME.match(line)):
                self.user = match[1]
            if self.moment is None and (match := _DATE.match(line)):
                self.moment = _date(match[1])
        # Comments of the student stand above the list of files, which is the last part.
        last = max((i for i, line in enumerate(lines) if line.strip() == "Files:"), default=None)
        if last is None:
            return
        original = ""
        for line in lines[last + 1 :]:
            if match := _FILES.match(line.strip()):
                original = match[1]
            elif original and (match := _STORED.match(line.strip())):
                self.originals.setdefault(match[1], original)
                original = ""


def _ends_with(stem: str, user: str) -> bool:
    return bool(user) and stem.endswith(f"_{user}")


def _stamp(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None


def _date(text: str) -> datetime | None:
    """Read ``Sunday, March 1, 2026 12:34:56 PM CET``; None for other languages and zones."""
    moment, _, zone = text.rpartition(" ")
    try:
        known = ZoneInfo(zone)
        return datetime.strptime(moment, "%A, %B %d, %Y %I:%M:%S %p").replace(tzinfo=known)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None
