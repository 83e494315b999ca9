"""What is taken of a submission, wherever in a folder or an archive it lies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from pathlib import Path

from grader.files.unpack.names import TIMESTAMP as TIMESTAMP
from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.choosing import Chooser
from grader.submissions.chosen_files import Choice, Chosen, Supplement
from grader.submissions.definitions import mentions
from grader.submissions.expected import Expected
from grader.submissions.helpers import Helpers
from grader.submissions.names import is_module_path, shown
from grader.submissions.nothing import left_out_as_theirs, looks_like, packed_otherwise, why_nothing
from grader.submissions.regular import Unreadable, read_regular
from grader.submissions.searching import MAX_SEARCHED, other_assignment
from grader.submissions.times import parse_timestamp
from grader.submissions.tree import Entry, Tree
from grader.submissions.within_limits import MAX_FILE, Taken
from grader.worker.private import private_folder

_ANYWHERE = re.compile(rb"\b(?:def|class)[ \t]+(\w+)")
_INDENTED = re.compile(rb"^[ \t]+(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


def take_all(tree: Tree, expected: Expected, assignment: str, taken: Taken) -> str:
    """Take the expected files and the student's own modules; say why, where there are none."""
    candidates = Candidates(expected, assignment)
    chosen = Chooser(tree, candidates).choose()
    if tree.archives and _lacks_something(chosen, expected):
        tree.open_archives()
        chosen = Chooser(tree, candidates).choose()
    before = {name: copy(value) for name, value in vars(taken).items()} if tree.archives else {}
    is_complete = _take_chosen(tree, chosen, candidates, taken)
    if tree.archives and not is_complete:  # a module that is imported may be packed
        vars(taken).update(before)
        tree.open_archives()
        chosen = Chooser(tree, candidates).choose()
        _take_chosen(tree, chosen, candidates, taken)
    _find_unread(tree, chosen, candidates, taken)
    _tell_the_rest(tree, chosen, candidates, taken)
    if not any(file in taken.files for file in expected.files):
        return why_nothing(tree, chosen, expected)
    return _of_another_assignment(chosen, candidates)


def _take_chosen(tree: Tree, chosen: Chosen, candidates: Candidates, taken: Taken) -> bool:
    """Take what was chosen and what it needs; return whether all that it imports is there."""
    expected = candidates.expected
    taken.notes += tree.notes
    for choice in chosen.choices.values():
        _take(choice, expected, taken)
    for supplement in chosen.supplements:
        _supplement(supplement, expected, taken)
    taken.notes += chosen.notes
    taken.problems |= {file: why for file, why in chosen.problems.items() if file in expected.files}
    graded = [one.candidate.entry for one in chosen.choices.values()]
    supplements = [one.candidate.entry for one in chosen.supplements]
    helpers = Helpers(tree, graded, supplements, candidates, taken, chosen.lookalikes)
    helpers.take()
    return helpers.is_complete


def read_timestamp(folder: Path, taken: Taken) -> None:
    """When nbgrader or a platform says that it was handed in."""
    try:
        text = read_regular(folder / TIMESTAMP, 4_096)[0].decode("utf-8-sig", "replace")
    except Unreadable as error:
        if (folder / TIMESTAMP).is_symlink() or (folder / TIMESTAMP).exists():
            taken.notes.append(f"{TIMESTAMP} {error}; the files' own times count")
        return
    taken.timestamp = parse_timestamp(text)
    if taken.timestamp is None:
        taken.notes.append(f"{TIMESTAMP} holds no time that is understood: {shown(text)}")


def _lacks_something(chosen: Chosen, expected: Expected) -> bool:
    return bool(chosen.open) or any(
        file not in chosen.choices or file in chosen.unwritten for file in expected.files
    )


def _take(choice: Choice, expected: Expected, taken: Taken) -> None:
    candidate = choice.candidate
    try:
        taken.take(choice.file, candidate, choice.part)
        _take_written(candidate, choice.file, expected, taken)
    except Unreadable as error:
        taken.problems[choice.file] = f"{candidate.label} {error}"
        return
    taken.notes += [*choice.notes, *candidate.notes]


def _supplement(one: Supplement, expected: Expected, taken: Taken) -> None:
    candidate = one.candidate
    try:
        taken.take(one.name, candidate, one.part)
        _take_written(candidate, one.name, expected, taken)
    except Unreadable as error:
        taken.notes.append(f"{candidate.label} was left out: it {error}")
        return
    taken.name_the_notebook(one.name, candidate.label)
    taken.notes += candidate.notes


def _take_written(candidate: Candidate, owner: str, expected: Expected, taken: Taken) -> None:
    """Take the modules of the student's own that a notebook writes, and what else it opens.

    Where another notebook writes a file of the same name, each sees its own.
    """

    def place_of(name: str, content: bytes) -> str:
        known = name in {*expected.files, owner} or taken.files.get(name) == content
        place = f"{private_folder(owner)}/{name}" if name in taken.files else name
        return "" if known or place in taken.files else place

    for name, content in candidate.modules.items():
        place = place_of(name, content) if is_module_path(name) else ""
        if place:
            taken.take(place, candidate, name)
    for name, content in candidate.data.items():
        place = place_of(name, content)
        if place:
            taken.take_data(place, candidate.entry.place, content)


def _find_unread(tree: Tree, chosen: Chosen, candidates: Candidates, taken: Taken) -> None:
    """Name the files that cannot be read and seem to hold what is written nowhere else."""
    entries = tree.entries[:MAX_SEARCHED] if chosen.open else []
    for candidate in map(candidates.read, entries):
        if not candidate.problem:
            continue
        try:
            content = read_regular(candidate.entry.path, MAX_FILE)[0]
        except Unreadable:
            continue
        named = {name.decode("utf-8", "replace") for name in _ANYWHERE.findall(content)}
        for name in sorted(chosen.open & named):
            taken.unread.setdefault(name, f"{candidate.label} {candidate.problem}")


def _tell_the_rest(tree: Tree, chosen: Chosen, candidates: Candidates, taken: Taken) -> None:
    """What was not graded and might have been meant."""
    graded = {one.entry for one in chosen.taken}
    notebooks = {
        shown(one.name): one
        for one in tree.entries
        if one.depth == 0
        and one not in graded
        and one.name.lower().endswith(".ipynb")
        and one.place not in taken.sources.values()
        and candidates.likeness(one) is None
        and not candidates.is_of_another_part(one)
        and not any(f" and {shown(one.place)} define " in note for note in taken.notes)
    }
    unread = [
        one for one in notebooks if any(why.startswith(f"{one} ") for why in taken.unread.values())
    ]
    for why in dict.fromkeys(taken.unread.values()):
        if not any(why.partition(" ")[2] in note for note in taken.notes):
            taken.notes.append(f"{why}; it was left out")
    notebooks = {label: one for label, one in notebooks.items() if label not in unread}
    for label in [one for one in notebooks if notebooks[one].place in chosen.lookalikes]:
        whose = chosen.lookalikes[notebooks.pop(label).place]
        taken.notes.append(left_out_as_theirs(label, *whose, candidates.expected))
    ours = [one for one in notebooks if _holds_exercises(notebooks[one], candidates)]
    others = [one for one in notebooks if one not in ours]
    for names, why in (
        (ours, "what they define was taken from other files"),
        (others, "the assignment asks for other names"),
    ):
        if names:
            why = why.replace("they define", "it defines") if len(names) == 1 else why
            taken.notes.append(f"{', '.join(names[:3])} {_was(names[:3])} not graded: {why}")
    if not graded:
        return  # all of it is said where it is said that there is nothing to grade
    for place, why in tree.unopened.items():
        taken.notes.append(f"{shown(place)} was not opened: it {why}")
    if tree.archives:
        packed = [shown(one.place) for one in tree.archives[:3]]
        taken.notes.append(
            f"{', '.join(packed)} {_was(packed)} not opened, because all that is asked for lies "
            "beside it"
        )
    if _lacks_something(chosen, candidates.expected):
        for name in packed_otherwise(tree.others)[:3]:
            taken.notes.append(f"{shown(name)} cannot be opened here; hand in .py, .ipynb or .zip")
    if len(chosen.unwritten) == len(chosen.choices) and not _is_written(taken, candidates):
        said = [
            f"{one.candidate.label} {candidates.emptiness(one.file, one.content)}"
            for one in chosen.choices.values()
        ]
        taken.notes.append(f"nothing that is asked for is written yet: {'; '.join(said)}")


def _holds_exercises(entry: Entry, candidates: Candidates) -> bool:
    """Whether some exercise of the assignment is defined in a file."""
    texts = candidates.read(entry).modules.values()
    wanted = candidates.expected.all_exercises
    return any(
        mentions(text, wanted) and bool(candidates.definitions(text).written & wanted)
        for text in texts
    )


def _is_written(taken: Taken, candidates: Candidates) -> bool:
    """Whether an exercise is written in a module, such as one that a notebook writes.

    One that stands inside of another definition may count as well, when the file has run.
    """
    wanted = candidates.expected.all_exercises
    for name, text in taken.files.items():
        if name.endswith(".py") and mentions(text, wanted):
            found = candidates.definitions(text)
            inside = {one.decode("utf-8", "replace") for one in _INDENTED.findall(text)}
            if found.written & wanted or (inside - found.names) & wanted:
                return True
    return False


def _was(names: Sequence[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _of_another_assignment(chosen: Chosen, candidates: Candidates) -> str:
    """What was handed in has the right name, and defines exercises of another assignment alone."""
    expected = candidates.expected
    if len(chosen.unwritten) < len(chosen.choices) or not expected.all_exercises:
        return ""
    for choice in chosen.choices.values():
        names = candidates.definitions(choice.content).names
        other = other_assignment(names, expected) if not names & expected.all_exercises else None
        if other is not None and other[0] > 1:
            return looks_like(choice.candidate.entry.place, other[1], other[2], expected)
    return ""
