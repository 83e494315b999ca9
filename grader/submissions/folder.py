"""Which of a folder's files are the submission."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from grader.submissions.names import (
    is_importable,
    is_near_miss,
    nearest,
    notebook_target,
    shown,
)
from grader.submissions.regular import (
    Unreadable,
    is_regular_file,
    is_true_folder,
    modified,
    read_regular,
)
from grader.submissions.taking import MAX_FILES, Taken
from grader.submissions.times import parse_timestamp
from grader.unpack.names import TIMESTAMP as TIMESTAMP


def read_folder(folder: Path, expected_files: Sequence[str], assignment: str, taken: Taken) -> None:
    """Take the expected files, what stands in for them, and the student's own modules."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        problem = f"the folder cannot be read: {error.strerror}"
        taken.problems.update(dict.fromkeys(expected_files, problem))
        return
    _read_timestamp(folder, names, taken)
    stood_in = _take_expected(folder, names, expected_files, taken)
    _take_notebooks(folder, names, expected_files, assignment, taken)
    _take_helpers(folder, names, expected_files, stood_in, taken)
    for name in expected_files:
        if name not in taken.files and name not in taken.problems:
            _look_below(folder, names, name, taken)


def _read_timestamp(folder: Path, names: list[str], taken: Taken) -> None:
    if TIMESTAMP not in names:
        return
    try:
        text = read_regular(folder / TIMESTAMP, 4_096)[0].decode("utf-8-sig", "replace")
    except Unreadable as error:
        taken.notes.append(f"{TIMESTAMP} {error}; the files' own times count")
        return
    taken.timestamp = parse_timestamp(text)
    if taken.timestamp is None:
        taken.notes.append(f"{TIMESTAMP} holds no time that is understood: {shown(text)}")


def _take_expected(
    folder: Path, names: list[str], expected_files: Sequence[str], taken: Taken
) -> set[str]:
    """Take each expected file under its name or a near miss; return the near misses used."""
    stood_in = set()
    for name in expected_files:
        near = [one for one in names if one not in expected_files and is_near_miss(one, name)]
        if name in names:
            taken.take(folder / name, name)
            if near:
                others = ", ".join(map(shown, near[:3]))
                taken.notes.append(f"two files for {name}: {others} beside it; {name} was graded")
            continue
        near = [one for one in near if is_regular_file(folder / one)] or near
        if not near:
            continue
        chosen = max(near, key=lambda one: (modified(folder / one), one))
        taken.notes.append(f"{shown(chosen)} was taken as {name}")
        if len(near) > 1:
            taken.notes.append(f"two files for {name}: {len(near)} could be it; the newest counts")
        taken.take(folder / chosen, name)
        stood_in.add(chosen)
    return stood_in


def _take_notebooks(
    folder: Path, names: list[str], expected_files: Sequence[str], assignment: str, taken: Taken
) -> None:
    notebooks = [one for one in names if one.lower().endswith(".ipynb")]
    targets = {one: notebook_target(one, expected_files, assignment) for one in notebooks}
    if len(notebooks) == 1 and targets[notebooks[0]] is None:
        # A notebook of any name in a folder without the files can only be the submission.
        if expected_files[0] in taken.files:
            taken.notes.append(f"{shown(notebooks[0])} was not looked at")
            return
        taken.notes.append(f"{shown(notebooks[0])} was taken for {expected_files[0]}")
        targets[notebooks[0]] = expected_files[0]
    for name in expected_files:
        exact = {name.removesuffix(".py") + ".ipynb", f"{assignment}.ipynb"}
        candidates = [one for one in notebooks if targets[one] == name]
        candidates = [one for one in candidates if one in exact] or candidates
        if not candidates:
            continue
        chosen = max(candidates, key=lambda one: (modified(folder / one), one))
        if len(candidates) > 1:
            taken.notes.append(f"two notebooks for {name}; {shown(chosen)}, the newest, counts")
        taken.take_notebook(folder / chosen, expected_files, name)
    ignored = [one for one in notebooks if targets[one] is None]
    if ignored:
        others = ", ".join(map(shown, ignored[:3]))
        taken.notes.append(f"{others}: not named like the assignment, not looked at")


def _take_helpers(
    folder: Path,
    names: list[str],
    expected_files: Sequence[str],
    stood_in: set[str],
    taken: Taken,
) -> None:
    folded = {name.casefold() for name in (*expected_files, *taken.files)}
    for name in names:
        if not name.endswith(".py") or name in expected_files or name in stood_in:
            continue
        if name.startswith("test_") or name == "conftest.py":
            continue  # pytest's, and not what is graded
        if not is_importable(name):
            if nearest(name, expected_files) is None:
                taken.notes.append(f"{shown(name)} cannot be imported by that name; left out")
            continue
        if name.casefold() in folded:  # some file systems would write it over the other
            taken.notes.append(f"{shown(name)} was left out: another file differs in case alone")
            continue
        if len(taken.files) >= MAX_FILES:
            taken.notes.append(f"more than {MAX_FILES} files; {shown(name)} and later left out")
            return
        folded.add(name.casefold())
        taken.take_helper(folder / name)


def _look_below(folder: Path, names: list[str], wanted: str, taken: Taken) -> None:
    """Say it when the file lies one folder too deep, as archives are often unpacked."""
    for name in names[:1_000]:
        below = folder / name
        if name.startswith((".", "__")) or not is_true_folder(below):
            continue
        if is_regular_file(below / wanted):
            taken.problems[wanted] = (
                f"lies in the subfolder {shown(name)}; hand it in at the top of the folder"
            )
            return
