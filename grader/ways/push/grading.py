"""Grade one push: its files into the course directory, its result into the store, its report."""

from __future__ import annotations

import contextlib
import errno
import io
import shutil
import tempfile
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from grader.batch.attempts import Attempt
from grader.batch.explaining import judge_and_explain
from grader.batch.grader_fingerprint import grader_fingerprint
from grader.batch.grading import Fingerprints, GradingWork
from grader.batch.hidden import hidden_assignment
from grader.batch.inputs import PublicInputs
from grader.batch.plan import make_job
from grader.batch.store import ResultStore
from grader.confine import Launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.fingerprint import exercise_fingerprints
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.files.private_folder import FOLDER, STAGING, private_folder
from grader.files.unpack.items import Refused
from grader.files.unpack.names import TIMESTAMP, refused_by_disk
from grader.judge.asking import Asking
from grader.judge.grading import GradingOptions
from grader.judge.processes import JudgeLimits, Judges
from grader.judge.repairs import FORKED
from grader.render.terminal import print_result
from grader.result import Result
from grader.submissions import CourseDirectory, Submission
from grader.submissions.course_directory import SUBMITTED
from grader.submissions.intake.attempts import swap
from grader.submissions.names import shown
from grader.submissions.nothing import what_was_found
from grader.submissions.student_ids import student_id
from grader.ways.push.queue import PushJob
from grader.ways.push.tree import PushedFiles, take

_WIDTH = 78
_EXPLAINED = 5


@dataclass(frozen=True)
class _Warm:
    """An assignment with all that its submissions share."""

    prepared: PreparedAssignment
    questions: Questions
    fingerprints: Fingerprints
    inputs: PublicInputs | None


class PushGrader:
    """Grades pushes of one course; what they share is made once and stays.

    Parameters
    ----------
    root
        The folder that holds ``solutions/``.
    examples
        Look for public inputs that show what fails on hidden cases alone.
    """

    def __init__(
        self,
        directory: CourseDirectory,
        root: Path,
        launcher: Launcher,
        *,
        examples: bool = True,
    ) -> None:
        self.directory = directory
        self._examples = examples
        self._root = root
        self._warm: dict[str, _Warm] = {}
        self._lock = threading.Lock()
        self._options = GradingOptions(
            course=directory.name, limits=directory.settings.limits.book(), repairs=FORKED
        )
        patient = JudgeLimits().patient(self._options.limits.longest_submission)
        self._judges = Judges(launcher, patient)

    def warm(self, name: str) -> _Warm:
        """The prepared assignment; the first call makes it."""
        with self._lock:
            if name not in self._warm:
                live = load_live(choose(name, live_assignments(self._root)))
                prepared = hidden_assignment(self.directory, live, self._judges.launcher)
                questions = Questions()
                limits, engine = self._options.limits, self._judges.launcher.engine
                Asking(prepared, limits, engine, questions).encode_all()
                inputs = None
                if self._examples:
                    launcher = self._judges.launcher
                    inputs = PublicInputs.of_class(self.directory, live, launcher, self._root)
                if inputs is not None:
                    Asking(inputs.assignment, limits, engine, questions).encode_all()
                prints = Fingerprints(grader_fingerprint(engine), exercise_fingerprints(prepared))
                self._warm[name] = _Warm(prepared, questions, prints, inputs)
            return self._warm[name]

    def grade(self, job: PushJob) -> tuple[Result, str]:
        """Grade a push; return its result, which is kept already, and the report of it.

        Raises
        ------
        GitProblem, OSError, StoreError, Refused
            When the files cannot be taken or the result cannot be kept; the last one completes
            "The student's name …".
        """
        warm = self.warm(job.assignment)
        expected = [file.name for file in warm.prepared.files]
        pushed = take(Path(job.repository), job.tree, expected)
        place = self._hand_in(job, pushed)
        planned = make_job(self.directory, warm.prepared, student_id(job.student), place)

        def read() -> tuple[Attempt, ...]:
            *earlier, latest = planned.read()
            return *earlier, replace(latest, submission=_told(latest.submission, pushed))

        work = GradingWork(
            replace(planned, read=read),
            warm.prepared,
            self._options,
            warm.questions,
            warm.fingerprints,
            self._judges.launcher.confinement,
            warm.inputs,
        )
        delivery = judge_and_explain(self._judges, work)
        delivery.keep(ResultStore(self.directory.results / job.assignment))
        result = Result.model_validate_json(delivery.content)
        return result, report_of(result)

    def _hand_in(self, job: PushJob, pushed: PushedFiles) -> Path:
        """Make the files the student's submission, all of them or none."""
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=private_folder(self.directory.path)))
        try:
            made = staging / "made"
            made.mkdir()
            for name, content in list(pushed.files.items()):
                try:
                    (made / name).parent.mkdir(parents=True, exist_ok=True)
                    (made / name).write_bytes(content)
                except OSError as error:
                    reason = refused_by_disk(error)
                    if reason is None:
                        raise
                    del pushed.files[name]
                    pushed.notes.append(f"{shown(name)} was left out: it {reason}")
            moment = datetime.fromtimestamp(job.pushed_at, UTC)
            (made / TIMESTAMP).write_text(f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC\n", encoding="ascii")
            place = self.directory.path / SUBMITTED / job.student / job.assignment
            try:
                swap(made, place, staging / "replaced")
            except OSError as error:
                if error.errno != errno.ENAMETOOLONG:
                    raise
                raise Refused("is too long for the name of a folder") from None
            return place
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _told(found: Submission, pushed: PushedFiles) -> Submission:
    """A submission with what was odd about its push."""
    problems = {**found.problems, **pushed.problems}
    problems = {name: why for name, why in problems.items() if name not in found.files}
    notes = (*pushed.notes, *found.notes)
    nothing = found.nothing_to_grade
    if nothing and pushed.others and not pushed.files:
        nothing = what_was_found(pushed.others)
    return replace(found, problems=problems, notes=notes, nothing_to_grade=nothing)


def report_of(result: Result) -> str:
    """What a pusher reads: plain text of bounded width."""
    text = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console = Console(file=text, width=_WIDTH, color_system=None, force_terminal=False)
    print_result(console, result, failures=_EXPLAINED, more="")
    text.seek(0)
    return "\n".join(line.rstrip() for line in text.read().splitlines())


def sweep(course: Path) -> None:
    """Remove what a killed server left half handed in; its jobs are queued again."""
    for left in (course / FOLDER).glob(f"{STAGING}*"):
        with contextlib.suppress(OSError):
            shutil.rmtree(left)
