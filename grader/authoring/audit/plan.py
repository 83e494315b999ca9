"""What an audit has to do: which mutants, and the cases to grade them on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from grader.authoring.audit.listed import Equivalent, LeftOut, Listed
from grader.authoring.mutation import Mutant, mutants_of
from grader.course.assignment import Assignment, Exercise, StudentFile
from grader.course.prepare import LiveCourse
from grader.result import Kind


@dataclass(frozen=True)
class AuditPlan:
    """Mutants to grade.

    Attributes
    ----------
    training
        Whether train checks count.
    files
        The files that they are mutants of.
    every
        How many mutants each of these files has.
    listed
        What the author lists by hand.
    unmatched
        Its entries that mean no mutant.
    """

    course: LiveCourse
    seed: str
    training: bool
    mutants: tuple[Mutant, ...]
    files: tuple[StudentFile, ...]
    every: Counter[str]
    listed: Listed
    unmatched: tuple[Equivalent | LeftOut, ...]

    @property
    def backend(self) -> str | None:
        """The only backend that is needed; None for both, so that NumPy never waits for Keras."""
        backends = {file.backend for file in self.files}
        return next(iter(backends)) if len(backends) == 1 else None


def plan_audit(
    course: LiveCourse,
    seed: str,
    *,
    listed: Listed | None = None,
    exercises: Collection[str] = (),
    limit: int | None = None,
    training: bool = True,
) -> AuditPlan:
    """Make all mutants of the references, and choose.

    Parameters
    ----------
    listed
        What the author lists by hand; mutants of what it leaves out are not chosen.
    exercises
        Only mutants of these; all when it is empty. What helpers outside them do wrong is left out.
    limit
        At most so many, drawn by the seed.
    training
        Whether train checks count; without them, exercises that have no others are left out.
    """
    if not training:
        course = replace(course, assignment=_untrained(course.assignment))
    listed = listed or Listed()
    found = [
        mutant
        for file in course.assignment.files
        for mutant in mutants_of(course.references[file.name], file.name)
    ]
    unchecked = {one.name for one in course.assignment.exercises() if not one.checks}
    chosen = [
        one
        for one in found
        if one.definition not in unchecked
        and not listed.leaves_out(one)
        and (not exercises or one.definition in exercises)
    ]
    if limit is not None and limit < len(chosen):
        drawn = random.Random(f"{seed} {course.assignment.name}").sample(range(len(chosen)), limit)
        chosen = [chosen[index] for index in sorted(drawn)]
    files = tuple(
        file for file in course.assignment.files if any(one.file == file.name for one in chosen)
    )
    return AuditPlan(
        course=course,
        seed=seed,
        training=training,
        mutants=tuple(chosen),
        files=files,
        every=Counter(one.file for one in found),
        listed=listed,
        unmatched=listed.unmatched(found),
    )


def _untrained(assignment: Assignment) -> Assignment:
    """The assignment without its train checks."""

    def without(exercise: Exercise) -> Exercise:
        checks = [check for check in exercise.checks if check.kind is not Kind.TRAIN]
        return replace(exercise, checks=checks)

    files = [
        replace(file, exercises=[without(exercise) for exercise in file.exercises])
        for file in assignment.files
    ]
    return replace(assignment, files=files)
