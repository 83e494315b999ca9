"""A class of notebooks: `grader batch` beside `nbgrader autograde`, in one nbgrader course.

Both end with the same points in the gradebook, for every student and exercise; the benchmark
fails where they differ. `nbgrader autograde` is one command, too. It takes half an hour for the
200 notebooks of 100 students who hand in two each; with --sample it leaves out all but so many
students, and its time for the class is estimated from theirs.

    python -m benchmarks.nbgrader_class a2_logistic_regression
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook

from benchmarks.common import ROOT

SCRIPTS = Path(sys.executable).parent
ENVIRONMENT = {
    **os.environ,
    "GRADER_COURSE": str(ROOT),
    "PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}",
    "PYTHONDONTWRITEBYTECODE": "",  # both find their libraries compiled, as on most machines
}


def run(course: Path, *command: str) -> float:
    """Seconds that a command takes in the course directory."""
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=course, env=ENVIRONMENT, capture_output=True, text=True)
    if ended.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ended.stdout[-2_000:]}{ended.stderr[-2_000:]}")
    return time.perf_counter() - started


def grader(course: Path, *arguments: str) -> float:
    return run(course, sys.executable, "-m", "grader", *arguments)


def points(course: Path, name: str) -> dict[str, dict[str, float | None]]:
    """Points by student and cell, as the gradebook has them."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            one.student.id: {
                grade.name: grade.auto_score
                for notebook in one.notebooks
                for grade in notebook.grades
            }
            for one in gradebook.assignment_submissions(name)
        }


def forget(course: Path, name: str) -> None:
    """Take our points out, so that whom nbgrader does not grade has none."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for one in gradebook.assignment_submissions(name):
            for notebook in one.notebooks:
                for grade in notebook.grades:
                    grade.auto_score = None
        gradebook.db.commit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("assignment")
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--sample", type=int, help="run nbgrader on so many students alone")
    given = parser.parse_args()
    name = given.assignment
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        course.mkdir()
        (course / "grader.toml").write_text('seed = "a benchmark"\n', encoding="utf-8")
        grader(course, "notebooks", name)
        run(course, "nbgrader", "generate_assignment", name)
        made = ("--students", str(given.students), "--course", ".", "--notebooks")
        grader(course, "demo-class", "--assignment", name, *made)
        cold = grader(course, "batch", name)
        ours = points(course, name)
        warm = grader(course, "batch", name, "--fresh")
        students = sorted(ours)[:: max(1, len(ours) // (given.sample or len(ours)))]
        forget(course, name)
        others = ",".join(set(ours) - set(students))
        leave_out = f"--CourseDirectory.student_id_exclude={others}"
        theirs = run(course, "nbgrader", "autograde", name, "--force", leave_out)
        graded = points(course, name)
        different = [one for one in students if graded[one] != ours[one]]
    whole = theirs * given.students / len(students)
    print(f"{name}: {given.students} students who hand in notebooks; {os.cpu_count()} cores")
    print(f"  grader batch, first run          {cold:8.1f} s")
    print(f"  grader batch --fresh             {warm:8.1f} s")
    print(f"  nbgrader autograde, {len(students):4} of them {theirs:8.1f} s, {whole:.0f} s for all")
    print(f"  ratio                            {whole / cold:8.1f}, fresh {whole / warm:.1f}")
    for one in different:
        cells = [cell for cell in ours[one] if ours[one][cell] != graded[one].get(cell)]
        print(f"  other points for {one}: {', '.join(cells)}")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
