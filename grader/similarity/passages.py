"""Which passages of two texts belong together, as pieces that a page can colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from copydetect import CodeFingerprint
from copydetect.utils import find_fingerprint_overlap, get_copied_slices

from grader.similarity.fingerprints import place_in_source


@dataclass(frozen=True)
class Piece:
    """A part of a text: with the number of its passage when the other text has it, too."""

    text: str
    passage: int | None = None


def side_by_side(
    first: CodeFingerprint, second: CodeFingerprint
) -> tuple[list[Piece], list[Piece]]:
    """Cut two texts into pieces; pieces of one passage have the same number.

    Passages are numbered from 1 as they stand in the first text.
    """
    overlaps = find_fingerprint_overlap(
        first.hashes, second.hashes, first.hash_idx, second.hash_idx
    )
    slices = [
        get_copied_slices(overlap, one.k)
        for one, overlap in zip((first, second), overlaps, strict=True)
    ]
    if slices[0].shape[1] == 0:
        return [Piece(first.raw_code)], [Piece(second.raw_code)]
    groups = _groups(first, second, slices)
    numbers: dict[int, int] = {}
    for group in groups[0]:
        numbers.setdefault(group, len(numbers) + 1)
    return (
        _pieces(first, slices[0], [numbers[group] for group in groups[0]]),
        _pieces(second, slices[1], [numbers[group] for group in groups[1]]),
    )


def _groups(
    first: CodeFingerprint, second: CodeFingerprint, slices: list[np.ndarray]
) -> tuple[list[int], list[int]]:
    """For each slice of both texts the name of its group: slices that share a run are one."""
    count = slices[0].shape[1]
    parents = list(range(count + slices[1].shape[1]))

    def root(one: int) -> int:
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    for key in first.hashes & second.hashes:
        # A run may occur often in both texts, so not each is joined with each.
        left = np.searchsorted(slices[0][0], first.hash_idx[key], side="right") - 1
        right = np.searchsorted(slices[1][0], second.hash_idx[key], side="right") - 1 + count
        for other in (*left[1:], *right):
            parents[root(int(other))] = root(int(left[0]))
    return [root(one) for one in range(count)], [root(one) for one in range(count, len(parents))]


def _pieces(made: CodeFingerprint, slices: np.ndarray, numbers: list[int]) -> list[Piece]:
    source = made.raw_code
    pieces = []
    at = 0
    places = place_in_source(made, slices)
    for start, end, number in zip(*places.tolist(), numbers, strict=True):
        start = max(start, at)
        end = start + len(_without_tail(source[start:end]))
        if end <= start:
            continue
        if start > at:
            pieces.append(Piece(source[at:start]))
        pieces.append(Piece(source[start:end], number))
        at = end
    if at < len(source):
        pieces.append(Piece(source[at:]))
    return pieces


def _without_tail(text: str) -> str:
    """Leave out the blank lines and comments that stand before the next passage."""
    lines = text.rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "\n".join(lines)
