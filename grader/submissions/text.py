"""Python text as bytes of UTF-8."""

from __future__ import annotations

import codecs

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotText(Exception):
    """The bytes are no text; the message completes "x.py …"."""


def python_text(content: bytes) -> tuple[bytes, str]:
    """Return a Python file as UTF-8, and a note that completes "x.py …" or is empty.

    Raises
    ------
    NotText
        When the bytes are something else.
    """
    if content.startswith(_MARKS):
        try:
            return content.decode("utf-16").encode(), "is saved as UTF-16 and was decoded"
        except UnicodeError:
            raise NotText("is no text that can be read; save it as UTF-8") from None
    return content, ""


def is_notebook_json(content: bytes) -> bool:
    """Whether a file is a notebook by its content, whatever its name."""
    start = content[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{") and b'"cell_type"' in content
