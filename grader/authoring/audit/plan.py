"""What an audit has to do: which mutants, and the cases to grade them on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from grader.authoring.audit.equivalent import Equivalent
from grader.authoring.mutation import Mutant, mutants_of
from grader.course.assignment import StudentFile
from grader.course.prepare import LiveCourse


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
) -> AuditPlan:
    """Make all mutants of the references, and choose.

    Parameters
    ----------
    exercises
        Only mutants of these; all when it is empty. What helpers outside them do wrong is left out.
    limit
        At most so many, drawn by the seed.
    """
    found = [
        mutant
        for file in course.assignment.files
        for mutant in mutants_of(course.references[file.name], file.name)
    ]
    chosen = [one for one in found if not exercises or one.definition in exercises]
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
