"""An author with nothing but the wheel: a fresh environment, far from any repository.

The libraries are those of the environment that runs the tests, so that no network is needed; the
grader itself comes from the wheel that was installed, and from nowhere else.
"""

import json
import os
import subprocess
import sysconfig
import venv
import zipfile

import pytest

from grader.authoring.wheel_file import wheel_file
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SECONDS = 600


class Machine:
    """A virtual environment, and a folder in which its commands run."""

    def __init__(self, home, folder):
        venv.create(home, with_pip=True, symlinks=os.name == "posix")
        self.programs = home / ("Scripts" if os.name == "nt" else "bin")
        self.folder = folder
        folder.mkdir()
        own = ("GRADER", "PYTHON", "VIRTUAL_ENV", "NBGRADER")
        self.environment = {
            key: text for key, text in os.environ.items() if not key.startswith(own)
        }
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        self.packages = self.run("python", "-c", where).strip()
        with open(os.path.join(self.packages, "libraries.pth"), "w", encoding="utf-8") as file:
            file.write(sysconfig.get_path("purelib") + "\n")

    def run(self, program, *arguments, cwd=None, code=0):
        ended = subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert ended.returncode == code, f"{arguments}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def install(self, wheel, cwd=None):
        self.run("python", "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=cwd)
        found = self.run("python", "-P", "-c", "import grader; print(grader.__file__)")
        assert found.startswith(self.packages), found
        assert not (self.folder / "pyproject.toml").exists()

    def grader(self, *arguments, cwd=None, code=0):
        return self.run("grader", *arguments, cwd=cwd, code=code)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    name, content = wheel_file()
    file = tmp_path_factory.mktemp("wheel") / name
    file.write_bytes(content)
    return file


@pytest.fixture(scope="module")
def author(tmp_path_factory, wheel):
    folder = tmp_path_factory.mktemp("author")
    machine = Machine(folder / "environment", folder / "course")
    machine.install(wheel)
    return machine


def test_from_a_new_assignment_to_what_students_and_gradescope_get(author, wheel, tmp_path):
    root = author.folder
    assert "Next: grader freeze" in author.grader("new", "a7_smoothing", "--title", "Smoothing")
    assert "written to" in author.grader("freeze", "a7")
    assert "up to date" in author.grader("freeze", "a7", "--check")
    assert "100.0 %" in author.grader("audit", "a7")
    for student, folder in (("ada", "solutions"), ("bob", "assignments")):
        submitted = root / "marks" / "submitted" / student / "a7_smoothing"
        submitted.mkdir(parents=True)
        text = (root / folder / "a7_smoothing" / "smoothing.py").read_text(encoding="utf-8")
        (submitted / "smoothing.py").write_text(text, encoding="utf-8")
    author.grader("batch", "a7", "--course", "marks", "--unconfined")
    points = {}
    for student in ("ada", "bob"):
        file = root / "marks" / "results" / "a7_smoothing" / f"{student}.json"
        points[student] = json.loads(file.read_text(encoding="utf-8"))["points"]
    assert points == {"ada": 4, "bob": 0}
    page = root / "marks" / "reports" / "a7_smoothing" / "index.html"
    page.unlink()
    author.grader("report", "a7", "--course", "marks")
    assert "ada" in page.read_text(encoding="utf-8")

    edition = tmp_path / "edition"
    author.grader("release", "--output", edition)
    assert (edition / wheel.name).read_bytes() == wheel.read_bytes()
    author.grader("gradescope", "a7", "--course", "marks", "--output", tmp_path / "a7.zip")
    with zipfile.ZipFile(tmp_path / "a7.zip") as archive:
        assert archive.read(wheel.name) == wheel.read_bytes()
        assert "hidden/a7_smoothing/checks.json" in archive.namelist()
    assert "a7_smoothing" in author.grader("list")
    assert "1 with their references" in " ".join(author.grader("doctor").split())

    student = Machine(tmp_path / "environment", tmp_path / "empty")
    student.install(f"./{wheel.name}", cwd=edition)  # as its README says
    folder = edition / "assignments" / "a7_smoothing"
    assert "write moving_average" in student.grader("check", cwd=folder, code=1)
    (folder / "smoothing.py").write_text(
        (root / "solutions" / "a7_smoothing" / "smoothing.py").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    assert "Everything passed" in student.grader("check", cwd=folder)
    assert "4 passed" in student.run("python", "-m", "pytest", "-q", cwd=folder)
    assert "4 of 4" in student.grader("list", cwd=edition)


def test_the_environment_knows_no_repository(author):
    """A checkout that is found after all would make every other assertion here worthless."""
    said = author.run("python", "-P", "-c", "import sys; print('\\n'.join(sys.path))")
    assert str(ROOT) not in said.splitlines()
