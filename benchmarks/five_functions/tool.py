"""What every tool of the benchmark has in common."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

NAME = "five_functions"

Points = dict[str, float]
"""Points by student."""


class Tool(Protocol):
    """A way to grade the class; what it needs is made when the tool is."""

    name: str

    def clear(self) -> None:
        """Remove what an earlier round left, so that every round grades anew."""

    def grade(self) -> float:
        """Grade the whole class; return the seconds that it took."""

    def points(self) -> Points:
        """Read the points that the last round wrote."""


def written(path: Path, text: str) -> Path:
    """Write a text file, and the folder that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
