"""A class for the small assignment, and its batch as a program that can be killed.

``python -m tests.batch.mini_class COURSE`` grades what is not graded yet.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import LimitBook, Limits, launcher
from grader.files.atomic import write_atomically
from grader.judge.grading import GradingOptions
from grader.submissions import CourseDirectory
from tests.mini import REFERENCE, body, prepare_mini

TEXTS = (
    REFERENCE,
    body("return X @ w"),
    body("raise KeyError('w')"),
    body("import os"),
    REFERENCE.replace("/ 2", "/ 1"),
    "def broken(:\n",
    body("return np.ones((10**6, 10**6))"),
    body("np.ctypeslib.ctypes.string_at(0)"),
)


def hand_in(course: Path, texts: Mapping[str, str]) -> None:
    """Write the text of each student's submission."""
    for student, text in texts.items():
        folder = course / "submitted" / student / "m1_mini"
        folder.mkdir(parents=True)
        (folder / "mini.py").write_text(text, encoding="utf-8")


def write_class(course: Path, students: int) -> None:
    numbered = ((number, TEXTS[number % len(TEXTS)]) for number in range(students))
    hand_in(course, {f"student {number:03}": f"# {number}\n{text}" for number, text in numbered})


def grade_class(course: Path) -> None:
    """Grade with the strongest launcher and write ``all.json``, as `grader batch --json` does."""
    with launcher("auto") as chosen:
        assignment = prepare_mini(chosen)
        directory = CourseDirectory(course)
        store = ResultStore(directory.results / "m1_mini")
        plan = plan_batch(directory, assignment, store)
        limits = LimitBook(Limits(numpy_megabytes=1_024))
        report = run_batch(plan, assignment, store, chosen, GradingOptions(limits=limits), jobs=2)
    records = [result.comparable() for result in report.results]
    write_atomically(course / "all.json", json.dumps(records).encode())


if __name__ == "__main__":
    grade_class(Path(sys.argv[1]))
