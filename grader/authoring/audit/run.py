"""Grade all mutants of a plan in parallel."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

from grader.authoring.audit.examine import Examiner, Outcome
from grader.authoring.audit.plan import AuditPlan
from grader.authoring.mutation import Mutant

Progress = Callable[[Outcome], None]


def run_audit(
    plan: AuditPlan, examiner: Examiner, *, jobs: int, progress: Progress | None = None
) -> list[Outcome]:
    """Grade every mutant; the outcomes come in the plan's order, whatever the number of jobs.

    Those that are listed as no mistakes are not trained: that would prove nothing of them.
    Where the machine may have decided, a mutant is graded once more at the end, with nothing
    beside it; that holds.
    """
    told = progress or (lambda outcome: None)

    def examine(mutant: Mutant) -> Outcome:
        return examiner.examine(mutant, training=not plan.listed.reason(mutant))

    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        futures = [pool.submit(examine, mutant) for mutant in plan.mutants]
        try:
            for future in as_completed(futures):
                if not future.result().doubtful:
                    told(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    outcomes = [future.result() for future in futures]
    for index, first in enumerate(outcomes):
        if first.doubtful:
            outcomes[index] = examine(first.mutant)
            told(outcomes[index])
    return outcomes
