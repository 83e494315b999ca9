"""Who handed in nothing that can be graded is told when it is collected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grader.cli.collect import _show
from grader.submissions import read_path
from grader.submissions.intake import collecting
from tests.submissions.intake.collected import WANTED, run
from tests.submissions.intake.packing import FIRST

WHY = "found: report.pdf, submission.rar; hand in .py or .ipynb"


@pytest.fixture(autouse=True)
def reader(monkeypatch) -> list[Path]:
    """The reader of grading; what it says of those who handed in no Python is given."""
    read: list[Path] = []

    def reading(path: Path, expected, **who):
        read.append(path)
        found = read_path(path, expected, **who)
        return replace(found, nothing_to_grade="" if found.files else WHY)

    monkeypatch.setattr(collecting, "read_path", reading)
    return read


FILES: dict[str, str | bytes] = {
    "ada/mlp.py": "x = 1\n",
    "mallory/report.pdf": "%PDF",
    "mallory/submission.rar": "Rar!",
}


def test_they_are_collected_and_named_with_what_was_found(course: Path, reader) -> None:
    report = run(course, FILES)
    assert report.new == ["ada", "mallory"] and not report.problems
    assert report.nothing == [f"mallory: {WHY}"]
    assert [path.parent.name for path in reader] == ["ada", "mallory"]


def test_whose_folder_is_empty_is_named_in_a_zip_and_in_a_folder(course: Path) -> None:
    told = ["mia was not collected: it holds no file to grade."]
    report = run(course, {"ada/mlp.py": "x = 1\n", "ada/data/": "", "mia/": ""})
    assert report.new == ["ada"] and report.problems == told and not report.notes
    folder = course.parent / "class"
    (folder / "mia").mkdir(parents=True)
    (folder / "ada" / "data").mkdir(parents=True)
    (folder / "ada" / "mlp.py").write_text("x = 1\n")
    report = collecting.collect(course, [folder], WANTED)
    assert report.unchanged == ["ada"] and report.problems == told


def test_whose_folder_is_empty_is_known_to_the_batch(course: Path) -> None:
    run(course, {"ada/mlp.py": "x = 1\n", "mia/": ""})
    assert not list((course / "submitted" / "mia" / WANTED.assignment).iterdir())
    again = run(course, {"ada/": "", "mia/": ""})
    assert len(again.problems) == 2
    assert (course / "submitted" / "ada" / WANTED.assignment / "mlp.py").is_file()


def test_collecting_again_says_it_again(course: Path) -> None:
    assert run(course, FILES).nothing == run(course, FILES).nothing
    assert run(course, FILES).unchanged == ["ada", "mallory"]


def test_the_latest_attempt_is_the_one_that_is_spoken_of(course: Path) -> None:
    run(course, {"ada/mlp.py": "x = 1\n"})
    report = run(course, {"ada/report.pdf": "%PDF"}, moment=FIRST + timedelta(days=1))
    assert report.nothing == [f"ada, latest of 2 attempts: {WHY}"]
    report = run(course, {"ada/mlp.py": "x = 2\n"}, moment=FIRST + timedelta(days=2))
    assert report.nothing == []


def test_the_command_lists_them(course: Path) -> None:
    console = Console(width=60, record=True, file=StringIO())
    _show(console, run(course, FILES), WANTED, ())
    text = console.export_text()
    assert "1 of those collected handed in nothing that can be graded:" in text
    assert f"  mallory: {WHY}\n" in text
    assert "2 new" in text and "0 not collected" in text
