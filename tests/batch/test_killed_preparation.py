"""A run that is killed while it keeps hidden cases leaves nothing that stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from grader.batch.hidden import hidden_assignment
from grader.confine import SpawnedLauncher
from grader.files.atomic import MAKING, folder_in_making, sweep_folders
from grader.submissions import CourseDirectory
from tests.conftest import ROOT
from tests.mini import mini_course

pytestmark = pytest.mark.skipif(os.name != "posix", reason="folders have no locks")
KEEPING = """
import sys, time
from pathlib import Path
import grader.batch.hidden as hidden

def save(prepared, folder):
    (folder / "checks.json").write_text("half")
    print(folder, flush=True)
    time.sleep(600)

hidden.frozen.save = save
from tests.batch import test_killed_preparation
test_killed_preparation.prepare(Path(sys.argv[1]))
"""


def prepare(course):
    return hidden_assignment(CourseDirectory(course), mini_course(), SpawnedLauncher())


def left(course):
    return sorted((course / ".grader" / "hidden").glob(f"*/{MAKING}*"))


@pytest.fixture
def course(tmp_path):
    (tmp_path / "submitted").mkdir()
    (tmp_path / "grader.toml").write_text('seed = "mini seed"\n', encoding="utf-8")
    return tmp_path


def test_what_a_killed_run_left_is_swept_by_the_next_and_what_a_living_one_makes_is_not(course):
    command = [sys.executable, "-c", KEEPING, str(course)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        made = process.stdout.readline().strip()
        assert [str(one) for one in left(course)] == [made]
        first = prepare(course)  # it lives
        assert [str(one) for one in left(course)] == [made]
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert [str(one) for one in left(course)] == [made]
    second = prepare(course)  # what is kept holds, and the leftover goes all the same
    assert left(course) == [] and second.points == first.points
    (kept,) = (course / ".grader" / "hidden" / "m1_mini").iterdir()
    assert (kept / "checks.json").exists()


def test_a_sweep_at_any_moment_takes_no_folder_from_its_maker(tmp_path):
    ended = threading.Event()

    def go_on_sweeping():
        while not ended.is_set():
            sweep_folders(tmp_path)

    sweeper = threading.Thread(target=go_on_sweeping)
    sweeper.start()
    try:
        for number in range(300):
            with folder_in_making(tmp_path) as made:
                (made / "a").write_text("a", encoding="ascii")
                (made / "b").write_text("b", encoding="ascii")
                os.replace(made, tmp_path / str(number))
            assert len(os.listdir(tmp_path / str(number))) == 2
    finally:
        ended.set()
        sweeper.join()


def test_a_folder_that_fails_on_the_way_is_removed(tmp_path):
    with pytest.raises(OSError, match="full"), folder_in_making(tmp_path) as made:
        (made / "a").write_text("a", encoding="ascii")
        raise OSError("full")
    assert os.listdir(tmp_path) == []


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / f"{MAKING}x").symlink_to(tmp_path / "other")
    sweep_folders(tmp_path)
    assert (tmp_path / "other").is_dir()
