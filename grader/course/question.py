"""What a case asks of a worker, encoded once for all the submissions of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.wire.budget import Budget, count_items
from grader.wire.encoding import encode

_LEAST_BYTES, _LEAST_ITEMS = 2 * 2**20, 100_000
"""So much any answer may take: ordinary wrong shapes are compared, and named."""
_LEAST_MODEL_BYTES = 16 * 2**20
"""So much for each result that holds the parameters of a model, which may be wider than the
reference's: two million numbers."""
_OF_MODELS = frozenset({"snapshot", "control", "keras.kernels"})
"""The steps whose results hold such parameters."""
_FACTOR = 8
"""How much larger than the expected answer one may be."""
_LEAST_FREE = 1_000
"""So many items an answer may have although earlier ones of its submission had too many."""


def budget_of(case: Case) -> Budget:
    """What the answer to a case may take.

    It grows with the expected answer, or with the question where no value is expected.
    """
    expected = case.expected.values if case.expected is not None else []
    known = encode(expected or case.asked_steps())
    items = _FACTOR * count_items(known)
    models = [one for one in case.steps if one["op"] in _OF_MODELS]
    n_models = len(models) + (case.course_forward is not None)
    least = max(_LEAST_BYTES, n_models * _LEAST_MODEL_BYTES)
    return Budget(
        max(least, _FACTOR * len(known)),
        max(_LEAST_ITEMS, items),
        max(_LEAST_FREE, items, 2 * _numbers(expected)),
    )


def _numbers(value: Any) -> int:
    """How many numbers the arrays of a value have: a list of them is as good."""
    if type(value) is np.ndarray:
        return int(value.size)
    inside = value.values() if isinstance(value, dict) else value
    return sum(map(_numbers, inside)) if isinstance(value, list | tuple | dict) else 0


def question_of(
    case: Case,
    file: str,
    *,
    forbid: tuple[str, ...] = (),
    eagerly: bool = True,
    seconds: float | None = None,
    cpu_seconds: float | None = None,
    budget: Budget | None = None,
) -> dict[str, Any]:
    """The question that a case asks of one file, and what its answer may take."""
    return {
        "kind": "ask",
        "file": file,
        "steps": case.asked_steps(),
        "returns": list(case.returns),
        "forbid": list(forbid),
        "eagerly": eagerly,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "budget": None if budget is None else [budget.bytes, budget.items, budget.free],
    }


class Questions:
    """The encoded questions of an assignment's own cases, each made when it is first asked.

    A case is known by its identity, so every case that is remembered is also kept alive: the
    number of one that is gone may be given to another.
    """

    def __init__(self) -> None:
        self._encoded: dict[tuple[Any, ...], tuple[Case, bytes]] = {}
        self._budgets: dict[int, tuple[Case, Budget]] = {}

    def budget(self, check: PreparedCheck, case: Case) -> Budget:
        """What the answer may take; remembered as the questions are."""
        known = self._budgets.get(id(case))
        if known is not None and known[0] is case:
            return known[1]
        found = budget_of(case)
        if any(case is own for own in check.cases):
            self._budgets[id(case)] = case, found
        return found

    def encoded(
        self,
        check: PreparedCheck,
        case: Case,
        file: str,
        forbid: tuple[str, ...],
        seconds: float,
        cpu_seconds: float,
        *,
        eagerly: bool = True,
    ) -> bytes:
        """The question, ready to be sent, with the time and size that its answer may take.

        A case that a check made for one student (a finite difference, say) is not remembered.
        """
        key = (id(case), file, forbid, eagerly, seconds, cpu_seconds)
        known = self._encoded.get(key)
        if known is not None and known[0] is case:
            return known[1]
        limits: dict[str, Any] = {"seconds": seconds, "cpu_seconds": cpu_seconds}
        budget = self.budget(check, case)
        data = encode(
            question_of(case, file, forbid=forbid, eagerly=eagerly, budget=budget, **limits)
        )
        if any(case is own for own in check.cases):
            self._encoded[key] = case, data
        return data
