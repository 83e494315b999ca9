"""What judging one submission may cost."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class JudgeLimits:
    """The cost of judging one submission; its worker has limits of its own."""

    megabytes: int = 400
    """Memory beyond what the judge has when it is forked: the grader and the prepared cases."""
    cpu_seconds: float = 120.0
    """CPU time for all answers of a submission; honest ones take a few hundredths."""
    silence_seconds: float = 3_600.0
    """How long a judge may be at one check. It waits for workers, which have limits of their own:
    one that takes longer is taken for lost."""

    def patient(self, seconds: float) -> JudgeLimits:
        """The same for submissions whose worker may take so long."""
        return replace(self, silence_seconds=max(self.silence_seconds, 2 * seconds))
