"""From many changes to the one that makes every case right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.repairs.asking import Asking
from grader.repairs.change import Change

_CHUNKS = (24, 48, 96)
"""How many changes are asked at once: few at first, where they are likely."""
_MOST_CASES = 6
"""Of failing cases that are asked before the exercise is graded as a whole."""
_MOST_PROOFS = 6
Failing = tuple[PreparedCheck, Case]


@dataclass
class Search:
    """Looks for the likeliest change.

    Parameters
    ----------
    failing
        Cases that are answered wrongly now, the quickest first.
    proves
        Whether the exercise is right with a change: it is graded as ever.
    seconds
        How long it may take.
    """

    asking: Asking
    failing: Sequence[Failing]
    proves: Callable[[Change], bool]
    seconds: float
    tried: int = 0

    def found(self, changes: Sequence[Change]) -> Change | None:
        """The first change that is proven; None where none is, or the time is up."""
        ends = time.monotonic() + self.seconds
        proofs = 0
        for chunk in _chunks(changes):
            if time.monotonic() > ends or self.asking.is_over:
                return None
            self.tried += len(chunk)
            for change in self._survivors(chunk):
                if self.proves(change):
                    return change
                proofs += 1
                if proofs >= _MOST_PROOFS or time.monotonic() > ends:
                    return None
        return None

    def _survivors(self, chunk: Sequence[Change]) -> Sequence[Change]:
        for check, case in self.failing[:_MOST_CASES]:
            chunk = self.asking.right(check, case, chunk)
            if not chunk:
                break
        return chunk


def _chunks(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    start = 0
    for number in count():
        size = _CHUNKS[min(number, len(_CHUNKS) - 1)]
        if start >= len(changes):
            return
        yield changes[start : start + size]
        start += size
