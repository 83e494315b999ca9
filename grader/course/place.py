"""Where an author wrote something: every sentence about a course names file and line."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A line of a file of the author's."""

    file: str
    line: int

    def __str__(self) -> str:
        """Name it as a person in the current folder calls it."""
        return f"{os.path.relpath(self.file)}, line {self.line}"


def place_in(path: Path, line: int = 1) -> Place:
    """A line of a file; the first where the file as a whole is meant."""
    return Place(str(path), line)


def calling_place(depth: int = 2) -> Place:
    """The line that called the function that asks: its author's declaration."""
    frame = sys._getframe(depth)
    return Place(frame.f_code.co_filename, frame.f_lineno)
