"""How much of the assignment a text holds, and which of two that fit equally is graded."""

from __future__ import annotations

from collections.abc import Sequence

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.definitions import is_surely_written, mentions
from grader.submissions.likeness import has_month, is_trial, numbers_in, word_rank
from grader.submissions.tree import Tree

_SAME_TIME = 60.0
"""Seconds: a download or a checkout gives all files nearly the same time."""


class Preference:
    """Compares files of one submission."""

    def __init__(self, tree: Tree, candidates: Candidates) -> None:
        self._candidates, self._expected = candidates, candidates.expected
        self._modules = {entry.name.partition(".")[0] for entry in tree.entries}
        self._modules |= {part for entry in tree.entries for part in entry.folder.split("/")}

    def share(self, file: str, content: bytes) -> int:
        """How many exercises of a file a text defines, stubs aside."""
        names = self._expected.exercises_of(file)
        if not mentions(content, names):
            return 0
        return len(names & self._candidates.definitions(content).written)

    def is_written(self, file: str, content: bytes) -> bool:
        """Whether a file of the right name is more than stubs; true where nobody can know.

        It may take its exercises from other modules of the student's.
        """
        names = self._expected.exercises_of(file)
        if not names or is_surely_written(content, names) or self.share(file, content):
            return True
        imports = self._candidates.definitions(content).imports
        return any(
            module.lstrip(".").partition(".")[0] in self._modules
            and (names & bound.keys() or "*" in bound)
            for module, bound in imports.items()
        )

    def preferred(
        self, file: str, pairs: Sequence[tuple[Candidate, bytes]]
    ) -> tuple[Candidate, str]:
        """One of several that fit equally, and in words why."""
        times = [one.entry.modified for one, _ in pairs]
        known = [time for time in times if time is not None]
        if len(known) == len(times) and max(known) - min(known) > _SAME_TIME:
            pairs = [
                pair for pair in pairs if (pair[0].entry.modified or 0) > max(known) - _SAME_TIME
            ]
            if len(pairs) == 1:
                return pairs[0][0], "it is the newest"
        reasons = (
            (lambda pair: word_rank(pair[0].entry.name), "its name says that it is the later one"),
            (lambda pair: -is_trial(pair[0].entry.name), "it is not named as a test or a trial"),
            (_version, "the number in its name is higher"),
            (lambda pair: word_rank(pair[0].entry.folder), "its folder is named as the later one"),
            (lambda pair: numbers_in(pair[0].entry.folder), "the number of its folder is higher"),
            (lambda pair: self.share(file, pair[1]), "it has more exercises"),
        )
        for key, why in reasons:
            ranks = [key(pair) for pair in pairs]
            best = max(ranks)
            pairs = [pair for pair, rank in zip(pairs, ranks, strict=True) if rank == best]
            if len(pairs) == 1:
                name = pairs[0][0].entry.name
                is_dated = key is _version and has_month(name)
                return pairs[0][0], "the date in its name is later" if is_dated else why
        return min(
            (one for one, _ in pairs), key=lambda one: one.entry.place
        ), "its name comes first"


def _version(pair: tuple[Candidate, bytes]) -> tuple[int, ...]:
    candidate = pair[0]
    if candidate.likeness is not None:
        return candidate.likeness.numbers
    return numbers_in(candidate.entry.name)
