"""What a student's code prints: kept in part, counted in full, never in the way."""

from __future__ import annotations

import io
import re

MAX_KEPT = 2_000
"""Characters kept of what one question prints, when they are shown as they come."""
MAX_END = 48_000
"""Characters kept of the beginning, and as many of the end, where later ones write over earlier.

A progress bar takes tens of thousands of characters for one line. The judge carries out what they
ask for and cuts what is left; it reads more than both of these.
"""
_MAX_RECENT = 16_000
"""Characters after which what is written over is dropped."""
_OVERWRITING = re.compile(r"[\r\b\x1b\x9b]")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_BACK_TO_THE_START = re.compile(r"\x08+\r")
_LINE_OR_BAR = re.compile(r"[\r\n]")


class BoundedText(io.TextIOBase):
    """A text stream that keeps the beginning and the end, and counts the rest."""

    def __init__(self) -> None:
        self.length = 0
        """Characters that came, without those that others were written over."""
        self._recent: list[str] = []
        self._recent_length = 0
        self._beginning: list[str] = []
        self._end: list[str] = []
        self._end_length = 0
        self._overwrites = False
        self._dropped_lines = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._recent.append(str(text))
        self._recent_length += len(text)
        if self._recent_length > _MAX_RECENT:
            self._take_recent()
        return len(text)

    def text(self) -> str:
        """What was printed, with a note of how much was left out."""
        if not self._recent and not self.length:
            return ""  # as mostly
        self._take_recent()
        beginning = "".join(self._beginning)
        if not self._overwrites:
            more = self.length - MAX_KEPT
            return f"{beginning[:MAX_KEPT]}{_note(more)}" if more > 0 else beginning
        end = "".join(self._end)[-MAX_END:]
        if len(beginning) + len(end) == self.length:
            return beginning + end
        return self._without_the_middle(beginning, end)

    def _take_recent(self) -> None:
        text, self._recent, self._recent_length = "".join(self._recent), [], 0
        if _OVERWRITING.search(text) is not None:
            self._overwrites = True
            text = without_the_overwritten(text)
        room = max(0, MAX_END - self.length)
        self.length += len(text)
        if room:
            self._beginning.append(text[:room])
        if len(text) > room:
            self._keep_end(text[room:])

    def _keep_end(self, text: str) -> None:
        self._end.append(text)
        self._end_length += len(text)
        if self._end_length > 2 * MAX_END:  # now and then: joining takes time
            joined = "".join(self._end)
            self._dropped_lines = self._dropped_lines or "\n" in joined[:-MAX_END]
            self._end, self._end_length = [joined[-MAX_END:]], MAX_END

    def _without_the_middle(self, beginning: str, end: str) -> str:
        """Both ends, cut where a line or the next state of a bar begins, so that none is torn."""
        last = max(beginning.rfind("\n"), beginning.rfind("\r")) + 1 or len(beginning)
        found = _LINE_OR_BAR.search(end)
        first = found.end() if found is not None else 0
        joined = "".join(self._end)
        dropped = (beginning[last:], joined[: len(joined) - len(end)], end[:first])
        if self._dropped_lines or any("\n" in one for one in dropped):
            more = self.length - last - (len(end) - first)
            above = beginning[:last].rstrip("\r\n")
            return f"{above}{_note(more)}\n{end[first:]}"
        return f"{beginning[:last]}\r{end[first:]}"


def _note(more: int) -> str:
    return f"\n… ({more:,} more characters)"


def without_the_overwritten(text: str) -> str:
    """The text without earlier states of a line that later ones cover as a whole.

    A terminal shows the same of both. What moves the cursor or erases is left as it is.
    """
    lines = _BACK_TO_THE_START.sub("\r", text).split("\n")
    return "\n".join("\r".join(_uncovered(line.split("\r"))) for line in lines)


def _uncovered(states: list[str]) -> list[str]:
    """The states of one line of which something may be left.

    Where the first of them stands, nobody knows.
    """
    kept: list[str] = []
    covered = -1
    for state in reversed(states[1:]):
        plain = _COLOUR.sub("", state)
        if _OVERWRITING.search(plain) is not None:
            covered = -1
        elif len(plain) <= covered:
            continue
        else:
            covered = len(plain)
        kept.append(state)
    return [*states[:1], *reversed(kept)]
