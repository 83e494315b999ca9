"""Why nothing of a submission can be graded: what was found, and what to hand in instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.submissions.chosen_files import Chosen
from grader.submissions.expected import Expected
from grader.submissions.likeness import code_ending
from grader.submissions.names import shown
from grader.submissions.tree import MAX_DEPTH, Tree

_START = "There is nothing to grade here"
_SHOWN = 5
_PACKED = (".rar", ".7z", ".gz", ".bz2", ".xz", ".zst", ".z", ".cab", ".iso", ".dmg")


def why_nothing(tree: Tree, chosen: Chosen, expected: Expected) -> str:
    """One or two sentences; what was found is named."""
    if chosen.lookalikes:
        place, (assignment, file) = min(chosen.lookalikes.items())
        return looks_like(place, assignment, file, expected)
    problems = [f"{shown(place)} {why}" for place, why in tree.unopened.items()]
    problems += chosen.problems.values()
    if problems:
        return f"{_START}: {'; '.join(problems[:_SHOWN])}."
    if tree.is_empty and tree.deepest:
        where = f"everything lies more than {MAX_DEPTH} folders deep ({shown(tree.deepest)})"
        return f"{_START}: {where}; hand in .py or .ipynb in an upper folder."
    if tree.is_empty and code_ending(tree.litter):
        hidden = f"only {shown(tree.litter)} was found, and its name begins with a dot"
        return f"{_START}: {hidden}; hand it in under a name that does not."
    if tree.is_empty and tree.litter:
        only = f"nothing was found but {shown(tree.litter)}, which is never looked into"
        return f"{_START}: {only}; hand in .py or .ipynb."
    if tree.is_empty:
        return f"{_START}: the folder is empty; hand in .py or .ipynb."
    found = [entry.place for entry in tree.entries] + tree.others
    said = what_was_found(found)
    packed = packed_otherwise(found)[:_SHOWN]
    if packed:  # nobody knows what they hold
        return f"{said} {', '.join(map(shown, packed))} cannot be opened here."
    if tree.entries and expected.all_exercises:
        names = " or ".join(expected.files)
        return f"{said} What was found holds no exercise of {names}."
    return said


def what_was_found(names: Sequence[str]) -> str:
    """The sentence for files that are no code, the same for a folder and for a push."""
    listed = ", ".join(shown(name) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    advice = ", or pack them as .zip" if packed_otherwise(names) else ""
    return f"{_START}; found: {listed}{more}; hand in .py or .ipynb{advice}."


def packed_otherwise(names: Sequence[str]) -> list[str]:
    """The archives among these that cannot be opened here."""
    return [name for name in names if name.casefold().endswith(_PACKED)]


def looks_like(place: str, assignment: str, file: str, expected: Expected) -> str:
    """What was handed in is a file of another assignment."""
    short = short_name(assignment, expected.others())
    wanted = " and ".join(expected.files)
    return (
        f"{_START}; found: {shown(place)}, and this looks like {short}'s {file}; hand in {wanted}."
    )


def left_out_as_theirs(place: str, assignment: str, file: str, expected: Expected) -> str:
    """The note on a file of another assignment that lies beside what is graded."""
    short = short_name(assignment, expected.others())
    whose = f"{short}'s" if file == place else f"{short}'s {file}"
    return f"{place} was left out: it looks like {whose}"


def short_name(assignment: str, known: Mapping[str, object] | Iterable[str]) -> str:
    """``a3`` for ``a3_mlp``, where no other assignment begins like this."""
    start = assignment.partition("_")[0]
    same = [name for name in known if name.partition("_")[0] == start]
    return start if len(same) <= 1 and any(map(str.isdigit, start)) else assignment
