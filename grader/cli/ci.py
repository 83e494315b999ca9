"""`grader ci`: grade what a push changed, and tell it where the CI server shows it."""

from __future__ import annotations

import json as json_format
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.cli.options import DeviceOption
from grader.cli.problems import UsageProblem, cannot_write
from grader.confine import (
    CannotCompute,
    CannotConfine,
    Engine,
    Launcher,
    launcher,
    lone_launcher,
)
from grader.course.catalogue import choose, frozen_assignments
from grader.course.frozen import FrozenError
from grader.files.atomic import write_atomically
from grader.judge.processes import DiagnosisLog
from grader.judge.processes.diagnosis_log import NAME
from grader.render.ci.finding import Finding
from grader.render.ci.github import classroom_json, commands, notice, step_outputs
from grader.render.ci.gitlab import code_quality_json
from grader.render.ci.markdown import markdown
from grader.render.summary import failures
from grader.render.terminal import print_result
from grader.result import Result
from grader.sanitise.terminal import say
from grader.sanitise.workflow import muted
from grader.ways.ci.changes import Changes, changed_assignments
from grader.ways.ci.environment import AUTOGRADER, Environment, Server, detect
from grader.ways.ci.gradescope import forget_results, grade_upload, write_results
from grader.ways.ci.grading import Graded, PushProblem, grade_push, needs_keras
from grader.ways.ci.place import course_of_push, expected_files
from grader.ways.ci.sealing import Sealed

LOST_POINTS = 1
INCOMPLETE = 3
_SHOWN = 5
_WIDTH = 100


def command(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Such as a1. Default: those that the push changed.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Grade every assignment.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write results.json, junit.xml, summary.md, code-quality.json and classroom.json "
            "into this folder."
        ),
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Fail when an assignment has fewer points. Default: when a public check fails.",
        ),
    ] = None,
    student: Annotated[
        str, typer.Option(help="Whose results these are. Default: whoever pushed.")
    ] = "",
    sealed: Annotated[
        Path | None,
        typer.Option(help="The folder of sealed hidden cases. Default: sealed/ of the course."),
    ] = None,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Only say what would be graded, and whether it needs Keras."),
    ] = False,
    unconfined: Annotated[
        bool,
        typer.Option(
            "--unconfined", help="Open sealed cases even where students' code cannot be confined."
        ),
    ] = False,
    device: DeviceOption = "cpu",
) -> None:
    """Grade what a push changed: in GitHub Actions, GitLab CI, Gradescope or any other place.

    Grades what lies in the checkout and in no other folder. Prints a short report, puts failures
    on their lines and writes the job's summary. Ends with exit code 0 when all is well, 1 when a
    public check fails (or by --fail-under), 3 when the grader failed, 2 when the command was
    called wrongly or in a wrong place.
    """
    cases = Sealed.from_environment(os.environ)  # first: no process of ours inherits the key
    environment = detect(os.environ)
    root = course_of_push(environment, os.environ)
    if environment.server is Server.GRADESCOPE:
        raise typer.Exit(_on_gradescope(root, Engine.from_environment(device)))
    changes = _changes(root, assignments or [], every, environment)
    engine = Engine.from_environment(device)
    known = frozen_assignments(root)
    folders = [known[name] for name in changes.names]
    chosen, weakness = _launcher(engine)
    with chosen, _log(str(output / NAME) if output else "") as log:
        if plan:
            print(f"assignments={','.join(changes.names)}")
            print(f"keras={str(needs_keras(folders, chosen)).lower()}")
            return
        engine.require()
        notes = [f"{_listing(changes)}: {changes.reason}."]
        notes += changes.notes
        notes += [f"Students' code ran unconfined. {weakness}"] if weakness else []
        cases.look_in(sealed or root / "sealed", may_open=unconfined or not weakness)
        graded, problems = [], []
        for folder in folders:
            whose, hidden = student or environment.student, cases.of(folder.name)
            try:
                graded.append(grade_push(folder, chosen, whose, hidden))
            except (FrozenError, PushProblem) as problem:  # the others are graded all the same
                problems.append(f"{folder.name} was not graded. {problem}")
        log_content = log.path.read_bytes() if log.failed else b""
    notes += [*problems, *cases.notes]
    if log.failed:
        place = "" if output else " of the folder that --output names"
        notes.append(log.sentence(f"{output / NAME if output else NAME}{place}"))
    _report(root, environment, graded, notes, output, log_content)
    raise typer.Exit(_exit_code(graded, fail_under, bool(problems) or cases.failed))


@contextmanager
def _log(called: str = "") -> Iterator[DiagnosisLog]:
    """A log that lasts as long as the grading, without values: students may read what is shown.

    Parameters
    ----------
    called
        Where it will be found; "" where it is not kept.
    """
    kept = tempfile.TemporaryDirectory(prefix="grader-log-")
    with kept as folder, DiagnosisLog(Path(folder) / NAME, values=False, called=called) as log:
        yield log


def _on_gradescope(root: Path, engine: Engine) -> int:
    """Grade the upload; whatever goes wrong leaves no result, which Gradescope tells."""
    console = Console(width=_WIDTH, highlight=False)
    try:
        forget_results(AUTOGRADER)
        with lone_launcher(engine) as chosen, _log() as log:
            engine.require()
            graded = grade_upload(AUTOGRADER, root, chosen)
            if log.failed:  # instructors alone see what is printed
                say(console, log.sentence("what follows"))
                print(log.path.read_text(encoding="utf-8"))
        print_result(console, graded.shown, failures=_SHOWN, more="")
        is_written = write_results(graded, AUTOGRADER)
    except (CannotConfine, CannotCompute, FrozenError, PushProblem, OSError) as problem:
        say(console, f"Nothing was graded. {problem}")
        return INCOMPLETE
    if not is_written:
        console.print("The grader failed on some checks, so no result was written: run it again.")
        return INCOMPLETE
    return 0


def _changes(root: Path, names: Sequence[str], every: bool, environment: Environment) -> Changes:
    known = frozen_assignments(root)
    if not known:
        raise UsageProblem(f"There is no assignment in {root / 'assignments'}.")
    if names:
        chosen = dict.fromkeys(choose(name, known).name for name in names)
        return Changes(tuple(chosen), "named in the call")
    if every:
        return Changes(tuple(known), "--all grades every assignment")
    return changed_assignments(root, list(known), environment, expected_files(root, known))


def _listing(changes: Changes) -> str:
    if not changes.names:
        return "No assignment (--all grades every one)"
    return ", ".join(changes.names)


def _launcher(engine: Engine) -> tuple[Launcher, str]:
    """The strongest confinement that works here, and why there is none where there is none.

    The code is the student's own, and so is the runner's account: it runs all the same.
    """
    try:
        return launcher("auto", engine), ""
    except CannotConfine as problem:
        return launcher("spawned", engine), str(problem)


def _findings(root: Path, environment: Environment, graded: Sequence[Graded]) -> list[Finding]:
    top = os.path.abspath(environment.checkout or root)
    if not Path(os.path.abspath(root)).is_relative_to(top):
        top = os.path.abspath(root)
    found = []
    for one in graded:
        for check in failures(one.shown):
            # Not resolved: a link in the checkout may lead out of it.
            path = Path(os.path.abspath(one.path_of(check))).relative_to(top)
            line = one.line_of(check) if path.suffix == ".py" else None
            found.append(Finding(one.counted.assignment, check, path.as_posix(), line))
    return found


def _report(
    root: Path,
    environment: Environment,
    graded: Sequence[Graded],
    notes: Sequence[str],
    output: Path | None,
    log: bytes,
) -> None:
    """Tell it everywhere; a place that cannot be written is told, and the others are."""
    on_github = environment.server is Server.GITHUB
    results = [one.shown for one in graded]
    findings = _findings(root, environment, graded)
    with muted() if on_github else nullcontext():
        console = Console(width=_WIDTH, highlight=False)
        for note in notes:
            say(console, note)
        for result in results:
            console.print()
            say(console, result.assignment, "bold")
            print_result(console, result, failures=_SHOWN, more="")
    summary = markdown(results, notes)
    if on_github:
        for line in (*map(notice, notes[1:]), *commands(findings)):
            print(line)
        _append(environment.summary, summary)
        _append(environment.output, step_outputs(results))
    if output is not None:
        records = [one.counted.model_dump(mode="json") for one in graded]
        contents = {
            "results.json": (json_format.dumps(records, indent=1) + "\n").encode(),
            "summary.md": summary.encode(),
            "code-quality.json": code_quality_json(findings),
            "classroom.json": classroom_json(results),
            "junit.xml": _junit(results),
        }
        if log:
            contents[NAME] = log
        try:
            output.mkdir(parents=True, exist_ok=True)
            (output / NAME).unlink(missing_ok=True)  # of an earlier run
            for name, content in contents.items():
                write_atomically(output / name, content)
        except OSError as error:
            raise cannot_write(output, error) from None


def _junit(results: Sequence[Result]) -> bytes:
    from grader.render.exports.junit import junit_xml  # of the extra `ci`

    return junit_xml(results)


def _append(file: Path | None, text: str) -> None:
    if file is None:
        return
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise cannot_write(file, error) from None


def _exit_code(graded: Sequence[Graded], fail_under: float | None, incomplete: bool) -> int:
    """What the grader could not do goes before what the student did not: it never passes."""
    if incomplete or any(one.grader_failed for one in graded):
        return INCOMPLETE
    if fail_under is None:
        lost = not all(one.passes_publicly for one in graded)
    else:
        lost = any(one.counted.points < fail_under for one in graded)
    return LOST_POINTS if lost else 0
