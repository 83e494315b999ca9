"""Grades out of nbgrader's gradebook: what people gave and what lateness cost is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from types import MappingProxyType

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.engine import make_url
from sqlalchemy.orm import selectinload, undefer

from grader.authoring.notebooks import check_cell_id, solution_cell_id
from grader.render.exports.grades import StudentGrade, joined_comments
from grader.sanitise.nbgrader import comment_text
from grader.sanitise.text import safe_text
from grader.submissions import CourseDirectory
from grader.submissions.settings import DAY
from grader.ways.gradebook.course import NbgraderCourse, read_course
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.problems import GradebookError, explained, shown

_CHECK, _SOLUTION = check_cell_id(""), solution_cell_id("")
"""How the names of our cells begin; other cells are questions of the instructor's."""


def read_grades(course: CourseDirectory, order: Mapping[str, Sequence[str]]) -> list[StudentGrade]:
    """The grades of some assignments, from the gradebook that the course's configuration names.

    Parameters
    ----------
    order
        The assignments, and the exercises of each in their order.

    Raises
    ------
    GradebookError
        When there is no gradebook, it cannot be read, or it has not one of the assignments.
    """
    nbgrader = read_course(course)
    _require_file(nbgrader)
    with opened(nbgrader) as gradebook:
        known = {one.name for one in gradebook.assignments}
        for name in order:
            if name not in known:
                listing = ", ".join(sorted(known)) or "none"
                raise GradebookError(
                    f"The gradebook {shown(nbgrader.database)} has no assignment {name}; it has: "
                    f"{listing}. Run grader batch {name} --gradebook first."
                )
        return list(grades_in(gradebook, order, order=order))


def grades_in(
    gradebook: Gradebook,
    assignments: Collection[str] = (),
    students: Collection[str] = (),
    *,
    order: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Iterator[StudentGrade]:
    """Yield the grade of each student for each assignment; empty collections mean all.

    A student without a submission has no points, as in nbgrader's own export. Exercises come in
    the order that is given, then by name: a gradebook keeps none.
    """
    for assignment in gradebook.assignments:
        if assignments and assignment.name not in assignments:
            continue
        submissions = {one.student_id: one for one in _submissions(gradebook, assignment)}
        places = {name: place for place, name in enumerate(order.get(assignment.name, ()))}
        for student in sorted(gradebook.students, key=lambda one: one.id):
            if students and student.id not in students:
                continue
            submission = submissions.get(student.id)
            if submission is not None:
                yield _grade(submission, assignment, places)
            else:
                yield StudentGrade(
                    student=safe_text(student.id),
                    assignment=safe_text(assignment.name),
                    points=0.0,
                    max_points=assignment.max_score,
                    handed_in=False,
                )


def _submissions(gradebook: Gradebook, assignment: Assignment) -> list[SubmittedAssignment]:
    """All submissions of an assignment, with their grades, in a handful of queries."""
    query = gradebook.db.query(SubmittedAssignment).filter(
        SubmittedAssignment.assignment_id == assignment.id
    )
    found: list[SubmittedAssignment] = query.options(
        undefer(SubmittedAssignment.score),
        selectinload(SubmittedAssignment.notebooks).options(
            selectinload(SubmittedNotebook.grades), selectinload(SubmittedNotebook.comments)
        ),
    ).all()
    return found


def _grade(
    submission: SubmittedAssignment, assignment: Assignment, places: Mapping[str, int]
) -> StudentGrade:
    exercises: dict[str, float | None] = {}
    maxima: dict[str, float] = {}
    comments: dict[str, str] = {}
    penalty = 0.0
    for notebook in submission.notebooks:
        penalty += notebook.late_submission_penalty or 0.0
        for grade in notebook.grades:
            known = grade.auto_score is not None or grade.manual_score is not None
            title = _title(grade.cell.name)
            exercises[title] = round(grade.score, 2) if known else None
            maxima[title] = grade.cell.max_score
        for comment in notebook.comments:
            text = comment_text(comment.comment or "")
            comments[_title(comment.cell.name)] = safe_text(text)
    moment = submission.timestamp

    def place(title: str) -> tuple[int, str]:
        return places.get(title, len(places)), title

    return StudentGrade(
        student=safe_text(submission.student_id),
        assignment=safe_text(assignment.name),
        points=round(submission.score, 2),
        max_points=assignment.max_score,
        late_days=submission.total_seconds_late / DAY,
        penalty=round(penalty, 2),
        submitted_at=moment.replace(tzinfo=UTC).isoformat() if moment else "",
        exercises={title: exercises[title] for title in sorted(exercises, key=place)},
        maxima=maxima,
        comment=joined_comments({title: comments[title] for title in sorted(comments, key=place)}),
    )


def _title(cell: str) -> str:
    """The exercise of a cell; the cell's own name where people ask and grade."""
    return safe_text(cell).removeprefix(_CHECK).removeprefix(_SOLUTION)


def _require_file(course: NbgraderCourse) -> None:
    """Refuse a file that is not there: opening would make an empty gradebook."""
    with explained(course.database):
        url = make_url(course.database)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise GradebookError(
            f"There is no gradebook {shown(course.database)}. Run grader batch --gradebook first."
        )
