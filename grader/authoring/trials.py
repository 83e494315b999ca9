"""Train a solution on the train checks of an assignment, and keep what came out as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from grader.checks.measures import MEASURES
from grader.checks.training import measured_values
from grader.confine import Launcher, WorkerSettings
from grader.course.assignment import Check, StudentFile
from grader.course.observed import observe
from grader.course.prepare import LiveCourse, PreparationError, case_generator
from grader.course.question import question_of
from grader.result import Kind

REFERENCE = "reference"
"""The solution that lies beside the checks."""
TRIVIAL = "trivial: "
"""What the names of trivial models begin with; any other is a right solution of another hand."""

_TRAINING_SECONDS = 900.0


@dataclass(frozen=True)
class Trial:
    """One training: the quality on held-out data and the CPU seconds that it took."""

    assignment: str
    exercise: str
    check: str
    case: str
    solution: str
    seed: str
    quality: float
    cpu_seconds: float


def train_checks(course: LiveCourse) -> list[tuple[StudentFile, Check]]:
    """The train checks of an assignment, each with its file."""
    return [
        (file, check)
        for file in course.assignment.files
        for exercise in file.exercises
        for check in exercise.checks
        if check.kind is Kind.TRAIN
    ]


def run_trials(
    course: LiveCourse,
    solution: str,
    texts: Mapping[str, str],
    seed: str,
    launcher: Launcher,
    exercise: str | None = None,
) -> list[Trial]:
    """Train a solution once on every case of each train check.

    Parameters
    ----------
    solution
        The solution's name.
    texts
        Its files by name; checks of files that are not among them are left out.
    exercise
        The one whose checks are wanted; all, when it is None.

    Raises
    ------
    PreparationError
        When the solution cannot be loaded or does not answer.
    """
    found = []
    for file, check in train_checks(course):
        if file.name not in texts or exercise not in {None, check.exercise}:
            continue
        settings = WorkerSettings(
            files={name: text.encode() for name, text in texts.items()},
            backend=file.backend,
            imports=file.imports,
            guarded=course.assignment.guarded(),
        )
        measure = MEASURES[check.settings["measure"]]
        worker = launcher.start(settings)  # a process for each, so that none depends on another
        try:
            _answer(worker.ask({"kind": "load", "file": file.name}, _TRAINING_SECONDS), check)
            for case in check.cases(case_generator(seed, check.exercise, check.name)):
                question = question_of(case.calling(check.exercise), file.name)
                answer = _answer(worker.ask(question, _TRAINING_SECONDS), check)
                values = measured_values(check.settings, case, observe(answer).values)
                trial = Trial(
                    course.assignment.name,
                    check.exercise,
                    check.name,
                    case.label,
                    solution,
                    seed,
                    round(measure.of(values, case.held_out, values).quality, 5),
                    round(float(answer["cpu_seconds"]), 1),
                )
                found.append(trial)
        finally:
            worker.close()
    return found


def _answer(answer: dict[str, Any], check: Check) -> dict[str, Any]:
    if answer["outcome"] != "answered":
        raise PreparationError(
            f"{check.exercise}.{check.name}: a solution was expected to train. "
            f"Received: {answer['outcome']} {answer.get('error', '')}"
        )
    return answer


def read_trials(path: Path) -> list[Trial]:
    """Read what `write_trials` wrote; nothing where there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Trial(
                **{field.name: line[field.name] for field in fields(Trial)[:-2]},
                quality=float(line["quality"]),
                cpu_seconds=float(line["cpu_seconds"]),
            )
            for line in csv.DictReader(file)
        ]


def write_trials(path: Path, trials: Iterable[Trial]) -> None:
    """Write a line for each trial, in the order of assignments and checks."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Trial)])
        writer.writerows(astuple(trial) for trial in trials)
