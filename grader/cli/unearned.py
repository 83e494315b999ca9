"""`grader audit` in three other modes: is anything earned for nothing?"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from grader.authoring.freeze import PUBLIC_SEED
from grader.authoring.pages import placed
from grader.cli.problems import UsageProblem, cannot_write, needs
from grader.cli.progress import progress_bar
from grader.confine import Engine, Launcher, quickest_launcher
from grader.course import frozen
from grader.course.assignment import Backend
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.prepare import LiveCourse, prepare
from grader.course.prepared import PreparedAssignment
from grader.files.atomic import write_atomically
from grader.result import Visibility

if TYPE_CHECKING:
    from grader.authoring.unearned import ByNature, Mode, UnearnedReport

EARNED, FAILED, INTERRUPTED = 1, 3, 130


@dataclass(frozen=True)
class UnearnedOptions:
    """How to audit, apart from what."""

    exercises: Sequence[str]
    seed: str
    jobs: int
    markdown: bool
    output: Path | None


def audit_unearned(
    folder: Path, course: LiveCourse, names: Sequence[str], options: UnearnedOptions
) -> int:
    """Grade answers without the work in these modes, print or write it; return the exit code."""
    try:
        from grader.authoring.audit import ListError
        from grader.authoring.unearned import Mode, read_by_nature
    except ModuleNotFoundError as error:
        raise needs("An audit", error) from None
    try:
        listed = read_by_nature(folder)
    except ListError as problem:
        raise UsageProblem(str(problem)) from None
    backend = _backend(course, options.exercises)
    if backend != "numpy":
        Engine.from_environment().require()
    codes = {0}
    with quickest_launcher() as chosen:
        for name in names:
            mode = Mode(name)
            try:
                report = _report(folder, course, mode, backend, chosen, options, listed)
            except KeyboardInterrupt:
                Console(stderr=True).print("\nInterrupted; nothing is kept.")
                return INTERRUPTED
            _show(report, options)
            codes.add(FAILED if report.failures else 0 if report.is_good else EARNED)
    return max(codes)


def _backend(course: LiveCourse, exercises: Collection[str]) -> Backend | None:
    """The only backend that is needed; None for both."""
    found = {
        file.backend
        for file in course.assignment.files
        if not exercises or any(one.name in exercises for one in file.exercises)
    }
    return next(iter(found)) if len(found) == 1 else None


def _report(
    folder: Path,
    course: LiveCourse,
    mode: Mode,
    backend: Backend | None,
    chosen: Launcher,
    options: UnearnedOptions,
    listed: Sequence[ByNature],
) -> UnearnedReport:
    from grader.authoring.unearned import SEEDS, plan_unearned, report_of, run_unearned

    aside = Console(stderr=True, highlight=False)
    with aside.status(f"Preparing cases of {folder.name} …"):
        public = _public(folder, course, mode, backend, chosen)
        seeds = [options.seed, *(f"{options.seed} {n}" for n in range(2, SEEDS[mode] + 1))]
        hidden = {
            seed: _restricted(
                prepare(
                    course,
                    seed,
                    Visibility.HIDDEN,
                    chosen,
                    only_backend=backend,
                    with_mistakes=False,
                    with_training=False,
                ),
                backend,
            )
            for seed in seeds
        }
        tasks = plan_unearned(course, mode, public, hidden, options.exercises)
    with progress_bar(aside, f"grading answers, --{mode}") as progress:
        bar = progress.add_task("grading", total=len(tasks))
        graded = run_unearned(
            tasks, chosen, jobs=options.jobs, progress=lambda one: progress.advance(bar)
        )
    return report_of(course.assignment.name, mode, graded, listed)


def _restricted(assignment: PreparedAssignment, backend: Backend | None) -> PreparedAssignment:
    return assignment if backend is None else assignment.part(backend)


def _public(
    folder: Path, course: LiveCourse, mode: Mode, backend: Backend | None, chosen: Launcher
) -> PreparedAssignment:
    """The public cases: the frozen ones, or made anew where those are not of today."""
    try:
        kept = frozen.load(folder.parents[1] / "assignments" / folder.name / PUBLIC_FOLDER)
    except frozen.FrozenError:
        kept = None
    if kept is not None and kept.sha256 == course.sha256:
        return kept
    return prepare(
        course,
        PUBLIC_SEED,
        Visibility.PUBLIC,
        chosen,
        only_backend=backend,
        with_mistakes=False,
        with_training=mode == "constants",
    )


def _show(report: UnearnedReport, options: UnearnedOptions) -> None:
    from grader.authoring.unearned import markdown
    from grader.authoring.unearned.terminal import print_unearned

    text = markdown(report)
    if options.markdown:
        sys.stdout.write(text)
    else:
        print_unearned(Console(highlight=False), report)
    if options.output is not None:
        from grader.authoring.audit.markdown import END, begin

        write_part(options.output, text, begin(f"{report.assignment} --{report.mode}"), END)


def write_part(output: Path, text: str, begin: str, end: str) -> None:
    """Write a page, or the part of one between two lines."""
    try:
        page = output.read_text(encoding="utf-8") if output.exists() else ""
        write_atomically(output, placed(text, begin, end, page).encode(), mode=0o644)
    except OSError as error:
        raise cannot_write(output, error) from None
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{output} cannot be written: {error}.") from None
