"""Find by what files define, where no name says which of them is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.chosen_files import Choice, Chosen, passed_over, problem_of
from grader.submissions.expected import Expected
from grader.submissions.likeness import is_aside
from grader.submissions.names import listed
from grader.submissions.preference import Preference
from grader.submissions.tree import Entry, Tree

MAX_SEARCHED = 300
"""Files that are looked into for what they define."""
_SHOWN = 3
_COMMON = 3
"""So many names of exercises may be another assignment's helpers: `predict`, `accuracy`, `fit`."""


class Searcher:
    """Looks into the files of one tree."""

    def __init__(self, tree: Tree, candidates: Candidates, preference: Preference) -> None:
        self._tree, self._candidates, self._preference = tree, candidates, preference
        self._expected: Expected = candidates.expected
        self._searched_so_far = 0

    def by_content(self, file: str, chosen: Chosen) -> None:
        """Take the file that defines most of the exercises, wherever and whatever it is."""
        if not self._expected.exercises_of(file):
            return
        known = [one.candidate for one in chosen.choices.values()]
        found: list[tuple[int, Candidate, str]] = []
        for candidate in self._searched(known, chosen):
            part = file if file in candidate.modules else candidate.main
            content = candidate.content(part)
            share = self._preference.share(file, content) if content is not None else 0
            if share and content is not None and self.is_ours(candidate, content, known, chosen):
                found.append((share, candidate, part))
        if not found:
            return
        most = max(share for share, _, _ in found)
        best = [(one, part) for share, one, part in found if share == most]
        candidate, why = best[0][0], ""
        if len(best) > 1:
            pairs = [(one, one.modules[part]) for one, part in best]
            candidate, why = self._preference.preferred(file, pairs)
        part = next(part for one, part in best if one is candidate)
        notes = [self._found_in(file, candidate, most, chosen)]
        problem = chosen.problems.pop(file, None)
        if problem is not None:
            notes[0] = f"{problem}; {notes[0]}"
        if why:
            others = [one.label for one, _ in best if one is not candidate]
            define = "defines" if len(others) == 1 else "define"
            notes[0] += (
                f"; {listed(others, _SHOWN)} {define} as many, but {candidate.label} counts, "
                f"because {why}"
            )
        chosen.unwritten.discard(file)
        content, beaten = candidate.modules[part], tuple(one for one, _ in best[:_SHOWN])
        chosen.choices[file] = Choice(file, candidate, content, part, tuple(notes), beaten)

    def _searched(self, known: Iterable[Candidate], chosen: Chosen) -> Iterator[Candidate]:
        """What is looked into: what was chosen, then the rest, the upper ones first."""
        seen = set()
        for candidate in known:
            if candidate.entry not in seen:
                seen.add(candidate.entry)
                yield candidate
        yield from self.readable(seen)

    def readable(self, seen: Collection[Entry]) -> Iterator[Candidate]:
        """The files beside those that were seen, as far as they can be read."""
        rest = [entry for entry in self._tree.entries if entry not in seen]
        fresh = [entry for entry in rest if not self._candidates.is_known(entry)]
        limit = max(0, MAX_SEARCHED - self._searched_so_far)
        left_out = len(fresh) - limit
        if left_out > 0:
            self._tree.tell(
                f"only {MAX_SEARCHED:,} of the other files were looked into for what is not "
                f"written; {left_out:,} {'was' if left_out == 1 else 'were'} not"
            )
            # Texts, and what stands for a file by its name and lost to another, come last.
            fresh.sort(key=self._is_unlikely)
        self._searched_so_far += min(limit, len(fresh))
        passed_over = set(fresh[limit:])
        for entry in rest:
            if entry not in passed_over and not (one := self._candidates.read(entry)).problem:
                yield one

    def _is_unlikely(self, entry: Entry) -> bool:
        return self._candidates.likeness(entry) is not None or is_aside(entry.name)

    def is_ours(
        self, candidate: Candidate, content: bytes, known: Sequence[Candidate], chosen: Chosen
    ) -> bool:
        """Whether a file is of this assignment rather than of another one of the course."""
        if candidate in known or candidate.likeness is not None:
            return True
        names = self._candidates.definitions(content).names
        own = names & self._expected.all_exercises
        other = other_assignment(names, self._expected)
        if other is None:
            return True
        if not self._is_named_as_theirs(candidate, own) and (
            other[0] <= len(own) or self._is_shared(own, other)
        ):
            return True
        chosen.lookalikes[candidate.entry.place] = other[1:]
        return False

    def _is_named_as_theirs(self, candidate: Candidate, own: frozenset[str]) -> bool:
        """Whether another assignment asks for a file of this name, and for all that it defines."""
        name = candidate.entry.name
        return any(
            file in (name, f"{name.partition('.')[0]}.py") and own <= frozenset(exercises)
            for files in self._expected.others().values()
            for file, exercises in files.items()
        )

    def _is_shared(self, own: frozenset[str], other: tuple[int, str, str]) -> bool:
        """Whether a file that defines more of another assignment holds this one as well.

        One notebook may hold the homework of a whole term. A few names in common say nothing.
        """
        alone = own - frozenset(self._expected.others()[other[1]][other[2]])
        files = map(self._expected.exercises_of, self._expected.files)
        return len(alone) > _COMMON or any(
            exercises and 2 * len(alone & exercises) >= len(exercises) for exercises in files
        )

    def only_file(self, chosen: Chosen) -> None:
        """A folder with one notebook, or one Python file: that can only be the submission."""
        first = self._expected.files[0]
        entries = [one for one in self._tree.entries if not is_aside(one.name)][:MAX_SEARCHED]
        readable = [one for one in map(self._candidates.read, entries) if not one.problem]
        for is_notebook in (True, False):
            kind = [one for one in readable if one.is_notebook is is_notebook]
            if len(kind) != 1:
                continue
            (candidate,) = kind
            content = candidate.content(candidate.main)
            if content is None:
                continue
            if self._expected.all_exercises and not self.is_ours(candidate, content, (), chosen):
                continue
            word = "for" if is_notebook else "as"
            note = f"{candidate.label} was taken {word} {first}"
            chosen.problems.pop(first, None)
            chosen.choices[first] = Choice(first, candidate, content, candidate.main, (note,))
            if not self._preference.is_written(first, content):
                chosen.unwritten.add(first)
            return
        for candidate in readable:  # whose they are is told where nothing can be graded
            content = candidate.content(candidate.main)
            if content is not None:
                self.is_ours(candidate, content, (), chosen)
        if len(entries) == 1 and first not in chosen.problems:
            candidate = self._candidates.read(entries[0])
            if candidate.problem:
                chosen.problems[first] = problem_of(candidate)

    def _found_in(self, file: str, candidate: Candidate, share: int, chosen: Chosen) -> str:
        """One note: where the exercises of a file were found, and why they were looked for."""
        count = len(self._expected.exercises_of(file))
        taken = f"{candidate.label} defines {_part(share, count)} of {file}"
        taken += " and was taken for it"
        if any(one.candidate is candidate for one in chosen.choices.values()):
            taken += ", too"
        stub = chosen.choices.get(file)
        return f"{passed_over(stub, self._candidates)}; {taken}" if stub is not None else taken


def _part(share: int, count: int) -> str:
    if share < count:
        return f"{share} of the {count} exercises"
    return "the one exercise" if count == 1 else f"all {count} exercises"


def other_assignment(names: frozenset[str], expected: Expected) -> tuple[int, str, str] | None:
    """Whose exercises these names are: how many, the assignment and its file."""
    if not names:
        return None
    found = [
        (len(names & frozenset(exercises)), assignment, file)
        for assignment, files in expected.others().items()
        for file, exercises in files.items()
    ]
    best = max(found, default=(0, "", ""), key=lambda one: one[0])
    return best if best[0] else None
