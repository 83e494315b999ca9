"""Exercises and checks as they are declared: each once, each with what it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from grader.authoring.promises.problem import broken
from grader.checks.measures import MEASURES
from grader.course.assignment import Check, Exercise
from grader.course.place import Place
from grader.course.prepare import LiveCourse


def keep_declarations(course: LiveCourse) -> None:
    """Refuse names that stand twice or nowhere, and exercises that nothing checks.

    Raises
    ------
    PromiseBroken
        At the line that declares it.
    """
    exercises = list(course.assignment.exercises())
    names = [one.name for one in exercises]
    for exercise in exercises:
        _keep_exercise(exercise, names)
        for check in exercise.checks:
            _keep_check(check, names)
    if not exercises:
        place = next((file.place for file in course.assignment.files), None)
        raise broken(
            place,
            "expected an exercise. Received none; declare one with "
            '`file.exercise("name", hints=[…])`.',
        )


def _keep_exercise(exercise: Exercise, names: list[str]) -> None:
    if Counter(names)[exercise.name] > 1:
        raise broken(
            exercise.place,
            f"expected one exercise of each name. Received {exercise.name} twice in this "
            "assignment; rename one of them.",
        )
    _keep_names(exercise.needs, names, f"{exercise.name} needs", exercise.place)
    if not exercise.checks:
        raise broken(
            exercise.place,
            f"expected at least one check of {exercise.name}. Received none, so that it is worth "
            f"nothing; declare one with `@{exercise.name}.outputs(points=…)`.",
        )


def _keep_check(check: Check, names: list[str]) -> None:
    label = f"{check.exercise}.{check.name}"
    loss = check.settings.get("of")
    _keep_names([*check.needs, *([loss] if loss else [])], names, f"{label} needs", check.place)
    measure = check.settings.get("measure")
    if measure is not None and measure not in MEASURES:
        raise broken(
            check.place,
            f"expected measure to be one of {', '.join(MEASURES)}. Received: {measure!r}; name "
            "one of those.",
        )


def _keep_names(needed: Iterable[str], names: list[str], who: str, place: Place | None) -> None:
    for name in needed:
        if name not in names:
            raise broken(
                place,
                f"expected exercises that exist ({', '.join(names)}). Received: {who} {name}; "
                "correct the name or leave it out.",
            )
