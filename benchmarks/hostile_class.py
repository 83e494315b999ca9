"""A class of which a third answers oddly, beside the same class without these.

    python -m benchmarks.hostile_class a1_least_squares --students 60 --jobs 2

Prints how much longer the whole takes, whether the honest results are the same, and the most memory
that a process of the batch took. `--heavy` grades instead a class in which everybody hands in a zip
with 50 MB of helper modules, and prints the batch's memory while it does.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from benchmarks.common import ROOT, make_class
from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import Launcher, launcher
from grader.course import frozen
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions
from grader.submissions import CourseDirectory

ODD = {
    "long and short strings": "['a' * 4_000_000] + [''] * 200",
    "62 MB of zeros": "np.zeros(62_000_000, np.int8)",
    "a million empty dicts": "[{} for _ in range(1_000_000)]",
    "five million numbers in a list": "[0.0] * 5_000_000",
    "ragged lists": "[1.0, [2.0, 0.0], [[3.0]]]",
    "nested deeply": "functools.reduce(lambda one, _: [one], range(5_000), 0)",
    "an object array": "np.array([1, 'a', None, [2]], dtype=object)",
    "keys of all kinds": "{b'a': 1, 2: [3], 'c': {None: 4}}",
    "a large square": "np.zeros((2_500, 2_500))",
    "very long integers": "[10**100_000] * 100",
    # What is allowed and takes long to read, many times over.
    "many NumPy scalars": "[np.float32(1)] * 24_000",
    "many short lists": "[[1.0]] * 49_990",
    "many arrays without axes": "[np.array(1.0)] * 16_000",
    "many tuples": "[(1.0,)] * 24_000",
    "many short texts": "['1.0'] * 90_000",
}
"""What each odd student answers to every question."""
HELPERS, HELPER_BYTES = 10, 5 * 2**20


class Peak:
    """The most memory of a judge, of the batch and of their children, while something runs."""

    def __init__(self) -> None:
        self.megabytes: dict[str, float] = {"batch": 0.0, "judge": 0.0}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None
    ) -> None:
        """End looking."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        batch = psutil.Process()
        while not self._stop.wait(0.02):
            self._note("batch", batch)
            for one in batch.children():
                with suppress(psutil.Error):  # it may end meanwhile
                    if one.name() == batch.name():
                        self._note("judge", one)

    def _note(self, name: str, process: psutil.Process) -> None:
        try:
            size = process.memory_info().rss / 2**20
        except psutil.Error:
            return
        self.megabytes[name] = max(self.megabytes[name], size)


def odd_file(exercises: list[str], value: str) -> str:
    """A file in which every exercise answers `value`.

    It is made once: what is measured is what an answer costs others, not what its author computes.
    """
    functions = [f"def {name}(*a, **k):\n    return VALUE\n" for name in exercises]
    head = f"import functools\nimport numpy as np\n\nVALUE = {value}\n\n\n"
    return head + "\n\n".join(functions)


def grade(
    course: Path, assignment: PreparedAssignment, file: str, chosen: Launcher, jobs: int
) -> tuple[float, dict[str, Any], dict[str, float]]:
    """Seconds of a fresh batch, its results by student, and the memory that it took."""
    shutil.rmtree(course / "results", ignore_errors=True)
    only = frozenset(one.name for one in assignment.exercises if one.file == file)
    with Peak() as peak:
        started = time.perf_counter()
        store = ResultStore(course / "results" / assignment.name)
        plan = plan_batch(CourseDirectory(course), assignment, store)
        report = run_batch(plan, assignment, store, chosen, GradingOptions(only=only), jobs=jobs)
        seconds = time.perf_counter() - started
    return seconds, {one.student: one.comparable() for one in report.results}, peak.megabytes


def compare(given: argparse.Namespace, scratch: Path, chosen: Launcher) -> None:
    """Print how an honest class does with and without odd neighbours."""
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    name, file = live.assignment.name, live.assignment.files[0].name
    assignment = frozen.load(ROOT / "assignments" / name / "public")
    exercises = [one.name for one in assignment.exercises if one.file == file]
    alone, mixed = scratch / "alone", scratch / "mixed"
    odd = given.students // 3
    make_class(live, alone, file, given.students - odd)
    shutil.copytree(alone, mixed)
    for number in range(odd):
        kinds = [value for name, value in ODD.items() if given.only in name]
        value = kinds[number % len(kinds)]
        # Names sort them in between the others.
        folder = mixed / "submitted" / f"student-{number:02}-odd" / name
        folder.mkdir(parents=True)
        (folder / file).write_text(odd_file(exercises, value), encoding="utf-8")
    grade(alone, assignment, file, chosen, given.jobs)  # starts the fork server
    ratios = []
    for number in range(given.rounds):
        without, expected, _ = grade(alone, assignment, file, chosen, given.jobs)
        seconds, results, memory = grade(mixed, assignment, file, chosen, given.jobs)
        ratios.append(seconds / without)
        same = sum(results[student] == one for student, one in expected.items())
        statuses = {check["status"] for one in results.values() for check in one["checks"]}
        print(
            f"  round {number + 1}: {without:.2f} s without, {seconds:.2f} s with {odd} odd ones; "
            f"{same} of {len(expected)} honest results equal; judge at most "
            f"{memory['judge']:.0f} MB, batch {memory['batch']:.0f} MB"
            f"{'; GRADER ERRORS' if 'grader_error' in statuses else ''}"
        )
    print(f"  ratio {statistics.median(ratios):.2f} (median of {given.rounds})")


def weigh(given: argparse.Namespace, scratch: Path, chosen: Launcher) -> None:
    """Print the memory of a batch of heavy submissions while it goes on."""
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    name, file = live.assignment.name, live.assignment.files[0].name
    assignment = frozen.load(ROOT / "assignments" / name / "public")
    line = "# a helper of which nothing is used\n"
    helper = (line * (HELPER_BYTES // len(line))).encode()
    archive = scratch / "work.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(file, live.references[file])
        for number in range(HELPERS):
            made.writestr(f"helper_{number}.py", helper)
    course = scratch / "course"
    for number in range(given.students):
        folder = course / "submitted" / f"student-{number:03}" / name
        folder.mkdir(parents=True)
        shutil.copy(archive, folder)
    only = frozenset(one.name for one in assignment.exercises if one.file == file)
    store = ResultStore(course / "results" / name)
    batch, done = psutil.Process(), 0
    print("   graded  batch MB  largest judge MB")

    def watch(student: str) -> None:
        nonlocal done
        done += 1
        if done % max(1, given.students // 10) == 0:
            judges = [one.memory_info().rss for one in batch.children() if one.name() != "bwrap"]
            largest = max(judges, default=0) / 2**20
            print(f"  {done:>7}  {batch.memory_info().rss / 2**20:>8.0f}  {largest:>16.0f}")

    plan = plan_batch(CourseDirectory(course), assignment, store)
    options = GradingOptions(only=only)
    report = run_batch(plan, assignment, store, chosen, options, jobs=given.jobs, progress=watch)
    points = {result.points for result in report.results}
    print(f"  {report.graded} graded, {len(report.failed)} grader errors, points {points}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="odd answers whose name has these letters")
    parser.add_argument("--heavy", action="store_true")
    given = parser.parse_args()
    print(f"{given.assignment}, {given.students} students, {given.jobs} at once")
    with tempfile.TemporaryDirectory() as scratch, launcher("auto") as chosen:
        (weigh if given.heavy else compare)(given, Path(scratch), chosen)


if __name__ == "__main__":
    main()
