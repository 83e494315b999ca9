"""A synthetic class: `grader batch` beside plain pytest and the students' own compute, in one run.

Plain pytest is what a course without a grader would run: one process for each submission, whose
test file calls the student's code and compares with frozen cases by `assert_allclose`. Our
side grades the same submissions with all checks. The students' own compute is what importing
their files and answering our questions takes in one process that is warm already.

    python -m benchmarks.class_against_pytest a1_least_squares --part numpy
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import (
    ONE_THREAD,
    PYTEST,
    ROOT,
    WITHOUT_PLUGINS,
    grade,
    make_class,
    median_of,
    run_in_each,
)
from grader.confine import launcher
from grader.course import frozen
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepare import prepare
from grader.result import Visibility

PYTEST_FILE = """
import pathlib, sys
import numpy as np, pytest
from grader.course import frozen
from grader.wire.encoding import Ref
from grader.worker.steps import CORE, Scope, run_steps
if {keras}:
    from grader.worker.keras_steps import OPERATIONS, to_plain
else:
    OPERATIONS, to_plain = {{}}, lambda value: value
sys.path.insert(0, str(pathlib.Path(__file__).parent))
ASSIGNMENT = frozen.load(pathlib.Path({public!r}))
EXERCISES = {{e.name for e in ASSIGNMENT.exercises if e.file == {file!r}}}
CASES = [
    case for check in ASSIGNMENT.checks if check.exercise in EXERCISES
    and check.kind in {kinds} for case in check.cases
]

@pytest.mark.parametrize("case", CASES)
def test_case(case):
    scope = Scope(__import__({stem!r}))
    run_steps(scope, list(case.steps), CORE | OPERATIONS)
    received = [to_plain(scope.saved[name]) for name in case.returns]
    if {compare}:
        for one, other in zip(received, case.expected.values):
            for a, b in zip(*((v if isinstance(v, tuple) else (v,)) for v in (one, other))):
                np.testing.assert_allclose(a, b, rtol=case.rtol, atol=case.atol)
"""


def write_tests(folders: list[Path], public: Path, file: str, backend: str) -> None:
    """Put the plain test file beside every submission."""
    is_keras = backend == "keras"
    text = PYTEST_FILE.format(
        keras=is_keras,
        public=str(public),
        file=file,
        stem=file.removesuffix(".py"),
        # Without our steps, a test of a Keras model would run the same calls and compare less.
        kinds=("keras", "train") if is_keras else ("out", "grad", "train"),
        compare="all(isinstance(v, (float, np.ndarray, tuple)) for v in case.expected.values)",
    )
    for folder in folders:
        (folder / "test_plain.py").write_text(text, encoding="utf-8")


def own_compute(course: Path, name: str, file: str, backend: str) -> list[float]:
    """Seconds that each student's code takes in one warm process, started for this."""
    command = [sys.executable, "-m", "benchmarks.warm_compute", str(course), name, file, backend]
    environment = {"PATH": "/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3", **ONE_THREAD}
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return [float(line) for line in ended.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--part", choices=("numpy", "keras"), default="numpy")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    name = live.assignment.name
    file = next(one.name for one in live.assignment.files if one.backend == given.part)
    public = ROOT / "assignments" / name / "public"
    frozen.load(public)
    with tempfile.TemporaryDirectory() as folder, launcher("auto") as chosen:
        course = Path(folder)
        make_class(live, course, file, given.students)
        submissions = sorted(course.glob(f"submitted/*/{name}"))
        write_tests(submissions, public, file, given.part)
        assignment = prepare(live, "benchmark", Visibility.HIDDEN, chosen)
        grade(course, assignment, file, chosen, given.jobs)  # start the fork server
        ours, listed = median_of(
            given.rounds, lambda: grade(course, assignment, file, chosen, given.jobs)[0]
        )
        theirs, others = median_of(
            given.rounds, lambda: run_in_each(submissions, PYTEST, given.jobs, WITHOUT_PLUGINS)
        )
        own = own_compute(course, name, file, given.part)
        alone, results = grade(course, assignment, file, chosen, 1)
    count = given.students
    print(
        f"{name}, {given.part} part, {count} students, {given.jobs} processes, {chosen.confinement}"
    )
    print(f"  grader batch        {ours:7.2f} s   ({listed})")
    print(f"  plain pytest        {theirs:7.2f} s   ({others})")
    print(f"  plain pytest takes {theirs / ours:.1f} times as long")
    compute = 1000 * sum(own) / count
    print(f"  students' own compute, warm: {compute:.1f} ms each")
    for wall, jobs in ((ours, given.jobs), (alone, 1)):
        cost = 1000 * wall * jobs / count
        print(
            f"  wall × {jobs} process(es): {cost:.1f} ms each = {cost / compute:.2f} × compute "
            f"= {cost / (1.3 * compute + 15):.2f} × (1.3 × compute + 15 ms)"
        )
    seconds = sorted(1000 * (one.seconds - mine) for one, mine in zip(results, own, strict=True))
    print(f"  grader's own cost with 1 process: median {statistics.median(seconds):.1f} ms")


if __name__ == "__main__":
    main()
