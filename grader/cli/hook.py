"""`grader hook`: grade what students push to your own git server."""

from __future__ import annotations

import logging
import re
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem, needs
from grader.course.catalogue import choose, live_assignments
from grader.media.terminal import LogFormatter, say
from grader.submissions import CourseDirectory

if TYPE_CHECKING:
    from grader.push.pages import Pages

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
    from grader.push.install import Installation, graded_branch, student_of
    from grader.push.install import install as put

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
    Console(soft_wrap=True, highlight=False).print(
        f"{hook}: pushes to {graded_branch(wanted)} are graded as {wanted.student}'s "
        f"({', '.join(names)}). Now: grader hook serve --course {course}",
        markup=False,
    )


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
) -> None:
    """Grade what is pushed, until Ctrl+C or SIGTERM; one server serves a course."""
    from grader.batch.run import default_jobs
    from grader.confine import CannotConfine, Engine, launcher
    from grader.push.grading import PushGrader
    from grader.push.server import serve as run

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
    with chosen:
        grader = PushGrader(directory, root, chosen)
        run(grader, stop, jobs=jobs or default_jobs(), warm=names, pages=shown)


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
        from grader.push.pages import Pages
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
    from grader.push.queue import FAILED, FOLDER, Queue, is_served

    CourseDirectory(course)
    console = Console(soft_wrap=True, highlight=False)
    served = is_served(course)
    console.print("A server is running." if served else "No server is running: grader hook serve")
    if not (course / FOLDER / "queue.db").exists():
        console.print("Nothing was pushed yet.")
        return
    queue = Queue(course)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(queue.counts().items()))
    console.print(f"Pushes: {counts or 'none'}.")
    for job in queue.waiting()[:50]:
        why = job.report.strip().rpartition("\n")[2] if job.state == FAILED else ""
        say(console, f"{job.state}: {job.student}, {job.assignment} {why}", wrap=False)
