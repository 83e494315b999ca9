"""The grader's hidden cases as Python text, so that every tool asks and compares the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.course.case import Case
from grader.course.prepared import PreparedAssignment


@dataclass(frozen=True)
class Question:
    """One check: its points, and what it calls and compares."""

    exercise: str
    name: str
    points: int
    cases: tuple[Case, ...]

    def lines(self, function: str) -> list[str]:
        """Statements that raise unless `function`, an expression, answers all cases rightly."""
        text = []
        for case in self.cases:
            assert case.expected is not None
            arguments = ", ".join(_literal(value) for value in case.arguments.values())
            text.append(f"received = {function}({arguments})")
            expected = case.expected.values[0]
            if isinstance(expected, tuple):
                text.append(f"assert len(received) == {len(expected)}")
                pairs = [(f"received[{index}]", part) for index, part in enumerate(expected)]
            else:
                pairs = [("received", expected)]
            text += [
                f"np.testing.assert_allclose({one}, {_literal(other)}, "
                f"rtol={case.rtol!r}, atol={case.atol!r})"
                for one, other in pairs
            ]
        return text


def questions_of(assignment: PreparedAssignment) -> list[Question]:
    """All checks of the assignment, in order."""
    found = []
    for check in assignment.checks:
        if not check.cases:
            raise ValueError(f"Expected cases for {check.exercise}.{check.name}. Received: none")
        # Whole points, since the other tools add them up in their own ways.
        points = int(check.points)
        found.append(Question(check.exercise, check.name, points, check.cases))
    return found


def _literal(value: Any) -> str:
    """Python text for a number or array; `repr` of a float gives back the same float."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r})"
    return repr(value.item() if isinstance(value, np.generic) else value)
