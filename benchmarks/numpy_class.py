"""A class of 30 for a2's NumPy part: `grader batch` beside plain pytest, in one run.

Both sides grade the same submissions with the same public checks and the same number of
processes. Plain pytest is what a course without a grader would run: one subprocess for
each submission, whose test file calls the student's functions and compares with the frozen
cases by `np.testing.assert_allclose`.

    python benchmarks/numpy_class.py --students 30 --jobs 2 --rounds 3
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.authoring.demo_class import write_class
from grader.batch import plan_batch, run_batch
from grader.confine import SpawnedLauncher
from grader.course import frozen
from grader.course.catalogue import load_live
from grader.course.prepare import LiveCourse
from grader.judge import GradingOptions
from grader.store import ResultStore
from grader.submissions import CourseDirectory

ROOT = Path(__file__).resolve().parents[1]
NAME = "a2_logistic_regression"
FILE = "logistic_regression.py"

PYTEST_FILE = """
import importlib.util, pathlib, sys
import numpy as np, pytest
from grader.course import frozen
from grader.result import Kind

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
ASSIGNMENT = frozen.load(pathlib.Path({public!r}))
KINDS = (Kind.OUT, Kind.GRAD)
NUMPY = {{e.name for e in ASSIGNMENT.exercises if e.file == {file!r}}}
CASES = [
    (check, case)
    for check in ASSIGNMENT.checks
    if check.exercise in NUMPY and check.kind in KINDS
    for case in check.cases
]

@pytest.mark.parametrize("check, case", CASES)
def test_case(check, case):
    module = __import__({stem!r})
    received = getattr(module, check.exercise)(*case.arguments.values(), **case.options)
    expected = case.expected.values[0]
    if not isinstance(expected, tuple):
        received, expected = (received,), (expected,)
    for one, other in zip(received, expected):
        np.testing.assert_allclose(one, other, rtol=case.rtol, atol=case.atol)
"""


def without_endless_loops(folder: Path) -> None:
    """Plain pytest has no time limit: a hanging submission would stop it for good."""
    for file in folder.rglob(FILE):
        text = file.read_text(encoding="utf-8")
        text = text.replace("    while True:\n        pass\n", "")
        file.write_text(text, encoding="utf-8")


def grade_with_grader(course: Path, public: frozen.PreparedAssignment, jobs: int) -> float:
    """Seconds that a fresh batch takes, results written."""
    shutil.rmtree(course / "results", ignore_errors=True)
    directory = CourseDirectory(course)
    store = ResultStore(directory.results / NAME)
    exercises = frozenset(e.name for e in public.exercises if e.file == FILE)
    # Pytest's side has no training checks; `fit` keeps its own here, which costs us a little.
    options = GradingOptions(only=exercises - {"fit_softmax"})
    started = time.perf_counter()
    plan = plan_batch(directory, public, store)
    run_batch(plan, public, store, SpawnedLauncher(), options, jobs=jobs)
    return time.perf_counter() - started


def grade_with_pytest(course: Path, jobs: int) -> float:
    """Seconds that one pytest for each submission takes."""
    folders = sorted((course / "submitted").glob(f"*/{NAME}"))
    for folder in folders:
        public = ROOT / "assignments" / NAME / "public"
        text = PYTEST_FILE.format(public=str(public), file=FILE, stem=FILE.removesuffix(".py"))
        (folder / "test_plain.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    def run(folder: Path) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_plain.py"]
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)

    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(run, folders))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    public = frozen.load(ROOT / "assignments" / NAME / "public")
    live: LiveCourse = load_live(ROOT / "solutions" / NAME)
    with tempfile.TemporaryDirectory() as name:
        course = Path(name)
        write_class(live, course, students=given.students, seed=5)
        without_endless_loops(course)
        for file in course.rglob("keras_*.py"):
            file.unlink()
        times: dict[str, list[float]] = {"grader batch": [], "plain pytest": []}
        for _ in range(given.rounds):
            times["plain pytest"].append(grade_with_pytest(course, given.jobs))
            times["grader batch"].append(grade_with_grader(course, public, given.jobs))
    print(f"{NAME}, NumPy part, {given.students} students, {given.jobs} processes")
    medians = {tool: statistics.median(values) for tool, values in times.items()}
    for tool, values in times.items():
        listing = ", ".join(f"{value:.2f}" for value in values)
        print(f"  {tool:<14} median {medians[tool]:6.2f} s   ({listing})")
    ratio = medians["plain pytest"] / medians["grader batch"]
    print(f"  plain pytest takes {ratio:.1f} times as long as grader batch")


if __name__ == "__main__":
    main()
