"""Grades above their maximum: extra credit, or somebody altered what was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.render.summary import exercises
from grader.result import Result
from grader.sanitise.spreadsheet import number

_ROUNDING = 0.005


def is_above(points: float, maximum: float) -> bool:
    """Whether points exceed a maximum, and not by rounding alone; no number does, too."""
    return not points <= maximum + _ROUNDING


def excess(
    points: float,
    maximum: float,
    of_exercises: Mapping[str, float | None],
    maxima: Mapping[str, float],
) -> str:
    """What of a grade is above its maximum, such as "1087 of 86 points"; "" when nothing is.

    Parameters
    ----------
    of_exercises, maxima
        Points and maximum by exercise; one without a maximum is not looked at.
    """
    found = [f"{number(points)} of {number(maximum)} points"] if is_above(points, maximum) else []
    found += [
        f"{number(one)} of {number(maxima[name])} for {name}"
        for name, one in of_exercises.items()
        if one is not None and name in maxima and is_above(one, maxima[name])
    ]
    return ", ".join(found)


def above_maximum(results: Sequence[Result]) -> list[tuple[Result, str]]:
    """The results in which something is above its maximum, by student, and what it is."""
    found = []
    for result in sorted(results, key=lambda one: one.student.casefold()):
        parts = exercises(result)
        what = excess(
            result.points,
            result.max_points,
            {one.name: one.points for one in parts},
            {one.name: one.max_points for one in parts},
        )
        if what:
            found.append((result, what))
    return found
