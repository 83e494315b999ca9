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
    puts_in
        Whether it puts something around what the student wrote and leaves that as it is: a number
        may be made right by that far away from what is wrong with it.
    """

    start: int
    end: int
    text: str
    line: int
    rank: int
    kind: str
    said: str
    puts_in: bool = False

    @property
    def likelihood(self) -> tuple[int, bool]:
        """What is tried in this order: of changes of one rank those that alter what is there."""
        return self.rank, self.puts_in

    def applied(self, text: str) -> str:
        """The whole text with this change."""
        return text[: self.start] + self.text + text[self.end :]
