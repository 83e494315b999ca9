"""Plain pytest: one process for every submission, one test for every check."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from benchmarks.common import PYTEST, WITHOUT_PLUGINS, run_in_each
from benchmarks.five_functions.questions import Question
from benchmarks.five_functions.students import Answers, as_module
from benchmarks.five_functions.tool import NAME, Points, written

REPORT = "points.xml"


class PlainPytest:
    """Pytest knows no points; the names of the tests that passed say which were earned."""

    name = "plain pytest"

    def __init__(
        self, folder: Path, students: dict[str, Answers], questions: list[Question], jobs: int
    ) -> None:
        self.jobs = jobs
        self.worth = {f"test_{one.exercise}_{one.name}": one.points for one in questions}
        lines = ["import numpy as np", f"import {NAME} as student"]
        for one in questions:
            lines += ["", "", f"def test_{one.exercise}_{one.name}():"]
            lines += [f"    {line}" for line in one.lines(f"student.{one.exercise}")]
        self.folders = [folder / student for student in students]
        for own, answers in zip(self.folders, students.values(), strict=True):
            written(own / f"{NAME}.py", as_module(answers))
            written(own / "test_plain.py", "\n".join(lines) + "\n")

    def clear(self) -> None:
        for folder in self.folders:
            (folder / REPORT).unlink(missing_ok=True)

    def grade(self) -> float:
        command = [*PYTEST, f"--junitxml={REPORT}"]
        return run_in_each(self.folders, command, self.jobs, WITHOUT_PLUGINS)

    def points(self) -> Points:
        reports = {folder.name: folder / REPORT for folder in self.folders}
        return {name: self._points(path) for name, path in reports.items() if path.exists()}

    def _points(self, report: Path) -> float:
        # A test that passed has no child: neither a failure nor an error.
        tests = list(ElementTree.parse(report).iter("testcase"))
        return sum(self.worth[test.attrib["name"]] for test in tests if len(test) == 0)
