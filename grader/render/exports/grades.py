"""What every gradebook wants to know of one student's submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.problems import GraderProblem
from grader.render.above_maximum import excess
from grader.render.comments import comment_on
from grader.render.summary import exercises
from grader.result import Result, Status
from grader.submissions import CourseDirectory
from grader.submissions.settings import DAY


class ExportProblem(GraderProblem):
    """The export cannot be made; the message says why and how to fix it."""


@dataclass(frozen=True)
class StudentGrade:
    """One student's grade for one assignment, from a `Result` or from a gradebook.

    Attributes
    ----------
    points
        Earned, before lateness.
    penalty
        Points that lateness costs.
    exercises
        Points by exercise; None for one that nobody has graded yet.
    maxima
        The most that an exercise gives, by exercise, as far as that is known.
    statuses
        How many checks ended how; None where that is not known, as in a gradebook.
    handed_in
        Whether there is a submission; a gradebook knows students without one.
    comment
        What is said about the exercises, as plain text.
    """

    student: str
    assignment: str
    points: float
    max_points: float
    late_days: float = 0.0
    penalty: float = 0.0
    submitted_at: str = ""
    exercises: Mapping[str, float | None] = field(default_factory=dict)
    maxima: Mapping[str, float] = field(default_factory=dict)
    statuses: Mapping[Status, int] | None = None
    handed_in: bool = True
    comment: str = ""

    @property
    def ungraded(self) -> list[str]:
        """The exercises that still wait for a grade: the grader failed, or a person is to look."""
        return [name for name, points in self.exercises.items() if points is None]

    @property
    def excess(self) -> str:
        """What of it is above its maximum; "" when nothing is."""
        points = max(self.points, self.final or 0.0)  # a penalty below 0 would add some
        return excess(points, self.max_points, self.exercises, self.maxima)

    @property
    def final(self) -> float | None:
        """The points that count; None while something is ungraded, since nobody loses by that."""
        return None if self.ungraded else round(max(0.0, self.points - self.penalty), 2)


def grade_of(result: Result, course: CourseDirectory) -> StudentGrade:
    """A result with its late penalty by ``grader.toml`` as it is now, as in the gradebook."""
    done = exercises(result)
    late = course.late_seconds(result.assignment, result.student, result.submission.submitted_at)
    return StudentGrade(
        student=result.student,
        assignment=result.assignment,
        points=result.points,
        max_points=result.max_points,
        late_days=late / DAY,
        penalty=round(result.points * course.settings.late.share_lost(late), 2),
        submitted_at=result.submission.submitted_at or "",
        exercises={
            one.name: None if one.status is Status.GRADER_ERROR else one.points for one in done
        },
        maxima={one.name: one.max_points for one in done},
        statuses=Counter(check.status for check in result.checks),
        comment=result.submission.nothing_to_grade
        or joined_comments({one.name: comment_on(one) for one in done}),
    )


def joined_comments(comments: Mapping[str, str]) -> str:
    """The comments on exercises as one text; those without a comment are left out."""
    return "\n\n".join(f"{name}\n{text}" for name, text in comments.items() if text)
