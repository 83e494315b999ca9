"""Ten thousand submissions of one assignment in one batch: does anything grow?

    python -m benchmarks.soak a1_least_squares --students 10000

Prints memory, descriptors and processes of the judge and of its fork server while it grades.
The submissions are those of a synthetic class, repeated; each hands in the NumPy part.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.common import ROOT, make_class
from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepare import prepare
from grader.judge.grading import GradingOptions
from grader.result import Visibility
from grader.submissions import CourseDirectory

_UNIQUE = 200


class Watch:
    """Samples of what the batch holds, printed as it goes."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.started = total, 0, time.perf_counter()
        print("   graded  seconds  judge MB  servers MB  descriptors  processes  zombies")

    def __call__(self, student: str) -> None:
        self.done += 1
        if self.done % (self.total // 10) == 0:
            self.sample()

    def sample(self) -> None:
        judge = psutil.Process()
        below = judge.children(recursive=True)
        alive = [one for one in below if _status(one) != psutil.STATUS_ZOMBIE]
        servers = sum(_resident(one) for one in alive if _is_server(one))
        print(
            f"  {self.done:>7}  {time.perf_counter() - self.started:>7.0f}"
            f"  {judge.memory_info().rss / 2**20:>8.0f}  {servers / 2**20:>10.0f}"
            f"  {judge.num_fds():>11}  {len(alive):>9}  {len(below) - len(alive):>7}",
            flush=True,
        )


def _status(process: psutil.Process) -> str:
    try:
        return str(process.status())
    except psutil.Error:
        return str(psutil.STATUS_ZOMBIE)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _is_server(process: psutil.Process) -> bool:
    try:
        parent = process.parent()
        return (
            process.name().startswith("python") and parent is not None and parent.name() == "bwrap"
        )
    except psutil.Error:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    name, file = live.assignment.name, live.assignment.files[0].name
    with tempfile.TemporaryDirectory() as folder, launcher("auto") as chosen:
        course = Path(folder)
        make_class(live, course, file, min(_UNIQUE, given.students))
        originals = sorted(course.glob(f"submitted/*/{name}"))
        for number in range(len(originals), given.students):
            target = course / "submitted" / f"student {number}" / name
            shutil.copytree(originals[number % len(originals)], target)
        assignment = prepare(live, "soak", Visibility.HIDDEN, chosen)
        directory = CourseDirectory(course)
        store = ResultStore(directory.results / name)
        plan = plan_batch(directory, assignment, store)
        watch = Watch(given.students)
        watch.sample()
        options = GradingOptions()
        report = run_batch(
            plan, assignment, store, chosen, options, jobs=given.jobs, progress=watch
        )
        files = len(list(store.directory.iterdir()))
        print(f"  {report.graded} graded, {files} results, {len(report.failed)} grader errors")


if __name__ == "__main__":
    main()
