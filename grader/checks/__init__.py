"""One file per kind of check; `judge_check` finds the right one."""

from grader.checks.registry import judge_check
from grader.checks.verdict import Interview, Verdict

__all__ = ["Interview", "Verdict", "judge_check"]
