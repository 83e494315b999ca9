"""What else could have been graded as a file: never passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.chosen_files import Choice, Chosen, both_define
from grader.submissions.definitions import mentions
from grader.submissions.likeness import Fit, is_copy, is_vague
from grader.submissions.names import shown
from grader.submissions.searching import other_assignment
from grader.submissions.tree import Entry, Tree

_MAX_READ = 20
"""Files of near names that are read only to be named."""
_SHOWN = 3


def doubles(choice: Choice, tree: Tree, candidates: Candidates, chosen: Chosen) -> Iterator[str]:
    """A note for each file that defines the same, or has a name as good, as what is graded."""
    best = choice.candidate
    for one in chosen.supplements:
        content = one.candidate.modules[one.part]
        names = _both_define(choice, content, candidates)
        if names and not _is_told(choice, one.candidate, names, candidates):
            yield _both(choice, one.candidate, names, candidates)
    yield from _of_other_names(choice, tree, candidates, chosen)
    if any(_tells_of_others(note) for note in choice.notes):
        return
    counting = {one.entry for one in chosen.taken}
    others = [
        shown(entry.place)
        for entry in _alike(choice, tree, candidates)
        if entry not in counting
        and not any(note.startswith(f"{shown(entry.place)} ") for note in choice.notes)
    ]
    if others:
        beside = ", ".join(others[:_SHOWN])
        yield (f"more than one file fits {choice.file}: {best.label} was graded, and not {beside}")


def _both(choice: Choice, other: Candidate, names: Sequence[str], candidates: Candidates) -> str:
    doubtful = set(names) - candidates.definitions(choice.content).certain
    return both_define(choice.candidate.label, other.label, names, doubtful)


def _is_told(
    choice: Choice, other: Candidate, names: Sequence[str], candidates: Candidates
) -> bool:
    """Whether a note says already that another file defines these, and that it does not count."""
    if other not in choice.beaten:
        return False
    written = candidates.definitions(other.main_content or b"").written
    wanted = candidates.expected.exercises.get(choice.file, ())
    return len(names) == len(written.intersection(wanted))


def _of_other_names(
    choice: Choice, tree: Tree, candidates: Candidates, chosen: Chosen
) -> Iterator[str]:
    """Files beside it whose names say nothing, and which hold another version of an exercise."""
    counting = {one.entry for one in chosen.taken}
    beside = [
        entry
        for entry in tree.entries
        if entry.depth == 0
        and entry not in counting
        and candidates.likeness(entry) is None
        and not is_vague(entry.name)
        and not _imports(choice, entry)
    ]
    found = 0
    for entry in beside[:_MAX_READ]:
        candidate = candidates.read(entry)
        content = candidate.main_content or b""
        names = _both_define(choice, content, candidates)
        if _is_told(choice, candidate, names, candidates):
            continue
        if names and found < _SHOWN and _is_of_this_one(content, names, candidates):
            found += 1
            yield _both(choice, candidate, names, candidates)


def _is_of_this_one(content: bytes, names: Sequence[str], candidates: Candidates) -> bool:
    """Whether it is not rather a file of another assignment, with some names in common."""
    other = other_assignment(candidates.definitions(content).names, candidates.expected)
    return other is None or other[0] <= len(names)


def _tells_of_others(note: str) -> bool:
    return "counts" in note or note.startswith("both ") or "was passed over" in note


def _alike(choice: Choice, tree: Tree, candidates: Candidates) -> Iterator[Entry]:
    """Files that could as well have been meant by their names."""
    left = _MAX_READ
    for entry in tree.entries:
        like = candidates.likeness(entry)
        if like is None or like.file != choice.file or entry == choice.candidate.entry:
            continue
        is_same = entry.name == choice.file and entry.folder != choice.candidate.entry.folder
        if is_same or is_copy(entry.name, choice.file):
            yield entry
        elif like.fit is Fit.NEAR and left and not _imports(choice, entry):
            left -= 1
            content = _content(candidates.read(entry), choice.file)
            if _both_define(choice, content, candidates):
                yield entry


def _imports(choice: Choice, entry: Entry) -> bool:
    """Whether what is graded speaks of a file: then it is a module of its own."""
    return entry.name.partition(".")[0].encode() in choice.content


def _content(candidate: Candidate, file: str) -> bytes:
    return candidate.modules.get(file, b"")


def _both_define(choice: Choice, content: bytes, candidates: Candidates) -> list[str]:
    """The exercises of a file that are written in what is graded, and in this text."""
    wanted = candidates.expected.exercises.get(choice.file, ())
    if not mentions(content, wanted):
        return []
    own, other = (candidates.definitions(text).written for text in (choice.content, content))
    return [name for name in wanted if name in own & other]
