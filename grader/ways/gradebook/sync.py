"""Results into nbgrader's gradebook: points, comments, late penalties; people's own stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.orm import selectinload

from grader.course.prepared import PreparedAssignment
from grader.render.comments import comment_on
from grader.render.summary import exercises
from grader.result import Result, Status
from grader.sanitise.nbgrader import gradebook_comment, gradebook_id
from grader.ways.gradebook.course import NbgraderCourse
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.structure import Role, Structure, ensure_structure, roles

_AT_ONCE = 200
"""Submissions of one transaction: nbgrader's own methods commit each row by itself."""


@dataclass
class SyncReport:
    """What was written, and what people should know."""

    written: int = 0
    manual: list[str] = field(default_factory=list)
    """Students with points that a person gave: these count, and are to be looked at again."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Students whose names nbgrader's pages would take for code, and what it calls them."""
    ungraded: list[str] = field(default_factory=list)
    """Students with an exercise that the grader failed on: it waits for a person."""
    roles: dict[str, dict[str, Role]] = field(default_factory=dict)
    """What the gradebook knows of the cells, by notebook and name."""


def write_gradebook(
    course: NbgraderCourse,
    prepared: PreparedAssignment,
    results: Sequence[Result],
    stamps: Mapping[str, datetime],
    progress: Callable[[int], None] = lambda count: None,
) -> SyncReport:
    """Write results into the gradebook; each batch of students is written whole or not at all.

    Manual scores, extra credit and comments by people are never touched: nbgrader counts a
    manual score before ours and marks the cell for another look, as `nbgrader autograde` does.

    Parameters
    ----------
    stamps
        By student, what ``timestamp.txt`` of the submission says, in UTC without a zone.
        Formgrader takes a submission for graded when the gradebook has the very same time.

    Raises
    ------
    GradebookError
        When the database cannot be opened or written, or is of another version of nbgrader.
    """
    report = SyncReport()
    late = course.directory.settings.late
    with opened(course) as gradebook:
        structure = ensure_structure(gradebook, prepared, late.due.get(prepared.name))
        report.roles = roles(structure.assignment)
        writer = _Writer(course, gradebook, structure, report, stamps)
        for start in range(0, len(results), _AT_ONCE):
            some = results[start : start + _AT_ONCE]
            writer.write(some)
            report.written += len(some)
            progress(len(some))
    return report


class _Writer:
    """Writes results of one assignment, some at a time."""

    def __init__(
        self,
        course: NbgraderCourse,
        gradebook: Gradebook,
        structure: Structure,
        report: SyncReport,
        stamps: Mapping[str, datetime],
    ) -> None:
        self.stamps = stamps
        self.session, self.structure, self.report = gradebook.db, structure, report
        self.plugin = course.late_plugin()
        self.extensions = course.directory.settings.late.extensions.get(
            structure.assignment.name, {}
        )

    def write(self, results: Sequence[Result]) -> None:
        """Write some results in one transaction."""
        names = [gradebook_id(result.student) for result in results]
        known = self._submissions(names)
        self._enrol(names)
        for result in results:
            name = gradebook_id(result.student)
            if name != result.student:
                self.report.renamed[result.student] = name
            submission = known.get(name) or self._new_submission(name)
            submission.timestamp = self.stamps.get(result.student)
            days = self.extensions.get(result.student)
            if days is not None:
                submission.extension = timedelta(days=days)
            self._write_one(submission, result)
        self.session.flush()
        # Scores are computed by the database, from what was just written.
        written = self._submissions(names)
        for result in results:
            self._penalise(written[gradebook_id(result.student)], result)
        self.session.commit()

    def _submissions(self, students: Sequence[str]) -> dict[str, SubmittedAssignment]:
        found = (
            self.session.query(SubmittedAssignment)
            .filter(
                SubmittedAssignment.assignment_id == self.structure.assignment.id,
                SubmittedAssignment.student_id.in_(students),
            )
            .options(
                selectinload(SubmittedAssignment.notebooks).options(
                    selectinload(SubmittedNotebook.grades),
                    selectinload(SubmittedNotebook.comments),
                )
            )
            .populate_existing()
        )
        return {one.student_id: one for one in found}

    def _enrol(self, students: Sequence[str]) -> None:
        """Add who is not known; asked for one by one, each would be a flush of its own."""
        query = self.session.query(Student.id).filter(Student.id.in_(students))
        known = {identity for (identity,) in query}
        self.session.add_all(Student(id=one) for one in students if one not in known)

    def _new_submission(self, student: str) -> SubmittedAssignment:
        submission = SubmittedAssignment(
            assignment_id=self.structure.assignment.id, student_id=student
        )
        self.session.add(submission)
        return submission

    def _write_one(self, submission: SubmittedAssignment, result: Result) -> None:
        notebooks = {one.notebook_id: one for one in submission.notebooks}
        for notebook in self.structure.assignment.notebooks:
            if notebook.id not in notebooks:
                made = SubmittedNotebook(notebook_id=notebook.id)
                submission.notebooks.append(made)
                notebooks[notebook.id] = made
                for cell in (*notebook.grade_cells, *notebook.task_cells):
                    made.grades.append(Grade(cell_id=cell.id))
                for cell in (*notebook.solution_cells, *notebook.task_cells):
                    made.comments.append(Comment(cell_id=cell.id))
        manual = False
        for one in exercises(result):
            check, solution = (
                self.structure.checks[one.name],
                self.structure.solutions[one.name],
            )
            grade = _of_cell(notebooks[check.notebook_id].grades, check, Grade)
            graded = one.status is not Status.GRADER_ERROR
            grade.auto_score = round(one.points, 2) if graded else None
            grade.needs_manual_grade = grade.manual_score is not None or not graded
            manual = manual or grade.manual_score is not None
            comment = _of_cell(notebooks[solution.notebook_id].comments, solution, Comment)
            comment.auto_comment = gradebook_comment(comment_on(one)) or None
        if manual:
            self.report.manual.append(result.student)
        if result.has_grader_error:
            self.report.ungraded.append(result.student)

    def _penalise(self, submission: SubmittedAssignment, result: Result) -> None:
        """Set the late penalty, after the due date that the gradebook has for this student."""
        submitted = submission.timestamp or _utc(result.submission.submitted_at)
        due = submission.duedate
        late = (submitted - due).total_seconds() if submitted and due else 0.0
        for notebook in submission.notebooks:
            penalty = None
            if late > 0:
                penalty = self.plugin.late_submission_penalty(
                    submission.student_id, notebook.score, late
                )
            notebook.late_submission_penalty = penalty


def _of_cell(rows: Any, cell: BaseCell, kind: type[Grade] | type[Comment]) -> Any:
    """The row of a cell; a check that is new since the last run has none yet."""
    for row in rows:
        if row.cell_id == cell.id:
            return row
    made = kind(cell_id=cell.id)
    rows.append(made)
    return made


def _utc(moment: str | None) -> datetime | None:
    """A result's time as nbgrader keeps it: UTC without a zone."""
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None) if moment else None
