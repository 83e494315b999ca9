"""A class compared pair by pair: how much two texts share, and how unusual that is.

*Similarity* is the share of a student's own code that stands in the other text as well; of the
two shares the larger, since who copies may add to it or take a part. Own code is what the course
did not give.

A high similarity says little where the right answer is short: much of a class is similar then. So
each shared passage is weighed by how many have it. Were passages chosen independently, each as
often as the class chooses it, a passage that m of n texts have would be shared by chance with
probability about (m - 1) / n: its rarest run counts, with a logarithm to base 2 as in Shannon's
measure of information, and the passages of a pair add up to its *rarity* in bits. A pair is
*unusual* when its rarity exceeds that of the class's median pair by more than the logarithm of the
number of pairs: beyond what any two share, chance alone would be expected to give less than one
such pair in the whole class. Students do not choose independently, for they hear the same
lecture; it is a measure to sort by, not a probability.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from copydetect import CodeFingerprint
from copydetect.utils import get_copied_slices

from grader.similarity.fingerprints import fingerprint, take_out
from grader.similarity.reading import SECONDS, normalise_all
from grader.similarity.texts import Text

THRESHOLD = 0.7
"""Similarity from which a pair is shown; measured, see docs/similarity.md."""
LEAST_MATCHED = 150
"""Normalised characters, about seven lines: less in common is no evidence."""
_LEAST_LINE = 12
_FEWEST_PAIRS = 3
_WORTH_COMPARING = 0.15
"""Pairs with a smaller share of runs in common are far below any threshold."""


@dataclass(frozen=True)
class Pair:
    """Two texts that resemble each other.

    Attributes
    ----------
    shares
        Of the own code of each, how much stands in the other, too.
    passages
        How many passages they share.
    rarity
        How unusual the shared passages are, in bits.
    unusual
        Whether that is more than chance would give in a class of this size.
    sole_lines
        Lines, to the letter, that these two have and nobody else.
    """

    first: int
    second: int
    shares: tuple[float, float]
    passages: int
    rarity: float
    unusual: bool
    sole_lines: int

    @property
    def similarity(self) -> float:
        """The larger share."""
        return max(self.shares)


@dataclass(frozen=True)
class ClassComparison:
    """What comparing a class found; pairs name texts by their places in `texts`.

    Attributes
    ----------
    texts
        All that was compared.
    pairs
        Pairs above the threshold, the most similar first.
    nearest
        For each text of this class, the similarity of the one that is most like it.
    left_out
        Texts that were not compared, with the reason.
    pair_count
        How many pairs were compared.
    limit
        Rarity from which pairs are unusual, in bits.
    threshold
        Similarity from which pairs are named.
    """

    texts: tuple[Text, ...]
    prints: tuple[CodeFingerprint, ...]
    pairs: tuple[Pair, ...]
    nearest: tuple[float, ...]
    left_out: tuple[tuple[Text, str], ...]
    pair_count: int
    limit: float
    threshold: float = THRESHOLD

    @property
    def unusual(self) -> tuple[Pair, ...]:
        """The pairs that chance does not explain."""
        return tuple(one for one in self.pairs if one.unusual)

    @property
    def ordinary(self) -> tuple[Pair, ...]:
        """The pairs that are as similar as much of the class."""
        return tuple(one for one in self.pairs if not one.unusual)


def compare_class(
    texts: Sequence[Text],
    given: Sequence[str],
    *,
    threshold: float = THRESHOLD,
    jobs: int = 1,
    seconds: float = SECONDS,
    progress: Callable[[], None] = lambda: None,
) -> ClassComparison:
    """Compare all texts of a class with each other and with those of previous courses.

    Parameters
    ----------
    given
        The sources that the course gave: stubs.
    threshold
        Similarity from which pairs are named.
    seconds
        The deadline for reading one file.
    progress
        Called once for each text.
    """
    compared, prints, left_out = _fingerprints(texts, given, jobs, seconds, progress)
    lines = _own_lines(compared, given)
    line_frequency = Counter(line for one in lines for line in one)
    candidates = [
        (a, b)
        for a, b in combinations(range(len(compared)), 2)
        if not (compared[a].origin and compared[b].origin)
    ]
    nearest = [0.0] * len(compared)
    overlaps: dict[tuple[int, int], _Overlap] = {}
    rarities = [0.0] * len(candidates)
    meeting = _Meeting(prints)
    for place, (a, b) in enumerate(candidates):
        overlap = meeting.of(a, b)
        if overlap is None:
            continue
        rarities[place] = overlap.rarity
        similarity = max(overlap.shares)
        for one in (a, b):
            nearest[one] = max(nearest[one], similarity)
        if similarity >= threshold and overlap.matched >= LEAST_MATCHED:
            overlaps[a, b] = overlap
    limit = _unusual_from(rarities)
    found = []
    for (a, b), overlap in overlaps.items():
        sole = sum(line_frequency[line] == 2 for line in lines[a] & lines[b])
        unusual = overlap.rarity >= limit
        found.append(Pair(a, b, overlap.shares, overlap.passages, overlap.rarity, unusual, sole))
    found.sort(key=lambda one: (-one.similarity, -one.rarity, one.first, one.second))
    here = [value for value, text in zip(nearest, compared, strict=True) if not text.origin]
    return ClassComparison(
        tuple(compared),
        tuple(prints),
        tuple(found),
        tuple(here),
        tuple(left_out),
        len(candidates),
        limit,
        threshold,
    )


def _unusual_from(rarities: Sequence[float]) -> float:
    """The rarity, in bits, that neither an ordinary pair of this class nor chance explains."""
    if len(rarities) < _FEWEST_PAIRS:
        return 0.0
    return statistics.median(rarities) + math.log2(len(rarities))


def _fingerprints(
    texts: Sequence[Text],
    given: Sequence[str],
    jobs: int,
    seconds: float,
    progress: Callable[[], None],
) -> tuple[list[Text], list[CodeFingerprint], list[tuple[Text, str]]]:
    """Fingerprint what can be; the same source is read once."""
    sources = list(dict.fromkeys([*given, *(source for one in texts for _, source in one.files)]))
    normalised = dict(zip(sources, normalise_all(sources, jobs=jobs, seconds=seconds), strict=True))
    from_course: set[int] = set()
    for source in given:
        one = normalised[source]
        if one is not None:
            from_course |= fingerprint("given", source, [one]).hashes
    compared, prints, left_out = [], [], []
    for text in texts:
        progress()
        slow = [name for name, source in text.files if normalised[source] is None]
        files = [(n, s, one) for n, s in text.files if (one := normalised[s]) is not None]
        notes = [*text.notes, *(f"{name}: cannot be read in time" for name in slow)]
        kept = Text(text.student, text.origin, tuple((n, s) for n, s, _ in files), tuple(notes))
        made = fingerprint(kept.label, kept.source, [one for _, _, one in files])
        take_out(made, from_course)
        if made.hashes:
            compared.append(kept)
            prints.append(made)
        else:
            reason = "; ".join(notes) or "no code of their own beyond the shortest functions"
            left_out.append((kept, reason))
    return compared, prints, left_out


@dataclass(frozen=True)
class _Overlap:
    """What two texts share: characters of the first, the share of each, passages, bits."""

    matched: int
    shares: tuple[float, float]
    passages: int
    rarity: float


class _Meeting:
    """Fingerprints as arrays, for classes have tens of thousands of pairs.

    Copydetect's `compare_files` makes an array of each shared hash; this takes a fiftieth of its
    time and finds the same, which a test compares.
    """

    def __init__(self, prints: Sequence[CodeFingerprint]) -> None:
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
        for keys in self._numbers:
            self._owners[np.unique(keys)] += 1

    def of(self, first: int, second: int) -> _Overlap | None:
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
        return _Overlap(sides[0][0], (shares[0], shares[1]), passages, rarity)

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
        texts = len(self._prints)
        fewest = np.full(len(starts), texts)
        within = np.searchsorted(starts, places, side="right") - 1
        np.minimum.at(fewest, within, self._owners[keys[shared]])
        bits = float(np.log2(texts / (np.maximum(fewest, 2) - 1)).sum())
        return int((ends - starts).sum()), len(starts), bits


def _own_lines(texts: Iterable[Text], given: Sequence[str]) -> list[set[str]]:
    """The lines of each text that are long enough to mean something and were not given."""
    from_course = {line.strip() for source in given for line in source.splitlines()}
    return [
        {
            line
            for line in map(str.strip, text.source.splitlines())
            if len(line) >= _LEAST_LINE and line not in from_course
        }
        for text in texts
    ]
