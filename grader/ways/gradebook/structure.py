"""The assignment in the gradebook: a notebook for each file, two cells for each exercise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
)

from grader.authoring.notebooks import (
    check_cell_id,
    edition_exercises,
    notebook_name,
    solution_cell_id,
)
from grader.course.prepared import PreparedAssignment


@dataclass(frozen=True)
class Role:
    """What nbgrader knows of a cell, whatever a student's copy says.

    Attributes
    ----------
    source
        The text of a locked cell; None where none is kept.
    """

    grade: bool
    solution: bool
    task: bool
    locked: bool
    cell_type: str
    points: float | None
    source: str | None

    def metadata(self, name: str) -> dict[str, Any]:
        """The cell's nbgrader metadata, schema 3."""
        kept: dict[str, Any] = {
            "grade_id": name,
            "schema_version": 3,
            "cell_type": self.cell_type,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "locked": self.locked,
        }
        return kept | ({"points": self.points} if self.points is not None else {})


def roles(assignment: Assignment) -> dict[str, dict[str, Role]]:
    """The roles of all cells that are graded, written or locked, by notebook and name."""
    return {book.name: _roles_of(book) for book in assignment.notebooks}


def _roles_of(book: Notebook) -> dict[str, Role]:
    grades = {cell.name: cell for cell in book.grade_cells}
    tasks = {cell.name: cell for cell in book.task_cells}
    written = {cell.name for cell in book.solution_cells}
    sources = {cell.name: cell for cell in book.source_cells}
    found = {}
    for name in [*sources, *grades, *tasks, *written]:
        graded, source = grades.get(name) or tasks.get(name), sources.get(name)
        described = source or graded
        locked = source.locked if source else name in grades and name not in written
        found[name] = Role(
            grade=name in grades,
            solution=name in written,
            task=name in tasks,
            locked=locked,
            cell_type=described.cell_type if described else "code",
            points=graded.max_score if graded else None,
            source=source.source if source and locked else None,
        )
    return found


@dataclass(frozen=True)
class Structure:
    """The assignment's rows, by exercise.

    Attributes
    ----------
    checks
        The cell whose grade is the exercise's.
    solutions
        The cell whose comment tells what is wrong with it.
    """

    assignment: Assignment
    checks: dict[str, GradeCell]
    solutions: dict[str, SolutionCell]


def ensure_structure(
    gradebook: Gradebook, prepared: PreparedAssignment, due: datetime | None
) -> Structure:
    """Find the assignment's rows, or make those that are missing.

    What ``nbgrader generate_assignment`` has made is used, and so is what an instructor has
    added: questions that people grade keep their cells. Points follow the checks.

    Parameters
    ----------
    due
        The due date of ``grader.toml``; None leaves the gradebook's own.
    """
    try:
        assignment = gradebook.find_assignment(prepared.name)
    except MissingEntry:
        assignment = gradebook.add_assignment(prepared.name)
    if due is not None:
        assignment.duedate = due.astimezone(UTC).replace(tzinfo=None)  # nbgrader keeps UTC, bare
    checks = {cell.name: cell for book in assignment.notebooks for cell in book.grade_cells}
    solutions = {cell.name: cell for book in assignment.notebooks for cell in book.solution_cells}
    structure = Structure(assignment, {}, {})
    for file in prepared.files:
        notebook = notebook_name(file.name).removesuffix(".ipynb")
        if not any(book.name == notebook for book in assignment.notebooks):
            gradebook.add_notebook(notebook, prepared.name)
        for one in edition_exercises(prepared, file.name):
            check, solution = check_cell_id(one.name), solution_cell_id(one.name)
            if check not in checks:
                checks[check] = gradebook.add_grade_cell(
                    check, notebook, prepared.name, max_score=one.points, cell_type="code"
                )
            checks[check].max_score = one.points
            if solution not in solutions:
                solutions[solution] = gradebook.add_solution_cell(solution, notebook, prepared.name)
            structure.checks[one.name] = checks[check]
            structure.solutions[one.name] = solutions[solution]
    gradebook.db.commit()
    return structure
