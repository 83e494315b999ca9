"""How long the statements of a file may take when it is loaded.

What counts is computing, as on a machine of one's own; of code that only waits, the wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic, process_time

from grader.worker.stopwatch import WAITING

_LEAST_SHARE = 1 / 40
"""The part of the whole that any statement may take; when hardly more is left, only definitions
and imports run."""


@dataclass
class Allowance:
    """How long the statements of a file may take together: half of what is left for each.

    What takes less than half of the whole in one go, or altogether, is never cut.
    """

    seconds: float
    spent: float = 0.0
    """What statements took that did not end, in workers before this one."""
    started: float = field(default_factory=monotonic)
    cpu_started: float = field(default_factory=process_time)

    @property
    def left(self) -> float:
        """Seconds that are left."""
        passed, computed = monotonic() - self.started, process_time() - self.cpu_started
        taken = passed if computed < WAITING * passed else min(passed, computed)
        return self.seconds - self.spent - taken

    def of_next(self) -> float:
        """How long the next statement may take."""
        return max(self.left / 2, _LEAST_SHARE * self.seconds)

    @property
    def is_short(self) -> bool:
        """Whether only what defines something is worth a try."""
        return self.left < 2 * _LEAST_SHARE * self.seconds
