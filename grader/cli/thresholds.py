"""`grader thresholds`: train over many seeds, so that thresholds are known to be fair."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.authoring.pages import placed
from grader.authoring.thresholds import rows_of, table
from grader.authoring.trials import (
    REFERENCE,
    TRIVIAL,
    Trial,
    read_trials,
    run_trials,
    write_trials,
)
from grader.batch.run import default_jobs
from grader.cli.places import root_folder
from grader.cli.progress import progress_bar
from grader.confine import Launcher, quickest_launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.misconception import Marked, splice
from grader.course.prepare import LiveCourse
from grader.course.trivial_model import trivial_models
from grader.files.atomic import write_atomically
from grader.sanitise.terminal import say

TRIALS_FILE = Path("docs", "thresholds.csv")
TABLE_FILE = Path("docs", "thresholds.md")
HONEST_FOLDER = Path("tests", "alternatives")
BEGIN, END = "<!-- begin table -->", "<!-- end table -->"
_UNFAIR = 1


def command(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Such as a3_mlp. Default: all.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=0, help="How many; 0 only renews the table.")] = 20,
    honest: Annotated[
        Path | None,
        typer.Option(
            help="A folder of other right solutions, ASSIGNMENT/NAME/; the seeds are dealt out "
            "among them. Default: tests/alternatives."
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="How many to train at once.")] = None,
) -> None:
    """Train references and other right solutions on every train check; renew docs/thresholds.md.

    The trivial models of an assignment train along, on every seed. For authors. Ends with exit
    code 1 when a right solution missed a graded threshold, or a trivial model earned points.
    """
    console = Console(highlight=False)
    root = root_folder()
    known = live_assignments(root)
    courses = {folder.name: load_live(folder) for folder in known.values()}
    chosen = [choose(name, known).name for name in assignments] if assignments else list(courses)
    trials = read_trials(root / TRIALS_FILE)
    with quickest_launcher() as started:
        for name in chosen if seeds else ():
            folder = (honest or root / HONEST_FOLDER) / name
            trivial = trivial_models(known[name])
            tasks = list(_tasks(courses[name], _solutions(folder), trivial, seeds))
            fresh = _run(console, courses[name], tasks, jobs or default_jobs(), started)
            kept = read_trials(root / TRIALS_FILE)  # anew: another run may have ended meanwhile
            trials = [trial for trial in kept if trial.assignment != name] + fresh
            trials.sort(key=lambda trial: trial.assignment)
            write_trials(root / TRIALS_FILE, trials)
    rows = [row for course in courses.values() for row in rows_of(course, trials)]
    page = (root / TABLE_FILE).read_text(encoding="utf-8") if (root / TABLE_FILE).exists() else ""
    text = placed(table(rows), BEGIN, END, page)
    write_atomically(root / TABLE_FILE, text.encode(), mode=0o644)
    unfair = [row for row in rows if row.margin <= 0]
    for row in unfair:
        say(
            console,
            f"{row.assignment}: {row.exercise}.{row.check.name} grades at {row.bounds[1]:g}, "
            f"which a right solution missed by {-row.margin:.3g}",
            "red",
        )
    easy = [row for row in rows if row.earned > 0]
    for row in easy:
        say(
            console,
            f"{row.assignment}: a trivial model earned {row.earned:.0%} of "
            f"{row.exercise}.{row.check.name}",
            "red",
        )
    say(console, f"{TABLE_FILE}: {len(rows)} rows of train checks")
    raise typer.Exit(_UNFAIR if unfair or easy else 0)


@dataclass(frozen=True)
class Task:
    """A solution, and the seed to train it on."""

    solution: str
    texts: dict[str, str]
    seed: str
    exercise: str | None = None
    """The only one to train; all, when it is None."""


def _solutions(folder: Path) -> list[tuple[str, dict[str, str]]]:
    """Other right solutions: each its name and its files."""
    return [
        (one.name, {file.name: file.read_text(encoding="utf-8") for file in one.glob("*.py")})
        for one in sorted(folder.glob("*"))
        if one.is_dir()
    ]


def _tasks(
    course: LiveCourse,
    solutions: list[tuple[str, dict[str, str]]],
    trivial: tuple[Marked, ...],
    seeds: int,
) -> Iterator[Task]:
    file_of = {exercise.name: exercise.file for exercise in course.assignment.exercises()}
    for number in range(seeds):
        seed = f"thresholds {number}"
        yield Task(REFERENCE, course.references, seed)
        if solutions:
            yield Task(*solutions[number % len(solutions)], seed)
        for one in trivial:
            file = file_of[one.exercise]
            text = splice(course.references[file], one.exercise, one.source)
            yield Task(TRIVIAL + one.name, {file: text}, seed, one.exercise)


def _run(
    console: Console, course: LiveCourse, tasks: list[Task], jobs: int, started: Launcher
) -> list[Trial]:
    """Train everything of one assignment; the trials come in the order of the checks."""
    found: list[Trial] = []
    with (
        progress_bar(console, f"training {course.assignment.name}") as progress,
        ThreadPoolExecutor(jobs) as pool,
    ):
        bar = progress.add_task("training", total=len(tasks))
        futures = [
            pool.submit(
                run_trials, course, one.solution, one.texts, one.seed, started, one.exercise
            )
            for one in tasks
        ]
        try:
            for future in as_completed(futures):
                found += future.result()
                progress.advance(bar)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    order = {(task.solution, task.seed): number for number, task in enumerate(tasks)}
    return sorted(
        found, key=lambda one: (one.exercise, one.check, one.case, order[one.solution, one.seed])
    )
