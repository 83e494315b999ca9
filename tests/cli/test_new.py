"""`grader new`: what it advises works as it is advised."""

import os

import pytest

from tests.ready import run_ready


@pytest.fixture
def said(tmp_path):
    """What a call in a folder without a course says."""

    def call(*words, where=tmp_path):
        ended = run_ready("grader", *words, cwd=where, env=os.environ)
        assert ended.returncode == 0, ended.stderr
        return " ".join(ended.stdout.split())

    return call


def test_the_next_steps_are_taken_as_they_are_told_and_leave_nothing_beside_the_course(
    said, tmp_path
):
    told = said("new", "a7_smoothing", "--course", "mine")
    assert "Next: cd mine, then grader freeze a7_smoothing, then grader audit a7_smoothing." in told
    said("freeze", "a7_smoothing", where=tmp_path / "mine")
    made = {path.name for path in (tmp_path / "mine").iterdir()}
    assert made == {"assignments", "solutions"}


def test_in_the_course_itself_nobody_changes_the_folder(said, tmp_path):
    (tmp_path / "solutions").mkdir()
    assert "Next: grader freeze a7_smoothing, then" in said("new", "a7_smoothing")
