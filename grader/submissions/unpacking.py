"""The archives of a submission, unpacked within the limits of `grader collect`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.files.unpack.extract import MAX_BYTES, Taking, TooMuch
from grader.files.unpack.items import Refused
from grader.submissions.regular import Unreadable, open_regular

if TYPE_CHECKING:
    from grader.submissions.tree import Entry

MAX_ARCHIVES = 10
DATA_ENDINGS = (
    *(".cfg", ".csv", ".dat", ".h5", ".hdf5", ".ini", ".jpeg", ".jpg", ".mat", ".npy", ".npz"),
    *(".pickle", ".pkl", ".png", ".toml", ".tsv", ".xml", ".yaml", ".yml"),
)
"""How files are called that code may open."""


@dataclass
class Unpacked:
    """What came of it; problems and notes by the place of the archive.

    Attributes
    ----------
    folder
        Holds a folder for each archive, called by its number.
    is_too_much
        Whether one of them was beyond the limits.
    """

    folder: Path
    taking: Taking
    problems: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    is_too_much: bool = False


def unpack(archives: Sequence[Entry], folder: Path, wanted: Callable[[str], bool]) -> Unpacked:
    """Unpack what is wanted, by its name, of several archives into a new folder."""
    folder.mkdir()
    taking = Taking(folder, wanted=wanted)
    opened = Unpacked(folder, taking)
    for number, archive in enumerate(archives):
        if number >= MAX_ARCHIVES:
            opened.problems[archive.place] = f"is one of more than {MAX_ARCHIVES} archives"
            continue
        before = len(taking.notes)
        try:
            with open_regular(archive.path, MAX_BYTES) as (stream, _):
                taking.take_archive(stream, archive.name, below=(str(number),))
        except (Refused, Unreadable) as reason:
            opened.problems[archive.place] = str(reason)
            opened.is_too_much |= isinstance(reason, TooMuch)
        opened.notes[archive.place] = taking.notes[before:]
    return opened
