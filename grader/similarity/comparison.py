"""A class compared pair by pair: how much two texts share, and how unusual that is.

*Similarity* is the share of a student's own code that stands in the other text as well; of the
two shares the larger, since who copies may add to it or take a part. Own code is what the course
did not give.

A high similarity says little where the right answer is short: much of a class is similar then. So
each shared passage is weighed by how many have it. Were passages chosen independently, each as
often as the class chooses it, a passage that m of n people have would be shared by chance with
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from copydetect import CodeFingerprint

from grader.similarity.fingerprints import fingerprint, take_out
from grader.similarity.reading import SECONDS, normalise_all
from grader.similarity.shared import Meeting, Overlap
from grader.similarity.texts import Text

THRESHOLD = 0.7
"""Similarity from which a pair is shown; measured, see docs/similarity.md."""
LEAST_MATCHED = 150
"""Normalised characters, about seven lines: less in common is no evidence."""
_LEAST_LINE = 12
_FEWEST_PAIRS = 3


@dataclass(frozen=True)
class Pair:
    """Two texts that resemble each other; of several attempts of two people, the closest.

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
        Lines, to the letter, that these two people have and nobody else.
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
        For each student of this class, the similarity of the text that is most like theirs.
    left_out
        Texts that were not compared, with the reason.
    pair_count
        How many pairs of people were compared.
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
    people = _people(compared)
    meeting = Meeting(prints, people)
    nearest = {person: 0.0 for person, one in zip(people, compared, strict=True) if not one.origin}
    closest: dict[tuple[int, int], tuple[int, int, Overlap] | None] = {}
    for a, b in combinations(range(len(compared)), 2):
        if people[a] == people[b] or (compared[a].origin and compared[b].origin):
            continue
        both = (min(people[a], people[b]), max(people[a], people[b]))
        known = closest.setdefault(both, None)
        overlap = meeting.of(a, b)
        if overlap is None:
            continue
        if known is None or _order(overlap) >= _order(known[2]):
            closest[both] = a, b, overlap
        for person in nearest.keys() & both:
            nearest[person] = max(nearest[person], overlap.similarity)
    limit = _unusual_from([one[2].rarity if one else 0.0 for one in closest.values()])
    lines = _own_lines(compared, people, given)
    line_frequency = Counter(line for one in lines.values() for line in one)
    found = []
    for (one, other), met in closest.items():
        if met is None or met[2].similarity < threshold or met[2].matched < LEAST_MATCHED:
            continue
        a, b, overlap = met
        sole = sum(line_frequency[line] == 2 for line in lines[one] & lines[other])
        unusual = overlap.rarity >= limit
        found.append(Pair(a, b, overlap.shares, overlap.passages, overlap.rarity, unusual, sole))
    found.sort(key=lambda one: (-one.similarity, -one.rarity, one.first, one.second))
    return ClassComparison(
        tuple(compared),
        tuple(prints),
        tuple(found),
        tuple(nearest.values()),
        tuple(left_out),
        len(closest),
        limit,
        threshold,
    )


def _people(texts: Sequence[Text]) -> list[int]:
    """Number the authors, whose attempts are texts of one person."""
    numbers: dict[tuple[str, str], int] = {}
    return [numbers.setdefault((one.student, one.origin), len(numbers)) for one in texts]


def _order(overlap: Overlap) -> tuple[bool, float, float]:
    """Of several attempts of two people, the pair that says most stands for both."""
    return overlap.matched >= LEAST_MATCHED, overlap.similarity, overlap.rarity


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
        kept = replace(text, files=tuple((n, s) for n, s, _ in files), notes=tuple(notes))
        made = fingerprint(kept.label, kept.source, [one for _, _, one in files])
        take_out(made, from_course)
        if made.hashes:
            compared.append(kept)
            prints.append(made)
        elif notes or not text.attempt:  # an attempt that began with the stub alone is no news
            reason = "; ".join(notes) or "no code of their own beyond the shortest functions"
            left_out.append((kept, reason))
    return compared, prints, left_out


def _own_lines(
    texts: Sequence[Text], people: Sequence[int], given: Sequence[str]
) -> dict[int, set[str]]:
    """The lines of each person that are long enough to mean something and were not given."""
    from_course = {line.strip() for source in given for line in source.splitlines()}
    lines: dict[int, set[str]] = {}
    for person, text in zip(people, texts, strict=True):
        own = lines.setdefault(person, set())
        for line in map(str.strip, text.source.splitlines()):
            if len(line) >= _LEAST_LINE and line not in from_course:
                own.add(line)
    return lines
