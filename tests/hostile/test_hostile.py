"""No hostile submission gets a point, leaves a trace or costs a neighbour anything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.confine import CannotConfine, launcher
from grader.result import Result, Status
from tests.conftest import ROOT
from tests.hostile.arena import ATTACKS, EACH, FOLDERS, NEIGHBOURS, SAMPLE, SEED, write_class
from tests.hostile.ordinary_user import USER, as_ordinary_user
from tests.mini import check_of
from tests.shared import made_once, shared_folder

WAYS = {
    "forked-oneself": ("forked", "oneself", ATTACKS),
    "forked-ordinary-user": ("forked", "ordinary user", ATTACKS),
    "confined-oneself-sample": ("confined", "oneself", SAMPLE),
    "confined-oneself": ("confined", "oneself", ATTACKS),
    "confined-ordinary-user": ("confined", "ordinary user", ATTACKS),
}
"""How workers start, for whom, and what attacks them."""
SLOW = {"confined-oneself", "confined-ordinary-user"}
"""The walls are those of the other three, and each worker starts an interpreter."""
EACH_WAY = [pytest.param(way, marks=pytest.mark.slow if way in SLOW else ()) for way in WAYS]
EACH_ATTACK = [
    pytest.param(way, name, marks=pytest.mark.slow if way in SLOW else (), id=f"{way}-{name}")
    for way, (_, _, attacks) in WAYS.items()
    for name in ATTACKS
    if name in attacks
]


def _works(name: str) -> bool:
    try:
        launcher(name).close()
    except CannotConfine:
        return False
    return True


class Graded:
    """The results of one way, and what it left behind."""

    def __init__(self, course: Path) -> None:
        files = sorted((course / "results" / "m1_mini").glob("*.json"))
        results = [Result.model_validate_json(file.read_bytes()) for file in files]
        self.by_student = {one.student: one for one in results}
        self.left = json.loads((course / "left.json").read_bytes())

    def of(self, kind: str) -> list[Result]:
        return [one for name, one in self.by_student.items() if name[4:] == kind]


@pytest.fixture(scope="session", params=EACH_WAY)
def graded(request, tmp_path_factory):
    name, user, attacks = WAYS[request.param]
    if not _works(name):
        pytest.skip(f"no {name} workers here: see `grader doctor`")
    if user == "ordinary user" and os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    course = shared_folder(tmp_path_factory) / f"arena {request.param}"
    return Graded(made_once(course, lambda folder: _grade(folder, name, user, attacks)))


def _grade(course, name, user, attacks):
    write_class(course, attacks)
    command = [sys.executable, "-m", "tests.hostile.arena", str(course), name]
    scratch = course / "scratch"
    scratch.mkdir()
    secret = {"GRADER_SECRET": "a secret of the judge's"}
    environment = {**os.environ, **secret, "TMPDIR": str(scratch)}
    if user == "ordinary user":
        for path in (course, *course.parents[:4]):
            if path.owner() == "root" and path != Path("/"):
                path.chmod(path.stat().st_mode | 0o055)
        for path in (course, *course.rglob("*")):
            shutil.chown(path, USER, USER)
        command = as_ordinary_user(command)
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1_800,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_there_are_enough_attacks():
    assert len(ATTACKS) >= 80
    assert 15 <= len(SAMPLE) < len(ATTACKS)


@pytest.mark.parametrize(("graded", "name"), EACH_ATTACK, indirect=["graded"])
def test_an_attack_gets_no_point_and_its_own_status(graded, name):
    (result,) = graded.of(name)
    check = check_of(result, "predict.batch")
    assert check.status in ATTACKS[name].statuses, check.message
    assert result.points == 0, [(one.exercise, one.check) for one in result.checks if one.points]
    assert ATTACKS[name].words in check.message
    assert not result.has_grader_error
    assert len(check.message) < 2_000


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_handed_in_is_taken_for_what_it_is(graded, name):
    (result,) = graded.of(name)
    assert result.points == 0
    assert {check.status for check in result.checks} <= {Status.MISSING, Status.ERROR}
    assert SEED not in result.model_dump_json()
    assert set(graded.by_student) >= {"001 " + name} and "escaped" not in graded.by_student
    assert not Path("/tmp/grader-escaped").exists()


def test_nothing_is_left_behind(graded):
    assert {kind: names for kind, names in graded.left.items() if names} == {}


def alone(result):
    """A result without whose it is, and without the second in which its files were written."""
    record = result.comparable() | {"student": ""}
    del record["submission"]["submitted_at"]
    return record


@pytest.mark.parametrize("kind", NEIGHBOURS)
def test_neighbours_are_graded_as_if_they_were_alone(graded, kind):
    results = graded.of(kind)
    assert len(results) == EACH
    first = results[0]
    for one in results:
        assert alone(one) == alone(first)
    expected = {"honest": 20, "writer": 20}.get(kind)
    assert expected in {None, first.points}
    assert kind != "mistaken" or check_of(first, "solve.solution").status is Status.PASSED
