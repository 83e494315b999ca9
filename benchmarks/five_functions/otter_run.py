"""otter-grader: `otter run`, once for every submission, on a zip of tests."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.common import run_in_each
from benchmarks.five_functions.environments import Environment
from benchmarks.five_functions.notebooks import code_cell, write_notebook
from benchmarks.five_functions.questions import Question
from benchmarks.five_functions.students import HEADER, Answers
from benchmarks.five_functions.tool import NAME, Points, written

# The newest ones when this was written. Otter does not install the kernel that it needs.
OTTER, KERNEL = "7.0.0", "7.4.0"

RESULTS = "results.json"


class OtterRun:
    """A process for every submission, `jobs` at a time, as for plain pytest."""

    def __init__(
        self,
        folder: Path,
        cache: Path,
        students: dict[str, Answers],
        questions: list[Question],
        jobs: int,
    ) -> None:
        self.name = f"otter run {OTTER}"
        self.jobs = jobs
        self.own = Environment(cache, f"otter-grader=={OTTER}", f"ipykernel=={KERNEL}")
        self.autograder = folder / "autograder.zip"
        self._write_autograder(folder / "template", questions)
        self.folders = [folder / student for student in students]
        for own, answers in zip(self.folders, students.values(), strict=True):
            cells = [code_cell("imports", HEADER)]
            cells += [code_cell(name, text) for name, text in answers.items()]
            write_notebook(own / f"{NAME}.ipynb", cells)

    def clear(self) -> None:
        for folder in self.folders:
            (folder / RESULTS).unlink(missing_ok=True)

    def grade(self) -> float:
        options = ["--autograder", str(self.autograder), "--output-dir", ".", "--no-logo"]
        command = [self.own.python, "-m", "otter", "run", *options, f"{NAME}.ipynb"]
        return run_in_each(self.folders, command, self.jobs, self.own.variables)

    def points(self) -> Points:
        found = {}
        for folder in self.folders:
            if (folder / RESULTS).exists():
                results = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
                found[folder.name] = sum(one.get("score", 0) for one in results["tests"])
        return found

    def _write_autograder(self, folder: Path, questions: list[Question]) -> None:
        for exercise in dict.fromkeys(one.exercise for one in questions):
            lines = ["import numpy as np", "from otter.test_files import test_case", ""]
            lines += ["OK_FORMAT = False", f"name = {exercise!r}", "points = None"]
            for one in questions:
                if one.exercise == exercise:
                    lines += ["", "", f"@test_case(points={one.points}, hidden=True)"]
                    lines += [f"def test_{one.name}(env):"]
                    lines += [f"    {line}" for line in one.lines(f"env[{exercise!r}]")]
            written(folder / "tests" / f"{exercise}.py", "\n".join(lines) + "\n")
        self.own.run(folder, "-m", "otter", "generate", "-t", "tests", "-o", str(self.autograder))
