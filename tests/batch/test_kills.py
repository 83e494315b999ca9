"""Whatever is killed at whatever moment, the batch comes to the results of an undisturbed run."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import time

import psutil
import pytest

from tests.batch.mini_class import write_class
from tests.conftest import ROOT, strongest

STUDENTS = 24
VICTIMS = (
    "batch",
    "batch and all its children",
    "judge",
    "bubblewrap",
    "fork server",
    "worker",
)
QUICK = len(VICTIMS)
ALL = 100

pytestmark = pytest.mark.skipif(
    strongest().confinement != "forked", reason="no fork server works here"
)


def start(course):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.mini_class", str(course)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A class, its results, and how long grading it takes."""
    course = tmp_path_factory.mktemp("undisturbed")
    write_class(course, STUDENTS)
    started = time.monotonic()
    output, _ = start(course).communicate(timeout=120)
    seconds = time.monotonic() - started
    records = json.loads((course / "all.json").read_bytes())
    assert len(records) == STUDENTS, output
    return course, records, seconds


def find(batch, victim):
    """The processes to kill, as they are right now."""
    if victim.startswith("batch"):
        children = batch.children(recursive=True) if "children" in victim else []
        return [batch, *children]
    below = batch.children(recursive=True)
    pythons = [one for one in below if one.name().startswith("python")]
    parents = {one.pid: one.ppid() for one in pythons}
    judges = [one for one in pythons if parents[one.pid] == batch.pid]
    others = [one for one in pythons if one not in judges]
    workers = [one for one in others if parents[one.pid] in parents]
    return {
        "judge": judges,
        "bubblewrap": [one for one in below if one.name() == "bwrap"],
        "fork server": [one for one in others if one not in workers],
        "worker": workers,
    }[victim]


def kill_at_a_random_moment(process, victim, seconds, randomness):
    """Wait a while, then kill one such process (or all of the batch's); return how many died."""
    time.sleep(randomness.uniform(0.2, 1.0) * seconds)
    found = []
    with contextlib.suppress(psutil.Error):
        found = find(psutil.Process(process.pid), victim)
    if not victim.startswith("batch") and found:
        found = [randomness.choice(found)]
    for one in found:
        with contextlib.suppress(psutil.Error):
            one.kill()
    return len(found)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, marks=() if number < QUICK else pytest.mark.slow)
        for number in range(ALL)
    ],
)
def test_a_killed_batch_ends_with_the_same_results(undisturbed, tmp_path, number):
    finished, expected, seconds = undisturbed
    shutil.copytree(finished / "submitted", tmp_path / "submitted")
    process = start(tmp_path)
    randomness = random.Random(number)
    victim = VICTIMS[number % len(VICTIMS)]
    print(victim, kill_at_a_random_moment(process, victim, seconds, randomness))
    output, _ = process.communicate(timeout=120)
    if not (tmp_path / "all.json").exists():  # the judge itself died: the same command goes on
        output, _ = start(tmp_path).communicate(timeout=120)
    received = json.loads((tmp_path / "all.json").read_bytes())
    for one, other in zip(received, expected, strict=True):
        assert one == other, output
    files = os.listdir(tmp_path / "results" / "m1_mini")
    assert len([name for name in files if name.endswith(".json")]) == STUDENTS
