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
            "There is no folder `assignments` or `solutions` here or above. Change into the "
            "course's folder, or name it in the variable GRADER_COURSE."
        )
    return root


def assignment_folder(name: str | None) -> Path:
    """The student's assignment: named, or the one that the current folder lies in."""
    if name is None:
        inside = assignment_here()
        if inside is not None:
            return inside
        known = frozen_assignments(root_folder())
        names = ", ".join(known) or "none here"
        raise UsageProblem(f"Which assignment? Change into its folder or name it: {names}.")
    here = Path.cwd().resolve()
    if name and here.name.startswith(name) and _is_assignment(here):
        return here
    return choose(name, frozen_assignments(root_folder()))


def assignment_here() -> Path | None:
    """The assignment that the current folder is, or lies in; None where it lies in none."""
    here = Path.cwd().resolve()
    return next((folder for folder in (here, *here.parents) if _is_assignment(folder)), None)


def place_of(path: Path) -> str:
    """A path as a person in the current folder calls it; "" for the folder itself."""
    here, absolute = Path.cwd().resolve(), path.resolve()
    if absolute == here:
        return ""
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def _is_assignment(folder: Path) -> bool:
    return (folder / "public" / "checks.json").is_file()
