"""Exercises that the chosen files leave open and other files of the submission hold.

A student's two notebooks may hold half of the exercises each, and a copy may be further than
the file of the right name. Each such file becomes a module of its own, so that names do not
clash; `grader.elsewhere` takes the exercises out of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.choice import Chosen, Supplement
from grader.submissions.definitions import mentions
from grader.submissions.imports import Imports
from grader.submissions.likeness import Fit
from grader.submissions.names import is_importable
from grader.submissions.preference import Preference
from grader.submissions.searching import Searcher
from grader.submissions.tree import Tree

_NO_WORD = re.compile(r"\W+")
_MAX_NAME = 100
_RANKS = {Fit.EXACT: 0, Fit.NEAR: 0, None: 1, Fit.LESSER: 2, Fit.VAGUE: 3}
"""Which files are asked first, by what their names say."""


@dataclass(frozen=True)
class _Found:
    """A file that defines exercises which are open."""

    candidate: Candidate
    part: str
    file: str
    written: frozenset[str]


class Supplements:
    """Finds files that hold what the chosen ones leave open."""

    def __init__(
        self, tree: Tree, candidates: Candidates, preference: Preference, searcher: Searcher
    ) -> None:
        self._tree, self._candidates = tree, candidates
        self._preference, self._searcher = preference, searcher
        self._imports = Imports(tree, candidates)

    def find(self, chosen: Chosen) -> None:
        """Add them to what was chosen, the preferred ones first, and what is open even then."""
        missing = {
            file: open_ for file in chosen.choices if (open_ := self._missing_in(file, chosen))
        }
        chosen.open = frozenset(name for names in missing.values() for name in names)
        others = self._tree.entries
        if not missing or len(others) <= len(
            {one.candidate.entry for one in chosen.choices.values()}
        ):
            return
        names = {one.casefold() for one in self._candidates.expected.files}
        for found in self._ordered(self._defining(missing, chosen)):
            fresh = found.written & chosen.open
            if fresh:
                chosen.open -= fresh
                name = self._module_name(found.candidate, chosen, names)
                names.add(name.casefold())
                chosen.supplements.append(Supplement(name, found.candidate, found.part))

    def _missing_in(self, file: str, chosen: Chosen) -> frozenset[str]:
        """The exercises of a file that neither are written in it nor imported by it."""
        choice = chosen.choices[file]
        own = self._candidates.definitions(choice.content)
        open_ = self._candidates.expected.exercises_of(file) - own.written
        if not open_ or not own.imports:
            return open_
        return open_ - self._imports.brought(choice.candidate.entry, choice.content, open_)

    def _defining(self, missing: dict[str, frozenset[str]], chosen: Chosen) -> list[_Found]:
        found = []
        known = {one.candidate.entry for one in chosen.choices.values()}
        for candidate in self._searcher.readable(known):
            for file, names in missing.items():
                part = file if file in candidate.modules else candidate.main
                content = candidate.content(part)
                if content is None or not mentions(content, names):
                    continue
                written = self._candidates.definitions(content).written & names
                if written and self._searcher.is_ours(candidate, content, (), chosen):
                    found.append(_Found(candidate, part, file, written))
        return found

    def _ordered(self, found: Sequence[_Found]) -> list[_Found]:
        """The better names first; of those that are equally good, as between whole files."""
        ordered: list[_Found] = []
        waiting = list(found)
        while waiting:
            best_rank = min(map(_rank, waiting))
            first = next(one for one in waiting if _rank(one) == best_rank)
            equal = [one for one in waiting if _rank(one) == best_rank and one.file == first.file]
            pairs = [(one.candidate, one.candidate.modules[one.part]) for one in equal]
            best, _ = self._preference.preferred(first.file, pairs)
            chosen = next(one for one in equal if one.candidate is best)
            ordered.append(chosen)
            waiting.remove(chosen)
        return ordered

    def _module_name(self, candidate: Candidate, chosen: Chosen, used: Collection[str]) -> str:
        """The name to import it by: its own, or one that nothing else can have."""
        entry = candidate.entry
        folders = {one.candidate.entry.folder for one in chosen.choices.values()}
        beside = entry.folder in folders and is_importable(entry.name)
        if beside and not candidate.is_notebook and entry.name.casefold() not in used:
            return entry.name
        stem = _NO_WORD.sub("_", entry.place)[-_MAX_NAME:]
        name = f"from_{stem}.py"
        number = 2
        while name.casefold() in used:
            name = f"from_{stem}_{number}.py"
            number += 1
        return name


def _rank(found: _Found) -> tuple[int, int]:
    like = found.candidate.likeness
    return _RANKS[like.fit if like is not None else None], found.candidate.entry.depth
