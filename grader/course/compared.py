"""Which of the values of an answer a check compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.result import Kind


def picked_values(kind: Kind, settings: Mapping[str, Any], values: list[Any]) -> list[Any]:
    """All values of an answer, one of a tuple, or the gradients of a pair."""
    if len(values) != 1 or not isinstance(values[0], tuple | list):
        return values
    select = settings.get("select")
    if select is not None:
        return [values[0][select]] if select < len(values[0]) else values
    if kind is Kind.GRAD and settings["of"] is None and len(values[0]) > 1:
        return [values[0][1]] if len(values[0]) == 2 else [tuple(values[0][1:])]
    return values
