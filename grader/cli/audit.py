"""`grader audit`: are my checks any good?"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.batch.run import default_jobs
from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem, needs
from grader.cli.progress import progress_bar
from grader.cli.unearned import UnearnedOptions, audit_unearned, write_part
from grader.confine import Engine, Launcher, quickest_launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepare import LiveCourse, prepare
from grader.result import Visibility
from grader.sanitise.terminal import say

if TYPE_CHECKING:
    from grader.authoring.audit import AuditPlan, AuditReport, Examiner, Outcome

TOO_WEAK, FAILED, INTERRUPTED = 1, 3, 130


def command(
    assignment: Annotated[str, typer.Argument(help="Such as a2_logistic_regression, or a2.")],
    exercise: Annotated[
        list[str] | None,
        typer.Option(help="Only mutants of this exercise; may be given more than once."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only this many mutants, drawn by the seed.")
    ] = None,
    training: Annotated[
        bool, typer.Option(help="Ask train checks, too; they take most of the time.")
    ] = True,
    thoughtless: Annotated[
        bool,
        typer.Option(
            "--thoughtless", help="Instead: what do zeros, the first argument and the like earn?"
        ),
    ] = False,
    replay: Annotated[
        bool, typer.Option("--replay", help="Instead: what do repeated public answers earn?")
    ] = False,
    constants: Annotated[
        bool,
        typer.Option("--constants", help="Instead: what do train checks give without training?"),
    ] = False,
    seed: Annotated[str, typer.Option(help="Another seed makes other cases.")] = "audit",
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many to grade at once. Default: one per core.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the report as Markdown.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(help="Write it as Markdown to this file, or to its part of such a page."),
    ] = None,
) -> None:
    """Plant small mistakes in the references and see whether the checks notice.

    For authors. Each mutant is graded like a submission; one with full points has survived and is
    shown. Ends with exit code 0 when at least 97 % are killed, 1 when fewer, 2 for a wrong
    call, 3 when the grader failed on some. With --thoughtless, --replay or --constants answers
    without the work are graded in their place, and 1 means that one of them earned something.
    """
    console = Console(highlight=False)
    aside = Console(stderr=True, highlight=False)
    folder = choose(assignment, live_assignments(root_folder()))
    _check_output(output)
    course = load_live(folder)
    _check_exercises(course, exercise or [])
    chosen_modes = {"thoughtless": thoughtless, "replay": replay, "constants": constants}
    if modes := [name for name, is_asked in chosen_modes.items() if is_asked]:
        jobs = jobs or default_jobs()
        settings = UnearnedOptions(exercise or [], seed, jobs, markdown, output)
        raise typer.Exit(audit_unearned(folder, course, modes, settings))
    plan = _plan(folder, course, seed, exercise or [], limit, training)
    if plan.backend != "numpy":
        Engine.from_environment().require()
    with quickest_launcher() as chosen:
        with aside.status(f"Preparing cases of {folder.name} …"):
            examiner = _examiner(plan, chosen)
            _require_full_points(plan, examiner)
        try:
            outcomes = _run(aside, plan, examiner, jobs or default_jobs())
        except KeyboardInterrupt:
            aside.print("\nInterrupted; nothing is kept.")
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(_show(console, plan, outcomes, markdown, output))


def _check_exercises(course: LiveCourse, exercises: list[str]) -> None:
    known = [one.name for one in course.assignment.exercises()]
    for name in exercises:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or known
            raise UsageProblem(f"There is no exercise {name!r}. Did you mean: {', '.join(near)}?")


def _plan(
    folder: Path,
    course: LiveCourse,
    seed: str,
    exercises: list[str],
    limit: int | None,
    training: bool,
) -> AuditPlan:
    try:
        from grader.authoring.audit import ListError, plan_audit, read_listed
    except ModuleNotFoundError as error:
        raise needs("An audit", error) from None
    try:
        listed = read_listed(folder)
    except ListError as problem:
        raise UsageProblem(str(problem)) from None
    plan = plan_audit(
        course, seed, listed=listed, exercises=exercises, limit=limit, training=training
    )
    if not plan.mutants:
        raise UsageProblem("There is nothing in what was chosen that a mutant could change.")
    return plan


def _examiner(plan: AuditPlan, chosen: Launcher) -> Examiner:
    from grader.authoring.audit import Examiner

    prepared = prepare(
        plan.course,
        plan.seed,
        Visibility.HIDDEN,
        chosen,
        only_backend=plan.backend,
        with_mistakes=False,
    )
    return Examiner(plan.course, prepared, chosen)


def _require_full_points(plan: AuditPlan, examiner: Examiner) -> None:
    """Refuse to begin when the reference itself loses points: then all mutants would."""
    for file in plan.files:
        lost = examiner.lost_by_reference(file.name)
        if lost is not None:
            text = (
                f"grader: the reference {file.name} itself loses points, which says nothing of "
                f"mutants: {lost.exercise}.{lost.check} [{lost.status}]: {lost.message}"
            )
            say(Console(stderr=True), text, "red")
            raise typer.Exit(FAILED)


def _run(console: Console, plan: AuditPlan, examiner: Examiner, jobs: int) -> list[Outcome]:
    from grader.authoring.audit import run_audit

    with progress_bar(console, "grading mutants") as progress:
        task = progress.add_task("grading", total=len(plan.mutants))
        return run_audit(plan, examiner, jobs=jobs, progress=lambda outcome: progress.advance(task))


def _show(
    console: Console,
    plan: AuditPlan,
    outcomes: list[Outcome],
    as_markdown: bool,
    output: Path | None,
) -> int:
    """Print or write the report; return the exit code."""
    from grader.authoring.audit import report_of
    from grader.authoring.audit.markdown import markdown
    from grader.authoring.audit.terminal import print_audit

    report = report_of(plan, outcomes)
    text = markdown(report, plan.course.references)
    if as_markdown:
        sys.stdout.write(text)
    else:
        print_audit(console, report, plan.course.references)
    if output is not None:
        _write(output, report, text)
    if report.ungraded:
        return FAILED
    return 0 if report.is_good else TOO_WEAK


def _check_output(output: Path | None) -> None:
    """Refuse a file that cannot be written before anything runs."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        raise UsageProblem(
            f"{output} cannot be written: it is a folder, or its folder does not exist."
        )


def _write(output: Path, report: AuditReport, text: str) -> None:
    from grader.authoring.audit.markdown import END, begin

    write_part(output, text, begin(report.assignment), END)
