"""The assignment in the gradebook: a notebook for each file, two cells for each exercise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from nbgrader.api import Assignment, Gradebook, GradeCell, MissingEntry, SolutionCell

from grader.authoring.notebooks import (
    check_cell_id,
    edition_exercises,
    notebook_name,
    solution_cell_id,
)
from grader.course.prepared import PreparedAssignment


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
                solutions[solution] = gradebook.add_solution_cell(
                    solution, notebook, prepared.name
                )
            structure.checks[one.name] = checks[check]
            structure.solutions[one.name] = solutions[solution]
    gradebook.db.commit()
    return structure
