"""Which runs of a notebook's cells are past: the cell was changed, or run again, since.

A kernel remembers what was run, not in which cell. A later run is taken for one of the same cell
when its text is the same or nearly so, or when it defines the same functions and classes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_DEFINED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_ALIKE = 0.75
_MAX_RUNS = 1_000
"""The last runs that are looked at."""
_MAX_COMPARED = 150
"""Characters of a text that is compared letter by letter, and lines of a longer one."""
_MAX_LATER = 20
"""Later runs that one is compared with like this; all are looked at for the rest."""


def later_runs(sources: Sequence[str]) -> dict[int, tuple[int, str]]:
    """By the number of a past run, counted from 1: the last run of its cell, and that one's text.

    Parameters
    ----------
    sources
        What was run, in order.
    """
    runs = {
        number: (source.strip(), frozenset(_DEFINED.findall(source)))
        for number, source in enumerate(sources, start=1)
        if number > len(sources) - _MAX_RUNS and source.strip()
    }
    found: dict[int, tuple[int, str]] = {}
    for old in reversed(runs):  # the later ones are known by then
        for new in range(old + 1, len(sources) + 1):
            if new in runs and _is_same_cell(runs[old], runs[new], near=new - old <= _MAX_LATER):
                found[old] = found.get(new, (new, sources[new - 1]))
                break
    return found


_Run = tuple[str, frozenset[str]]
"""A text and the functions and classes that it defines."""


def _is_same_cell(old: _Run, new: _Run, *, near: bool) -> bool:
    if old[0] == new[0]:
        return True
    if old[1] or new[1]:
        return bool(old[1]) and old[1] <= new[1]
    return near and _is_alike(old[0], new[0])


def _is_alike(old: str, new: str) -> bool:
    if max(len(old), len(new)) <= _MAX_COMPARED:
        pair: SequenceMatcher[str] = SequenceMatcher(None, old, new, autojunk=False)
    else:
        lines = old.split("\n")[:_MAX_COMPARED], new.split("\n")[:_MAX_COMPARED]
        pair = SequenceMatcher(None, *lines, autojunk=False)
    ratios = pair.real_quick_ratio, pair.quick_ratio, pair.ratio
    return all(ratio() >= _ALIKE for ratio in ratios)
