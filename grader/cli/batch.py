"""`grader batch`: grade a whole class; interrupted, go on where it was."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.batch import BatchPlan, BatchReport, plan_batch, run_batch
from grader.batch.hidden import hidden_assignment
from grader.batch.inputs import PublicInputs
from grader.batch.run import default_jobs
from grader.batch.store import ResultStore, StoreError
from grader.cli.options import DeviceOption
from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem
from grader.cli.progress import progress_bar
from grader.cli.publisher import Publisher, Wishes
from grader.confine import CannotConfine, Engine, Launcher, LimitBook, launcher
from grader.course import Assignment
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions
from grader.judge.processes import DiagnosisLog
from grader.judge.repairs import IN_A_CLASS
from grader.sanitise.terminal import say
from grader.submissions import CourseDirectory

INCOMPLETE = 3
GPU_JOBS = 2
"""How many submissions share a GPU, unless --jobs says more: each takes some of its memory."""


def command(
    assignment: Annotated[str, typer.Argument(help="Such as a2_logistic_regression, or a2.")],
    course: Annotated[
        Path, typer.Option(help="The course directory, which holds submitted/.")
    ] = Path(),
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many to grade at once. Default: one per core.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write all results to this file.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Grade everything again.")] = False,
    unconfined: Annotated[
        bool,
        typer.Option(
            "--unconfined",
            help="Run students' code even where this machine cannot confine it.",
        ),
    ] = False,
    report: Annotated[bool, typer.Option(help="Write the HTML report, too.")] = True,
    gradebook: Annotated[
        bool | None,
        typer.Option(
            help="Write nbgrader's gradebook and the notebooks that formgrader shows. "
            "Default: in an nbgrader course.",
        ),
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Show who would move, and by how much; keep nothing.")
    ] = False,
    examples: Annotated[
        bool,
        typer.Option(help="Look for a public input that shows what fails on hidden cases alone."),
    ] = True,
    device: DeviceOption = "cpu",
) -> None:
    """Grade submitted/*/ASSIGNMENT on hidden cases.

    Results are kept one by one in results/, so an interrupted run goes on where it was; a
    submission is graded again when it, the seed or the grader changed, and those exercises of it
    whose checks changed. Ends with exit code 0
    when every submission has a result, 3 when the grader failed on some or the machine refused a
    file, 2 for a wrong call.
    """
    console = Console()
    wishes = Wishes(report=False, gradebook=False) if changed else Wishes(json, report, gradebook)
    directory = CourseDirectory(course)
    name = choose(assignment, live_assignments(root_folder())).name
    directory.submitted(name)  # a course without submissions is told before anything runs
    engine = Engine.from_environment(device)
    engine.require()
    count = jobs or (default_jobs() if device == "cpu" else GPU_JOBS)
    with Publisher(console, wishes, directory) as publisher:
        with _launcher(unconfined, engine) as chosen:
            log = DiagnosisLog.of_course(directory.path)
            with log, console.status(f"Preparing hidden cases of {name} …"):
                live = load_live(choose(name, live_assignments(root_folder())))
                limits = directory.settings.limits.book()
                _check_places(limits, live.assignment)
                prepared = hidden_assignment(directory, live, chosen, count)
                inputs = None
                if examples:
                    inputs = PublicInputs.of_class(directory, live, chosen, root_folder())
            store = ResultStore(directory.results / name)
            plan = plan_batch(directory, prepared, store, fresh=fresh, engine=engine)
            _announce(console, plan, directory)
            options = GradingOptions(course=directory.name, limits=limits, repairs=IN_A_CLASS)
            run = partial(_run, console, plan, prepared, chosen, options, count, log, inputs)
            try:
                if changed:
                    code = _preview(console, plan, store, run)
                    _tell(console, log)
                    raise typer.Exit(code)
                outcome = run(store)
            except StoreError as error:
                say(console, f"grader: {error}", "red")
                raise typer.Exit(INCOMPLETE) from None
            except KeyboardInterrupt:
                console.print(
                    "\nInterrupted; what has been graded is kept. Run the same command again "
                    "to go on."
                )
                raise typer.Exit(130) from None
        written = publisher.leave(prepared, plan, outcome)
        _tell(console, log)
    raise typer.Exit(INCOMPLETE if outcome.failed or not written else 0)


def _launcher(unconfined: bool, engine: Engine) -> Launcher:
    """The strongest confinement that works here; none only where that is accepted."""
    try:
        return launcher("auto", engine)
    except CannotConfine as problem:
        if unconfined:
            return launcher("spawned", engine)
        raise UsageProblem(
            f"{problem} Nothing was graded. If you trust the submissions, --unconfined grades them "
            "with all that your account may do."
        ) from None


def _check_places(limits: LimitBook, assignment: Assignment) -> None:
    """Refuse limits of this assignment for an exercise or a check that it does not have."""
    known: set[tuple[str, ...]] = {(assignment.name,)}
    for exercise in assignment.exercises():
        known.add((assignment.name, exercise.name))
        known |= {(assignment.name, exercise.name, check.name) for check in exercise.checks}
    for place in limits.others:
        if place[0] == assignment.name and place not in known:
            names = {".".join(one) for one in known if len(one) == len(place)}
            near = difflib.get_close_matches(".".join(place), names, n=3, cutoff=0.4)
            advice = f"Did you mean {' or '.join(near)}?" if near else "See `grader list`."
            raise UsageProblem(
                f"grader.toml sets limits for {'.'.join(place)}, which does not exist. {advice}"
            )


def _announce(console: Console, plan: BatchPlan, directory: CourseDirectory) -> None:
    for note in directory.notes:
        say(console, f"note: {note}", "yellow")
    if plan.kept:
        text = f"{len(plan.kept)} results are still valid and are kept; --fresh grades them again."
        say(console, text)
    if plan.regraded:
        say(console, f"{_results(len(plan.regraded))} graded by another grader: regraded.")
    for student in plan.damaged:
        text = f"The result of {student} was damaged; the submission is graded again."
        say(console, text, "yellow")


def _results(count: int) -> str:
    return "1 result was" if count == 1 else f"{count} results were"


def _run(
    console: Console,
    plan: BatchPlan,
    prepared: PreparedAssignment,
    chosen: Launcher,
    options: GradingOptions,
    jobs: int,
    log: DiagnosisLog,
    inputs: PublicInputs | None,
    store: ResultStore,
) -> BatchReport:
    with log, progress_bar(console, "grading") as progress:
        task = progress.add_task("grading", total=len(plan.jobs))

        def advance(student: str) -> None:
            progress.advance(task)

        return run_batch(
            plan, prepared, store, chosen, options, jobs=jobs, progress=advance, inputs=inputs
        )


def _tell(console: Console, log: DiagnosisLog) -> None:
    """Say what failed to be explained, and where whoever looks into it finds more."""
    if sentence := log.sentence():
        say(console, sentence, "yellow", wrap=False)


def _preview(
    console: Console, plan: BatchPlan, store: ResultStore, run: Callable[[ResultStore], BatchReport]
) -> int:
    """Grade without keeping anything and show the difference; return the exit code."""
    from grader.render.difference import compare, print_difference

    before = store.read_all()[0]
    with tempfile.TemporaryDirectory(prefix="grader-preview-") as folder:
        outcome = run(ResultStore(Path(folder)))
        graded = outcome.results
    after = [one for one in before if one.student in plan.kept] + graded
    print_difference(console, compare(before, after))
    console.print("Nothing was written; the same command without --changed writes the results.")
    return INCOMPLETE if outcome.failed else 0
