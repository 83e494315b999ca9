"""File names for anybody's id: readable, and different for different ids on any system."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_MAX_PLAIN = 100
_MAX_READABLE_BYTES = 64
_PLAIN = re.compile(r"[a-z0-9_@+][a-z0-9_@+. -]*", re.ASCII)
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{n}{i}" for n in ("com", "lpt") for i in range(10)}


def file_name_of(student: str) -> str:
    """A file name for any student id: readable, and different for different ids on any system.

    An id of small letters, digits and a few marks is its own file name. Of any other the
    letters and digits are shown, and a digest of the exact id makes the name unique: file
    systems fold capitals, composed characters, dots and spaces at the end, and refuse long
    and reserved names.
    """
    if (
        _PLAIN.fullmatch(student)
        and len(student) <= _MAX_PLAIN
        and not student.endswith((".", " "))
        and student.partition(".")[0].rstrip() not in _RESERVED
    ):
        return student
    return f"{_readable(student)}~{_digest(student)[:32]}"


def address_of(name: str, exact: str) -> str:
    """A file name that is also an address: letters, digits and hyphens alone.

    Parameters
    ----------
    name
        What a reader is to recognise.
    exact
        What makes it different from others of that name.
    """
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    return f"{safe[:40].strip('-') or 'student'}-{_digest(exact)[:8]}.html"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _readable(student: str) -> str:
    composed = unicodedata.normalize("NFC", student[:200])
    letters = "".join(one if one.isalnum() else "-" for one in composed)
    cut = letters.encode("utf-8")[:_MAX_READABLE_BYTES].decode("utf-8", "ignore")
    return cut.strip("-") or "student"
