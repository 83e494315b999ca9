"""Four tools that grade the same class: each returns its seconds and everybody's points."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.common import ONE_THREAD, grade
from benchmarks.five_functions.notebooks import (
    FUNCTIONS,
    POINTS,
    assignment_notebook,
    plain_notebook,
    write,
)
from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment

NBGRADER = ("nbgrader==0.9.6", "numpy")
OTTER = ("otter-grader==7.0.0", "ipykernel", "numpy")
"""Released versions of 2026-11; the newest when this was measured."""
FILE = "five_functions.py"
NAME = "f1_five_functions"

Points = dict[str, float]
Texts = dict[str, str]
"""Everybody's source by name."""


def ours(
    course: Path, assignment: PreparedAssignment, chosen: Launcher, jobs: int
) -> tuple[float, Points]:
    """`grader batch`'s own code, from reading submissions to results on disk."""
    seconds, results = grade(course, assignment, FILE, chosen, jobs)
    return seconds, {one.student: one.points for one in results}


def plain_pytest(texts: Texts, work: Path, shared: Path, jobs: int) -> tuple[float, Points]:
    """One pytest process for each submission, one test for each function."""
    tests = "\n".join(
        f"def test_{name}():\n    import five_functions as m\n    agrees({name!r}, m.{name})\n"
        for name in FUNCTIONS
    )
    head = f"import sys\nsys.path[:0] = ['.', {str(shared)!r}]\nfrom agreement import agrees\n"
    folders = {}
    for number, (student, text) in enumerate(texts.items()):
        folder = work / f"pytest{number}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(text, encoding="utf-8")
        (folder / "test_plain.py").write_text(head + tests, encoding="utf-8")
        folders[student] = folder
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider"]
    seconds, outputs = _each(
        folders, lambda folder: _run([*command, "test_plain.py"], folder).stdout, jobs
    )
    return seconds, {
        student: POINTS * len(re.findall(r"^PASSED", output, re.M))
        for student, output in outputs.items()
    }


def nbgrader(
    texts: Texts, work: Path, shared: Path, jobs: int, cache: Path
) -> tuple[float, Points]:
    """`nbgrader autograde`; it grades one after the other, so each process gets its own share."""
    python = environment(cache / "nbgrader", NBGRADER)
    students = list(texts)
    courses = {}
    for share in range(jobs):
        course = work / f"nbgrader{share}"
        shutil.rmtree(course, ignore_errors=True)
        source = assignment_notebook("### BEGIN SOLUTION\n### END SOLUTION\n", shared)
        write(source, course / "source" / NAME / "five.ipynb")
        _run([python, "-m", "nbgrader", "generate_assignment", NAME], course, check=True)
        released = json.loads((course / "release" / NAME / "five.ipynb").read_text())
        for student in students[share::jobs]:
            released["cells"][0]["source"] = texts[student]
            write(released, course / "submitted" / _slug(student) / NAME / "five.ipynb")
        courses[str(share)] = course
    command = [python, "-m", "nbgrader", "autograde", NAME]
    seconds, _ = _each(courses, lambda course: _run(command, course).stderr, jobs)
    script = (
        "import json; from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        f"    S = book.assignment_submissions({NAME!r})\n"
        "    print(json.dumps({s.student.id: s.score for s in S}))"
    )
    scores: Points = {}
    for course in courses.values():
        scores |= json.loads(_run([python, "-c", script], course, check=True).stdout)
    return seconds, {student: scores[_slug(student)] for student in students}


def otter(texts: Texts, work: Path, shared: Path, jobs: int, cache: Path) -> tuple[float, Points]:
    """`otter run` on each submission's notebook."""
    python = environment(cache / "otter", OTTER)
    base = work / "otter"
    shutil.rmtree(base, ignore_errors=True)
    (base / "tests").mkdir(parents=True)
    for name in FUNCTIONS:
        code = (
            f">>> import sys; sys.path.insert(0, {str(shared)!r})\n"
            f">>> from agreement import agrees\n>>> agrees({name!r}, {name})\nTrue"
        )
        suite = {
            "cases": [{"code": code, "hidden": False, "locked": False}],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }
        test = {"name": name, "points": POINTS, "suites": [suite]}
        text = f"OK_FORMAT = True\n\ntest = {test!r}\n"
        (base / "tests" / f"{name}.py").write_text(text, encoding="utf-8")
    generate = [python, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip"]
    _run([*generate, "--no-environment"], base, check=True)
    folders = {}
    for number, (student, text) in enumerate(texts.items()):
        folder = base / f"submission{number}"
        write(plain_notebook(text), folder / "five.ipynb")
        folders[student] = folder
    command = [python, "-m", "otter", "run", "-a", str(base / "autograder.zip"), "--no-logo"]
    seconds, _ = _each(folders, lambda folder: _run([*command, "five.ipynb"], folder).stderr, jobs)
    points = {}
    for student, folder in folders.items():
        found = json.loads((folder / "results.json").read_text())["tests"]
        points[student] = sum(one.get("score", 0) for one in found)
    return seconds, points


def environment(folder: Path, packages: tuple[str, ...]) -> str:
    """The interpreter of a virtual environment with these packages, made when it is missing."""
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(command, check=True)
        (folder / "ready").touch()
    return str(python)


def _each(
    folders: dict[str, Path], run: Callable[[Path], str], jobs: int
) -> tuple[float, dict[str, str]]:
    started = time.perf_counter()
    with ThreadPoolExecutor(jobs) as pool:
        outputs = list(pool.map(run, folders.values()))
    return time.perf_counter() - started, dict(zip(folders, outputs, strict=True))


def _run(command: list[str], folder: Path, check: bool = False) -> subprocess.CompletedProcess[str]:
    # nbgrader calls `alembic` by its bare name.
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ["PATH"]))
    variables = {**os.environ, **ONE_THREAD, "PATH": path}
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=check
    )


def _slug(student: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", student.lower().encode("ascii", "ignore").decode())
