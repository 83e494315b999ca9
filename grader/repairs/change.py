"""One small change of a text: where it is, what stands there then, and how it is said aloud."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A piece of a file's text and what is to stand in its place.

    Attributes
    ----------
    rank
        How likely it is what has to be changed: small is likely.
    kind
        Its kind, in one word.
    said
        What is different with it, to go on behind "with" or "without"; it never shows `text`.
    """

    start: int
    end: int
    text: str
    line: int
    rank: int
    kind: str
    said: str

    def applied(self, text: str) -> str:
        """The whole text with this change."""
        return text[: self.start] + self.text + text[self.end :]
