"""What is to be graded: which answers without the work, on which cases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from grader.authoring.audit.reach import uses_of
from grader.authoring.unearned.groups import grouped
from grader.authoring.unearned.lessons import lessons_of, trained_definitions
from grader.authoring.unearned.sources import Answer, known_of, submission_of
from grader.authoring.unearned.stand_ins import CONSTANTS, RANDOM
from grader.authoring.unearned.stand_ins_training import FOR_WEIGHTS, RULES
from grader.course.prepare import LiveCourse
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.result import Kind
from grader.submissions import Submission


class Mode(StrEnum):
    """A kind of answers without the work."""

    THOUGHTLESS = "thoughtless"
    REPLAY = "replay"
    CONSTANTS = "constants"


ANSWERS = {
    Mode.THOUGHTLESS: tuple(
        Answer(kind, kind) for kind in (*CONSTANTS, "first", *RANDOM, "none", "empty", "raises")
    ),
    Mode.REPLAY: (
        Answer("nearest", "replay"),
        *(Answer(f"public answer {number + 1}", "replay", number) for number in range(3)),
    ),
    Mode.CONSTANTS: tuple(Answer(rule, rule) for rule in RULES),
}
SEEDS = {Mode.THOUGHTLESS: 1, Mode.REPLAY: 2, Mode.CONSTANTS: 1}
"""On the hidden cases of how many seeds."""


@dataclass(frozen=True)
class Task:
    """A submission to grade.

    Attributes
    ----------
    part
        The exercises that are answered without the work in it, with the checks that are asked.
    """

    answer: Answer
    seed: str
    part: PreparedAssignment
    submission: Submission


def plan_unearned(
    course: LiveCourse,
    mode: Mode,
    public: PreparedAssignment,
    hidden: dict[str, PreparedAssignment],
    exercises: Collection[str] = (),
) -> list[Task]:
    """All submissions of a mode.

    Syntax trees are made here, since Python 3.11 cannot make them in two threads.

    Parameters
    ----------
    hidden
        By seed, the cases that they are graded on.
    exercises
        Only these; all when it is empty.
    """
    make = _trained if mode is Mode.CONSTANTS else _grouped
    return list(make(course, mode, public, hidden, exercises))


def _grouped(
    course: LiveCourse,
    mode: Mode,
    public: PreparedAssignment,
    hidden: dict[str, PreparedAssignment],
    exercises: Collection[str],
) -> Iterator[Task]:
    """Many exercises in each submission, on all checks but training."""
    known = known_of(public)
    first = next(iter(hidden.values()))
    for file in first.files:
        uses = uses_of(course.references[file.name])
        for group in grouped(first, file.name, uses):
            names = [one for one in group if not exercises or one in exercises]
            for answer in ANSWERS[mode]:
                told = {name: known[name] for name in names}
                submission = submission_of(
                    first.name,
                    course.references,
                    file.name,
                    names,
                    answer,
                    told if answer.kind in {"replay", "raises"} else {},
                )
                for seed, assignment in hidden.items():
                    checks = [
                        one
                        for name in names
                        for one in assignment.checks_of(name)
                        if one.kind is not Kind.TRAIN
                    ]
                    if checks:
                        yield Task(answer, seed, _part(assignment, names, checks), submission)


def _trained(
    course: LiveCourse,
    mode: Mode,
    public: PreparedAssignment,
    hidden: dict[str, PreparedAssignment],
    exercises: Collection[str],
) -> Iterator[Task]:
    """One exercise in each submission, on its train checks."""
    for seed, assignment in hidden.items():
        for exercise in assignment.exercises:
            checks = _with_public_answers(assignment, public, exercise.name)
            lessons = lessons_of(public, exercise.name) if checks else []
            if not lessons or (exercises and exercise.name not in exercises):
                continue
            replaced = dict.fromkeys(
                name
                for check in checks
                for name in trained_definitions(check)
                if name in assignment.names and assignment.exercise(name).file == exercise.file
            )
            are_weights = isinstance(lessons[0]["answer"], tuple | list)
            for answer in ANSWERS[mode]:
                if are_weights and answer.kind not in FOR_WEIGHTS:
                    continue
                submission = submission_of(
                    assignment.name,
                    course.references,
                    exercise.file,
                    list(replaced),
                    answer,
                    dict.fromkeys(replaced, lessons),
                    "stand_ins_training.Untrained",
                )
                part = _part(assignment, [exercise.name], checks)
                yield Task(answer, seed, part, submission)


def _with_public_answers(
    assignment: PreparedAssignment, public: PreparedAssignment, exercise: str
) -> list[PreparedCheck]:
    """Train checks whose reference was not trained: what it answered only draws plots."""
    known = {one.name: one for one in public.checks_of(exercise)}
    return [
        replace(
            check,
            cases=tuple(
                replace(case, expected=other.expected)
                for case, other in zip(check.cases, known[check.name].cases, strict=True)
            ),
        )
        for check in assignment.checks_of(exercise)
        if check.kind is Kind.TRAIN and check.name in known
    ]


def _part(
    assignment: PreparedAssignment, names: Collection[str], checks: Collection[PreparedCheck]
) -> PreparedAssignment:
    files = {assignment.exercise(name).file for name in names}
    return replace(
        assignment,
        files=tuple(one for one in assignment.files if one.name in files),
        exercises=tuple(one for one in assignment.exercises if one.name in names),
        checks=tuple(checks),
    )
