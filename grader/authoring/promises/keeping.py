"""The promises that are kept without running a student's code: of texts, declarations, inputs."""

from __future__ import annotations

from pathlib import Path

from grader.authoring.audit.listed import read_listed
from grader.authoring.promises.declared import keep_declarations
from grader.authoring.promises.handout import keep_handout
from grader.authoring.promises.inputs import keep_inputs
from grader.authoring.promises.mistakes import keep_misconceptions
from grader.authoring.promises.stub import keep_stubs
from grader.authoring.unearned.listed import read_by_nature
from grader.course.prepare import LiveCourse
from grader.course.trivial_model import trivial_models


def keep_promises(course: LiveCourse, folder: Path) -> None:
    """Refuse a course that is not ready for students; whatever it says is in one sentence.

    Raises
    ------
    PreparationError
        With file, line, what was expected, what stands there and how to mend it.
    """
    keep_declarations(course)
    keep_stubs(course, folder)
    keep_misconceptions(course, folder)
    keep_handout(course, folder)
    read_listed(folder)
    read_by_nature(folder)
    trivial_models(folder)
    keep_inputs(course)
