"""Are the checks any good? Plant small mistakes in the references, and see which lose no point."""

from grader.authoring.audit.examine import Examiner, Fate, Outcome
from grader.authoring.audit.listed import Equivalent, LeftOut, Listed, ListError, read_listed
from grader.authoring.audit.plan import AuditPlan, plan_audit
from grader.authoring.audit.report import GOOD_SHARE, AuditReport, report_of
from grader.authoring.audit.run import run_audit

__all__ = [
    "GOOD_SHARE",
    "AuditPlan",
    "AuditReport",
    "Equivalent",
    "Examiner",
    "Fate",
    "LeftOut",
    "ListError",
    "Listed",
    "Outcome",
    "plan_audit",
    "read_listed",
    "report_of",
    "run_audit",
]
