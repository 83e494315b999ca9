"""A class, packed as platforms do, collected by the command line, and graded as before."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from grader.authoring.demo_class import write_class
from grader.course.expected import expected_of
from grader.student.checking import load_public
from grader.submissions import read_path
from tests.conftest import live
from tests.ready import run_ready
from tests.submissions.intake.packing import PACKERS, write_zip

ASSIGNMENT = "a1_least_squares"


def grader(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GRADER_COURSE": str(root), "COLUMNS": "100"}
    ended = run_ready("grader", *arguments, cwd=root, env=environment)
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended


def original(tmp_path: Path, students: int) -> Path:
    folder = tmp_path / "original"
    write_class(live(ASSIGNMENT), folder, students=students, seed=1)
    (folder / "grader.toml").write_text('seed = "the same for all"')
    return folder


def test_the_command(root: Path, tmp_path: Path, course: Path) -> None:
    target = PACKERS["canvas"](original(tmp_path, 4), ASSIGNMENT, tmp_path / "class.zip")
    call = ("collect", "a1", target, "--course", course)
    first = grader(root, *call)
    assert first.returncode == 0
    assert "a1_least_squares from canvas: 4 new, 0 replaced, 0 unchanged" in first.stdout
    assert "0 new, 0 replaced, 4 unchanged" in grader(root, *call).stdout
    roster = tmp_path / "roster.csv"
    roster.write_text("student,canvas_id\nada,1000\n")
    with_roster = grader(root, *call, "--roster", roster)
    assert with_roster.returncode == 3
    assert with_roster.stdout.count("is not in the roster") == 3


IN_PARTS: dict[str, dict[str, str]] = {
    "plain": {
        "bob/part1.py": "def sigmoid(z): return 1\n",
        "bob/part2.py": "def softmax(z): return 1\n",
    },
    "canvas": {
        "bob_1_2_part1-1.py": "def sigmoid(z): return 1\n",
        "bob_1_3_part2-1.py": "def softmax(z): return 1\n",
    },
    "another assignment": {"bob/mlp.py": "def relu(z): return 1\n\ndef relu_grad(z): return 1\n"},
}


@pytest.mark.parametrize("form", IN_PARTS)
def test_what_is_said_when_it_is_collected_is_what_grading_says(
    root: Path, tmp_path: Path, course: Path, form: str
) -> None:
    download = write_zip(tmp_path / "class.zip", IN_PARTS[form])
    ended = grader(root, "collect", "a2", download, "--course", course)
    folder = course / "submitted" / "bob" / "a2_logistic_regression"
    expected = expected_of(load_public(root / "assignments" / folder.name), root)
    graded = read_path(folder, expected, student="bob", assignment=folder.name)
    assert bool(graded.nothing_to_grade) is (form == "another assignment")
    assert ("bob: " in ended.stdout) is bool(graded.nothing_to_grade)
    assert graded.nothing_to_grade in ended.stdout


def test_a_new_course_directory_is_made_and_told(root: Path, tmp_path: Path) -> None:
    download = write_zip(tmp_path / "class.zip", {"ada/least_squares.py": "x = 1\n"})
    new = tmp_path / "new"
    ended = grader(root, "collect", "a1", download, "--course", new)
    assert ended.returncode == 0
    assert f"Made the course directory {new}." in ended.stdout
    assert (new / "submitted" / "ada" / ASSIGNMENT / "least_squares.py").is_file()
    again = grader(root, "collect", "a1", download, "--course", new)
    assert "Made" not in again.stdout and "1 unchanged" in again.stdout


def test_nothing_is_made_for_a_download_that_cannot_be_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    ended = grader(root, "collect", "a1", tmp_path / "bad.zip", "--course", tmp_path / "new")
    assert ended.returncode == 2 and not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("a9", "x.zip"), "There is no assignment 'a9'"),
        (("a1", "x.zip"), "cannot be read: No such file or directory"),
        (("a1", "x.zip", "--zone", "Mars/Olympus"), "There is no time zone 'Mars/Olympus'"),
        (("a1", "x.zip", "--zone", "../etc/passwd"), "There is no time zone"),
        (("a1", "x.zip", "--roster", "none.csv"), "The roster none.csv cannot be read"),
        (("a1", "x.zip", "--platform", "ilias"), "'ilias' is not one of"),
        (("a1", "x.zip", "--names", "klingon"), "There is no encoding 'klingon'"),
        (("a1", "x.zip", "--course", "no/such/course"), "there is no folder no/such"),
        (("a1",), "Missing argument 'DOWNLOAD"),
    ],
)
def test_wrong_calls(root: Path, course: Path, arguments: tuple[str, ...], message: str) -> None:
    ended = grader(root, "collect", "--course", course, *arguments)
    assert ended.returncode == 2
    assert message in " ".join(ended.stderr.replace("│", " ").split())


@pytest.mark.slow
@pytest.mark.parametrize("platform", sorted(PACKERS))
def test_collected_submissions_get_the_same_points(
    root: Path, tmp_path: Path, course: Path, platform: str
) -> None:
    source = original(tmp_path, 30)
    target = PACKERS[platform](source, ASSIGNMENT, tmp_path / "class.zip")
    (course / "grader.toml").write_text('seed = "the same for all"')
    assert grader(root, "collect", "a1", target, "--course", course).returncode == 0

    def graded(folder: Path) -> list[object]:
        file = folder / "all.json"
        batch = ("batch", "a1", "--course", folder, "--no-report", "--json", file, "--unconfined")
        assert grader(root, *batch).returncode == 0
        return [
            (one["student"], one["points"], [check["status"] for check in one["checks"]])
            for one in json.loads(file.read_text())
        ]

    assert len(graded(course)) == 30
    assert graded(course) == graded(source)
