"""The zip for Gradescope: what is in it, and what is not."""

import io
import stat
import zipfile

import pytest

from grader.authoring.gradescope.bundle import autograder_zip
from grader.authoring.wheel_file import wheel_file
from grader.course import frozen
from grader.student.checking import load_public
from grader.submissions.limit_settings import LimitSettings
from tests.conftest import ROOT

NAME = "a2_logistic_regression"
LIMITS = LimitSettings.model_validate({"seconds": 20, NAME: {"fit": {"cpu_seconds": 60}}})


@pytest.fixture(params=["numpy", "keras"])
def part(request):
    return request.param


@pytest.fixture
def content(part):
    cases = load_public(ROOT / "assignments" / NAME).part(part)
    return autograder_zip(ROOT, cases, cases, LIMITS)


@pytest.fixture
def archive(content):
    return zipfile.ZipFile(io.BytesIO(content))


def test_everything_that_gradescope_starts_and_that_grading_reads_is_there(archive, part):
    names = set(archive.namelist())
    assert {"setup.sh", "run_autograder", "requirements/lock.txt", "LICENSE"} <= names
    assert {f"hidden/{NAME}/checks.json", f"assignments/{NAME}/public/cases.npz"} <= names
    wheel, content = wheel_file()
    assert archive.read(wheel) == content
    assert not [name for name in names if name.startswith("grader/")]
    for script in ("setup.sh", "run_autograder"):
        mode = archive.getinfo(script).external_attr >> 16
        assert mode & stat.S_IXUSR and archive.read(script).startswith(b"#!/usr/bin/env bash\n")
    files = {name: archive.read(f"hidden/{NAME}/{name}") for name in ("checks.json", "cases.npz")}
    assert {file.backend for file in frozen.from_files(files).files} == {part}
    assert LimitSettings.model_validate_json(archive.read("limits.json")).book() == LIMITS.book()


def test_a_numpy_part_installs_neither_keras_nor_tensorflow(archive, part):
    lines = archive.read("requirements/install.txt").decode().splitlines()
    extra = "ci" if part == "keras" else "ci-numpy"
    assert lines[1:] == [f"./{wheel_file()[0]}[{extra}]"]


def test_no_solution_is_in_it(archive):
    names = archive.namelist()
    assert not [name for name in names if "solutions" in name or name.endswith((".pyc", ".toml"))]
    assert not [name for name in names if name.startswith("/") or ".." in name]


def test_the_same_course_gives_the_same_bytes(content, part):
    cases = load_public(ROOT / "assignments" / NAME).part(part)
    assert autograder_zip(ROOT, cases, cases, LIMITS) == content


def test_a_part_is_whole_by_itself(part):
    cases = load_public(ROOT / "assignments" / NAME)
    own = cases.part(part)
    names = {exercise.name for exercise in own.exercises}
    assert names and {check.exercise for check in own.checks} == names
    for one in (*own.exercises, *own.checks):
        known = names | {check.name for check in own.checks}
        assert all(need.partition(".")[0] in known for need in one.needs), one.name
    assert sum(cases.part(each).points for each in ("numpy", "keras")) == cases.points
