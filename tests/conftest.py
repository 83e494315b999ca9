"""What many tests need: the course's assignments, prepared once for each session."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import tests.quick_imports  # noqa: F401
from grader.batch.hidden import hidden_assignment
from grader.confine import Launcher, quickest_launcher
from grader.course import frozen
from grader.course.assignment import OF_WEIGHTS
from grader.course.catalogue import live_assignments, load_live
from grader.course.prepare import LiveCourse, prepare
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, grade
from grader.result import Kind, Result, Visibility
from grader.submissions import CourseDirectory, Submission
from tests.browser import chromium
from tests.shared import made_once, shared_folder

# Time decides no test: an example may be the first to import something.
hypothesis.settings.register_profile("course", deadline=None)
hypothesis.settings.load_profile("course")
os.environ.pop("GITHUB_ACTIONS", None)  # where it is set, every command mutes what it prints
ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENTS = tuple(live_assignments(ROOT))


@lru_cache
def live(name: str) -> LiveCourse:
    return load_live(ROOT / "solutions" / name)


@lru_cache
def prepared(name: str, backend: str = "numpy", public: bool = False) -> PreparedAssignment:
    visibility = Visibility.PUBLIC if public else Visibility.HIDDEN

    def make(folder: Path) -> None:
        made = prepare(
            live(name), "a test seed", visibility, strongest(), only_backend=backend, jobs=2
        )
        frozen.save(made, folder)

    return frozen.load(made_once(_shared[-1] / f"prepared {name} {backend} {visibility}", make))


@lru_cache
def untrained(name: str, backend: str = "numpy") -> PreparedAssignment:
    """Return the assignment without its train checks, for tests that grade it often."""
    return without_training(prepared(name, backend))


def without_training(assignment: PreparedAssignment) -> PreparedAssignment:
    checks = tuple(one for one in assignment.checks if one.kind is not Kind.TRAIN)
    return replace(assignment, checks=checks)


def by_quality_alone(assignment: PreparedAssignment) -> PreparedAssignment:
    """Return it with train checks that compare no weights: what a threshold alone keeps out."""
    checks = (
        replace(one, settings={key: one.settings[key] for key in one.settings.keys() - OF_WEIGHTS})
        for one in assignment.checks
    )
    return replace(assignment, checks=tuple(checks))


def have_hidden_cases(course: Path, name: str) -> None:
    """Leave a seed and its hidden cases in a course, as a batch before would have."""

    def make(folder: Path) -> None:
        (folder / "grader.toml").write_text('seed = "a test seed"\n', encoding="utf-8")
        hidden_assignment(CourseDirectory(folder), live(name), strongest())

    made = made_once(_shared[-1] / f"course of {name}", make)
    shutil.copy(made / "grader.toml", course)
    shutil.copytree(made / ".grader", course / ".grader")


_shared: list[Path] = []


@pytest.fixture(scope="session", autouse=True)
def _know_the_shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _shared.append(shared_folder(tmp_path_factory))


@lru_cache
def strongest() -> Launcher:
    """The strongest launcher that works here, which is also the quickest; ends with the tests."""
    chosen = quickest_launcher()
    atexit.register(chosen.close)
    return chosen


def file_of(name: str, backend: str) -> str:
    """The first file of a backend; an assignment may have a second one for Keras."""
    return files_of(name, backend)[0]


def files_of(name: str, backend: str) -> list[str]:
    return [file.name for file in live(name).assignment.files if file.backend == backend]


def exercises_of(name: str, backend: str) -> frozenset[str]:
    files = (file for file in live(name).assignment.files if file.backend == backend)
    return frozenset(exercise.name for file in files for exercise in file.exercises)


def exercises_in(name: str, file: str) -> frozenset[str]:
    return frozenset(one.name for one in live(name).assignment.exercises() if one.file == file)


def grade_text(
    assignment: PreparedAssignment,
    files: dict[str, str | bytes],
    chosen: Launcher | None = None,
    **options: object,
) -> Result:
    """Grade files by the quickest launcher, unless another is given."""
    content = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    submission = Submission("student", assignment.name, content)
    settings = GradingOptions(**options)  # type: ignore[arg-type]
    return grade(submission, assignment, chosen or strongest(), settings)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Chromium for all tests of a process; each opens the pages that it needs."""
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        driver.set_window_size(1400, 1000)
        yield driver


@pytest.fixture
def root() -> Path:
    return ROOT
