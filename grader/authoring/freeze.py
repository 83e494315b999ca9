"""Generate a student's copy of an assignment, and tell whether it is stale."""

from __future__ import annotations

import filecmp
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.authoring.notebooks import (
    edition_exercises,
    notebook_name,
    notebook_text,
    student_edition,
)
from grader.authoring.promises import keep_promises
from grader.authoring.promises.handout import HANDOUT
from grader.authoring.promises.named import keep_names
from grader.authoring.stubs import make_stub
from grader.confine import Launcher
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER, load_live
from grader.course.fingerprint import repeatable
from grader.course.prepare import prepare
from grader.course.prepared import PreparedAssignment
from grader.result import PUBLIC_SEED as PUBLIC_SEED
from grader.result import Visibility

POINTS_MARK = "<!-- points -->"
"""Where a handout wants the table of all checks."""
_SAME = {"float32": 1e-4}
"""Two processors may differ by rounding; that alone makes nothing stale."""
_SAME_OTHERWISE = 1e-7

_TEST_FILE = '''"""Plain pytest: one test for each public check of {title}."""

from pathlib import Path

from grader import pytest_parameters, run_public_check

import pytest


@pytest.mark.parametrize("check", pytest_parameters(Path(__file__).parent))
def test_{short}(check):
    run_public_check(Path(__file__).parent, check)
'''


def freeze(solution: Path, target: Path, launcher: Launcher) -> None:
    """Write stubs, notebooks, public cases, handout and test file of an assignment.

    Raises
    ------
    PreparationError
        When the course breaks a promise; nothing is written then.
    """
    keep_promises(load_live(solution), solution)
    prepared = _generate(solution, target, launcher, complete=True)
    frozen.save(prepared, target / PUBLIC_FOLDER)


def _generate(
    solution: Path, target: Path, launcher: Launcher, *, complete: bool
) -> PreparedAssignment:
    """Write all but the public cases, and return those.

    They are complete, or without the answers that `_equal` makes nothing of.
    """
    course = load_live(solution)
    prepared = prepare(
        course,
        PUBLIC_SEED,
        Visibility.PUBLIC,
        launcher,
        with_mistakes=complete,
        with_training=complete,
        with_slips=complete,
    )
    if complete:
        keep_names(course, prepared, solution)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in course.references.items():
        _write(target / name, make_stub(text, name))
        edition = student_edition(name, text, edition_exercises(prepared, name))
        _write(target / notebook_name(name), notebook_text(edition))
    handout = (solution / HANDOUT).read_text(encoding="utf-8")
    _write(target / "README.md", handout.replace(POINTS_MARK, points_table(prepared)))
    short = prepared.name.partition("_")[0]
    test = _TEST_FILE.format(title=prepared.title.lower(), short=short)
    _write(target / f"test_{short}.py", test)
    return prepared


def points_table(prepared: PreparedAssignment) -> str:
    """Every check that is graded, with its points, as a Markdown table."""
    lines = ["| exercise | what is checked | points |", "|---|---|--:|"]
    for exercise in prepared.exercises:
        name = f"`{exercise.name}`"
        for check in prepared.checks_of(exercise.name):
            lines.append(f"| {name} | {check.title} | {check.points:g} |")
            name = ""
    return "\n".join(lines)


def stale_files(solution: Path, target: Path, launcher: Launcher) -> list[str]:
    """Names of generated files that differ from what `freeze` would write now.

    The public cases are compared by what the references answer. What misconceptions and slips
    answer may be rounding alone (a singular matrix that is inverted all the same), and in training
    rounding grows, so both differ from one processor to the next and are not asked for anew;
    the digest of the sources tells whether one of them changed.
    """
    with tempfile.TemporaryDirectory(prefix="grader-freeze-") as name:
        fresh = Path(name)
        prepared = _generate(solution, fresh, launcher, complete=False)
        stale = [
            path.name
            for path in sorted(fresh.iterdir())
            if path.is_file()
            and not (
                (target / path.name).is_file()
                and filecmp.cmp(path, target / path.name, shallow=False)
            )
        ]
        try:
            committed = frozen.load(target / PUBLIC_FOLDER)
        except frozen.FrozenError:
            return [*stale, PUBLIC_FOLDER]
        if not _equal(committed, prepared):
            stale.append(PUBLIC_FOLDER)
        return stale


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _equal(one: PreparedAssignment, other: PreparedAssignment) -> bool:
    return _same(_fields(_without_mistakes(one)), _fields(_without_mistakes(other)))


def _without_mistakes(prepared: PreparedAssignment) -> PreparedAssignment:
    checks = (
        replace(check, cases=tuple(replace(case, mistaken={}, slips=None) for case in check.cases))
        for check in repeatable(prepared).checks
    )
    return replace(prepared, checks=tuple(checks), slips={})


def _fields(value: Any) -> Any:
    """Dataclasses, at any depth, as dicts."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: _fields(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, list | tuple):
        return [_fields(item) for item in value]
    if isinstance(value, dict):
        return {key: _fields(item) for key, item in value.items()}
    return value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(_same(one[key], other[key]) for key in one)
        )
    if isinstance(one, list):
        return (
            isinstance(other, list)
            and len(one) == len(other)
            and all(_same(mine, theirs) for mine, theirs in zip(one, other, strict=True))
        )
    if isinstance(one, np.ndarray | np.generic | float):
        if np.shape(one) != np.shape(other) or np.asarray(one).dtype != np.asarray(other).dtype:
            return False
        scale = max(1.0, float(np.abs(one).max())) if np.isfinite(one).all() and np.size(one) else 1
        same = _SAME.get(np.asarray(one).dtype.name, _SAME_OTHERWISE)
        return bool(np.allclose(one, other, rtol=same, atol=same * scale, equal_nan=True))
    return bool(one == other)
