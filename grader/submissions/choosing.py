"""Which of a submission's files stands for a file that the assignment asks for.

A name decides first, at the top before deeper and exact before near; then the content. A file
in which every exercise is still the stub is passed over while there is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.chosen_files import Choice, Chosen, passed_over, problem_of
from grader.submissions.doubles import doubles
from grader.submissions.expected import Expected
from grader.submissions.likeness import Fit, is_vague
from grader.submissions.preference import Preference
from grader.submissions.searching import Searcher
from grader.submissions.supplements import Supplements
from grader.submissions.tree import Entry, Tree

_MAX_ALIKE = 1_000
"""Files with equally good names that are read."""
_STUB = b"raise NotImplementedError"


class Chooser:
    """Chooses among the files of one tree."""

    def __init__(self, tree: Tree, candidates: Candidates) -> None:
        self._tree, self._candidates = tree, candidates
        self._expected: Expected = candidates.expected
        self._preference = Preference(tree, candidates)

    def choose(self) -> Chosen:
        """Choose a file for each that is asked for, as far as there is one."""
        chosen = Chosen()
        for file in self._expected.files:
            self._by_name(file, chosen)
        self._parts_of_notebooks(chosen)
        missing = [
            file
            for file in self._expected.files
            if file not in chosen.choices or file in chosen.unwritten
        ]
        searcher = Searcher(self._tree, self._candidates, self._preference)
        for file in missing:
            searcher.by_content(file, chosen)
        if not chosen.choices:
            searcher.only_file(chosen)
        Supplements(self._tree, self._candidates, self._preference, searcher).find(chosen)
        for file, choice in chosen.choices.items():
            notes = doubles(choice, self._tree, self._candidates, chosen)
            chosen.choices[file] = replace(choice, notes=(*choice.notes, *notes))
        return chosen

    def _by_name(self, file: str, chosen: Chosen) -> None:
        unwritten: Choice | None = None
        for group in self._groups(file):
            readable = []
            if len(group) > _MAX_ALIKE:
                self._tree.tell(
                    f"only {_MAX_ALIKE:,} of {len(group):,} files for {file} were looked into"
                )
            for entry in group[:_MAX_ALIKE]:
                candidate = self._candidates.read(entry)
                if candidate.problem:
                    vague = is_vague(entry.name) or file in chosen.problems
                    if not vague:
                        chosen.problems[file] = problem_of(candidate)
                elif candidate.content(file) is not None:
                    readable.append(candidate)
            written = [
                one for one in readable if self._preference.is_written(file, one.modules[file])
            ]
            if written:
                stubs = [one for one in readable if one not in written and not one.is_notebook]
                self._settle(self._best(file, written, stubs), chosen, unwritten)
                return
            if readable and unwritten is None:
                unwritten = self._best(file, readable)
        if unwritten is not None:
            self._settle(unwritten, chosen, None)
            chosen.unwritten.add(file)

    def _groups(self, file: str) -> Iterator[list[Entry]]:
        """The files whose names stand for `file`, by how well they do, the best first."""
        ranked = []
        for entry in self._tree.entries:
            like = self._candidates.likeness(entry)
            if like is not None and like.file == file:
                exact = like.fit is Fit.EXACT
                rank = (0, entry.depth, 0) if exact else (1, entry.depth, int(like.fit))
                ranked.append((rank, entry))
        ranked.sort(key=lambda pair: (pair[0], pair[1].place))
        for _, group in groupby(ranked, key=lambda pair: pair[0]):
            yield [entry for _, entry in group]

    def _best(
        self, file: str, candidates: Sequence[Candidate], stubs: Sequence[Candidate] = ()
    ) -> Choice:
        """The best of equally good names: one Python file, one notebook, and of these the fuller.

        A student's folder holds both as stubs and the student works in one of them: it is the
        one in which fewer stubs are left.

        Parameters
        ----------
        stubs
            Python files beside them in which nothing is written.
        """
        notes: list[str] = []
        python = self._one_of(file, [one for one in candidates if not one.is_notebook], notes)
        notebook = self._one_of(file, [one for one in candidates if one.is_notebook], notes)
        best = python or notebook
        assert best is not None
        if python is None and notebook is not None and stubs:
            notes.append(_both(stubs[0], notebook))
        elif python is not None and notebook is not None:
            of_file, of_notebook = python.modules[file], notebook.modules[file]
            in_file, in_notebook = of_file.count(_STUB), of_notebook.count(_STUB)
            more = self._preference.share(file, of_notebook) - self._preference.share(file, of_file)
            if in_notebook < in_file and more >= 0:
                best = notebook
                notes.append(_both(python, notebook))
            elif more > 0:
                best = notebook
                notes.append(_both(python, notebook, "it has more exercises"))
            elif in_notebook == 0:
                both = f"both {python.label} and {notebook.label} were handed in"
                notes.append(f"{both}; {python.label} was graded")
        like = best.likeness
        if best.entry.depth > 0 or like is None or like.fit is not Fit.EXACT:
            notes.insert(0, f"{best.label} was taken as {file}")
        return Choice(file, best, best.modules[file], file, tuple(notes))

    def _one_of(
        self, file: str, candidates: Sequence[Candidate], notes: list[str]
    ) -> Candidate | None:
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        best, why = self._preference.preferred(
            file, [(one, one.modules[file]) for one in candidates]
        )
        kind = "notebooks" if best.is_notebook else "files"
        count = "two" if len(candidates) == 2 else str(len(candidates))
        notes.append(f"of {count} {kind} for {file}, {best.label} counts, because {why}")
        return best

    def _settle(self, choice: Choice, chosen: Chosen, unwritten: Choice | None) -> None:
        """Keep a choice, and say what else could have been it."""
        file, best = choice.file, choice.candidate
        notes = list(choice.notes)
        if unwritten is not None:
            why = passed_over(unwritten, self._candidates)
            notes[:1] = [f"{why}; {notes[0]}" if notes else why]
        problem = chosen.problems.pop(file, None)
        if problem is not None:
            kind = "the notebook " if best.is_notebook else ""
            notes.append(f"{problem}; {kind}{best.label} was graded")
        chosen.choices[file] = Choice(file, best, choice.content, choice.part, tuple(notes))

    def _parts_of_notebooks(self, chosen: Chosen) -> None:
        """A notebook may say of its cells that they belong to another file (``# file: x.py``)."""
        for choice in list(chosen.choices.values()):
            candidate = choice.candidate
            for file, content in candidate.modules.items():
                if file == choice.file or file not in self._expected.files:
                    continue
                own = chosen.choices.get(file)
                if own is None or own.candidate is candidate:
                    chosen.problems.pop(file, None)
                    chosen.choices[file] = Choice(file, candidate, content, file)
                    if not self._preference.is_written(file, content):
                        chosen.unwritten.add(file)
                elif content.count(_STUB) < own.content.count(_STUB):
                    note = _both(own.candidate, candidate)
                    chosen.choices[file] = Choice(file, candidate, content, file, (note,))
                    chosen.unwritten.discard(file)


def _both(python: Candidate, notebook: Candidate, why: str = "it has fewer stubs left") -> str:
    return (
        f"both {python.label} and {notebook.label} were handed in; the notebook was graded, "
        f"because {why}"
    )
