"""Cases: some for each check, each with a label of its own, the same whenever a seed is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from grader.authoring.promises.problem import broken
from grader.course.assignment import Check
from grader.course.case import Case
from grader.course.prepare import LiveCourse, case_generator
from grader.result import PUBLIC_SEED, Kind


def keep_inputs(course: LiveCourse, seed: str = PUBLIC_SEED) -> None:
    """Make the cases of each check twice, and refuse those that no student is to be asked.

    Raises
    ------
    PromiseBroken
        At the declaration of the check.
    """
    for exercise in course.assignment.exercises():
        for check in exercise.checks:
            if check.kind is not Kind.SRC and "same_cases_as" not in check.settings:
                _keep_cases(check, seed)


def _keep_cases(check: Check, seed: str) -> None:
    label = f"{check.exercise}.{check.name}"
    first, second = (_cases(check, seed) for _ in range(2))
    if not first:
        raise broken(
            check.place,
            f"expected at least one case of {label}. Received none; let its function yield "
            "`case(…)`.",
        )
    labels = [one.label for one in first]
    for one in labels:
        if labels.count(one) > 1:
            raise broken(
                check.place,
                f"expected a label of its own for each case of {label}. Received {one!r} twice; "
                "say what is special about each.",
            )
    if list(_parts(first)) != list(_parts(second)):
        raise broken(
            check.place,
            f"expected the same cases of {label} from the same seed. Received others the second "
            "time; draw every number from `rng`, the generator that its function is given.",
        )


def _cases(check: Check, seed: str) -> list[Case]:
    made = check.cases(case_generator(seed, check.exercise, check.name))
    try:
        cases = list(made)
    except TypeError:
        if made is not None and hasattr(made, "__iter__"):
            raise
        cases = []
    for one in cases:
        if not isinstance(one, Case):
            raise broken(
                check.place,
                f"expected {check.exercise}.{check.name} to yield cases. Received: "
                f"{type(one).__name__}; yield what `case(…)` or `script(…)` gives.",
            )
    return cases


def _parts(value: Any) -> Iterator[object]:
    """What a value is made of, so that two of them can be compared."""
    if isinstance(value, np.ndarray):
        yield value.dtype.str, value.shape, value.tobytes()
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _parts(item)
    elif isinstance(value, list | tuple):
        yield type(value).__name__, len(value)
        for item in value:
            yield from _parts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _parts(getattr(value, field.name))
    else:
        yield type(value).__name__, repr(value)
