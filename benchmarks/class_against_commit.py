"""The same synthetic class graded by this checkout and by an earlier commit, turn about.

Both stand ready, each in a process with its fork server started, and grade in turn, so that
what else the machine does meets both.

    python -m benchmarks.class_against_commit a1_least_squares 5cff648
    python -m benchmarks.class_against_commit a6_transformer 572a10f --part keras --rounds 1
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import ROOT, make_class
from grader.course.catalogue import choose, live_assignments, load_live

_GRADE = """
import sys
from pathlib import Path
from benchmarks.common import grade
from grader.confine import launcher
from grader.course import frozen
public, file, jobs = sys.argv[1:]
assignment = frozen.load(Path(public))
with launcher("auto") as chosen:
    for line in sys.stdin:
        print(grade(Path(line.strip()), assignment, file, chosen, int(jobs))[0], flush=True)
"""


def start(checkout: Path, name: str, file: str, jobs: int) -> subprocess.Popen[str]:
    """A process of a checkout that grades each course whose path it reads."""
    public = checkout / "assignments" / name / "public"
    command = [sys.executable, "-c", _GRADE, public, file, str(jobs)]
    return subprocess.Popen(
        list(map(str, command)),
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def once(process: subprocess.Popen[str], course: Path) -> float:
    """Seconds that one grading of a course takes."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{course}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("commit")
    parser.add_argument("--part", choices=("numpy", "keras"), default="numpy")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    name = live.assignment.name
    file = next(one.name for one in live.assignment.files if one.backend == given.part)
    with tempfile.TemporaryDirectory() as scratch:
        before = Path(scratch) / "before"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "-q", "--detach", before, given.commit], check=True)
        try:
            courses = [Path(scratch) / "course now", Path(scratch) / "course before"]
            for course in courses:
                make_class(live, course, file, given.students)
            first = Path(scratch) / "one student"
            make_class(live, first, file, 1)
            both = [start(checkout, name, file, given.jobs) for checkout in (ROOT, before)]
            for process in both:
                once(process, first)  # starts its fork server
            rounds = [list(map(once, both, courses)) for _ in range(given.rounds)]
            for process in both:
                process.communicate()
        finally:
            subprocess.run([*git, "remove", "--force", before], check=True)
    now, then = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = sorted(ours / theirs for ours, theirs in rounds)
    print(f"{name}, {given.students} students, {file} alone, {given.jobs} at once")
    print(f"  {given.commit}: {then:.2f} s   this checkout: {now:.2f} s (medians)")
    print(
        f"  this checkout takes {statistics.median(ratios):.3f} times as long "
        f"({given.rounds} rounds, {ratios[0]:.3f} to {ratios[-1]:.3f})"
    )


if __name__ == "__main__":
    main()
