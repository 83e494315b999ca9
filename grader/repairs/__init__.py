"""Find the one small change of a student's own code that makes an exercise right, and prove it."""

from grader.repairs.repairs import (
    MOST_EXERCISES,
    PREFIX,
    SECONDS,
    SUBMISSION_SECONDS,
    Repair,
    find_repair,
    wants_repair,
)

__all__ = [
    "MOST_EXERCISES",
    "PREFIX",
    "SECONDS",
    "SUBMISSION_SECONDS",
    "Repair",
    "find_repair",
    "wants_repair",
]
