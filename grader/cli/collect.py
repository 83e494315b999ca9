"""`grader collect`: from a learning platform's download to what `grader batch` grades."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from grader.cli.places import root_folder
from grader.cli.problems import UsageProblem
from grader.cli.progress import progress_bar
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.expected import expected_of_live
from grader.files.zip_names import UnknownEncoding, known_encoding
from grader.sanitise import terminal
from grader.submissions import CourseDirectory
from grader.submissions.intake import CollectReport, Platform, Roster, Wanted, collect

INCOMPLETE = 3


def command(
    assignment: Annotated[str, typer.Argument(help="Such as a2_logistic_regression, or a2.")],
    downloads: Annotated[
        list[Path], typer.Argument(metavar="DOWNLOAD…", help="Zips or folders from the platform.")
    ],
    course: Annotated[
        Path, typer.Option(help="The course directory, which holds submitted/.")
    ] = Path(),
    platform: Annotated[
        Platform, typer.Option(help="Where they come from. Default: by the names in them.")
    ] = Platform.AUTO,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="CSV: student, and any of canvas_id, sis_id, email, name, username. "
            "Default: the platform's name is the student id."
        ),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="Time zone of the platform's clock, such as Europe/Berlin.")
    ] = "UTC",
    names: Annotated[
        str,
        typer.Option(
            metavar="ENCODING",
            help="Encoding of the names in zips that do not say theirs, such as GBK, Shift-JIS "
            "or CP437. Default: a guess, which a note names.",
        ),
    ] = "",
) -> None:
    """Lay the submissions of a download into submitted/{student}/ASSIGNMENT.

    Zips are read without trust: what cannot be taken is named, the rest is collected. Running
    it again changes nothing. A course directory that is not there yet is made. Ends
    with exit code 0 when everybody was collected, 3 when somebody was not, 2 for a wrong call.
    """
    console = Console(highlight=False)
    is_new = not course.exists()
    notes = _notes_on(course)
    root = root_folder()
    live = load_live(choose(assignment, live_assignments(root)))
    wanted = Wanted(
        assignment=live.assignment.name,
        expected=expected_of_live(live.assignment, root),
        platform=platform,
        roster=Roster(roster) if roster is not None else None,
        zone=_zone(zone),
        names=_encoding(names),
    )
    with progress_bar(console, "collecting") as bar:
        task = bar.add_task("collecting", total=None)
        report = collect(
            course,
            downloads,
            wanted,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    if is_new:
        terminal.say(console, f"Made the course directory {course}.", wrap=False)
    _show(console, report, wanted, notes)
    raise typer.Exit(INCOMPLETE if report.problems else 0)


def _notes_on(course: Path) -> tuple[str, ...]:
    """What is to be said of the course directory, which is usable, or can be made."""
    if course.exists():
        return CourseDirectory(course).notes
    if not course.parent.is_dir():
        raise UsageProblem(
            f"The course directory {course} cannot be made, since there is no folder "
            f"{course.parent}. Check the spelling of --course, or make that folder first."
        )
    return ()


def _encoding(name: str) -> str:
    try:
        return known_encoding(name) if name else ""
    except UnknownEncoding as error:
        raise UsageProblem(str(error)) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise UsageProblem(
            f"There is no time zone {name!r}. Expected a name such as Europe/Berlin or UTC."
        ) from None


def _show(
    console: Console, report: CollectReport, wanted: Wanted, course_notes: tuple[str, ...]
) -> None:
    def say(text: str, style: str = "") -> None:
        terminal.say(console, text, style, wrap=False)

    of_roster = wanted.roster.notes if wanted.roster is not None else []
    notes = [*course_notes, *of_roster, *report.notes]
    for note in notes:
        say(f"note: {note}", "yellow")
    for problem in report.problems:
        say(problem, "red")
    if report.nothing:
        count = len(report.nothing)
        say(f"{count} of those collected handed in nothing that can be graded:", "yellow")
        for one in report.nothing:
            say(f"  {one}", "yellow")
    groups = (report.new, report.replaced, report.earlier, report.unchanged)
    students = sum(map(len, groups))
    earlier = f"{len(report.earlier)} with an earlier attempt added, " if report.earlier else ""
    say(
        f"{wanted.assignment} from {', '.join(dict.fromkeys(report.platforms))}: "
        f"{len(report.new)} new, {len(report.replaced)} replaced, "
        f"{earlier}{len(report.unchanged)} unchanged; {len(report.problems)} not collected."
    )
    if report.attempts > students:
        say(
            f"{report.attempts} attempts of {students} students; grader.toml says which "
            "of them counts: [submissions] attempts."
        )
