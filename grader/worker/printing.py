"""What a student's code prints: kept in part, counted in full, never in the way."""

from __future__ import annotations

import io

MAX_KEPT = 2_000
"""Characters kept of what one question prints."""


class BoundedText(io.TextIOBase):
    """A text stream that keeps the beginning and counts the rest."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = MAX_KEPT - self.length
        if room > 0:
            self.kept.append(str(text[:room]))
        self.length += len(text)
        return len(text)

    def text(self) -> str:
        """What was printed, with a note of how much was left out."""
        kept = "".join(self.kept)
        if self.length > MAX_KEPT:
            return f"{kept}\n… ({self.length - MAX_KEPT:,} more characters)"
        return kept
