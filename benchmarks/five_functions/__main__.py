"""A class of five small functions: `grader batch`, plain pytest, nbgrader and otter, in one run.

All tools grade the same students on the same inputs with the same expected values and the
same number of processes. After every round the points of all students must be the same in
all tools, so that none can look fast by grading nothing.

    python -m benchmarks.five_functions --students 30 --jobs 2 --rounds 3 --slow-rounds 1
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.common import listed
from benchmarks.five_functions.environments import default_cache
from benchmarks.five_functions.nbgrader_course import Nbgrader
from benchmarks.five_functions.otter_run import OtterRun
from benchmarks.five_functions.ours import SOURCE, CommandLine, InProcess, write_course
from benchmarks.five_functions.plain_pytest import PlainPytest
from benchmarks.five_functions.questions import questions_of
from benchmarks.five_functions.students import make_class
from benchmarks.five_functions.tool import NAME, Points, Tool
from grader import __version__
from grader.confine import Launcher, launcher
from grader.course.catalogue import load_live
from grader.course.prepare import prepare
from grader.result import Visibility
from grader.submissions import CourseDirectory

OURS, OTHERS = ("grader", "command"), ("pytest", "nbgrader", "otter")
SLOW = (Nbgrader, OtterRun)


def start_launcher() -> Launcher:
    """How our workers are started: the strongest way that works here, as in `grader batch`."""
    return launcher("auto")


def make_tools(given: argparse.Namespace, work: Path, chosen: Launcher) -> Iterator[Tool]:
    """Make the tools that were asked for, with everything that they need before they grade."""
    live = load_live(SOURCE / "solutions" / NAME)
    students = make_class(live, given.students)
    course = work / "course"
    write_course(course, students)
    assignment = prepare(live, CourseDirectory(course).seed(), Visibility.HIDDEN, chosen)
    questions = questions_of(assignment)
    for tool in given.tools:
        if tool == "grader":
            yield InProcess(course, assignment, chosen, given.jobs)
        elif tool == "command":
            yield CommandLine(course, given.jobs)
        elif tool == "pytest":
            yield PlainPytest(work / tool, students, questions, given.jobs)
        else:
            notebook_tool = Nbgrader if tool == "nbgrader" else OtterRun
            yield notebook_tool(work / tool, given.cache, students, questions, given.jobs)


def check_points(points: dict[str, Points], students: int) -> None:
    """Compare what the tools gave; a tool that graded nothing, or not everybody, is found here.

    Raises
    ------
    SystemExit
        With the students whose points differ. `--work` keeps the folder that explains it.
    """
    reference = next(iter(points.values()))
    for tool, own in points.items():
        if len(own) != students:
            raise SystemExit(
                f"{tool}: expected points of {students} students. Received: of {len(own)}"
            )
        differing = [name for name in sorted(own) if abs(own[name] - reference[name]) > 1e-6]
        if differing:
            values = "; ".join(
                f"{name}: " + ", ".join(f"{tool} {own.get(name)}" for tool, own in points.items())
                for name in differing
            )
            raise SystemExit(f"The tools disagree. {values}")
        # The first student has everything right, and the second everything wrong.
        if own["student01"] != 100 or (students > 1 and own["student02"] == 100):
            raise SystemExit(f"{tool} did not grade: {own}")


def measure(tools: list[Tool], rounds: dict[str, int], students: int) -> dict[str, list[float]]:
    """Seconds of every round; the tools take turns, since a machine may be slower for a while."""
    times: dict[str, list[float]] = {tool.name: [] for tool in tools}
    points: dict[str, Points] = {}
    for number in range(max(rounds.values())):
        for tool in tools:
            if number < rounds[tool.name]:
                tool.clear()
                times[tool.name].append(tool.grade())
                points[tool.name] = tool.points()
        check_points(points, students)
    return times


def show(times: dict[str, list[float]], students: int) -> None:
    """Print a line for every tool; ratios are to the first."""
    width = max(map(len, times))
    first = statistics.median(next(iter(times.values())))
    print(f"  {'':<{width}}    median   each   ratio")
    for tool, seconds in times.items():
        median = statistics.median(seconds)
        print(
            f"  {tool:<{width}} {median:7.2f} s {1000 * median / students:5.0f} ms "
            f"{median / first:6.1f}   ({listed(seconds)})"
        )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2, help="processes, the same for every tool")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-rounds", type=int, default=1, help="rounds of nbgrader and otter")
    parser.add_argument("--tools", nargs="+", choices=OURS + OTHERS, default=OURS + OTHERS)
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), help="for their installation"
    )
    parser.add_argument("--work", type=Path, help="an empty folder, to look at what they wrote")
    given = parser.parse_args()
    if min(given.students, given.jobs, given.rounds, given.slow_rounds) < 1:
        parser.error("--students, --jobs, --rounds and --slow-rounds must be at least 1")
    if given.work is not None and given.work.exists() and any(given.work.iterdir()):
        parser.error(f"{given.work} is not empty")
    return given


def main() -> None:
    given = arguments()
    with contextlib.ExitStack() as stack:
        work = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        chosen = stack.enter_context(start_launcher())
        tools = list(make_tools(given, work.resolve(), chosen))
        rounds = {
            tool.name: given.slow_rounds if isinstance(tool, SLOW) else given.rounds
            for tool in tools
        }
        times = measure(tools, rounds, given.students)
        print(
            f"{NAME}, {given.students} students, {given.jobs} processes, {chosen.confinement}; "
            f"grader {__version__}, pytest {pytest.__version__}, NumPy {np.__version__}, "
            f"Python {platform.python_version()}"
        )
    show(times, given.students)


if __name__ == "__main__":
    main()
