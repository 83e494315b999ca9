"""From downloads to ``submitted/{student}/{assignment}/``, student by student.

What is wrong with one student's files costs that student, with a sentence that says why.
Everything is made in a folder of its own and renamed into place when it is whole.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.files.private_folder import FILE_MODE, private_folder
from grader.files.unpack.extract import Taking, bounded, remove
from grader.files.unpack.items import Refused
from grader.files.unpack.names import folded
from grader.problems import GraderProblem, MachineProblem, advice
from grader.submissions import read_path
from grader.submissions.course_directory import ATTEMPTS, SUBMITTED
from grader.submissions.folder import TIMESTAMP
from grader.submissions.intake.attempts import Attempt, known_attempts, lay, merged, read_attempt
from grader.submissions.intake.downloads import items_of
from grader.submissions.intake.platforms import Handed
from grader.submissions.intake.sorting import CollectReport, SortedStudent, Wanted, sort_download
from grader.submissions.names import shown
from grader.submissions.regular import is_true_folder
from grader.submissions.student_ids import look_alikes, student_id

_LOCK = "collect.lock"
"""Held while submissions are laid: two runs at once would move each other's folders."""
_STAGING = ".collecting-"
_NAME_IT = "if that is wrong, name the encoding with --names"


class CollectError(GraderProblem):
    """Nothing could be collected, or not all; the message says why."""


class CannotCollect(CollectError, MachineProblem):
    """The course directory cannot be written."""


def collect(
    course: Path,
    downloads: Sequence[Path],
    wanted: Wanted,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> CollectReport:
    """Lay the submissions of downloads into a course directory.

    Running it again with the same downloads changes nothing. A course directory that is not
    there is made, if the folder that it belongs in is.

    Raises
    ------
    CollectError
        When no download can be read, or the course directory cannot be written.
    """
    from filelock import FileLock, Timeout  # students, who collect nothing, have no filelock

    report = CollectReport()
    with ExitStack() as stack:
        students: dict[str, SortedStudent] = {}
        for download in downloads:
            try:
                items, guess = stack.enter_context(items_of(download, wanted.names))
                if guess is not None:
                    report.notes.append(f"{shown(download.name)}: {guess}; {_NAME_IT}")
                sort_download(items, wanted, students, report)
            except (Refused, LookupError) as reason:
                report.problems.append(f"{shown(download.name)}: {_sentence(reason)}")
        if not report.platforms:
            raise CollectError("Nothing was collected. " + " ".join(report.problems))
        try:
            course.mkdir(exist_ok=True)
            lock = private_folder(course) / _LOCK
            stack.enter_context(FileLock(lock, timeout=0, mode=FILE_MODE))
            _collect_all(course, students, wanted, report, progress)
        except Timeout:
            raise CollectError(
                f"Nothing was collected: another grader collect is writing into {course}. Run the "
                "same command again when it has ended."
            ) from None
        except OSError as error:
            raise CannotCollect(
                f"The submissions cannot be written into {course}: {error.strerror or error}. "
                f"What was collected before is whole ({len(report.new) + len(report.replaced)} "
                f"students). {advice(error)} and run the same command again."
            ) from None
    return report


def _collect_all(
    course: Path,
    students: dict[str, SortedStudent],
    wanted: Wanted,
    report: CollectReport,
    progress: Callable[[int, int], None],
) -> None:
    _sweep(course)
    there = _names_there(course)
    report.notes += look_alikes([*students, *map(student_id, there.values())])
    groups: dict[str, list[str]] = {}
    for student in students:
        groups.setdefault(folded(student), []).append(student)
    for number, student in enumerate(sorted(students)):
        progress(number, len(students))
        problem = _collision(student, students[student], groups[folded(student)], there, wanted)
        problem = problem or _obstacle(course, student, wanted.assignment)
        if problem:
            report.problems.append(problem)
            continue
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=course))
        try:
            _collect_one(course, student, students[student].attempts, wanted, report, staging)
        finally:
            remove(staging)
    progress(len(students), len(students))


def _collision(
    student: str, entry: SortedStudent, group: list[str], there: dict[str, str], wanted: Wanted
) -> str:
    """Why nobody knows whose files these are; "" when it is clear."""
    if len(group) > 1:
        others = ", ".join(shown(one) for one in sorted(group) if one != student)
        return (
            f"{shown(student)} was not collected: {others} differs only in capitals or accents, "
            "which some disks take for the same. Give other ids in a roster."
        )
    accounts = 1 if wanted.roster is None else wanted.roster.rows_of(student)
    if len(entry.people) > accounts:
        keys = ", ".join(shown(key) for key in sorted(entry.people)[:4])
        return (
            f"{shown(student)} was not collected: {len(entry.people)} accounts have that name "
            f"({keys}). Tell them apart in a roster, a line for each account."
        )
    known = there.get(folded(student), student)
    if known != student:
        return (
            f"{shown(student)} was not collected: {SUBMITTED}/{shown(known)} is there and differs "
            "in capitals or accents alone. Rename it, or give the same id in a roster."
        )
    return ""


def _obstacle(course: Path, student: str, assignment: str) -> str:
    """What lies where the submission belongs and is no folder of ours; "" for nothing."""
    for below in (SUBMITTED, ATTEMPTS):
        for path in (course / below / student, course / below / student / assignment):
            if os.path.lexists(path) and not is_true_folder(path):
                return (
                    f"{shown(student)} was not collected: {shown(str(path.relative_to(course)))} "
                    "is a link or a file; a folder was expected. Move it away."
                )
    return ""


def _collect_one(
    course: Path,
    student: str,
    attempts: list[list[Handed]],
    wanted: Wanted,
    report: CollectReport,
    staging: Path,
) -> None:
    collected = _take_all(shown(student), attempts, wanted, report, staging)
    if not collected:
        # So that a batch and the class page name them as well; what was collected before stays.
        (course / SUBMITTED / student / wanted.assignment).mkdir(parents=True, exist_ok=True)
        return
    who = shown(student)
    try:
        known = known_attempts(course, student, wanted.assignment)
    except OSError as error:
        report.problems.append(
            f"{who} was not collected: what lies in {SUBMITTED}/{who} cannot be read "
            f"({error.strerror}). Make it readable."
        )
        return
    all_attempts = merged(known, collected)
    report.attempts += len(all_attempts)
    if all_attempts == known:
        report.unchanged.append(student)
    else:
        place = staging / "laying"
        place.mkdir()
        lay(course, student, wanted.assignment, all_attempts, place)
        if not known:
            report.new.append(student)
        else:
            same = all_attempts[-1] == known[-1]
            (report.earlier if same else report.replaced).append(student)
    why = _nothing_to_grade(course, student, wanted)
    if why:
        latest = f"{who}, latest of {len(all_attempts)} attempts" if len(all_attempts) > 1 else who
        report.nothing.append(f"{latest}: {why}")


def _take_all(
    who: str, attempts: list[list[Handed]], wanted: Wanted, report: CollectReport, staging: Path
) -> list[Attempt]:
    """Take each attempt into a folder of its own; what is wrong with one is told."""
    collected: list[Attempt] = []
    for number, handed in enumerate(attempts, start=1):
        label = who if len(attempts) == 1 else f"{who}, attempt {number} of {len(attempts)}"
        folder = staging / f"attempt {number}"
        folder.mkdir()
        taking = Taking(folder, wanted.names)
        try:
            taking.take((one.name, one.item) for one in handed)
        except Refused as reason:
            report.problems.append(f"{label} was not collected: it {reason}.")
            continue
        report.notes += [f"{label}: {note}" for note in bounded(taking.notes)]
        report.notes += [f"{label}: {one}; {_NAME_IT}" for one in bounded(taking.guesses)]
        if not taking.taken:
            report.problems.append(f"{label} was not collected: it holds no file to grade.")
            continue
        moments = [_utc(one.moment, wanted.zone) for one in handed if one.moment is not None]
        if moments:
            stamp = max(moments).strftime("%Y-%m-%d %H:%M:%S.%f UTC\n")
            (folder / TIMESTAMP).write_text(stamp, encoding="ascii")
        collected.append(read_attempt(folder))
    return collected


def _nothing_to_grade(course: Path, student: str, wanted: Wanted) -> str:
    """Why nothing of what lies in ``submitted/`` can be graded; "" when something can."""
    folder = course / SUBMITTED / student / wanted.assignment
    found = read_path(folder, wanted.expected, student=student, assignment=wanted.assignment)
    return found.nothing_to_grade


def _utc(moment: datetime, zone: tzinfo) -> datetime:
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return local.astimezone(UTC)


def _names_there(course: Path) -> dict[str, str]:
    folder = course / SUBMITTED
    names: Iterable[str] = os.listdir(folder) if folder.is_dir() else ()
    return {folded(name): name for name in names}


def _sweep(course: Path) -> None:
    """Remove what a killed run left; nobody else is running, since we have the lock."""
    for path in course.glob(f"{_STAGING}*"):
        remove(path)


def _sentence(reason: Exception) -> str:
    text = f"it {reason}" if isinstance(reason, Refused) else str(reason)
    return text if text.endswith(".") else f"{text}."
