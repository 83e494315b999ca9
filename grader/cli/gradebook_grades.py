"""Grades from nbgrader's gradebook, where people may have given points, for `grader export`."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from grader.cli.problems import UsageProblem
from grader.problems import installing
from grader.render.exports.grades import StudentGrade, grade_of
from grader.render.summary import exercises
from grader.result import Result
from grader.sanitise.nbgrader import gradebook_id
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory
from grader.submissions.course_directory import is_nbgrader_course


def wants_gradebook(console: Console, wanted: bool | None, directory: CourseDirectory) -> bool:
    """Whether grades come from nbgrader's gradebook: as wanted, or where the course has one."""
    if wanted is False or (wanted is None and not is_nbgrader_course(directory.path)):
        return False
    try:
        import nbgrader  # noqa: F401
    except ImportError:
        advice = installing("nbgrader")
        if wanted:
            raise UsageProblem(f"--gradebook needs nbgrader: {advice}") from None
        note = f"Points that people gave are left out, since nbgrader is not installed: {advice}"
        say(console, note, "yellow")
        return False
    return True


def grades_from_gradebook(
    directory: CourseDirectory, student: str | None, results: list[Result]
) -> list[StudentGrade]:
    """Grades of the gradebook, with what the results alone know: outcomes, and always a time."""
    from grader.ways.gradebook.grades import read_grades
    from grader.ways.gradebook.problems import GradebookError

    order = {one.assignment: [part.name for part in exercises(one)] for one in results}
    try:
        grades = read_grades(directory, order)
    except GradebookError as problem:
        raise UsageProblem(f"{problem} Or export the results alone: --no-gradebook.") from None
    known = {
        (gradebook_id(one.student), one.assignment): grade_of(one, directory) for one in results
    }
    completed = [_completed(one, known.get((one.student, one.assignment))) for one in grades]
    return [one for one in completed if student is None or one.student == student]


def _completed(grade: StudentGrade, ours: StudentGrade | None) -> StudentGrade:
    if ours is None:
        return grade
    return replace(
        grade,
        student=ours.student,
        # Somebody who alters points in a gradebook can alter its maxima as well.
        maxima={**grade.maxima, **ours.maxima},
        statuses=ours.statuses,
        late_days=ours.late_days,
        submitted_at=ours.submitted_at,
    )
