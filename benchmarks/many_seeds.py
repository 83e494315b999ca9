"""Do right solutions get full points on every seed? Each reference and one alternative, by seed.

A course's seed is secret, so a case that only some seeds make may not cost a right answer its
points. Every part (the NumPy or the Keras files of an assignment) is prepared on each seed as a
batch would prepare it; then the reference and one of ``tests/alternatives``, dealt out by the seed,
are graded. A line for each is appended to ``--output`` at once, and lines that stand there are
not graded again, so that it may be stopped at any time:

    python -m benchmarks.many_seeds --output seeds.csv                     # all, hours
    python -m benchmarks.many_seeds a3 a4 --part numpy --seeds 5 --output seeds.csv
    python -m benchmarks.many_seeds --no-training --output seeds.csv
    KERAS_BACKEND=jax python -m benchmarks.many_seeds --part keras --seeds 3 --output seeds.csv
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from benchmarks.common import ROOT
from grader.confine import Launcher, quickest_launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepare import LiveCourse, prepare
from grader.judge.grading import GradingOptions, grade
from grader.result import Kind, Result, Visibility
from grader.submissions import Submission

REFERENCE = "reference"


@dataclass(frozen=True)
class Graded:
    """What one solution got for one part on one seed."""

    assignment: str
    part: str
    backend: str
    training: str
    seed: str
    solution: str
    points: float
    of: float
    seconds: float
    missed: str

    @property
    def key(self) -> tuple[str, ...]:
        """What it was graded on: the same is not graded twice."""
        return (self.assignment, self.part, self.backend, self.training, self.seed)


def read(path: Path) -> list[Graded]:
    """Read the lines of earlier runs."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Graded(
                **{one.name: line[one.name] for one in fields(Graded) if one.type == "str"},
                points=float(line["points"]),
                of=float(line["of"]),
                seconds=float(line["seconds"]),
            )
            for line in csv.DictReader(file)
        ]


def append(path: Path, graded: Graded) -> None:
    """Write one line, and the head before the first."""
    is_new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow([one.name for one in fields(Graded)])
        writer.writerow(astuple(graded))


def solutions(course: LiveCourse, part: str, seed: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield the reference's files of a part, and those of the alternative whose turn it is."""
    files = [one.name for one in course.assignment.files if one.backend == part]
    yield REFERENCE, {name: course.references[name].encode() for name in files}
    folders = sorted((ROOT / "tests" / "alternatives" / course.assignment.name).iterdir())
    folder = folders[seed % len(folders)]
    yield folder.name, {name: (folder / name).read_bytes() for name in files}


def graded_on(
    course: LiveCourse, part: str, seed: int, launcher: Launcher, training: bool
) -> Iterator[tuple[str, Result]]:
    """Prepare a part on one seed and grade its solutions."""
    prepared = prepare(
        course,
        f"many seeds {seed}",
        Visibility.HIDDEN,
        launcher,
        only_backend=part,
        with_mistakes=False,
        with_training=training,
    )
    if not training:
        checks = tuple(one for one in prepared.checks if one.kind is not Kind.TRAIN)
        prepared = replace(prepared, checks=checks)
    files = {one.name for one in course.assignment.files if one.backend == part}
    only = frozenset(one.name for one in course.assignment.exercises() if one.file in files)
    for name, texts in solutions(course, part, seed):
        submission = Submission(name, course.assignment.name, texts)
        yield name, grade(submission, prepared, launcher, GradingOptions(only=only))


def missed(result: Result) -> str:
    """The checks that lost points, with the first line of what was said."""
    lost = [one for one in result.checks if one.points < one.max_points]
    return " | ".join(
        f"{one.exercise}.{one.check}: {' '.join(one.message.split())[:200]}" for one in lost
    )


def show(lines: list[Graded]) -> None:
    """Print a row for each part: seeds, solutions, and what was missed."""
    parts = sorted({(one.assignment, one.part, one.backend, one.training) for one in lines})
    for part in parts:
        own = [one for one in lines if one.key[:4] == part]
        full = sum(one.points == one.of for one in own)
        seeds = len({one.seed for one in own})
        print(f"{' '.join(part):48} {seeds:3} seeds  {full:3} of {len(own):3} full")
        for one in own:
            if one.missed:
                print(f"    seed {one.seed}, {one.solution}: {one.points:g} of {one.of:g}")
                print(f"        {one.missed}")


def main() -> None:
    """Grade what is not graded yet, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("assignments", nargs="*")
    parser.add_argument("--part", choices=("numpy", "keras"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--training", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args()
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    folders = live_assignments(ROOT)
    named = [choose(name, folders) for name in asked.assignments]
    courses = [load_live(folder) for folder in named or folders.values()]
    training = "trained" if asked.training else "untrained"
    launcher = quickest_launcher()
    done = {one.key for one in read(asked.output)}
    try:
        for seed in range(asked.seeds):
            for course in courses:
                for part in (asked.part,) if asked.part else ("numpy", "keras"):
                    key = (course.assignment.name, part, backend, training, str(seed))
                    if key in done:
                        continue
                    for name, result in graded_on(course, part, seed, launcher, asked.training):
                        got = (result.points, result.max_points, round(result.seconds, 1))
                        append(asked.output, Graded(*key, name, *got, missed(result)))
    finally:
        launcher.close()
    show(read(asked.output))


if __name__ == "__main__":
    main()
