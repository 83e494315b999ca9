"""Many submissions: graded in parallel, kept as they come, resumed where it stopped."""

from grader.batch.plan import BatchPlan, Job, plan_batch
from grader.batch.run import BatchReport, run_batch

__all__ = ["BatchPlan", "BatchReport", "Job", "plan_batch", "run_batch"]
