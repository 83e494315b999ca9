"""What a simple statement binds, told by its text alone: no comments and strings are left in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMPOUND = re.compile(r"(?:if|elif|else|try|except|finally|with|for|while|async)\b")
_NAMES = r" ?[(\[]? ?\*?\w+(?: ?, ?\*?\w+)* ?,? ?[)\]]? ?"
_ASSIGNED = re.compile(rf"({_NAMES})(?::[^=]*)?=(?!=)")
_ASSIGNED_TOO = re.compile(rf"({_NAMES})=(?!=)")
_WORD = re.compile(r"\w+")
_USED = re.compile(r"(?<![\w.])[^\W\d]\w*\b(?! ?=[^=])")
_IMPORTED = re.compile(r"from\b ?([.\w ]*?) ?\bimport\b(.*)")
_LAMBDA = re.compile(r"lambda\b")
_NO_FUNCTION = re.compile(
    r"[-+~{\[\d)]|\.\.\.|\.\d|(?:None|True|False|not)\b|[rRbBuUfF]{0,2}$"
    r"|[\w.]+ ?(?:[-+*/%@<>&|^]|[=!]=)"
)
"""How values begin that are never a function; of a string nothing is left."""
_OPENING, _CLOSING = "([{", ")]}"
_MAX_TARGETS, _MAX_NAMES = 20, 100
"""How many of one statement are looked at."""
_MAX_VALUE = 10_000
"""Characters of a value that are searched for the name that it is bound to."""
_MARK = re.compile(r"[()\[\]{}:]")


def after_colon(text: str) -> str:
    """What stands behind the colon of a header such as ``def f(x={1: 2}) -> int:``."""
    depth = 0
    for match in _MARK.finditer(text):
        mark = match[0]
        if mark == ":" and depth <= 0:
            return text[match.end() :]
        depth += (mark in _OPENING) - (mark in _CLOSING)
    return ""


def simple_statements(text: str) -> Iterator[str]:
    """The statements on one line, without the header of a block that stands before them.

    Between their words one space is left.
    """
    text = " ".join(text.replace("\\\r\n", " ").replace("\\\n", " ").split())
    if _COMPOUND.match(text):
        text = after_colon(text).strip()
    yield from (one.strip() for one in text.split(";"))


def assigned(statement: str) -> Iterator[str]:
    """The names that an assignment binds to what may be a function."""
    if "=" not in statement:
        return
    found = _ASSIGNED.match(statement)
    targets: list[list[str]] = []
    start = 0
    while found is not None and len(targets) < _MAX_TARGETS:
        targets.append(_WORD.findall(found[1])[:_MAX_NAMES])
        start = found.end()
        found = _ASSIGNED_TOO.match(statement, start)
    rest = statement[start:]
    parts = _parts(rest) if any(len(names) > 1 for names in targets) else []
    for names in targets:
        values = parts if len(parts) == len(names) else [rest] * len(names)
        for name, value in zip(names, values, strict=True):
            if _may_be_function(name, value):
                yield name


def imported(statement: str) -> tuple[str, dict[str, str]]:
    """The module of a ``from … import``, and the names that it binds, with those they have there.

    Of any other statement nothing.
    """
    found = _IMPORTED.match(statement)
    if found is None:
        return "", {}
    clause = found[2].strip(" ()")
    pairs = [one.split() for one in clause.split(",")]
    return "".join(found[1].split()), {pair[-1]: pair[0] for pair in pairs if pair}


def _parts(value: str) -> list[str]:
    """The parts of a tuple."""
    value = value.strip()
    if "," not in value:
        return [value]
    if value[0] in "([" and value[-1] in ")]" and not any(one in value[1:-1] for one in "()[]"):
        value = value[1:-1]
    parts, depth, start = [], 0, 0
    for place, mark in enumerate(value):
        if mark == "," and depth == 0:
            parts.append(value[start:place])
            start = place + 1
        depth += (mark in _OPENING) - (mark in _CLOSING)
    return [*parts, value[start:]]


def _may_be_function(name: str, value: str) -> bool:
    """Whether a value may be a function of the student's, and not what wraps what is there."""
    value = value.lstrip(" (").rstrip()
    if _LAMBDA.match(value):
        return True
    if _NO_FUNCTION.match(value):
        return False
    return name not in value or name not in _USED.findall(value, 0, _MAX_VALUE)
