"""A thousand results into nbgrader's gradebook: ours beside nbgrader's own methods, in one run.

nbgrader's methods, as its own preprocessors call them, look up and commit each row by itself;
they write --sample students, and what a class takes is estimated from that.

    python -m benchmarks.gradebook
    python -m benchmarks.gradebook --database postgresql+psycopg://USER:PASSWORD@HOST/NAME
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nbgrader.api import Gradebook

from benchmarks.common import ROOT
from grader.confine import quickest_launcher
from grader.course import frozen
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import grade
from grader.render.comments import comment_on
from grader.render.summary import exercises
from grader.result import Result
from grader.submissions import CourseDirectory, read_path
from grader.ways.gradebook.course import NbgraderCourse, read_course
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.sync import write_gradebook

NAME = "a1_least_squares"


def seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def results(prepared: PreparedAssignment, students: int) -> list[Result]:
    """The stub's and the reference's result in turn, under other names."""
    found = []
    with quickest_launcher() as chosen:
        for folder in ("assignments", "solutions"):
            files = [file.name for file in prepared.files]
            path = ROOT / folder / NAME
            submission = read_path(path, files, student=folder, assignment=NAME)
            found.append(grade(submission, prepared, chosen))
    return [
        found[number % 2].model_copy(update={"student": f"student {number:05}"})
        for number in range(students)
    ]


def one_by_one(gradebook: Gradebook, some: list[Result]) -> None:
    """Write results as nbgrader's own preprocessors do."""
    for result in some:
        student = f"{result.student} again"
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(NAME, student)
        for one in exercises(result):
            file = next(check.file for check in result.checks if check.exercise == one.name)
            book = file.removesuffix(".py")
            written = gradebook.find_grade(f"check-{one.name}", book, NAME, student)
            written.auto_score, written.needs_manual_grade = one.points, False
            gradebook.db.commit()
            comment = gradebook.find_comment(f"solution-{one.name}", book, NAME, student)
            comment.auto_comment = comment_on(one)
            gradebook.db.commit()
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            gradebook.db.commit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=1_000)
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--database", help="URL; by default a new SQLite file")
    given = parser.parse_args()
    prepared = frozen.load(ROOT / "assignments" / NAME / "public")
    made = results(prepared, given.students)
    with tempfile.TemporaryDirectory() as folder:
        course = course_at(Path(folder), given.database)
        first = seconds(lambda: write_gradebook(course, prepared, made, {}))
        again = seconds(lambda: write_gradebook(course, prepared, made, {}))
        with opened(course) as gradebook:
            theirs = seconds(lambda: one_by_one(gradebook, made[: given.sample]))
    whole = theirs * given.students / given.sample
    kind = "PostgreSQL" if given.database else "SQLite"
    print(f"{given.students} results of {len(exercises(made[0]))} exercises into {kind}")
    print(f"  grader, first time      {first:7.1f} s")
    print(f"  grader, the same again  {again:7.1f} s")
    print(f"  nbgrader's own methods  {whole:7.1f} s, estimated from {given.sample} students")
    print(f"  ratio                   {whole / first:7.1f}")


def course_at(folder: Path, database: str | None) -> NbgraderCourse:
    if database:
        text = f"c = get_config()\nc.CourseDirectory.db_url = {database!r}\n"
        (folder / "nbgrader_config.py").write_text(text, encoding="utf-8")
    return read_course(CourseDirectory(folder))


if __name__ == "__main__":
    main()
