"""The marks that Git leaves around two versions of some lines: one of the two is what counts.

That is the one in which more is written; where neither has more, the upper one, which is the
student's own after a `git pull`.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.worker.bindings import bindings, deciding
from grader.worker.stubs import Definition, is_open_body

_MARK = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?:\s|$)")
MAY_HOLD_MARKS = re.compile(r"^<{7}(?:\s|$)", re.MULTILINE)
_MAX_PARSED = 2 * 2**20
"""Characters that are parsed to find out which versions are better; of more, the upper ones."""
_TOO_DEEP = RecursionError, MemoryError, SystemError


@dataclass(frozen=True)
class Merge:
    """Two versions of some lines.

    Attributes
    ----------
    first, base, middle, last
        The lines of the marks, counted from 1; `base` is 0 where Git left out what both came from.
    is_upper
        Whether the version above the middle counts.
    """

    first: int
    base: int
    middle: int
    last: int
    is_upper: bool = True

    def dropped(self) -> set[int]:
        """The lines that do not count: the marks, and those of the other version."""
        if self.is_upper:
            end = self.base or self.middle
            return {self.first, *range(end, self.last + 1)}
        return {*range(self.first, self.middle + 1), self.last}

    def side(self, lines: Sequence[str]) -> str:
        """The text of the version that counts."""
        start, end = self.middle, self.last
        if self.is_upper:
            start, end = self.first, self.base or self.middle
        return "".join(lines[start : end - 1])


def merges_in(lines: Sequence[str]) -> list[Merge]:
    """The places where all marks of a merge stand in their order."""
    found: list[Merge] = []
    places: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        match = _MARK.match(line)
        if match is None:
            continue
        mark = match[1][0]
        if mark == "<":
            places = {"<": number}
        elif mark == ">" and {"<", "="} <= places.keys():
            found.append(Merge(places["<"], places.get("|", 0), places["="], number))
            places = {}
        elif mark in "|=" and "<" in places and "=" not in places:
            places.setdefault(mark, number)
    return found


def decided(lines: Sequence[str]) -> list[Merge]:
    """The same, each with the version that counts."""
    merges = merges_in(lines)
    if 2 * len(merges) * sum(map(len, lines)) > _MAX_PARSED:
        return merges
    for index, upper in enumerate(merges):
        lower = replace(upper, is_upper=False)
        others = merges[:index], merges[index + 1 :]
        worth = [
            (_parses(without(lines, [*others[0], one, *others[1]])), *_written(one.side(lines)))
            for one in (upper, lower)
        ]
        if worth[1] > worth[0]:
            merges[index] = lower
    return merges


def without(lines: Sequence[str], merges: Sequence[Merge]) -> str:
    """The text without the marks and what does not count; every other line keeps its number."""
    dropped = set().union(*(one.dropped() for one in merges))
    return "".join("\n" if n in dropped else line for n, line in enumerate(lines, start=1))


def _parses(text: str) -> bool:
    return _parsed(text) is not None


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, *_TOO_DEEP):
        return None


def _written(side: str) -> tuple[bool, int, int]:
    """Whether a version can be read alone, how much is written in it, and how much is half."""
    tree = _parsed(textwrap.dedent(side))
    if tree is None:
        return False, 0, 0
    found = deciding(bindings(tree.body)).values()
    if not any(isinstance(one, Definition) for one in tree.body):
        return True, int(not is_open_body(tree.body)), 0
    return True, sum(one.written for one in found), sum(one.half for one in found)
