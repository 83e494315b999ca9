"""From many changes to the one that makes every case right."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.judge.repairs.asking import Asking
from grader.judge.repairs.change import Change
from grader.judge.repairs.pace import Pace

_WALL_PER_CPU = 30.0
"""Seconds that the judge waits for each that the worker computes: a busy machine finds as much."""
_MOST_TOLD = 2
"""Of changes on different lines that are likely alike and all proven."""
_SEVERAL = 3
"""Kinds of what may be put in at one place; from so many on, none is told."""
Failing = tuple[PreparedCheck, Case]


@dataclass
class Search:
    """Looks for the likeliest change.

    Parameters
    ----------
    failing
        Cases that are answered wrongly now, the quickest first.
    right
        Cases that are answered rightly now, and that a change may not make wrong.
    proves
        Whether the exercise is right with a change: it is graded as ever.
    seconds
        What the worker may compute: a busy machine must not decide what is found. The judge's
        own clock holds, too, at several times as many.
    """

    asking: Asking
    failing: Sequence[Failing]
    right: Sequence[Failing]
    proves: Callable[[Change], bool]
    seconds: float
    pace: Pace
    tried: int = 0

    def found(self, changes: Iterable[Change]) -> list[Change]:
        """The first change that is proven, and one on another line that is as likely."""
        ends = time.monotonic() + _WALL_PER_CPU * self.seconds
        proofs = 0
        for chunk in _chunks(itertools.islice(changes, self.pace.most_changes), self.pace.chunks):
            is_late = time.monotonic() > ends or self.asking.cpu_seconds > self.seconds
            if is_late or self.asking.is_over:
                return []
            self.tried += len(chunk)
            proven: list[Change] = []
            survivors = self._survivors(chunk)
            for change in survivors:
                if any(
                    change.line == one.line or change.likelihood != one.likelihood for one in proven
                ):
                    continue
                if proofs >= self.pace.most_proofs or (time.monotonic() > ends and proofs):
                    break
                proofs += 1
                if self.proves(change):
                    proven.append(change)
                if len(proven) == _MOST_TOLD:
                    break
            if proven:
                return [_with_its_kind(one, survivors) for one in proven]
        return []

    def _survivors(self, chunk: Sequence[Change]) -> Sequence[Change]:
        most = self.pace.most_cases
        for check, case in [*self.failing[:most], *self.right[:most]]:
            chunk = self.asking.right(check, case, chunk)
            if not chunk:
                break
        return chunk


def _with_its_kind(change: Change, survivors: Sequence[Change]) -> Change:
    """The change, without its kind where others at the same place do, too.

    What makes a case right in several ways has to be changed; how, the cases do not tell.
    """
    others = {
        one.kind
        for one in survivors
        if (one.start, one.end) == (change.start, change.end) and one.puts_in
    }
    if change.puts_in and len(others) >= _SEVERAL:
        return replace(change, kind="place", said="with something else there")
    return change


def _chunks(changes: Iterable[Change], sizes: Sequence[int]) -> Iterator[Sequence[Change]]:
    waiting = iter(changes)
    for size in itertools.chain(sizes, itertools.repeat(sizes[-1])):
        chunk = list(itertools.islice(waiting, size))
        if not chunk:
            return
        yield chunk
