"""More public cases of a check, from seeds that are no secret: example 1, example 2, …

Where a submission fails on hidden cases alone, one of these shows what is wrong.
"""

from __future__ import annotations

from dataclasses import replace

from grader.confine import Launcher
from grader.course.assignment import Backend
from grader.course.prepare import FilePreparation, LiveCourse, prepared_check
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import PUBLIC_SEED, Kind

_MOST: dict[Backend, tuple[int, int]] = {"numpy": (64, 96), "keras": (24, 32)}
"""So many further seeds are tried at most, and no more once a check has so many inputs.

A Keras reference takes some thirty times as long to answer.
"""
_WITHOUT = {Kind.TRAIN, Kind.SRC}
"""Training is not explained by an input, and a rule about the source has none."""


def has_examples(kind: Kind) -> bool:
    """Whether an input can show what is wrong with a check of this kind."""
    return kind not in _WITHOUT


def example_seed(number: int) -> str:
    """The name of a further public seed, counted from 1."""
    return f"example {number}"


def example_checks(
    course: LiveCourse, exercise: str, check: str, launcher: Launcher, most: int | None = None
) -> tuple[PreparedCheck, ...]:
    """A check as each of the first seeds makes it, without what misconceptions answer.

    Parameters
    ----------
    most
        How many seeds; by default as many as the backend allows.

    Raises
    ------
    PreparationError
        When the reference fails on its own case.
    """
    file, declared = next(
        (file, one)
        for file in course.assignment.files
        for its in file.exercises
        for one in its.checks
        if (its.name, one.name) == (exercise, check)
    )
    seeds, enough = _MOST[file.backend]
    right = replace(course, misconceptions=())
    preparing = FilePreparation(
        right, file, PUBLIC_SEED, launcher, with_training=False, with_slips=False
    )
    try:
        found: list[PreparedCheck] = []
        for number in range(1, (most or seeds) + 1):
            if sum(len(one.cases) for one in found) >= enough:
                break
            cases = preparing.cases_of(declared, example_seed(number))
            found.append(prepared_check(declared, cases))
        return tuple(found)
    finally:
        preparing.close()


def for_values(assignment: PreparedAssignment) -> PreparedAssignment:
    """The checks that an input explains, each asking for the expected values and no more.

    A gradient that is consistent with a wrong loss is wrong here: of the points nothing is said.
    """
    checks = tuple(map(plain_check, assignment.checks))
    kept = tuple(one for one in checks if has_examples(one.kind))
    return replace(assignment, checks=kept, misconceptions=(), forward_files={})


def plain_check(check: PreparedCheck) -> PreparedCheck:
    """A check whose failures are not diagnosed; of a gradient, its values alone."""
    cases = tuple(replace(one, mistaken={}, slips=None) for one in check.cases)
    settings = {**check.settings, "diagnosed": False}
    if check.kind is not Kind.GRAD:
        return replace(check, settings=settings, cases=cases)
    settings |= {"judges": "values", "select": None}
    return replace(check, kind=Kind.OUT, settings=settings, cases=cases)
