"""Exercises that the chosen files leave open and other files of the submission hold.

A student's two notebooks may hold half of the exercises each, and a copy may be further than
the file of the right name. Each such file becomes a module of its own, so that names do not
clash; `grader.judge.elsewhere` takes the exercises out of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.chosen_files import Chosen, Supplement, both_define
from grader.submissions.definitions import mentions
from grader.submissions.imports import Imports
from grader.submissions.likeness import Fit, is_trial, word_rank
from grader.submissions.names import is_importable
from grader.submissions.nothing import packed_otherwise
from grader.submissions.preference import Preference
from grader.submissions.searching import Searcher
from grader.submissions.tree import Tree

_NO_WORD = re.compile(r"\W+")
_MAX_NAME = 100
_RANKS = {Fit.EXACT: 0, Fit.NEAR: 0, None: 1, Fit.LESSER: 3, Fit.VAGUE: 4}
"""Which files are asked first, by what their names say."""
_OF_ASIDE = 2
_MAX_NOTES = 5


@dataclass(frozen=True)
class _Found:
    """A file that defines exercises which are open."""

    candidate: Candidate
    part: str
    file: str
    written: frozenset[str]
    certain: frozenset[str]
    is_imported: bool
    """Whether a chosen file imports it."""

    def rank(self) -> tuple[bool, int, int]:
        """Its place in the order in which files are asked."""
        like, name = self.candidate.likeness, self.candidate.entry.name
        rank = _RANKS[like.fit if like is not None else None]
        if is_trial(name):
            rank = max(rank, _OF_ASIDE)
        elif like is None and word_rank(name) < 0:
            rank = _RANKS[Fit.LESSER]
        return not self.is_imported, rank, self.candidate.entry.depth


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
        if self._is_all_there_is(chosen):
            return  # as mostly: nobody has to know what is open
        missing: dict[str, frozenset[str]] = {}
        for file in chosen.choices:
            open_, doubtful = self._missing_in(file, chosen)
            chosen.open |= open_
            if open_ | doubtful:
                missing[file] = open_ | doubtful
        if not missing or not self._has_others(chosen):
            return
        names = {one.casefold() for one in self._candidates.expected.files}
        wanted = {name for of_file in missing.values() for name in of_file}
        takers: dict[str, _Found] = {}
        beside: dict[tuple[str, str], list[str]] = {}
        for found in self._ordered(self._defining(missing, chosen)):
            for one in sorted(found.certain - wanted):
                if not self._is_same(found, takers[one]):
                    pair = takers[one].candidate.label, found.candidate.label
                    beside.setdefault(pair, []).append(one)
            fresh = found.written & wanted
            if not fresh:
                continue
            chosen.open -= fresh
            wanted -= found.certain
            takers |= dict.fromkeys(found.certain & fresh, found)
            name = self._module_name(found.candidate, chosen, names)
            names.add(name.casefold())
            chosen.supplements.append(Supplement(name, found.candidate, found.part))
        for (first, second), both in list(beside.items())[:_MAX_NOTES]:
            chosen.notes.append(both_define(first, second, both))

    def _has_others(self, chosen: Chosen) -> bool:
        """Whether there are files that were not chosen."""
        entries = {one.candidate.entry for one in chosen.choices.values()}
        return len(self._tree.entries) > len(entries)

    def _is_all_there_is(self, chosen: Chosen) -> bool:
        """Whether nothing else could hold, opened or not, what the chosen files leave open."""
        packed = self._tree.archives or packed_otherwise(self._tree.others)
        return not packed and not self._has_others(chosen)

    def _is_same(self, one: _Found, other: _Found) -> bool:
        return one.candidate.modules[one.part] == other.candidate.modules[other.part]

    def _missing_in(self, file: str, chosen: Chosen) -> tuple[frozenset[str], frozenset[str]]:
        """The exercises of a file that neither are written in it nor imported by it, or perhaps."""
        choice = chosen.choices[file]
        own = self._candidates.definitions(choice.content)
        exercises = self._candidates.expected.exercises_of(file)
        open_, doubtful = exercises - own.written, exercises & own.written - own.certain
        if (open_ or doubtful) and own.imports:
            brought = self._imports.brought(
                choice.candidate.entry, choice.content, open_ | doubtful
            )
            return open_ - brought, doubtful - brought
        return open_, doubtful

    def _defining(self, missing: dict[str, frozenset[str]], chosen: Chosen) -> list[_Found]:
        found = []
        known = {one.candidate.entry for one in chosen.choices.values()}
        imported = set()
        for one in chosen.choices.values():
            imports = self._candidates.definitions(one.content).imports
            imported |= {module.rpartition(".")[2] for module in imports}
        for candidate in self._searcher.readable(known):
            stem = candidate.entry.name.partition(".")[0]
            for file, names in missing.items():
                part = file if file in candidate.modules else candidate.main
                content = candidate.content(part)
                if content is None or not mentions(content, names):
                    continue
                there = self._candidates.definitions(content)
                written, certain = there.written & names, there.certain & names
                if written and self._searcher.is_ours(candidate, content, (), chosen):
                    found.append(_Found(candidate, part, file, written, certain, stem in imported))
        return found

    def _ordered(self, found: Sequence[_Found]) -> list[_Found]:
        """The better names first; of those that are equally good, as between whole files."""
        ordered: list[_Found] = []
        waiting = list(found)
        while waiting:
            best_rank = min(one.rank() for one in waiting)
            first = next(one for one in waiting if one.rank() == best_rank)
            equal = [one for one in waiting if one.rank() == best_rank and one.file == first.file]
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
