"""Submission × assignment → Result: ask every check's questions and add up the points."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import Any

from grader import __version__
from grader.checks import Verdict, judge_check
from grader.checks.place import open_methods
from grader.confine import Launcher, LimitBook, Lost
from grader.course.forward_worker import ForwardWorker
from grader.course.prepared import (
    PreparedAssignment,
    PreparedCheck,
    PreparedExercise,
    PreparedFile,
)
from grader.course.question import Questions
from grader.diagnose import Explained, reconciled
from grader.judge.answers import FileState, lost_verdict
from grader.judge.asking import Deadline
from grader.judge.interview import FileInterview, NotLoadable, inspect_files
from grader.judge.judged_checks import JudgedChecks, loses_values
from grader.judge.liberties import Shared, note_on_own_forward, notes_of
from grader.judge.prerequisites import Prerequisites
from grader.judge.public_cases import PublicCases
from grader.judge.records import check_result, failure_of, out_of_memory, submission_record
from grader.judge.repairs import Allowance, Pace, Paces, Proof, find_repair, wants_repair
from grader.result import CheckResult, Kind, Result, Status, total
from grader.submissions import Submission
from grader.submissions.places import Places, beginning, sentence

_log = logging.getLogger("grader.diagnose")


@dataclass(frozen=True)
class GradingOptions:
    """How to grade, apart from what."""

    course: str = ""
    limits: LimitBook = field(default_factory=LimitBook)
    only: frozenset[str] | None = None
    """Tell of these exercises alone, with the verdicts of a full run; None for all.

    What those verdicts depend on is judged silently along, unless it is `known`.
    """
    known: tuple[CheckResult, ...] = ()
    """How exercises ended that are not judged now: others may depend on them."""
    until_lost: bool = False
    """Stop at the first check that loses points, for who asks no more than whether any does."""
    public: PreparedAssignment | None = None
    """Public cases: of failures on hidden ones it is said whether these fail, too."""
    repairs: Paces = field(default_factory=dict)
    """How to look for the one change of a student's own code that makes an exercise right."""
    confirms: bool = True
    """Judge once more, by a fresh worker, what may have lost points by what others left behind."""
    inspected: dict[str, Any] | None = None
    """What is known of the files' sources; it is added to, for who grades the same files again."""
    settled: tuple[CheckResult, ...] = ()
    """Checks that are not judged: an earlier judge of this submission did not survive them."""
    seconds_used: float = 0.0
    """How much of the submission's time earlier judges used."""
    on_begin: Callable[[PreparedCheck], None] | None = None
    """Told of each check before it is judged."""
    on_check: Callable[[CheckResult], None] | None = None
    """Told of each check as soon as its verdict is certain, in their order."""
    on_lost: Callable[[Lost], None] | None = None
    """Told why a check got no answer."""


def grade(
    submission: Submission,
    assignment: PreparedAssignment,
    launcher: Launcher,
    options: GradingOptions | None = None,
    questions: Questions | None = None,
) -> Result:
    """Grade one submission; whatever the student's code does, a Result comes back.

    Who grades many submissions of one assignment passes the same `questions` each time.

    A failure of the grader or the machine shows as checks of status `grader_error`, which
    cost nobody a judgement: they are to be graded again.
    """
    chosen = options or GradingOptions()
    started = time.perf_counter()
    grading = _Grading(submission, assignment, launcher, chosen, questions or Questions())
    checks = grading.run()
    points, max_points = total(checks)
    return Result(
        course=chosen.course,
        assignment=assignment.name,
        student=submission.student,
        submission=submission_record(submission, grading.notes),
        points=points,
        max_points=max_points,
        checks=checks,
        seed=assignment.seed,
        assignment_sha256=assignment.sha256,
        confinement=launcher.confinement,
        grader_version=__version__,
        environment={"platform": platform.platform(), **grading.versions},
        seconds=round(time.perf_counter() - started, 3),
    )


def written_files(
    submission: Submission, assignment: PreparedAssignment, launcher: Launcher
) -> frozenset[str]:
    """The files of a submission that need their backend: something is written in them.

    Sources are read as text only, in a worker; nothing of them runs.
    """
    options, questions = GradingOptions(), Questions()
    return _Grading(submission, assignment, launcher, options, questions).written()


class _Grading:
    """One submission while it is graded."""

    def __init__(
        self,
        submission: Submission,
        assignment: PreparedAssignment,
        launcher: Launcher,
        options: GradingOptions,
        questions: Questions,
    ) -> None:
        self.submission, self.assignment, self.questions = submission, assignment, questions
        self.launcher, self.options = launcher, options
        self.places = Places(submission.line_origins, submission.sources)
        names = frozenset(one.name for one in assignment.exercises)
        self.wanted = names if options.only is None else options.only
        self.silent: frozenset[str] = frozenset()
        """What is judged along, and told to nobody."""
        self.results = JudgedChecks(options.known)
        self.prerequisites: dict[str, Prerequisites] = {}
        self.settled = {(one.exercise, one.check): one for one in options.settled}
        self.is_doubtful = False
        """Whether the exercise that is judged has lost points: its verdict may still change."""
        self.told = 0
        """How many of its checks were told of."""
        self.explained: dict[str, Explained] = {}
        """By check of it, what its diagnosis rests on."""
        self.versions: dict[str, str] = {}
        self.forward: ForwardWorker | None = None
        if assignment.forward_files:
            self.forward = ForwardWorker(assignment.forward_files, launcher)
        self.public = PublicCases(options.public) if options.public is not None else None
        self.repairs = Allowance()
        self._repairing: FileInterview | None = None
        self.notes: list[str] = []
        """What was left out when the files were loaded."""

    def run(self) -> list[CheckResult]:
        interviews = self._interviews()
        try:
            self._inspect(interviews)
            for file, exercises in groupby(self.assignment.exercises, lambda one: one.file):
                for exercise in filter(self._is_judged, exercises):
                    self._judge_exercise(exercise, interviews[file])
                    if self._is_decided():
                        return self._told()
                self._look_at_public_cases(interviews[file])
                interviews[file].close()  # one worker at a time: the next may want the memory
                self._close_repairing()
        finally:
            self._close_repairing()
            for interview in interviews.values():
                self.versions |= interview.versions
                interview.close()
            if self.forward is not None:
                self.forward.close()
            self.notes = self._notes(list(interviews.values()))
        return self._told()

    def _look_at_public_cases(self, interview: FileInterview) -> None:
        """Say of failures on hidden cases whether public ones fail, too; no verdict changes."""
        if self.public is None or interview.state is not None:
            return
        own = [
            one
            for one in self.results
            if one.exercise in self.wanted
            and self.assignment.exercise(one.exercise).file == interview.file.name
        ]
        if any(one.status is Status.GRADER_ERROR for one in own):
            return  # it is graded again
        try:
            for old, example in self.public.examples(
                own, interview, lambda check: self._judged(check, interview)
            ):
                self.results.replace(old, old.model_copy(update={"example": example}))
        except Exception:  # our own mistake, which costs an explanation alone
            _log.exception("Looking at the public cases of %s failed", interview.file.name)

    def _told(self) -> list[CheckResult]:
        """What is told, in the order of the assignment."""
        told = {
            (one.exercise, one.check): one
            for one in self.results
            if one.exercise not in self.silent
        }
        order = [(one.exercise, one.name) for one in self.assignment.checks]
        return [told[key] for key in order if key in told]

    def _notes(self, interviews: list[FileInterview]) -> list[str]:
        notes = []
        for one in interviews:
            if one.loading is not None:
                text = self.submission.files[one.file.name]
                shared = [
                    Shared(other.file.imports, other.loading)
                    for other in interviews
                    if other is not one and self.submission.files.get(other.file.name) == text
                ]
                shared += [
                    Shared(other.imports)
                    for other in self.assignment.files_aside
                    if not one.definitions.keys().isdisjoint(other.exercises)
                ]
                notes += notes_of(one.loading, self.places, shared)
            notes += [note_on_own_forward(name) for name in one.asked_own_forward]
        return list(dict.fromkeys(notes))

    def written(self) -> frozenset[str]:
        """The files that have more than stubs and can be read."""
        interviews = self._interviews()
        try:
            self._inspect(interviews)
            return frozenset(
                exercise.file
                for exercise in self.assignment.exercises
                if interviews[exercise.file].state is None
                and not interviews[exercise.file].is_stub(exercise.name)
            )
        finally:
            for interview in interviews.values():
                interview.close()

    def _interviews(self) -> dict[str, FileInterview]:
        limits = self.options.limits
        seconds = limits.at(self.assignment.name).submission_seconds
        deadline = Deadline(seconds, self.options.seconds_used)
        return {file.name: self._interview(file, deadline) for file in self.assignment.files}

    def _interview(self, file: PreparedFile, deadline: Deadline) -> FileInterview:
        return FileInterview(
            self.assignment,
            file,
            self.submission.files,
            self.launcher,
            self.options.limits,
            deadline,
            self.questions,
            self.results,
            self.places,
            self.forward,
        )

    def _inspect(self, interviews: dict[str, FileInterview]) -> None:
        """Read the sources of the files that are judged, and find out what to ask of them."""
        present = []
        for name, interview in interviews.items():
            interview.unread = self.submission.unread
            if self.options.inspected is not None:
                interview.inspected = self.options.inspected
            if name in self.submission.files:
                present.append(interview)
            else:
                interview.state = self._not_there(name)
        judged = {one.file for one in self.assignment.exercises if one.name in self.wanted}
        inspect_files([one for one in present if one.file.name in judged | _lightest(present)])
        if self.options.only is not None:
            self.silent = self._judged_along(interviews)
        for interview in present:
            interview.checks = [
                check
                for exercise in self.assignment.exercises
                if exercise.file == interview.file.name
                and self._is_judged(exercise)
                and not interview.is_stub(exercise.name)
                for check in self.assignment.in_judging_order(exercise.name)
            ]

    def _not_there(self, name: str) -> FileState:
        """Why an expected file cannot be read, or what was found in its place."""
        if name in self.submission.problems:
            return FileState(Status.ERROR, sentence(beginning(self.submission.problems[name])))
        if self.submission.nothing_to_grade:
            text = f"{name} was not handed in. {self.submission.nothing_to_grade}"
        else:
            names = sorted({self.places.name(file) for file in self.submission.files})
            found = ", ".join(names) or "nothing"
            text = f"{name} was not handed in; found: {found}."
        return FileState(Status.MISSING, text)

    def _judged_along(self, interviews: dict[str, FileInterview]) -> frozenset[str]:
        """What the verdicts on the wanted exercises depend on, as far as it is not known."""
        found: set[str] = set()
        for file, exercises in groupby(self.assignment.exercises, lambda one: one.file):
            interview = interviews[file]
            written = [
                one.name
                for one in exercises
                if one.name in self.wanted and not interview.is_stub(one.name)
            ]
            if interview.state is None:
                found |= self._prerequisites(interview).needed_for(written)
        return frozenset(found - self.wanted - {one.exercise for one in self.options.known})

    def _prerequisites(self, interview: FileInterview) -> Prerequisites:
        file = interview.file.name
        if file not in self.prerequisites:
            self.prerequisites[file] = Prerequisites(
                self.assignment,
                interview.calls,
                interview.may_call,
                lambda exercise: self._is_right(exercise, interview),
                self.results,
            )
        return self.prerequisites[file]

    def _is_right(self, exercise: str, interview: FileInterview) -> bool | None:
        """Whether an exercise gives the right values, asked ahead of its turn and not recorded.

        None where the grader or its machine failed, which says nothing about the exercise.
        """
        for check in self.assignment.checks_of(exercise):
            if check.kind in (Kind.OUT, Kind.KERAS):
                found = self._judged(check, interview)
                if loses_values(check, found.status, found.differing):
                    return None if found.status is Status.GRADER_ERROR else False
        return True

    def _is_judged(self, exercise: PreparedExercise) -> bool:
        return exercise.name in self.wanted | self.silent

    def _judge_exercise(self, exercise: PreparedExercise, interview: FileInterview) -> None:
        """Judge its checks; what costs points is confirmed where that is doubtful.

        Something that exercises before it have left behind in the worker may be the cause. Then
        what a fresh worker says counts, which has been asked nothing else.
        """
        self.explained, self.is_doubtful, self.told = {}, False, 0
        self._judge_checks(exercise, interview)
        if not self.is_doubtful:
            return
        if self.options.confirms and not self.options.until_lost:
            statuses = {one.status for one in self.results.of(exercise.name) if one.lost_points}
            if interview.is_doubtful(exercise.name, statuses):
                before = self.results.forget(exercise.name)
                with interview.alone(exercise.name):
                    self._judge_checks(exercise, interview)
                self._keep_what_was_earned(exercise.name, before)
        self._look_for_repair(exercise, interview)
        judged = self.results.of(exercise.name)
        newly = [one for one in judged if (one.exercise, one.check) not in self.settled]
        for one in newly[self.told :]:
            self._tell(one)

    def _look_for_repair(self, exercise: PreparedExercise, interview: FileInterview) -> None:
        """Say which change makes an exercise right, where one is found; no verdict changes."""
        is_own = exercise.name in self.wanted and exercise.name not in interview.candidates
        pace = self.options.repairs.get(interview.file.backend)
        if pace is None or self.options.until_lost or self.repairs.is_used_up:
            return
        if not is_own or interview.state is not None:
            return
        lost = wants_repair(self.assignment, exercise.name, self.results.of(exercise.name))
        if not lost:
            return
        file = interview.file.name
        own = self._for_repairs(interview)
        try:
            found = find_repair(
                exercise.name,
                lost,
                self.results,
                own,
                Proof(
                    self.submission,
                    self.assignment,
                    exercise.name,
                    self.results.of(exercise.name),
                    partial(self._graded_alone, exercise, pace),
                ),
                self.repairs,
                pace,
            )
            if found is not None:
                cell = self.places.cell(file, found.change.line)
                for one in lost:
                    self.results.replace(one, found.of(one, cell, file))
        except (Lost, NotLoadable):
            pass
        except Exception:  # our own mistake, which costs an explanation alone
            _log.exception("Looking for a repair of %s failed", exercise.name)
            own.close()

    def _for_repairs(self, interview: FileInterview) -> FileInterview:
        """The interview that repairs of a file are asked in; its worker stays for the next."""
        if self._repairing is None or self._repairing.file.name != interview.file.name:
            self._close_repairing()
            self._repairing = self._interview(interview.file, self.repairs.deadline)
        own = self._repairing
        own.definitions, own.candidates = interview.definitions, interview.candidates
        return own

    def _close_repairing(self) -> None:
        if self._repairing is not None:
            self._repairing.close()
            self._repairing = None

    def _graded_alone(
        self,
        exercise: PreparedExercise,
        pace: Pace,
        submission: Submission,
        assignment: PreparedAssignment,
    ) -> list[CheckResult]:
        """The checks of one exercise of a changed submission."""
        limits = self.options.limits
        whole = limits.at(self.assignment.name).submission_seconds
        options = GradingOptions(
            limits=limits,
            only=frozenset({exercise.name}),
            known=tuple(one for one in self.results if one.exercise != exercise.name),
            confirms=False,
            seconds_used=max(whole - pace.proof_seconds, 0.0),
        )
        result = grade(submission, assignment, self.launcher, options, self.questions)
        return [one for one in result.checks if one.exercise == exercise.name]

    def _keep_what_was_earned(self, exercise: str, before: Sequence[CheckResult]) -> None:
        """Let the first judgement stand where the second one loses what it had earned.

        Such answers differ from run to run, and guessing twice must not help.
        """
        lost = {one.check for one in self.results.of(exercise) if one.lost_points}
        if any(one.check in lost and not one.lost_points for one in before):
            self.results.forget(exercise)
            for one in before:
                self.results.append(one)

    def _judge_checks(self, exercise: PreparedExercise, interview: FileInterview) -> None:
        for check in self.assignment.in_judging_order(exercise.name):
            if (check.exercise, check.name) in self.settled:
                self.results.append(self.settled[check.exercise, check.name])
                continue
            if self.options.on_begin is not None:
                self.options.on_begin(check)
            started = time.perf_counter()
            verdict = self._verdict(exercise, check, interview)
            self._record(check, interview, verdict, time.perf_counter() - started)
            if self._is_decided():
                break
        self._take_back(exercise.name)

    def _is_decided(self) -> bool:
        """Whether a point is lost, and nobody wants to know more."""
        last = self.results.last()
        if not self.options.until_lost or last is None:
            return False
        return last.exercise in self.wanted and last.lost_points

    def _verdict(
        self, exercise: PreparedExercise, check: PreparedCheck, interview: FileInterview
    ) -> Verdict:
        settled = self._settled(exercise, check, interview)
        if settled is not None:
            return settled
        verdict = self._judged(check, interview)
        if interview.state is not None:
            return verdict
        if interview.is_stub(exercise.name):  # what other files give it are no functions
            return self._not_written(exercise, interview.line_of(exercise.name))
        if (
            check.kind is Kind.OUT
            and check.name != "purity"
            and verdict.diagnosis is not None
            and verdict.diagnosis.id.startswith("misconception.")
        ):
            interview.explained.add(exercise.name)
        if verdict.status in (Status.FAILED, Status.ERROR, Status.MISSING):
            verdict = self._with_open_methods(exercise, interview, verdict)
        return self._prerequisites(interview).blamed(exercise, check, verdict)

    def _judged(self, check: PreparedCheck, interview: FileInterview) -> Verdict:
        """The verdict on a check by itself, whatever becomes of the question."""
        try:
            return judge_check(check, interview)
        except NotLoadable:
            assert interview.state is not None
            return interview.state.verdict()
        except Lost as lost:
            if self.options.on_lost is not None:
                self.options.on_lost(lost)
            return lost_verdict(lost, self.places, interview.limits_of(check))
        except MemoryError:
            return out_of_memory()
        except Exception as error:  # our own mistake must cost nobody a point, and be seen
            about = f"{check.exercise}.{check.name}"
            said = failure_of("The grader failed on this check", error, about)
            return Verdict(Status.GRADER_ERROR, message=said)

    def _with_open_methods(
        self, exercise: PreparedExercise, interview: FileInterview, verdict: Verdict
    ) -> Verdict:
        """Say first which methods of a class are not written: a stub may answer, with None."""
        found = open_methods(interview.definitions, exercise.name)
        if not found or any(f"{exercise.name}.{name} is" in verdict.message for name in found):
            return verdict
        names = ", ".join(f"{exercise.name}.{name}" for name in found)
        where = interview.place_of(exercise.name, next(iter(found.values())))
        verb = f"is not written yet ({where})" if len(found) == 1 else "are not written yet"
        return replace(verdict, message=f"{names} {verb}.\n{verdict.message}")

    def _settled(
        self, exercise: PreparedExercise, check: PreparedCheck, interview: FileInterview
    ) -> Verdict | None:
        """The verdict on what cannot be judged yet, without asking."""
        if interview.state is not None:
            return interview.state.verdict()
        problem = interview.problem_of(exercise.name)
        if problem is not None:
            return replace(problem.verdict(), whole_file=False)
        if interview.is_stub(exercise.name):
            return self._not_written(exercise, interview.line_of(exercise.name))
        if interview.lacking is not None:
            return interview.lacking.verdict()
        prerequisites = self._prerequisites(interview)
        ended = self.results.lost.get(exercise.name)
        if ended is not None:
            text = f"Your code was not run again, since it ended like this before ({ended.title})."
            return Verdict(ended.status, message=text)
        waits = prerequisites.lost(exercise, check) if self.results.lost else None
        return waits or prerequisites.held_back(check)

    def _not_written(self, exercise: PreparedExercise, line: int | None) -> Verdict:
        cell = self.places.cell(exercise.file, line)
        where = f" ({cell[0]}, line {cell[1]})" if cell is not None else ""
        text = f"{exercise.name} is not written yet{where}. `grader hint {exercise.name}` helps."
        return Verdict(Status.MISSING, message=text, line=line)

    def _record(
        self, check: PreparedCheck, interview: FileInterview, verdict: Verdict, seconds: float
    ) -> None:
        own = interview.elsewhere.get(check.exercise, interview.file.name)
        own = interview.file.name if verdict.whole_file else own
        spoken_of = verdict.line_file or own
        in_cell = self.places.cell(spoken_of, verdict.line)
        cell, line = in_cell or ("", verdict.line)
        placed = verdict if line == verdict.line else replace(verdict, line=line)
        result = check_result(
            check, self.assignment, placed, file=spoken_of, cell=cell, seconds=seconds
        )
        self.results.append(result)
        self.results.right[check.exercise, check.name] = verdict.right
        if verdict.differing is not None:
            self.results.differing[check.exercise, check.name] = verdict.differing
        self.explained[check.name] = verdict.explained
        self.is_doubtful = self.is_doubtful or result.lost_points
        if not self.is_doubtful:
            self._tell(result)

    def _take_back(self, exercise: str) -> None:
        """Take back each diagnosis that other checks of its exercise contradict."""
        judged = list(self.results.of(exercise))
        for old, new in zip(
            judged,
            reconciled(self.assignment, judged, self.explained, self._text_of),
            strict=True,
        ):
            if new is not old:
                self.results.replace(old, new)

    def _text_of(self, result: CheckResult) -> str | None:
        """All that was handed in beside and with the file of a check; None where it has none."""
        if result.file not in self.submission.files:
            return None
        return "\n".join(
            one.decode("utf-8", errors="replace") for one in self.submission.files.values()
        )

    def _tell(self, result: CheckResult) -> None:
        self.told += 1
        if self.options.on_check is not None and result.exercise in self.wanted:
            self.options.on_check(result)


def _lightest(present: list[FileInterview]) -> set[str]:
    """A file whose worker reads the sources of all others sooner than their own would."""
    return {one.file.name for one in present if one.file.backend == "numpy"}
