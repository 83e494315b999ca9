"""What an audit has to do: which mutants, and the cases to grade them on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from grader.authoring.audit.equivalent import Equivalent
from grader.authoring.mutation import Mutant, mutants_of
from grader.course.assignment import Assignment, Exercise, StudentFile
from grader.course.prepare import LiveCourse
from grader.result import Kind


@dataclass(frozen=True)
class AuditPlan:
    """Mutants to grade.

    Attributes
    ----------
    files
        The files that they are mutants of.
    every
        How many mutants each of these files has.
    unmatched
        Entries of the list of equivalent mutants that mean no mutant.
    """

    course: LiveCourse
    seed: str
    mutants: tuple[Mutant, ...]
    files: tuple[StudentFile, ...]
    every: Counter[str]
    equivalent: tuple[Equivalent, ...]
    unmatched: tuple[Equivalent, ...]

    def is_listed(self, mutant: Mutant) -> bool:
        """Whether it is listed as no mistake."""
        return any(one.means(mutant) for one in self.equivalent)

    @property
    def backend(self) -> str | None:
        """The only backend that is needed; None for both, so that NumPy never waits for Keras."""
        backends = {file.backend for file in self.files}
        return next(iter(backends)) if len(backends) == 1 else None


def plan_audit(
    course: LiveCourse,
    seed: str,
    *,
    equivalent: tuple[Equivalent, ...] = (),
    exercises: Collection[str] = (),
    limit: int | None = None,
    training: bool = True,
) -> AuditPlan:
    """Make all mutants of the references, and choose.

    Parameters
    ----------
    exercises
        Only mutants of these; all when it is empty. What helpers outside them do wrong is left out.
    limit
        At most so many, drawn by the seed.
    training
        Whether train checks count; without them, exercises that have no others are left out.
    """
    if not training:
        course = replace(course, assignment=_untrained(course.assignment))
    found = [
        mutant
        for file in course.assignment.files
        for mutant in mutants_of(course.references[file.name], file.name)
    ]
    unchecked = {one.name for one in course.assignment.exercises() if not one.checks}
    chosen = [
        one
        for one in found
        if one.definition not in unchecked and (not exercises or one.definition in exercises)
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
        mutants=tuple(chosen),
        files=files,
        every=Counter(one.file for one in found),
        equivalent=equivalent,
        unmatched=tuple(
            entry for entry in equivalent if not any(entry.means(one) for one in found)
        ),
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
