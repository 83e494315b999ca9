"""What looking for repairs costs a class in which most lose points.

    python -m benchmarks.repairs a2_logistic_regression --students 30

A synthetic class is graded with repairs and without, in turn; with `--training` also what trains.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.common import ROOT, listed, make_class
from benchmarks.counterexamples import LIMITS, untrained
from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import Launcher, launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepare import prepare
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions
from grader.judge.repairs import IN_A_CLASS, PREFIX
from grader.result import Result, Visibility
from grader.submissions import CourseDirectory


def timed(
    course: Path, hidden: PreparedAssignment, chosen: Launcher, *, repairs: bool
) -> tuple[float, list[Result]]:
    """Seconds that a fresh batch takes, and its results."""
    directory = CourseDirectory(course)
    store = ResultStore(directory.results / hidden.name)
    plan = plan_batch(directory, hidden, store, fresh=True)
    options = GradingOptions(limits=LIMITS, repairs=IN_A_CLASS if repairs else {})
    started = time.perf_counter()
    report = run_batch(plan, hidden, store, chosen, options, jobs=2)
    return time.perf_counter() - started, report.results


def main() -> None:
    """Print how much longer a class takes, and how many repairs it is told."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--training", action="store_true")
    given = parser.parse_args()
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    file = next(one.name for one in live.assignment.files if one.backend == "numpy")
    with tempfile.TemporaryDirectory() as scratch, launcher("auto") as chosen:
        course = Path(scratch)
        make_class(live, course, file, given.students)
        hidden = prepare(
            live,
            "repairs",
            Visibility.HIDDEN,
            chosen,
            only_backend="numpy",
            with_training=given.training,
            jobs=2,
        ).part("numpy")
        hidden = hidden if given.training else untrained(hidden)
        timed(course, hidden, chosen, repairs=False)
        pairs = []
        for _ in range(given.rounds):
            with_them, results = timed(course, hidden, chosen, repairs=True)
            pairs.append((with_them, timed(course, hidden, chosen, repairs=False)[0]))
    told = [one.diagnosis.id for result in results for one in result.checks if one.diagnosis]
    wrong = sum(any(one.lost_points for one in result.checks) for result in results)
    lost = {(r.student, c.exercise) for r in results for c in r.checks if c.lost_points}
    ratios = [one / other for one, other in pairs]
    print(f"{hidden.name}, {len(results)} students, {wrong} lose points in {len(lost)} exercises")
    print(f"  told: {sum(one.startswith(PREFIX) for one in told)} of {len(told)} are repairs")
    print(f"  with    {listed([one for one, _ in pairs])} s")
    print(f"  without {listed([one for _, one in pairs])} s")
    print(f"  ratio   {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
