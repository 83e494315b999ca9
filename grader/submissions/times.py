"""When something was handed in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(\S{0,40})")


def iso_time(seconds: float) -> str | None:
    """A file's time as ISO 8601 in UTC; None for one that no calendar holds."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return None


def parse_timestamp(text: str) -> str | None:
    """Read the ``timestamp.txt`` that nbgrader writes, ``2026-03-01 15:58:23.948203 UTC``.

    As in nbgrader, a time without a zone is in UTC. None for anything else.
    """
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        return None
    moment, zone = match.groups()
    try:
        if re.fullmatch(r"[+-]\d\d:?\d\d", zone):
            local = datetime.fromisoformat(moment + zone)
        else:
            local = datetime.fromisoformat(moment).replace(tzinfo=_zone(zone))
        return local.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, KeyError, OverflowError, OSError):  # a zone nobody knows; the year 0
        return None


def _zone(name: str) -> tzinfo:
    return UTC if name.upper() in {"", "Z", "UTC", "GMT"} else ZoneInfo(name)
