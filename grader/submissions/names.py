"""File names as browsers, operating systems and learning platforms change them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from grader.sanitise.text import shown as shown

_COPY_MARK = re.compile(r"(?:\s*\(\d+\)|[\s_-]*copy(?:\s*\(?\d+\)?)?|[\s_-]\d+)$")
_SEPARATORS = re.compile(r"[\s_-]+")
_COPY_PREFIX = "copy of "
_MAX_DEPTH, _MAX_NAME = 6, 200


def is_near_miss(name: str, expected: str) -> bool:
    """Whether `name` is `expected` in another spelling or marked as a copy, but not exactly.

    ``least_squares (1).py``, ``Least Squares.py``, ``least_squares-1.py`` and
    ``least_squares.py.txt`` are near misses of ``least_squares.py``.
    """
    if name == expected:
        return False
    folded = unicodedata.normalize("NFC", name).casefold().strip()
    wanted, _, wanted_suffix = expected.casefold().rpartition(".")
    for ending in (f".{wanted_suffix}", f".{wanted_suffix}.txt"):
        if folded.endswith(ending):
            return _SEPARATORS.sub("", wanted) in stems(folded, ending)
    return False


def stems(name: str, ending: str) -> set[str]:
    """What a name may have been, in one spelling, before it was marked as a copy."""
    folded = unicodedata.normalize("NFC", name).casefold().strip().removesuffix(ending)
    return {_SEPARATORS.sub("", one) for one in _without_marks(folded.strip())} - {""}


def nearest(name: str, expected: Iterable[str]) -> str | None:
    """The one of `expected` that `name` is a near miss of."""
    return next((one for one in expected if is_near_miss(name, one)), None)


def is_importable(name: str) -> bool:
    """Whether ``import`` can reach a file of this name."""
    return name.endswith(".py") and name.removesuffix(".py").isidentifier()


def is_module_path(path: str) -> bool:
    """Whether ``import`` can reach a file of this path, which may lie in folders."""
    *folders, name = path.split("/")
    short = len(folders) < _MAX_DEPTH and len(path) <= _MAX_NAME
    return short and is_importable(name) and all(folder.isidentifier() for folder in folders)


def listing(numbers: list[int], limit: int = 8) -> str:
    """``2, 3 and 7``, cut where it gets long."""
    return listed([str(number) for number in numbers], limit)


def listed(items: Sequence[str], limit: int) -> str:
    """``a, b and c``, cut where it gets long."""
    texts = list(items[:limit])
    if len(items) > limit:
        return f"{', '.join(texts)} and {len(items) - limit} more"
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _without_marks(stem: str) -> set[str]:
    """The stem, and what is left of it when one copy mark after the other is taken off."""
    found = {stem}
    stem = stem.removeprefix(_COPY_PREFIX).strip()
    found.add(stem)
    for _ in range(4):
        stem = _COPY_MARK.sub("", stem).strip()
        found.add(stem)
    return found
