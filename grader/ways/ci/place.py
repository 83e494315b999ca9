"""Where the work of a push lies: in the checkout's course, and in no other folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from grader.course.catalogue import live_assignments
from grader.course.frozen import FrozenError
from grader.student.checking import load_public
from grader.ways.ci.environment import Environment
from grader.ways.ci.grading import PushProblem

VARIABLE = "GRADER_COURSE"


def course_of_push(environment: Environment, variables: Mapping[str, str]) -> Path:
    """The folder that holds ``assignments/``: the current one, or one above it in the checkout.

    A course that lies elsewhere is graded only when it is named in ``GRADER_COURSE``.

    Raises
    ------
    PushProblem
        When there is none: another folder would be graded in place of what was pushed.
    """
    if named := variables.get(VARIABLE):
        if not (Path(named) / "assignments").is_dir():
            raise PushProblem(
                f"The variable {VARIABLE} names {named}, and there is no folder `assignments` in "
                "it. Name the folder that holds it, or remove the variable."
            )
        return Path(named)
    here = Path.cwd().resolve()
    top = environment.checkout.resolve() if environment.checkout is not None else None
    for folder in (here, *here.parents):
        if (folder / "assignments").is_dir():
            return folder
        if folder == top or (folder / ".git").exists():
            break
    raise PushProblem(
        f"There is no folder `assignments` in {here} or above it in the checkout, so there is "
        "nothing of this push to grade. Run `grader ci` in the folder that holds `assignments`, "
        f"or name that folder in the variable {VARIABLE}."
    )


def expected_files(root: Path, known: Mapping[str, Path]) -> dict[str, str]:
    """Which assignment asks for a file of this name; nothing in the course's own repository.

    There, references and submissions have the same names and lie in other folders.
    """
    expected: dict[str, str] = {}
    if live_assignments(root):
        return expected
    for name, folder in known.items():
        try:
            files = load_public(folder).files
        except FrozenError:  # whoever grades it is told
            continue
        for file in files:
            for form in (file.name, f"{PurePosixPath(file.name).stem}.ipynb"):
                expected.setdefault(form, name)
    return expected
