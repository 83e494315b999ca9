"""What the public cases tell of training: rows, targets, what was asked, and the answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring.unearned.stand_ins_training import pair
from grader.course.case import Case
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import Kind


def trained_definitions(check: PreparedCheck) -> list[str]:
    """The definitions that stand-ins replace: the exercise, and what its training calls."""
    return list(dict.fromkeys([check.exercise, *check.called]))


def lessons_of(public: PreparedAssignment, exercise: str) -> list[dict[str, Any]]:
    """The lessons of an exercise's train checks; none where its rows are not to be found."""
    return [
        lesson
        for check in public.checks_of(exercise)
        if check.kind is Kind.TRAIN
        for case in check.cases
        for lesson in _lesson(case)
    ]


def _lesson(case: Case) -> list[dict[str, Any]]:
    steps = case.asked_steps()
    if case.expected is None or not case.expected.values:
        return []
    calls = [one for one in steps if one["op"] == "call"]
    plain = [value for one in calls for value in one["args"]]
    for one in steps:
        found = _rows(one)
        if found is None:
            continue
        rows, targets = found
        by_keras = one["op"] in {"keras.fit", "sequences.train"}
        trains = str(one["op"] if by_keras else one["target"])
        held_out = case.held_out.get("y", targets[:0])
        return [
            {
                "X": rows,
                "y": targets,
                "X_test": _asked(case, steps, rows, len(held_out)),
                "y_test": held_out,
                "answer": case.expected.values[-1],
                "trains": trains,
                "builds": str(calls[0]["target"]) if by_keras and calls else "",
                "options": one.get("options", {}),
                "plain": [value for value in plain if isinstance(value, int | float | tuple)],
            }
        ]
    return []


def _rows(one: dict[str, Any]) -> tuple[Any, Any] | None:
    """The rows and targets that a step trains on."""
    if one["op"] == "sequences.train":
        start = int(one["answer_start"])
        return one["sequences"][:, :start], one["sequences"][:, start:]
    if one["op"] == "keras.fit":
        return one["X"], one["y"]
    if one["op"] in {"call", "method"}:
        return pair([*one["args"], *one.get("options", {}).values()])
    return None


def _asked(case: Case, steps: list[dict[str, Any]], rows: Any, count: int) -> Any:
    """The rows that the trained model is asked about."""
    given = [one.get(key) for one in steps for key in ("value", "prompts")]
    given += [value for one in steps for value in one.get("args", ())]
    given += list(case.held_out.values())
    for value in given:
        if isinstance(value, np.ndarray) and value.shape == (count, *rows.shape[1:]):
            return value
    return rows[:0]
