"""What judging one submission may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JudgeLimits:
    """The cost of judging one submission; its worker has limits of its own."""

    megabytes: int = 400
    """Memory beyond what the judge has when it is forked: the grader and the prepared cases."""
    cpu_seconds: float = 120.0
    """CPU time for all answers of a submission; honest ones take a few hundredths."""
    seconds: float = 3_600.0
    """Wall clock after which a judge is taken for lost. It waits for workers, which have limits."""
