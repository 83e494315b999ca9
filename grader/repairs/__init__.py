"""Find the one small change of a student's own code that makes an exercise right, and prove it."""

from grader.repairs.repairs import PREFIX, Allowance, Repair, find_repair, wants_repair

__all__ = ["PREFIX", "Allowance", "Repair", "find_repair", "wants_repair"]
