"""How large one message may be: its bytes, its items, and how deep they may be nested.

A few bytes can stand for much: a frame of empty dicts takes 64 times its size once it is
decoded. So the headers of a message are read first, and nothing is built of one that says more
than it may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

MEGABYTE = 2**20
MAX_ITEMS = 2**20
"""Items of any message."""
LIST_OF_SCALARS = 9
"""The extension that stands for a list: many items in few bytes that are no items."""
SCALARS_HEADER_BYTES = 5
_SCALARS_CODE = bytes([LIST_OF_SCALARS])
MAX_NESTING = 54
"""Lists, dicts and extensions that may lie within one another; each of our tuples is two."""


class Oversized(Exception):
    """A message has more items, or deeper ones, than it may; says how many that is."""


class Malformed(Exception):
    """The headers of a message contradict its length."""


@dataclass(frozen=True)
class Budget:
    """What one answer may take.

    Attributes
    ----------
    bytes
        Of its values, as they are sent.
    items
        Of its values, counted at any depth.
    free
        So many items it may have whatever the submission answered before; None for all of them.
    """

    bytes: int
    items: int = MAX_ITEMS
    free: int | None = None

    def within(self, byte_limit: int) -> Budget:
        """The same, with no more bytes than this."""
        return self if self.bytes <= byte_limit else replace(self, bytes=byte_limit)


class Effort:
    """What the answers of one submission may have together: items, beside those of small answers.

    An item takes a microsecond to read or to write. So one answer may have many, but not all: else
    a submission would take its judge seconds, and its neighbours wait.
    """

    def __init__(self, items: int = 100_000) -> None:
        self.left = items

    def within(self, budget: Budget) -> Budget:
        """The budget of an answer, with no more items than are left."""
        if budget.free is None or budget.items <= self.left or budget.items <= budget.free:
            return budget
        return replace(budget, items=max(budget.free, self.left))

    def charge(self, budget: Budget, items: int) -> None:
        """Note that an answer had so many items."""
        if budget.free is not None and items > budget.free:
            self.left = max(0, self.left - items)


WHOLE = Budget(16 * MEGABYTE, MAX_ITEMS)
"""What the answer to a question may take that is about no value: how a file loads, say."""
BESIDE = Budget(MEGABYTE, 20_000)
"""What goes with the values of an answer: what was printed, warned of or raised."""

_LONG = 64
"""Items of a list for which a look ahead pays."""
_NOTHING, _LIST, _DICT, _EXTENSION = range(4)


def _header(first: int) -> tuple[int, int, int]:
    """What the first byte of an item says: its sort, the bytes of its length, else the length."""
    if first < 0x80 or first >= 0xE0:
        return _NOTHING, 0, 0
    if first < 0x90:
        return _DICT, 0, first & 15
    if first < 0xA0:
        return _LIST, 0, first & 15
    if first < 0xC0:
        return _NOTHING, 0, first & 31
    return _HEADERS_FROM_C0[first - 0xC0]


_HEADERS_FROM_C0 = (
    *((_NOTHING, 0, 0),) * 4,  # nil, unused, false, true
    *((_NOTHING, width, 0) for width in (1, 2, 4)),  # bytes
    *((_EXTENSION, width, 0) for width in (1, 2, 4)),
    *((_NOTHING, 0, size) for size in (4, 8)),  # floats
    *((_NOTHING, 0, size) for size in (1, 2, 4, 8, 1, 2, 4, 8)),  # integers
    *((_EXTENSION, 0, size) for size in (1, 2, 4, 8, 16)),
    *((_NOTHING, width, 0) for width in (1, 2, 4)),  # strings
    *((_LIST, width, 0) for width in (2, 4)),
    *((_DICT, width, 0) for width in (2, 4)),
)
_HEADERS = tuple(map(_header, range(256)))
_RUNS = (
    (1, re.compile(rb"[\x00-\x80\x90\xa0\xc0\xc2\xc3\xe0-\xff]{16,}")),
    (9, re.compile(rb"(?:\xcb.{8}){16,}", re.DOTALL)),
)
"""Bytes of an item, and many in a row that have no item within: small, empty, or floats."""


_NO_HOLDERS = bytes(first for first in range(256) if _HEADERS[first][0] == _NOTHING)
"""First bytes of items that hold no others."""


def is_surely_within(data: bytes, limit: int) -> bool:
    """Whether a message cannot have too many items nor nest too deeply, seen at a glance.

    Each item takes a byte at least, and so does each that holds others: most messages are so small
    that nothing has to be counted. What is no message at all may be within, too. Numbers of a list
    of scalars take a byte at least as well.
    """
    if len(data) > limit:
        return False
    return len(data.translate(None, _NO_HOLDERS)) <= MAX_NESTING


def length_of_list(data: bytes) -> int:
    """How many items a message says that it has, where it is a list; else 0."""
    sort, width, size = _HEADERS[data[0]] if data else (_NOTHING, 0, 0)
    if sort != _LIST:
        return 0
    return int.from_bytes(data[1 : 1 + width], "big") if width else size


def count_items(data: bytes, limit: int = MAX_ITEMS) -> int:
    """Count the items of a message, at any depth, from its headers alone.

    Raises
    ------
    Oversized
        When there are more than `limit`, or they are nested more deeply than ours ever are.
    Malformed
        When the data end within an item, or go on after the last.
    """
    return _count(data, 0, len(data), limit, 0)


def _count(data: bytes, at: int, end: int, limit: int, depth: int) -> int:
    """Count the items of what lies between two places: one item, and all within it."""
    count = 0
    open_lists = [1]  # how many items are still to come, of each that is open
    while open_lists:
        if open_lists[-1] == 0:
            open_lists.pop()
            continue
        open_lists[-1] -= 1
        if at >= end:
            raise Malformed("it ends too early")
        sort, width, size = _HEADERS[data[at]]
        at += 1
        if width:
            size = int.from_bytes(data[at : at + width], "big")
            at += width
        count += 1
        if sort == _NOTHING:
            at += size
        elif sort == _EXTENSION:
            is_scalars, at = data[at : at + 1] == _SCALARS_CODE, at + 1
            if at + size > end or depth + len(open_lists) > MAX_NESTING:
                raise _refusal(at + size > end)
            if is_scalars:  # one item of each, as of a list; they say how many bytes it takes
                numbers = size - SCALARS_HEADER_BYTES
                count += numbers // max(1, data[at]) if numbers > 0 else 0
            else:
                count += _count(data, at, at + size, limit - count, depth + len(open_lists))
            at += size
        else:
            inside = size if sort == _LIST else 2 * size
            if inside > limit - count:
                raise Oversized(f"more than {limit:,} items")
            if depth + len(open_lists) > MAX_NESTING:
                raise _refusal(ends_early=False)
            open_lists.append(inside)
            if inside >= _LONG:
                run = _run(data, at, end, inside)
                open_lists[-1] -= run[0]
                count, at = count + run[0], at + run[1]
        if count > limit:
            raise Oversized(f"more than {limit:,} items")
    if at != end:
        raise Malformed("it is longer or shorter than it says")
    return count


def _run(data: bytes, at: int, end: int, at_most: int) -> tuple[int, int]:
    """How many of the items from here on are seen at a glance, and how many bytes they take.

    An answer may be a long list of numbers; to look at each of them would take 30 times as long.
    """
    for size, pattern in _RUNS:
        found = pattern.match(data, at, min(end, at + size * at_most))
        if found is not None:
            items = (found.end() - at) // size
            return items, items * size
    return 0, 0


def _refusal(ends_early: bool) -> Exception:
    return Malformed("it ends too early") if ends_early else Oversized("too many levels of nesting")
