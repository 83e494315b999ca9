"""What two texts share, and how rare it is among all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from copydetect import CodeFingerprint
from copydetect.utils import get_copied_slices

_WORTH_COMPARING = 0.15
"""Pairs with a smaller share of runs in common are far below any threshold."""


@dataclass(frozen=True)
class Overlap:
    """What two texts share: characters of the first, the share of each, passages, bits."""

    matched: int
    shares: tuple[float, float]
    passages: int
    rarity: float

    @property
    def similarity(self) -> float:
        """The larger share."""
        return max(self.shares)


class Meeting:
    """Fingerprints as arrays, for classes have tens of thousands of pairs.

    Copydetect's `compare_files` makes an array of each shared hash; this takes a fiftieth of its
    time and finds the same, which a test compares.

    Parameters
    ----------
    people
        For each fingerprint the number of its author: who hands in a passage three times is one
        person who has it.
    """

    def __init__(self, prints: Sequence[CodeFingerprint], people: Sequence[int]) -> None:
        numbers: dict[int, int] = {}
        self._prints = prints
        self._places, self._numbers = [], []
        for one in prints:
            runs = sorted(
                (place, numbers.setdefault(key, len(numbers)))
                for key, places in one.hash_idx.items()
                for place in places
            )
            places, keys = np.array(runs, dtype=np.int64).reshape(-1, 2).T
            self._places.append(places)
            self._numbers.append(keys)
        self._is_shared = np.zeros(len(numbers), dtype=bool)
        self._owners = np.zeros(len(numbers), dtype=np.int64)
        theirs: dict[int, list[np.ndarray[Any, Any]]] = {}
        for person, keys in zip(people, self._numbers, strict=True):
            theirs.setdefault(person, []).append(keys)
        for several in theirs.values():
            self._owners[np.unique(np.concatenate(several))] += 1
        self._people = len(theirs)

    def of(self, first: int, second: int) -> Overlap | None:
        """What two texts share; None when it is too little to speak of."""
        common = self._common(first, second)
        fewest = min(len(self._prints[one].hashes) for one in (first, second))
        if len(common) < _WORTH_COMPARING * fewest:
            return None
        self._is_shared[common] = True
        sides = [self._side(one) for one in (first, second)]
        self._is_shared[common] = False
        passages, rarity = min(side[1:] for side in sides)
        shares = [
            matched / self._prints[one].token_coverage
            for one, (matched, _, _) in zip((first, second), sides, strict=True)
        ]
        return Overlap(sides[0][0], (shares[0], shares[1]), passages, rarity)

    def _common(self, first: int, second: int) -> np.ndarray[Any, Any]:
        """The numbers of the hashes that both have, each once."""
        self._is_shared[self._numbers[first]] = True
        keys = self._numbers[second]
        common = np.unique(keys[self._is_shared[keys]])
        self._is_shared[self._numbers[first]] = False
        return common

    def _side(self, one: int) -> tuple[int, int, float]:
        """Characters in shared passages, how many these are, and the sum of their bits."""
        keys = self._numbers[one]
        shared = self._is_shared[keys]
        places = self._places[one][shared]
        starts, ends = get_copied_slices(places, self._prints[one].k)
        fewest = np.full(len(starts), self._people)
        within = np.searchsorted(starts, places, side="right") - 1
        np.minimum.at(fewest, within, self._owners[keys[shared]])
        bits = float(np.log2(self._people / (np.maximum(fewest, 2) - 1)).sum())
        return int((ends - starts).sum()), len(starts), bits
