"""What is said about an exercise where there is room for a few lines of plain text."""

from __future__ import annotations

from grader.render.examples import with_example
from grader.render.summary import SYMBOLS, ExercisePoints
from grader.result import Status


def comment_on(exercise: ExercisePoints) -> str:
    """What each check that did not pass says, its example and hint; empty when all passed."""
    lines = []
    for check in exercise.checks:
        if check.status is Status.PASSED:
            continue
        points = f"{check.points:g} of {check.max_points:g}"
        lines.append(f"{SYMBOLS[check.status]} {check.title} ({points}): {with_example(check)}")
        if check.diagnosis is not None:
            lines.append(f"  → {check.diagnosis.hint}")
    return "\n".join(lines)
