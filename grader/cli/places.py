"""Which folder the user means."""

from __future__ import annotations

from pathlib import Path

from grader.cli.problems import UsageProblem
from grader.course.catalogue import choose, course_root, frozen_assignments


def root_folder() -> Path:
    """The course's folder, at or above the current one."""
    root = course_root()
    if root is None:
        raise UsageProblem(
            "There is no folder `assignments` here or above. Change into the course's folder, or "
            "name it in the variable GRADER_COURSE."
        )
    return root


def assignment_folder(name: str | None) -> Path:
    """The student's assignment: named, or the one that the current folder lies in."""
    here = Path.cwd().resolve()
    if name is None:
        for folder in (here, *here.parents):
            if (folder / "public" / "checks.json").is_file():
                return folder
        known = frozen_assignments(root_folder())
        names = ", ".join(known) or "none here"
        raise UsageProblem(f"Which assignment? Change into its folder or name it: {names}.")
    if (here.name == name or here.name.startswith(name)) and (here / "public").is_dir():
        return here
    return choose(name, frozen_assignments(root_folder()))
