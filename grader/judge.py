"""Submission × assignment → Result: ask every check's questions and add up the points."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from grader import __version__
from grader.checks import Verdict, judge_check
from grader.confine import Confinement, Launcher, LimitBook, Lost
from grader.course.prepared import (
    PreparedAssignment,
    PreparedCheck,
    PreparedExercise,
    PreparedFile,
)
from grader.course.question import Questions
from grader.interview import Deadline, FileInterview, NotLoadable, inspect_files
from grader.replies import FileState, lost_verdict
from grader.result import CaseCount, CheckResult, Kind, Result, Status, SubmissionRecord, total
from grader.submissions import Submission

LOST_STATUSES = {Status.TIMEOUT, Status.CRASHED, Status.OUT_OF_MEMORY}
"""After one of these the exercise's worker is gone."""
_EASILY_SATISFIED = {Kind.ERR, Kind.SRC}


@dataclass(frozen=True)
class GradingOptions:
    """How to grade, apart from what."""

    course: str = ""
    limits: LimitBook = field(default_factory=LimitBook)
    only: frozenset[str] | None = None
    """Judge these exercises alone; None for all."""
    known: tuple[CheckResult, ...] = ()
    """How the exercises ended that are not judged now: others may lean on them."""
    until_lost: bool = False
    """Stop at the first check that loses points, for who asks no more than whether any does."""
    on_check: Callable[[CheckResult], None] | None = None
    """Told of each check as soon as it is judged."""


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
        submission=SubmissionRecord(
            files=sorted(submission.files),
            sha256=submission.sha256,
            submitted_at=submission.submitted_at,
            late_seconds=submission.late_seconds,
            notes=list(submission.notes),
            nothing_to_grade=submission.nothing_to_grade,
        ),
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
        self.results: list[CheckResult] = list(options.known)
        self.versions: dict[str, str] = {}

    def run(self) -> list[CheckResult]:
        interviews = self._interviews()
        try:
            self._inspect(interviews)
            for file, exercises in groupby(self.assignment.exercises, lambda one: one.file):
                for exercise in filter(self._is_wanted, exercises):
                    self._judge_exercise(exercise, interviews[file])
                    if self._is_decided():
                        return self.results
                interviews[file].close()  # one worker at a time: the next may want the memory
        finally:
            for interview in interviews.values():
                self.versions |= interview.versions
                interview.close()
        return self.results

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
        deadline = Deadline(limits.at(self.assignment.name).submission_seconds)
        return {
            file.name: FileInterview(
                self.assignment,
                file,
                self.submission.files,
                self.launcher,
                limits,
                deadline,
                self.questions,
                self.results,
            )
            for file in self.assignment.files
        }

    def _inspect(self, interviews: dict[str, FileInterview]) -> None:
        present = []
        for name, interview in interviews.items():
            if name in self.submission.files:
                present.append(interview)
            elif name in self.submission.problems:
                interview.state = FileState(
                    Status.ERROR, f"{name}: {self.submission.problems[name]}"
                )
            else:
                found = ", ".join(sorted(self.submission.files)) or "nothing"
                text = f"{name} was not handed in; found: {found}."
                interview.state = FileState(Status.MISSING, text)
        inspect_files(present)
        for interview in present:
            interview.checks = [
                check
                for exercise in self.assignment.exercises
                if exercise.file == interview.file.name
                and self._is_wanted(exercise)
                and not interview.is_stub(exercise.name)
                for check in self.assignment.checks_of(exercise.name)
            ]

    def _is_wanted(self, exercise: PreparedExercise) -> bool:
        return self.options.only is None or exercise.name in self.options.only

    def _judge_exercise(self, exercise: PreparedExercise, interview: FileInterview) -> None:
        for check in self.assignment.checks_of(exercise.name):
            started = time.perf_counter()
            verdict = self._verdict(exercise, check, interview)
            self._record(check, interview.file, verdict, time.perf_counter() - started)
            if self._is_decided():
                return

    def _is_decided(self) -> bool:
        """Whether a point is lost, and nobody wants to know more."""
        return self.options.until_lost and bool(self.results) and self.results[-1].lost_points

    def _verdict(
        self, exercise: PreparedExercise, check: PreparedCheck, interview: FileInterview
    ) -> Verdict:
        if interview.state is not None:
            return interview.state.verdict()
        if interview.is_stub(exercise.name):
            return Verdict(
                Status.MISSING,
                message=f"{exercise.name} is not written yet. `grader hint {exercise.name}` helps.",
                line=interview.line_of(exercise.name),
            )
        earlier = [result for result in self.results if result.exercise == exercise.name]
        ended = next((one for one in earlier if one.status in LOST_STATUSES), None)
        if ended is not None:
            return Verdict(
                ended.status, message=f"not run again: {ended.check} already ended like this."
            )
        skipped = self._skipped_at_once(exercise, check, earlier, interview)
        if skipped is not None:
            return skipped
        try:
            verdict = judge_check(check, interview)
        except NotLoadable:
            assert interview.state is not None
            return interview.state.verdict()
        except Lost as lost:
            verdict = lost_verdict(lost)
        except Exception as error:  # our own mistake must cost nobody a point, and be seen
            return Verdict(
                Status.GRADER_ERROR,
                message=f"The grader failed on this check ({type(error).__name__}: {error}).",
            )
        return self._blamed(exercise, check, verdict)

    def _skipped_at_once(
        self,
        exercise: PreparedExercise,
        check: PreparedCheck,
        earlier: list[CheckResult],
        interview: FileInterview,
    ) -> Verdict | None:
        """Skip what cannot be judged yet, without asking."""
        for need in self._all_needs(exercise, check, interview):
            results = [one for one in self.results if one.exercise == need]
            if any(one.status in LOST_STATUSES for one in results):
                text = f"{need} did not come to an end, and this leans on it. Mend {need} first."
                return Verdict(Status.SKIPPED, message=text)
        easy = check.kind in _EASILY_SATISFIED or check.settings.get("judges") == "purity"
        outputs = [
            one
            for one in earlier
            if one.kind in {Kind.OUT, Kind.KERAS, Kind.STAT} and one.check != "purity"
        ]
        if easy and outputs and not any(one.cases.passed for one in outputs):
            if all(one.status is Status.MISSING for one in outputs):
                return Verdict(Status.MISSING, message=outputs[0].message)
            text = f"counts once {exercise.name} is right on at least one case. Mend that first."
            return Verdict(Status.SKIPPED, message=text)
        return None

    def _needs(self, exercise: PreparedExercise, check: PreparedCheck) -> list[str]:
        return [name for name in (*exercise.needs, *check.needs) if name != exercise.name]

    def _all_needs(
        self, exercise: PreparedExercise, check: PreparedCheck, interview: FileInterview
    ) -> list[str]:
        """What the check leans on, by declaration or by a call in the source, at any remove."""
        found = [*self._needs(exercise, check), *interview.calls(exercise.name)]
        for name in found:  # grows while it is walked
            declared = next((e.needs for e in self.assignment.exercises if e.name == name), ())
            found += [one for one in (*declared, *interview.calls(name)) if one not in found]
        return [name for name in found if name != exercise.name]

    def _blamed(
        self, exercise: PreparedExercise, check: PreparedCheck, verdict: Verdict
    ) -> Verdict:
        """Turn a failure into `skipped` where something that it leans on is wrong.

        The check was run all the same: who solved it without the broken helper keeps the
        points.
        """
        if verdict.status not in {Status.FAILED, Status.ERROR} or verdict.share > 0:
            return verdict
        if verdict.diagnosis and verdict.diagnosis.id.startswith("misconception."):
            return verdict
        broken = [need for need in self._needs(exercise, check) if self._is_broken(need)]
        if not broken:
            return verdict
        return Verdict(
            Status.SKIPPED,
            message=f"This leans on {broken[0]}, which is not right yet. Mend {broken[0]} first.",
            cases=verdict.cases,
            printed=verdict.printed,
        )

    def _is_broken(self, exercise: str) -> bool:
        results = [one for one in self.results if one.exercise == exercise]
        return any(one.status is not Status.PASSED for one in results)

    def _with_cell(self, message: str, file: str, line: int | None) -> str:
        """Name the notebook's cell where the file came from a notebook."""
        origins = self.submission.line_origins.get(file)
        cell = origins.get(line) if origins is not None and line is not None else None
        return f"{message} That is {cell} of the notebook." if cell else message

    def _record(
        self, check: PreparedCheck, file: PreparedFile, verdict: Verdict, seconds: float
    ) -> None:
        result = CheckResult(
            exercise=check.exercise,
            check=check.name,
            title=check.title,
            kind=check.kind,
            visibility=self.assignment.visibility,
            points=round(verdict.share * check.points, 2),
            max_points=check.points,
            status=verdict.status,
            message=self._with_cell(verdict.message, file.name, verdict.line),
            diagnosis=verdict.diagnosis,
            cases=verdict.cases,
            seconds=round(seconds, 3),
            printed=verdict.printed,
            line=verdict.line,
            file=file.name,
            whole_file=verdict.whole_file,
            plots=list(verdict.plots),
        )
        self.results.append(result)
        if self.options.on_check is not None:
            self.options.on_check(result)


def ungraded(
    result_of: Submission, assignment: PreparedAssignment, reason: str, confinement: Confinement
) -> Result:
    """A Result in which every check says that the grader failed, and why."""
    checks = [
        CheckResult(
            exercise=check.exercise,
            check=check.name,
            title=check.title,
            kind=check.kind,
            visibility=assignment.visibility,
            points=0,
            max_points=check.points,
            status=Status.GRADER_ERROR,
            message=reason,
            cases=CaseCount(),
        )
        for check in assignment.checks
    ]
    return Result(
        course="",
        assignment=assignment.name,
        student=result_of.student,
        submission=SubmissionRecord(files=sorted(result_of.files), sha256=result_of.sha256),
        points=0,
        max_points=assignment.points,
        checks=checks,
        seed=assignment.seed,
        assignment_sha256=assignment.sha256,
        confinement=confinement,
        grader_version=__version__,
    )
