"""In a workflow nothing that a student named or wrote is obeyed, whichever command prints it."""

import json
import os
import re
import subprocess
import sys
import zipfile

import pytest

from grader.sanitise.workflow import inert_json
from tests.conftest import ROOT
from tests.ready import run_ready

NAMES = ("::error::x", "  ::add-mask::ada", "a ##[error]b", "::stop-commands::tok")


ENVIRONMENT = {**os.environ, "GRADER_COURSE": str(ROOT), "GITHUB_ACTIONS": "true"}


def grader(*arguments, cwd, **variables):
    return run_ready("grader", *arguments, cwd=cwd, env={**ENVIRONMENT, **variables})


def obeyed(printed):
    """The commands that a runner would find in what was printed, as it reads it."""
    found, token = [], ""
    for line in printed.splitlines():
        command = line.strip()
        old = re.search(r"##\[.*?\]", line)
        name = command[2:].partition("::")[0] if command.startswith("::") else ""
        if token:
            token = "" if name == token else token
        elif name == "stop-commands":
            token = command.rpartition("::")[2]
        elif name or old:
            found.append(line)
    return found


@pytest.fixture
def downloaded(tmp_path):
    archive = tmp_path / "download.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for number, name in enumerate(NAMES):
            made.writestr(f"{name}_{number}1_{number}2_least_squares.py", "x = 1\n")
    return archive


def test_what_collect_refuses_is_named_and_not_obeyed(tmp_path, downloaded):
    arguments = ("collect", "a1_least_squares", downloaded, "--course", "c")
    plain = grader(*arguments, cwd=tmp_path, GITHUB_ACTIONS="")
    assert obeyed(plain.stdout + plain.stderr)  # or this tests nothing
    (tmp_path / "again").mkdir()
    ended = grader(*arguments, cwd=tmp_path / "again")
    assert "::error::x" in ended.stdout
    assert obeyed(ended.stdout) == [] and ended.stderr == ""


def test_errors_go_the_way_of_the_output(tmp_path):
    ended = grader("batch", "##[error]x", cwd=tmp_path)
    assert ended.returncode == 2 and ended.stderr == ""
    assert "##[error]x" in ended.stdout and obeyed(ended.stdout) == []


def test_output_that_goes_into_a_file_is_left_as_it_is(tmp_path):
    with (tmp_path / "out").open("w") as file:
        command = [sys.executable, "-m", "grader", "list"]
        ended = subprocess.run(
            command, cwd=tmp_path, env=ENVIRONMENT, stdout=file, stderr=subprocess.PIPE, text=True
        )
    assert ended.returncode == 0
    assert "::" not in (tmp_path / "out").read_text(encoding="utf-8")
    assert "::stop-commands::" in ended.stderr


def test_json_stays_json_without_commands():
    text = json.dumps({"##[error]": ["::error::", "##[add-mask]x"]}, indent=1)
    assert json.loads(inert_json(text)) == json.loads(text) and obeyed(inert_json(text)) == []


def test_elsewhere_nothing_is_printed_beside_the_output(tmp_path):
    ended = grader("list", cwd=tmp_path, GITHUB_ACTIONS="")
    assert "::" not in ended.stdout and ended.stderr == ""
