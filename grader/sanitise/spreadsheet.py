"""Cells of CSV files: numbers that any program reads, text that no spreadsheet computes."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence

from grader.sanitise.text import safe_text

_FORMULA = re.compile(r"(^|[;\t\r\n|])([\s'\"]*)([=+\-@＝＋－＠])")
"""What a spreadsheet takes for a formula: at the start, and after what may separate cells.

Where the decimal sign is a comma, spreadsheets part the cells of any CSV file at semicolons.
"""
_FORMULA_IN_HTML = re.compile(r"(?:^|(?<=[;\t\r\n|]))(?:[\s'\"]*[=+\-@＝＋－＠])+")


def inert(text: str) -> str:
    """Text with an apostrophe before all that a spreadsheet would take for a formula.

    Line breaks and tabs become spaces; almost every name is its own inert text.
    """
    return _FORMULA.sub(r"\1\2'\3", " ".join(re.split(r"[\t\r\n]+", safe_text(text))))


def inert_html(text: str, limit: int = 30_000) -> str:
    """Plain text as HTML that shows it letter by letter, on one line, and computes nothing.

    An apostrophe would be seen there; the signs become character references instead.
    """
    escaped = html.escape(safe_text(text, limit), quote=False)
    lines = "<br />".join(escaped.split("\n")).replace("\t", " ")
    return _FORMULA_IN_HTML.sub(_as_references, lines)


def _as_references(match: re.Match[str]) -> str:
    return re.sub(r"[=+\-@＝＋－＠]", lambda sign: f"&#{ord(sign.group())};", match.group())


def number(value: float) -> str:
    """A number with at most two digits after the point, and always a point."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def csv_text(rows: Iterable[Sequence[str]], *, delimiter: str = ",", newline: str = "\r\n") -> str:
    """Rows as CSV; cells are quoted where they must be."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return stream.getvalue()
