"""The results that a course keeps, for commands that show them or hand them on."""

from __future__ import annotations

from pathlib import Path

from grader.cli.problems import UsageProblem
from grader.course.catalogue import choose
from grader.submissions import CourseDirectory


def kept_results(directory: CourseDirectory, assignment: str | None) -> dict[str, Path]:
    """The folders of results by assignment: all, or the one that is named (`a1` will do).

    Raises
    ------
    UsageProblem
        When there are no results.
    UnknownAssignment
        When there are none of this assignment.
    """
    folders = sorted(path for path in directory.results.glob("*") if path.is_dir())
    if not folders:
        raise UsageProblem(
            f"There are no results in {directory.results}; run grader batch first, or name the "
            "course directory with --course."
        )
    known = {path.name: path for path in folders}
    if assignment is None:
        return known
    chosen = choose(assignment, known)
    return {chosen.name: chosen}
