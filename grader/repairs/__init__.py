"""Find the one small change of a student's own code that makes an exercise right, and prove it."""

from grader.repairs.pace import ALL, PACES, QUICK
from grader.repairs.proof import Proof
from grader.repairs.repairs import PREFIX, Allowance, Repair, find_repair, wants_repair

__all__ = [
    "ALL",
    "PACES",
    "PREFIX",
    "QUICK",
    "Allowance",
    "Proof",
    "Repair",
    "find_repair",
    "wants_repair",
]
