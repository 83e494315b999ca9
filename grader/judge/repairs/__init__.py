"""Find the one small change of a student's own code that makes an exercise right, and prove it."""

from grader.judge.repairs.pace import ALONE, FORKED, IN_A_CLASS, Pace, Paces
from grader.judge.repairs.proof import Proof
from grader.judge.repairs.repairs import PREFIX, Allowance, Repair, find_repair, wants_repair

__all__ = [
    "ALONE",
    "FORKED",
    "IN_A_CLASS",
    "PREFIX",
    "Allowance",
    "Pace",
    "Paces",
    "Proof",
    "Repair",
    "find_repair",
    "wants_repair",
]
