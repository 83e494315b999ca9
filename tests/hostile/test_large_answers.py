"""An answer that is too much to compare costs its author alone, and its judge stays small."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.result import Result, Status
from tests.conftest import ROOT
from tests.hostile.large import EXERCISES, FORGED, VALUES, texts
from tests.mini import check_of
from tests.shared import made_once, shared_folder

MAX_MEGABYTES = 600


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    def grade(folder):
        command = [sys.executable, "-m", "tests.hostile.large", str(folder)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=300, capture_output=True)

    return made_once(shared_folder(tmp_path_factory) / "large answers", grade)


@pytest.fixture(scope="module")
def results(course):
    files = (course / "results" / "m1_mini").glob("*.json")
    read = [Result.model_validate_json(file.read_bytes()) for file in files]
    return {one.student[3:] if "honest" not in one.student else one.student: one for one in read}


def test_no_judge_takes_more_memory_than_it_may(course):
    assert json.loads((course / "memory.json").read_text()) < MAX_MEGABYTES


def test_every_neighbour_has_all_points(results):
    honest = [one for name, one in results.items() if "honest" in name]
    assert len(honest) == len(texts()) / 2
    assert all(one.points == one.max_points for one in honest)


@pytest.mark.parametrize("name", VALUES)
def test_what_is_returned_has_failed(results, name):
    result = results[name]
    wrong = (Status.FAILED, Status.SKIPPED)  # what calls a wrong function waits for it
    judged = [one for one in result.checks if one.check not in {"source", "negative"}]
    assert {one.exercise for one in judged} == set(EXERCISES)
    assert all(one.status in wrong for one in judged), [one.message for one in judged]
    assert not any(one.points for one in judged)


@pytest.mark.parametrize("name", ["one long text and many short ones", "large arrays"])
def test_what_came_is_named_although_it_is_too_large(results, name):
    message = check_of(results[name], "predict.batch").message
    came = "a list of 301 values" if "text" in name else "an array of shape (7500000,)"
    assert f"received {came} (more than 2 MB, too large to be compared)" in message


@pytest.mark.parametrize("name", FORGED)
def test_what_is_no_answer_ends_its_own_exercise_alone(results, name):
    found = {one.exercise: one.status for one in results[name].checks}
    assert found.pop("predict") is Status.CRASHED
    assert set(found.values()) == {Status.MISSING} | (set(found.values()) - {Status.CRASHED})
    assert Status.GRADER_ERROR not in found.values()
