"""`grader check --watch`: no save is lost, whenever it comes."""

import _thread
import os
import shutil
import subprocess
import sys
import threading

import pytest

from grader.cli import check as checking
from grader.cli import main
from tests.conftest import live

NAME = "a2_logistic_regression"
FILE = "logistic_regression.py"


@pytest.fixture
def folder(root, tmp_path, monkeypatch):
    """A student's folder of the assignment, in a course of its own."""
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path))
    copied = tmp_path / "assignments" / NAME
    return shutil.copytree(
        root / "assignments" / NAME, copied, ignore=lambda *_: [".grader", "__pycache__"]
    )


def test_a_file_that_is_saved_is_checked_again(folder, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "check", "a2", "sigmoid", "--watch"],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        encoding="utf-8",
    )

    def said():
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Watching" in line:
                return "".join(lines)
        raise AssertionError("".join(lines))

    try:
        assert "not written yet" in said()
        (folder / FILE).write_text(live(NAME).references[FILE], encoding="utf-8")
        assert "sigmoid passed. Next: sigmoid_grad; grader hint sigmoid_grad helps." in said()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_is_saved_while_the_first_check_runs_is_checked_too(folder, monkeypatch):
    results = []
    check = checking._check

    def check_and_save(*arguments):
        results.append(check(*arguments))
        if len(results) == 2:
            raise KeyboardInterrupt
        (folder / FILE).write_text(live(NAME).references[FILE], encoding="utf-8")
        return results[-1]

    monkeypatch.setattr(checking, "_check", check_and_save)
    patience = threading.Timer(60, _thread.interrupt_main)  # Ctrl+C, where nothing was noticed
    patience.start()
    try:
        with pytest.raises(SystemExit):
            main(["check", "a2", "sigmoid", "--watch"])
    finally:
        patience.cancel()
    assert [one.points for one in results] == [0, results[1].max_points]
