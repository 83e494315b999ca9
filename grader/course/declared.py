"""What a declaration may say: settings of the right type, told at the author's own line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any


def require_declared(points: Any, settings: Mapping[str, Any]) -> None:
    """Refuse points and settings that no check can have.

    Raises
    ------
    ValueError
        Naming the setting, what it may be, and what it is.
    """
    if not _is_number(points) or points <= 0:
        raise ValueError(f"Expected points to be a number above 0. Received: {points!r}")
    for name, value in settings.items():
        expected, holds = _RULES.get(name, ("", _anything))
        if not holds(value):
            raise ValueError(f"Expected {name} to be {expected}. Received: {value!r}")
    if "threshold" in settings and settings["baseline"] == settings["threshold"]:
        raise ValueError(
            "Expected a threshold other than the baseline, between which points grow. "
            f"Received: {settings['threshold']!r} for both"
        )


def listed(name: str, values: Iterable[str]) -> list[str]:
    """Several names; one name alone is refused, for it would be taken letter by letter.

    Raises
    ------
    ValueError
        When they are no names.
    """
    found = [values] if isinstance(values, str) else list(values)
    if isinstance(values, str) or not all(isinstance(one, str) for one in found):
        raise ValueError(f'Expected {name} to be a list of names, as ["a"]. Received: {values!r}')
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_index(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_name(value: Any) -> bool:
    return isinstance(value, str)


def _anything(value: Any) -> bool:
    return True


_NUMBER = ("a number", _is_number)
_NAME = ("a name, as text", _is_name)
_RULES = {
    "select": ("None or the position of a returned value, from 0", _is_index),
    "of": ("None or the name of an exercise", lambda value: value is None or _is_name(value)),
    "consistent_share": (
        "a number from 0 to 1",
        lambda value: _is_number(value) and 0 <= value <= 1,
    ),
    "measure": _NAME,
    "baseline": _NUMBER,
    "threshold": _NUMBER,
    "stated": _NUMBER,
    "cpu_seconds": ("a number above 0", lambda value: _is_number(value) and value > 0),
    "blank": _NAME,
    "trained": _NAME,
    "before": _NAME,
    "control": _NAME,
}
