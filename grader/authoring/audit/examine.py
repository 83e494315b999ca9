"""Grade one mutant: like a submission, but only until the first point is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from grader.authoring.audit.reach import touched, uses_of
from grader.authoring.mutation import Mutant
from grader.confine import Launcher, LimitBook, Limits, Lost
from grader.course.prepare import LiveCourse
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.judge.grading import GradingOptions, grade
from grader.result import CheckResult, Kind, Status
from grader.submissions import Submission

LIMITS = Limits(seconds=60)
"""A student's, but with wall clock enough that a mutant which hangs meets its CPU limit first."""
_MAYBE_THE_MACHINE = {Status.GRADER_ERROR, Status.CRASHED, Status.TIMEOUT}


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNGRADED = "not graded"


@dataclass(frozen=True)
class Outcome:
    """A mutant's fate, and what decided it.

    Attributes
    ----------
    check
        The check that took the first point, ``exercise.check``.
    status
        How that check ended.
    detail
        Why a mutant could not be graded.
    doubtful
        Whether a busy or failing machine may have decided, so that it is to be graded once more.
    """

    mutant: Mutant
    fate: Fate
    check: str = ""
    status: str = ""
    detail: str = ""
    doubtful: bool = False


class Examiner:
    """Grades mutants of an assignment on prepared cases; may be used from several threads."""

    def __init__(
        self, course: LiveCourse, assignment: PreparedAssignment, launcher: Launcher
    ) -> None:
        self.course, self.assignment, self.launcher = course, assignment, launcher
        self._questions = Questions()
        self._uses = {file: uses_of(text) for file, text in course.references.items()}

    def lost_by_reference(self, file: str) -> CheckResult | None:
        """The check on which a file of the reference itself loses points; None as it should be."""
        exercises = [one.name for one in self.assignment.exercises if one.file == file]
        return self._first_loss(file, self.course.references[file], exercises, [])

    def examine(self, mutant: Mutant, *, training: bool = True) -> Outcome:
        """Grade a mutant on the exercises that it can touch.

        Without training a mutant survives that only train checks would notice.
        """
        uses = self._uses[mutant.file]
        exercises = touched(self.assignment, mutant.file, uses, mutant.definition)
        silences: list[Lost] = []
        try:
            lost = self._first_loss(mutant.file, mutant.text, exercises, silences, training)
        except Exception as error:  # our own mistake: one mutant's, not the audit's, and seen
            detail = f"The grader failed ({type(error).__name__}: {error})."
            return Outcome(mutant, Fate.UNGRADED, detail=detail, doubtful=True)
        if lost is None:
            return Outcome(mutant, Fate.SURVIVED)
        failed = lost.status is Status.GRADER_ERROR
        return Outcome(
            mutant,
            Fate.UNGRADED if failed else Fate.KILLED,
            check=f"{lost.exercise}.{lost.check}",
            status=lost.status.value,
            detail=lost.message if failed else "",
            doubtful=lost.status in _MAYBE_THE_MACHINE and not _is_its_own(lost, silences),
        )

    def _first_loss(
        self,
        file: str,
        text: str,
        exercises: list[str],
        silences: list[Lost],
        training: bool = True,
    ) -> CheckResult | None:
        texts = {**self.course.references, file: text}
        submission = Submission(
            "mutant", self.assignment.name, {name: one.encode() for name, one in texts.items()}
        )
        options = GradingOptions(limits=LimitBook(LIMITS), until_lost=True, on_lost=silences.append)
        for part in self._parts(file, exercises, training):
            result = grade(submission, part, self.launcher, options, self._questions)
            lost = next((check for check in result.checks if check.lost_points), None)
            if lost is not None:
                return lost
        return None

    def _parts(
        self, file: str, exercises: list[str], training: bool
    ) -> Iterator[PreparedAssignment]:
        """The assignment cut down to a file and exercises: cheap checks first, then training."""
        for trains in (False, True) if training else (False,):
            checks = [
                check
                for name in exercises
                for check in self.assignment.checks_of(name)
                if (check.kind is Kind.TRAIN) is trains
            ]
            if checks:
                yield replace(
                    self.assignment,
                    files=tuple(one for one in self.assignment.files if one.name == file),
                    exercises=tuple(self.assignment.exercise(name) for name in exercises),
                    checks=tuple(checks),
                )


def _is_its_own(lost: CheckResult, silences: Sequence[Lost]) -> bool:
    """Whether the code alone brought it about: it computed until its CPU seconds were used up."""
    is_computing = any(one.told.get("computing") is True for one in silences)
    return lost.status is Status.TIMEOUT and is_computing
