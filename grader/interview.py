"""The judge's side of the conversation with one file of a submission."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.checks import Verdict
from grader.checks.examine import status_of
from grader.checks.verdict import Reply
from grader.checks.wording import describe_reply
from grader.confine import Launcher, LimitBook, Limits, Lost, Silence, Worker, WorkerSettings
from grader.course.case import Case
from grader.course.prepare import observe
from grader.course.prepared import PreparedAssignment, PreparedCheck, PreparedFile
from grader.course.question import Questions
from grader.result import CheckResult, Kind, Status
from grader.wire import encode

_LOAD_SECONDS = 10.0
"""At least so long may an import take."""
_WALL_PER_CPU = 3.0
"""Wall seconds allowed for each CPU second of a train check: the machine may be busy."""

_SILENCES = {
    Silence.TIMEOUT: Status.TIMEOUT,
    Silence.OUT_OF_MEMORY: Status.OUT_OF_MEMORY,
    Silence.CRASHED: Status.CRASHED,
    Silence.FLOODED: Status.CRASHED,
    Silence.MALFORMED: Status.CRASHED,
    Silence.KILLED: Status.CRASHED,
    Silence.NOT_STARTED: Status.GRADER_ERROR,
    Silence.LEFT_ALONE: Status.GRADER_ERROR,
}
_ADVICE = {
    Silence.TIMEOUT: "Look for a loop that never ends, or one over every pair of rows.",
    Silence.OUT_OF_MEMORY: "Look for an array that grows with the square of the rows.",
    Silence.CRASHED: "Graded code returns to its caller; it does not end the process.",
    Silence.FLOODED: "Look for output in a loop that never ends.",
    Silence.MALFORMED: "Graded code returns its answer and leaves the grader's own pipe alone.",
    Silence.KILLED: "Look for a call that ends processes, or for memory that is used up.",
    Silence.NOT_STARTED: "That is not your fault; tell the instructor.",
    Silence.LEFT_ALONE: "That is not your fault; tell the instructor.",
}
_WORTH_ANOTHER_TRY = {Silence.KILLED, Silence.LEFT_ALONE, Silence.NOT_STARTED}
"""What a machine does to a worker, too: the question is asked once more, of a fresh one."""


@dataclass(frozen=True)
class FileState:
    """Why nothing in a file can be judged."""

    status: Status
    message: str
    line: int | None = None

    def verdict(self) -> Verdict:
        """The verdict on every check of the file."""
        return Verdict(self.status, message=self.message, line=self.line)


def lost_verdict(lost: Lost) -> Verdict:
    """The verdict on a check whose question got no answer."""
    text = f"{lost.detail[:1].upper()}{lost.detail[1:]}. {_ADVICE[lost.silence]}"
    return Verdict(_SILENCES[lost.silence], message=text)


class Deadline:
    """The moment by which all questions about one submission must be answered."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def within(self, seconds: float) -> float:
        """At most `seconds`, and no more than is left; raises `Lost` when nothing is."""
        left = self._end - time.monotonic()
        if left <= 0:
            text = f"the {self.seconds:g} s that a whole submission may take are used up"
            raise Lost(Silence.TIMEOUT, text)
        return min(seconds, left)


class FileInterview:
    """Asks questions about one file; starts a worker when one is needed, and again when it died.

    Parameters
    ----------
    files
        The submission's files, by name.
    results
        The results so far, which the judge appends to: a gradient check asks how the loss did.
    """

    def __init__(
        self,
        assignment: PreparedAssignment,
        file: PreparedFile,
        files: Mapping[str, bytes],
        launcher: Launcher,
        limits: LimitBook,
        deadline: Deadline,
        questions: Questions,
        results: list[CheckResult],
    ) -> None:
        self.assignment, self.file, self.files = assignment, file, files
        self.launcher, self.limits, self.results = launcher, limits, results
        self.deadline, self.questions = deadline, questions
        self.checks: list[PreparedCheck] = []
        """What will be asked, in order; the judge fills it in once the source is inspected."""
        self.state: FileState | None = None
        self.definitions: dict[str, Any] = {}
        self.versions: dict[str, str] = {}
        self._worker: Worker | None = None
        self._worker_limits = Limits()
        self._loaded, self._announced = False, False
        self._asked_for: dict[bytes, str] = {}
        self._lost: dict[bytes, Lost] = {}
        self._set_aside: set[str] = set()
        self._replies: dict[bytes, Reply] = {}

    def is_stub(self, exercise: str) -> bool:
        """Whether the syntax tree shows nothing but the stub."""
        return bool(self.definitions.get(exercise, {}).get("stub"))

    def line_of(self, exercise: str) -> int | None:
        """The line on which an exercise is defined."""
        line = self.definitions.get(exercise, {}).get("line")
        return line if type(line) is int else None

    def calls(self, exercise: str) -> list[str]:
        """Other definitions that an exercise's own source calls."""
        found = self.definitions.get(exercise, {}).get("calls")
        return [str(name) for name in found] if type(found) is list else []

    def uses(self, exercise: str) -> dict[str, int]:
        """Dotted names that an exercise's source reaches, with their lines."""
        found = self.definitions.get(exercise, {}).get("uses")
        return found if type(found) is dict else {}

    def recognisable_loss(self, exercise: str) -> bool:
        """Whether the student's loss is right on some case, or explained by a misconception."""
        return any(
            result.cases.passed > 0
            or (result.diagnosis is not None and result.diagnosis.id.startswith("misconception."))
            for result in self.results
            if result.exercise == exercise and result.kind is Kind.OUT and result.check != "purity"
        )

    def ask(self, check: PreparedCheck, case: Case) -> Reply:
        """Ask one case; the same question is asked once only.

        Raises
        ------
        Lost
            When no answer comes; the worker is gone then, and the next question gets a new one.
        """
        exercise = self.assignment.exercise(check.exercise)
        limits = self._limits_of(check)
        question = self.questions.encoded(case, self.file.name, exercise.forbid, limits.cpu_seconds)
        if question not in self._replies:
            self._replies[question] = _reply(self._answer(question, limits, check))
        return self._replies[question]

    def _question(self, check: PreparedCheck, case: Case, limits: Limits) -> bytes:
        forbid = self.assignment.exercise(check.exercise).forbid
        return self.questions.encoded(case, self.file.name, forbid, limits.cpu_seconds)

    def _announce(self, worker: Worker, check: PreparedCheck) -> None:
        """Say what will be asked from this check on, so that the worker need not wait for us."""
        if self._announced:
            return
        self._announced = True
        coming: dict[bytes, float] = {}
        for later in self._checks_from(check):
            limits = self._limits_of(later)
            if limits.of_worker() != self._worker_limits.of_worker():
                break
            for case in later.cases:
                question = self._question(later, case, limits)
                if question not in self._replies:
                    coming[question] = limits.seconds
                    self._asked_for[question] = later.exercise
        worker.announce(list(coming.items()))

    def _checks_from(self, check: PreparedCheck) -> Iterator[PreparedCheck]:
        """Yield the check and those after it that will probably be asked of this file."""
        started = False
        for later in self.checks:
            started = started or later is check
            if started and later.exercise not in self._set_aside:
                yield later

    def _put_aside(self, lost: Lost, question: bytes) -> None:
        """Remember that a question which was only announced got no answer.

        Its exercise, and what leans on it, is not announced again. When its turn comes, it is
        lost at once, unless the machine may be to blame: then it is asked again.
        """
        exercise = self._asked_for[question]
        self._set_aside |= {exercise, *self.assignment.dependants(exercise)}
        if lost.silence not in _WORTH_ANOTHER_TRY:
            self._lost[question] = lost

    def inspect(self, name: str) -> dict[str, Any]:
        """Describe the source of a file, without running it; raises `Lost`."""
        limits = self.limits.at(self.assignment.name)
        exercises = self.assignment.exercises
        question = {
            "kind": "inspect",
            "file": name,
            "forbidden": {one.name: list(one.forbid) for one in exercises if one.forbid},
            "cpu_seconds": limits.cpu_seconds,
        }
        answer = self._answer(encode(question), limits)
        facts: dict[str, Any] = answer["values"][0]
        return facts

    def close(self) -> None:
        """End the worker."""
        self._drop()

    def _limits_of(self, check: PreparedCheck) -> Limits:
        """The course's limits; a training check brings its own CPU seconds, unless the course does.

        Raises
        ------
        Lost
            When the time for the whole submission is used up.
        """
        place = (self.assignment.name, check.exercise, check.name)
        limits = self.limits.at(*place)
        own = check.settings.get("cpu_seconds")
        if own is None or self.limits.sets("cpu_seconds", *place):
            return limits
        return replace(limits, cpu_seconds=float(own), seconds=_WALL_PER_CPU * float(own))

    def _answer(
        self, question: bytes, limits: Limits, check: PreparedCheck | None = None
    ) -> dict[str, Any]:
        """Ask, and where the machine may be to blame for silence, ask a fresh worker once more."""
        if question in self._lost:
            raise self._lost[question]
        asked_again = False
        while True:
            try:
                return self._try(question, limits, check)
            except Lost as lost:
                if lost.question not in {None, question}:
                    self._put_aside(lost, lost.question)  # type: ignore[arg-type]
                elif asked_again or lost.silence not in _WORTH_ANOTHER_TRY:
                    raise
                else:
                    asked_again = True

    def _try(self, question: bytes, limits: Limits, check: PreparedCheck | None) -> dict[str, Any]:
        worker = self._start(limits)
        if check is not None:
            if not self._loaded:
                self._load(worker, limits)
            self._announce(worker, check)
        return self._put(worker, question, limits.seconds)

    def _put(self, worker: Worker, question: bytes, seconds: float) -> dict[str, Any]:
        try:
            return worker.ask(question, self.deadline.within(seconds))
        except Lost:
            self._drop()
            raise

    def _start(self, limits: Limits) -> Worker:
        if self._worker is not None and self._worker_limits.of_worker() != limits.of_worker():
            self._drop()
        if self._worker is None:
            settings = WorkerSettings(
                files=self.files,
                backend=self.file.backend,
                imports=self.file.imports,
                guarded=self.assignment.guarded(),
                limits=limits,
            )
            self._worker, self._worker_limits = self.launcher.start(settings), limits
            self.versions = self._worker.versions
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
        self._worker, self._loaded, self._announced = None, False, False

    def _load(self, worker: Worker, limits: Limits) -> None:
        """Import the student's file; what goes wrong there is the whole file's.

        Raises
        ------
        NotLoadable
            With `state` set.
        Lost
            When the machine may be to blame.
        """
        seconds = max(limits.cpu_seconds, _LOAD_SECONDS)
        question = {"kind": "load", "file": self.file.name, "cpu_seconds": seconds}
        try:
            reply = _reply(self._put(worker, encode(question), seconds))
        except Lost as lost:
            if lost.silence in _WORTH_ANOTHER_TRY:
                raise
            self.state = _not_imported(self.file.name, lost)
            raise NotLoadable from None
        if reply.observation.outcome == "answered":
            self._loaded = True
            return
        status, line = status_of(reply)
        text = describe_reply(self.file.name, reply, self.assignment.visibility)
        self.state = FileState(status, f"{self.file.name} cannot be imported. {text}", line)
        raise NotLoadable


class NotLoadable(Exception):
    """The file could not be imported; the interview's `state` says why."""


def _not_imported(name: str, lost: Lost) -> FileState:
    verdict = lost_verdict(lost)
    text = (
        f"While {name} was imported: {verdict.message} Code that trains or tests "
        'belongs under `if __name__ == "__main__":`.'
    )
    return FileState(verdict.status, text)


def inspect_files(interviews: list[FileInterview]) -> None:
    """Read the syntax trees, in the lightest worker among those that the files need.

    A Keras worker takes seconds to start, and a file of stubs never needs one.
    """
    numpy_first = sorted(interviews, key=lambda one: one.file.backend != "numpy")
    for interview in interviews:
        try:
            facts = numpy_first[0].inspect(interview.file.name)
        except Lost as lost:
            text = f"{interview.file.name} cannot be read: {lost.detail}."
            interview.state = FileState(lost_verdict(lost).status, text)
            continue
        interview.definitions = facts["definitions"]
        problem = facts["problem"]
        if problem is not None:
            interview.state = FileState(
                Status.ERROR, _syntax_message(interview.file.name, problem), problem["line"]
            )


def _syntax_message(name: str, problem: dict[str, Any]) -> str:
    place = f", line {problem['line']}" if problem["line"] else ""
    if problem["column"]:
        place += f", column {problem['column']}"
    text = f"{name}{place}: {problem['message']}."
    if problem["text"]:
        text += f"\n    {problem['text']}"
        if problem["column"]:
            text += "\n    " + " " * (problem["column"] - 1) + "^"
    return text


def _reply(answer: dict[str, Any]) -> Reply:
    """Read a worker's answer, trusting the type of none of its fields."""
    error, warnings, nearest = (answer.get(key) for key in ("error", "warnings", "nearest"))
    return Reply(
        observation=observe(answer),
        error=_error(error) if type(error) is dict else {},
        warnings=tuple(str(text) for text in warnings) if type(warnings) is list else (),
        printed=str(answer.get("printed") or ""),
        missing=str(answer.get("name") or ""),
        nearest=tuple(str(name) for name in nearest) if type(nearest) is list else (),
    )


def _error(record: dict[str, Any]) -> dict[str, Any]:
    frames = record.get("frames")
    return {
        "message": str(record.get("message") or ""),
        "limit": str(record.get("limit") or ""),
        "frames": [
            {
                "file": str(frame.get("file")),
                "line": frame["line"] if type(frame.get("line")) is int else 0,
                "function": str(frame.get("function")),
                "code": str(frame.get("code") or ""),
            }
            for frame in (frames if type(frames) is list else [])
            if type(frame) is dict
        ],
    }
