"""Grades every attack and some honest neighbours in one batch, with one way to start workers.

Run as a program, so that another user can: ``python -m tests.hostile.arena COURSE LAUNCHER``.
The course is written by `write_class` before, with all attacks or with a sample of them.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path

from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import LimitBook, Limits, launcher
from grader.judge.grading import GradingOptions
from grader.submissions import CourseDirectory
from tests.hostile.attack import Attack
from tests.hostile.escaping import ESCAPING
from tests.hostile.exhausting import EXHAUSTING
from tests.hostile.forging import FORGING
from tests.hostile.traces import Traces
from tests.mini import REFERENCE, body, prepare_mini

ATTACKS: dict[str, Attack] = {**FORGING, **EXHAUSTING, **ESCAPING}
_EVERY = 5
SAMPLE: frozenset[str] = frozenset(
    name for family in (FORGING, EXHAUSTING, ESCAPING) for name in sorted(family)[::_EVERY]
)
"""Attacks of each family, for a way whose workers each start an interpreter."""
LIMITS = LimitBook(Limits(seconds=3, cpu_seconds=3, numpy_megabytes=512))

_WRITER = """
import os
MARK = b"MARK-OF-A-" + b"NEIGHBOUR-7f3a"
kept = [bytearray(MARK * 100) for _ in range(100)]
os.write(2, MARK * 100)
for folder in ("/tmp", "/dev/shm", "/var/tmp", "."):
    try:
        open(f"{folder}/left-by-a-neighbour", "wb").write(MARK * 100)
    except OSError:
        pass
"""
NEIGHBOURS = {
    "honest": REFERENCE,
    "mistaken": body("return X @ w"),
    "writer": _WRITER + REFERENCE,
}


def _link_to_a_neighbour(folder: Path) -> None:
    (folder / "mini.py").symlink_to("../../000 honest/m1_mini/mini.py")


def _link_to_the_secret_seed(folder: Path) -> None:
    os.link(folder.parents[2] / "grader.toml", folder / "mini.py")


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "mini.py")


def _bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "mini.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mini.py", bytes(200 * 2**20))


def _traversal(folder: Path) -> None:
    with zipfile.ZipFile(folder / "mini.zip", "w") as archive:
        archive.writestr("../../../results/m1_mini/escaped.json", '{"points": 100}')
        archive.writestr("/tmp/grader-escaped", "x")


def _enormous(folder: Path) -> None:
    with (folder / "mini.py").open("wb") as file:
        file.truncate(2**33)


FOLDERS: dict[str, Callable[[Path], None]] = {
    "link to a neighbour's file": _link_to_a_neighbour,
    "link to the secret seed": _link_to_the_secret_seed,
    "pipe instead of a file": _pipe,
    "compressed bomb": _bomb,
    "path traversal in a zip": _traversal,
    "enormous file": _enormous,
}
"""Attacks that lie in what is handed in, before any of it runs; none is to get a point."""
SEED = "the secret seed of this course"
EACH = 4
"""How many of each neighbour there are, spread over the batch."""


def write_class(course: Path, attacks: Collection[str]) -> None:
    """Write all submissions; names sort neighbours in between the attacks."""
    names = sorted(attacks)
    for index, name in enumerate(names):
        _write(course, f"{index:03} {name}", ATTACKS[name].text)
    (course / "grader.toml").write_text(f'seed = "{SEED}"\n', encoding="utf-8")
    for name, make in FOLDERS.items():
        folder = course / "submitted" / f"001 {name}" / "m1_mini"
        folder.mkdir(parents=True)
        make(folder)
    for kind, text in NEIGHBOURS.items():
        for number in range(EACH):
            _write(course, f"{number * len(names) // EACH:03} {kind}", text)


def _write(course: Path, student: str, text: str) -> None:
    folder = course / "submitted" / student / "m1_mini"
    folder.mkdir(parents=True)
    (folder / "mini.py").write_text(text, encoding="utf-8")


def grade_class(course: Path, name: str) -> None:
    """Grade the class; write results, and what was left behind, into the course."""
    before = Traces.now()
    with launcher(name) as chosen:
        assignment = prepare_mini(chosen)
        directory = CourseDirectory(course)
        store = ResultStore(directory.results / "m1_mini")
        plan = plan_batch(directory, assignment, store)
        options = GradingOptions(limits=LIMITS)
        run_batch(plan, assignment, store, chosen, options, jobs=3)
    left = before.new_ones()
    deadline = time.monotonic() + 10
    while left.any() and time.monotonic() < deadline:  # what was killed may take a moment
        time.sleep(0.1)
        left = before.new_ones()
    (course / "left.json").write_text(json.dumps(asdict(left)), encoding="utf-8")


if __name__ == "__main__":
    grade_class(Path(sys.argv[1]), sys.argv[2])
