"""What the benchmarks share: synthetic classes, ways to grade them, and a table of ratios."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.authoring.demo_class import write_class
from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import Launcher
from grader.course.prepare import LiveCourse
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions
from grader.result import Result
from grader.submissions import CourseDirectory

ROOT = Path(__file__).resolve().parents[1]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}


def make_class(live: LiveCourse, course: Path, file: str, students: int, seed: int = 5) -> None:
    """Write a synthetic class that hands in one file, without endless loops.

    Plain pytest, which we compare with, has no time limit.
    """
    write_class(live, course, students=students, seed=seed)
    for path in course.glob(f"submitted/*/{live.assignment.name}/*"):
        if path.name != file:
            path.unlink()
        else:
            text = path.read_text(encoding="utf-8")
            text = text.replace("    while True:\n        pass\n", "")
            path.write_text(text, encoding="utf-8")


def grade(
    course: Path, assignment: PreparedAssignment, file: str, chosen: Launcher, jobs: int
) -> tuple[float, list[Result]]:
    """Seconds that a fresh batch takes, from reading submissions to results on disk."""
    shutil.rmtree(course / "results", ignore_errors=True)
    exercises = frozenset(one.name for one in assignment.exercises if one.file == file)
    started = time.perf_counter()
    directory = CourseDirectory(course)
    store = ResultStore(directory.results / assignment.name)
    plan = plan_batch(directory, assignment, store)
    options = GradingOptions(only=exercises)
    report = run_batch(plan, assignment, store, chosen, options, jobs=jobs)
    return time.perf_counter() - started, report.results


def run_in_each(
    folders: list[Path], command: list[str], jobs: int, variables: dict[str, str] | None = None
) -> float:
    """Seconds that a command takes, run once in each folder, `jobs` at a time.

    What it prints is kept in the folder's ``output.txt``; `variables` are added to its environment.
    """
    environment = {**os.environ, **ONE_THREAD, "TF_CPP_MIN_LOG_LEVEL": "3", **(variables or {})}

    def run(folder: Path) -> None:
        with (folder / "output.txt").open("wb") as output:
            subprocess.run(
                command, cwd=folder, env=environment, stdout=output, stderr=output, check=False
            )

    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(run, folders))
    return time.perf_counter() - started


PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_plain.py"]
# The plugins of our own tests (Hypothesis, above all) would make every start several times as long.
WITHOUT_PLUGINS = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def median_of(rounds: int, measure: Callable[[], float]) -> tuple[float, str]:
    """The median of some runs, and all of them as text."""
    times = [measure() for _ in range(rounds)]
    return statistics.median(times), listed(times)


def listed(times: list[float]) -> str:
    """Some seconds as text."""
    return ", ".join(f"{one:.2f}" for one in times)
