"""Where assignments lie: references in ``solutions/``, frozen copies in ``assignments/``."""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from grader.course.assignment import Assignment
from grader.course.course_forward import FORWARD_FILE
from grader.course.excerpt import forward_files
from grader.course.misconception import Misconception, read_misconceptions
from grader.course.sources import PreparationError, author_text, parsed, problems_of
from grader.problems import GraderProblem

if TYPE_CHECKING:
    from grader.course.prepare import LiveCourse

PUBLIC_FOLDER = "public"
CHECKS_FILE = "checks.py"
MISCONCEPTIONS = "*misconceptions.py"
"""Long assignments split theirs by subject."""


class UnknownAssignment(GraderProblem):
    """There is no assignment of that name; the message names the nearest."""


def course_root(start: Path | None = None) -> Path | None:
    """The nearest folder at or above `start` that holds a course; None without one.

    A course has ``assignments/``, or, before the first `grader freeze`, only ``solutions/``.

    The variable ``GRADER_COURSE`` names it outright.
    """
    if named := os.environ.get("GRADER_COURSE"):
        return Path(named)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if any((folder / part).is_dir() for part in ("assignments", "solutions")):
            return folder
    source_tree = Path(__file__).resolve().parents[2]
    return source_tree if (source_tree / "assignments").is_dir() else None


def frozen_assignments(root: Path) -> dict[str, Path]:
    """The student's assignments by name, in order."""
    return _with(root / "assignments", f"{PUBLIC_FOLDER}/checks.json")


def live_assignments(root: Path) -> dict[str, Path]:
    """The assignments whose references are here, by name, in order."""
    return _with(root / "solutions", CHECKS_FILE)


def _with(folder: Path, marker: str) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if (path / marker).is_file()}


def choose(name: str, known: dict[str, Path]) -> Path:
    """Find an assignment by its name, or by its beginning when that is unique (`a1`).

    Raises
    ------
    UnknownAssignment
        With the nearest names.
    """
    if name in known:
        return known[name]
    beginning = [path for key, path in known.items() if key.startswith(name) and name]
    if len(beginning) == 1:
        return beginning[0]
    if not known:
        raise UnknownAssignment(
            f"There is no assignment {name!r}, for there is none at all here. Change into the "
            "course's folder."
        )
    listing = ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known)
    raise UnknownAssignment(f"There is no assignment {name!r}. Did you mean: {listing}?")


def load_live(folder: Path) -> LiveCourse:
    """Import an assignment's declarations and read its references.

    Only ``checks.py`` and its parts are imported; references and misconceptions are read as text.
    """
    from grader.course.prepare import LiveCourse  # and with it the confinement

    root = str(folder.resolve().parent.parent)
    if root not in sys.path:
        sys.path.append(root)  # a long checks.py imports its parts as `solutions.….part`
    checks = _import(folder / CHECKS_FILE)
    assignment = getattr(checks, "assignment", None)
    if not isinstance(assignment, Assignment):
        raise PreparationError(
            f"Expected {folder / CHECKS_FILE} to define `assignment`, an Assignment. "
            f"Received: {type(assignment).__name__}"
        )
    references = {}
    for file in assignment.files:
        references[file.name] = author_text(folder / file.name, file.place)
        parsed(folder / file.name, references[file.name])
    mistakes = tuple(
        one for path in sorted(folder.glob(MISCONCEPTIONS)) for one in _mistakes(path, references)
    )
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    own = folder / FORWARD_FILE
    forward = {}
    if own.is_file():
        with problems_of(own):
            forward = forward_files(author_text(own), references, FORWARD_FILE)
    return LiveCourse(assignment, mistakes, references, digest.hexdigest(), forward)


def _mistakes(path: Path, references: dict[str, str]) -> tuple[Misconception, ...]:
    with problems_of(path):
        return read_misconceptions(author_text(path), references.values())


def _import(path: Path) -> ModuleType:
    name = f"solutions.{path.parent.name}.{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module
