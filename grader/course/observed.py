"""A worker's answer, read as an observation."""

from __future__ import annotations

from typing import Any

from grader.course.case import Observation

_MAX_NAMES, _MAX_TEXT = 50, 1_000
"""Names of an answer that are read, and characters of each."""


def observe(answer: dict[str, Any]) -> Observation:
    """Read a worker's answer as an observation, trusting none of its fields."""
    error = answer.get("error")
    chain = error.get("chain") if type(error) is dict else None
    values, mutated = answer.get("values"), answer.get("mutated")
    return Observation(
        outcome=str(answer.get("outcome"))[:_MAX_TEXT],
        values=values if type(values) is list else [],
        raised=_names(chain),
        mutated=_names(mutated),
        warned=bool(answer.get("warnings")),
    )


def _names(values: Any) -> list[str]:
    """A worker's list of names, bounded; "" for what is none."""
    found = values[:_MAX_NAMES] if type(values) is list else []
    return [name[:_MAX_TEXT] if type(name) is str else "" for name in found]
