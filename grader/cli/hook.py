"""`grader hook`: grade what students push to your own git server."""

from __future__ import annotations

import contextlib
import logging
import re
import shlex
import signal
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem, needs
from grader.course.catalogue import choose, live_assignments
from grader.problems import MachineProblem
from grader.sanitise.terminal import LogFormatter, say
from grader.submissions import CourseDirectory
from grader.submissions.course_directory import SUBMITTED

if TYPE_CHECKING:
    from grader.ways.push.pages import Pages
    from grader.ways.push.queue import Queue

group = typer.Typer(
    help="Grade what students push to your own git server.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_ADDRESS = re.compile(r"https?://[!-~]+")
CourseOption = Annotated[Path, typer.Option(help="The course directory; results land there.")]


@group.callback()
def _require_posix() -> None:
    if sys.platform == "win32":
        raise UsageProblem(
            "grader hook needs Linux: git's hooks, and a way to confine students' code."
        )


@group.command()
def install(
    repository: Annotated[Path, typer.Argument(help="A student's bare repository.")],
    course: CourseOption = Path(),
    assignment: Annotated[
        list[str] | None, typer.Option(help="Grade this assignment; may be repeated. Default: all.")
    ] = None,
    student: Annotated[
        str, typer.Option(help="Whose repository it is. Default: its name without .git.")
    ] = "",
    branch: Annotated[
        str, typer.Option(help="The branch that is graded. Default: the one that HEAD names.")
    ] = "",
    seconds: Annotated[
        float, typer.Option(min=0, max=600, help="How long a push waits for its report.")
    ] = 20.0,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a post-receive hook that is not ours.")
    ] = False,
) -> None:
    """Put the hook into a bare repository: pushes to it are graded."""
    from grader.ways.push.install import Installation, graded_branch, student_of
    from grader.ways.push.install import install as put

    CourseDirectory(course)
    known = live_assignments(root_folder())
    names = tuple(choose(one, known).name for one in assignment or ()) or tuple(known)
    if not names:
        raise UsageProblem(
            f"There are no assignments in {root_folder() / 'solutions'}; the grader needs their "
            "references. Name the course's folder in the variable GRADER_COURSE."
        )
    wanted = Installation(
        course, repository, student or student_of(repository), names, branch, seconds
    )
    hook = put(wanted, force=force)
    for note in _look_alikes(course, wanted.student):
        say(Console(), f"note: {note}", wrap=False)
    say(
        Console(),
        f"{hook}: pushes to {graded_branch(wanted)} are graded as {wanted.student}'s "
        f"({', '.join(names)}). Now: grader hook serve --course {course}",
        wrap=False,
    )


def _look_alikes(course: Path, student: str) -> list[str]:
    """Notes of students in the course whose ids people would take for this one."""
    from grader.submissions.student_ids import look_alikes, student_id

    folder = course / SUBMITTED
    others = [student_id(one.name) for one in folder.iterdir()] if folder.is_dir() else []
    known = look_alikes(others)
    return [note for note in look_alikes([*others, student]) if note not in known]


@group.command()
def serve(
    course: CourseOption = Path(),
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many to grade at once. Default: one per core.")
    ] = None,
    warm: Annotated[
        list[str] | None,
        typer.Option(
            help="Prepare this assignment at once; may be repeated. Default: when first needed."
        ),
    ] = None,
    pages: Annotated[
        Path | None,
        typer.Option(help="Keep each report as a web page in this folder, too; needs --link."),
    ] = None,
    link: Annotated[
        str, typer.Option(help="The address at which a web server shows that folder.")
    ] = "",
    examples: Annotated[
        bool,
        typer.Option(help="Look for a public input that shows what fails on hidden cases alone."),
    ] = True,
) -> None:
    """Grade what is pushed, until Ctrl+C or SIGTERM; one server serves a course."""
    from grader.batch.run import default_jobs
    from grader.confine import CannotConfine, Engine, launcher
    from grader.judge.processes import DiagnosisLog
    from grader.ways.push.grading import PushGrader
    from grader.ways.push.server import serve as run

    directory = CourseDirectory(course.resolve())
    shown = _pages(directory, pages, link)
    root = root_folder()
    names = tuple(choose(one, live_assignments(root)).name for one in warm or ())
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter("%(asctime)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        chosen = launcher("auto", Engine.from_environment())
    except CannotConfine as problem:
        raise UsageProblem(
            f"{problem} What students push is only graded where it can be confined."
        ) from None
    with chosen, _usable_queue(), DiagnosisLog.of_course(directory.path) as log:
        grader = PushGrader(directory, root, chosen, examples=examples)
        run(grader, stop, jobs=jobs or default_jobs(), warm=names, pages=shown, log=log)


def _pages(directory: CourseDirectory, folder: Path | None, link: str) -> Pages | None:
    """Where pages go; None where none are wanted."""
    if folder is None and not link:
        return None
    if folder is None or not link:
        raise UsageProblem(
            "--pages and --link belong together: the folder that pages are written to, and the "
            "address at which your web server shows it."
        )
    try:
        from grader.ways.push.pages import Pages
    except ModuleNotFoundError as error:
        raise needs("--pages", error) from None
    if not _ADDRESS.fullmatch(link):
        raise UsageProblem(
            f"--link expects an address such as https://git.example.edu/reports. Received: {link!r}"
        )
    return Pages(directory, folder.resolve(), link)


@group.command()
def status(course: CourseOption = Path()) -> None:
    """Say whether a server runs, and which pushes wait."""
    from grader.ways.push.place import is_served
    from grader.ways.push.queue import FAILED, MAX_ATTEMPTS

    CourseDirectory(course)
    console = Console(soft_wrap=True, highlight=False)
    served = is_served(course)
    say(console, "A server is running." if served else "No server is running: grader hook serve")
    queue = _queue(course)
    if queue is None:
        console.print("Nothing was pushed yet.")
        return
    counts = ", ".join(f"{count} {state}" for state, count in sorted(queue.counts().items()))
    say(console, f"Pushes: {counts or 'none'}.")
    for job in queue.set_aside():
        what = "failed on it" if job.failures >= MAX_ATTEMPTS else "died"
        say(
            console,
            f"{job.state}: {job.student}, {job.assignment}, commit {job.commit_id[:10]}: the "
            f"server {what} {MAX_ATTEMPTS} times while it was graded. To grade it once more: "
            f"grader hook retry {shlex.quote(job.student)} --assignment {job.assignment}",
            wrap=False,
        )
    for job in queue.waiting()[:50]:
        why = job.report.strip().rpartition("\n")[2] if job.state == FAILED else ""
        say(console, f"{job.state}: {job.student}, {job.assignment} {why}", wrap=False)


@group.command()
def retry(
    students: Annotated[
        list[str], typer.Argument(metavar="STUDENT…", help="Whose pushes were set aside.")
    ],
    course: CourseOption = Path(),
    assignment: Annotated[
        str, typer.Option(help="The push of this assignment alone. Default: all.")
    ] = "",
) -> None:
    """Grade pushes once more that were set aside, since the server died or failed on them.

    They run alone, and are set aside again if it does so once more.
    """
    CourseDirectory(course)
    name = choose(assignment, live_assignments(root_folder())).name if assignment else ""
    queue = _queue(course)
    waiting = queue.set_aside() if queue is not None else []
    chosen = [one for one in waiting if one.student in students and name in ("", one.assignment)]
    for student in students:
        if not any(one.student == student for one in chosen):
            known = ", ".join(f"{one.student} ({one.assignment})" for one in waiting[:5])
            raise UsageProblem(
                f"No push of {student}{f' for {name}' if name else ''} was set aside. "
                f"Set aside are: {known or 'none'}."
            )
    for job in chosen:
        assert queue is not None
        queue.retry(job)
        say(Console(), f"{job.student}, {job.assignment} is queued again.", wrap=False)


def _queue(course: Path) -> Queue | None:
    """The course's queue; None where nothing was pushed yet."""
    from grader.files.private_folder import FOLDER
    from grader.ways.push.queue import DATABASE, Queue

    with _usable_queue():
        return Queue(course) if (course / FOLDER / DATABASE).exists() else None


@contextlib.contextmanager
def _usable_queue() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise MachineProblem(
            f"The queue of this course cannot be used: {error}. Make its file, "
            ".grader/queue.db, readable and writable; if it is damaged, move it away, and "
            "pushes that waited are queued again by an empty commit."
        ) from None
