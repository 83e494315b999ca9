"""Four graders and one class whose assignment has five small functions, in one run.

All four compare the same functions on the same inputs with the same expected values, with the
same number of processes, and must give everybody the same points.

    python -m benchmarks.five_functions --cache ~/.cache/grader-benchmarks
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import make_class
from benchmarks.five_functions import tools
from benchmarks.five_functions.notebooks import FUNCTIONS
from grader.confine import launcher
from grader.course.catalogue import load_live
from grader.course.prepare import prepare
from grader.course.prepared import PreparedAssignment
from grader.result import Visibility

HERE = Path(__file__).resolve().parent


def write_cases(assignment: PreparedAssignment, shared: Path) -> None:
    """Write the cases and the comparison that the other tools use."""
    cases = {
        name: [
            {
                "arguments": [
                    getattr(one, "tolist", lambda one=one: one)() for one in case.arguments.values()
                ],
                "expected": _plain(case.expected.values[0]),
                "rtol": case.rtol,
                "atol": case.atol,
            }
            for check in assignment.checks_of(name)
            for case in check.cases
        ]
        for name in FUNCTIONS
    }
    (shared / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    shutil.copy(HERE / "agreement.py", shared)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return getattr(value, "tolist", lambda: value)()


def command_line(course: Path, jobs: int) -> float:
    """Seconds of the whole command, Python's start and the preparation of cases included."""
    shutil.rmtree(course / "results", ignore_errors=True)
    command = [sys.executable, "-m", "grader", "batch", "f1", "--course", str(course)]
    started = time.perf_counter()
    subprocess.run(
        [*command, "--jobs", str(jobs), "--no-report"],
        cwd=HERE,
        env={**tools.os.environ, "GRADER_COURSE": str(HERE)},
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "grader-benchmarks")
    given = parser.parse_args()
    jobs = given.jobs
    live = load_live(HERE / "solutions" / tools.NAME)
    with tempfile.TemporaryDirectory() as name, launcher("auto") as chosen:
        work = Path(name)
        course, shared = work / "course", work / "shared"
        shared.mkdir()
        make_class(live, course, tools.FILE, given.students)
        assignment = prepare(live, "benchmark", Visibility.HIDDEN, chosen)
        write_cases(assignment, shared)
        texts = {
            path.parent.parent.name: path.read_text(encoding="utf-8")
            for path in sorted(course.glob(f"submitted/*/{tools.NAME}/{tools.FILE}"))
        }
        rounds = [tools.ours(course, assignment, chosen, jobs) for _ in range(given.rounds + 1)]
        points = rounds[-1][1]
        times = {"grader batch": statistics.median(seconds for seconds, _ in rounds[1:])}
        whole = [command_line(course, jobs) for _ in range(given.rounds)]
        times["grader batch, the whole command"] = statistics.median(whole)
        for tool, measure in (
            ("plain pytest", lambda: tools.plain_pytest(texts, work, shared, jobs)),
            ("nbgrader autograde", lambda: tools.nbgrader(texts, work, shared, jobs, given.cache)),
            ("otter run", lambda: tools.otter(texts, work, shared, jobs, given.cache)),
        ):
            times[tool], theirs = measure()
            wrong = {
                who: (points[who], theirs[who]) for who in points if points[who] != theirs[who]
            }
            if wrong:
                sys.exit(f"{tool} gives other points (ours, theirs): {wrong}")
    mean = statistics.mean(points.values())
    print(
        f"five functions, {given.students} students (mean {mean:.0f} of 100), "
        f"{jobs} processes, {chosen.confinement}"
    )
    for tool, seconds in times.items():
        each = 1000 * seconds * jobs / given.students
        ratio = seconds / times["grader batch"]
        print(f"  {tool:<32} {seconds:8.2f} s  {each:8.1f} ms × process each  {ratio:6.1f} ×")
    print(f"  compared with {tools.NBGRADER[0]} and {tools.OTTER[0]}; all give the same points")


if __name__ == "__main__":
    main()
