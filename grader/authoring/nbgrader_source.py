"""The notebook editions in an nbgrader course: what `generate_assignment` starts from."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.authoring.notebooks import (
    edition_exercises,
    notebook_name,
    notebook_text,
    source_edition,
)
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.prepare import LiveCourse
from grader.sanitise.formgrader import CONFIGURATION, LINES

SOURCE = "source"
_CONFIGURATION = """c = get_config()
c.CourseDirectory.course_id = {name!r}
# What lateness costs stands in grader.toml, for `grader batch` and `nbgrader autograde` alike.
c.AssignLatePenalties.plugin_class = "grader.ways.gradebook.late.LateDays"
# A cell that checks grades the whole file when nbgrader runs it, training included.
c.Execute.timeout = 600
c.ClearSolutions.code_stub = {{"python": 'raise NotImplementedError("this is yours to write")'}}
"""


def write_source(live: LiveCourse, assignment: Path, course: Path) -> Path:
    """Write ``source/{assignment}/`` of an nbgrader course; return the folder.

    It holds a notebook with solutions for each file, and the public cases beside them, which
    nbgrader copies to students and to the folders that it grades in.

    Parameters
    ----------
    assignment
        The student's copy of the assignment, whose public cases are taken.
    course
        The course directory.

    Raises
    ------
    FrozenError
        When the student's copy has no public cases.
    EditionError
        When a reference cannot be cut into cells.
    """
    public = frozen.load(assignment / PUBLIC_FOLDER)
    folder = course / SOURCE / live.assignment.name
    folder.mkdir(parents=True, exist_ok=True)
    for file in live.assignment.files:
        exercises = edition_exercises(public, file.name)
        notebook = source_edition(file.name, live.references[file.name], exercises)
        path = folder / notebook_name(file.name)
        path.write_text(notebook_text(notebook), encoding="utf-8", newline="\n")
    shutil.copytree(assignment / PUBLIC_FOLDER, folder / PUBLIC_FOLDER, dirs_exist_ok=True)
    return folder


def write_configuration(course: Path) -> bool:
    """Write ``nbgrader_config.py`` where there is none; whether it was written."""
    path = course / CONFIGURATION
    if path.exists():
        return False
    name = course.resolve().name
    path.write_text(_CONFIGURATION.format(name=name) + LINES, encoding="utf-8", newline="\n")
    return True
