"""The judge's side of the conversation with one file of a submission."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.checks import Verdict
from grader.checks.examine import status_of
from grader.checks.verdict import Reply
from grader.checks.wording import describe_reply
from grader.confine import Launcher, Limits, Lost, Silence, Worker, WorkerSettings
from grader.course.case import Case
from grader.course.prepare import observe, question_of
from grader.course.prepared import PreparedAssignment, PreparedCheck, PreparedFile
from grader.result import CheckResult, Kind, Status
from grader.wire import encode

_LOAD_SECONDS = 30.0
_WALL_PER_CPU = 3.0
"""Wall seconds allowed for each CPU second of a train check: the machine may be busy."""

_SILENCES = {
    Silence.TIMEOUT: Status.TIMEOUT,
    Silence.OUT_OF_MEMORY: Status.OUT_OF_MEMORY,
    Silence.CRASHED: Status.CRASHED,
    Silence.MALFORMED: Status.CRASHED,
    Silence.NOT_STARTED: Status.GRADER_ERROR,
}


@dataclass(frozen=True)
class FileState:
    """Why nothing in a file can be judged."""

    status: Status
    message: str
    line: int | None = None

    def verdict(self) -> Verdict:
        """The verdict on every check of the file."""
        return Verdict(self.status, message=self.message, line=self.line)


def lost_verdict(lost: Lost, limits: Limits) -> Verdict:
    """The verdict on a check whose question got no answer."""
    status = _SILENCES[lost.silence]
    advice = {
        Status.TIMEOUT: "Look for a loop that never ends, or one over every pair of rows.",
        Status.OUT_OF_MEMORY: "Look for an array that grows with the square of the rows.",
        Status.CRASHED: "Graded code returns to its caller; it does not end the process.",
        Status.GRADER_ERROR: "That is not your fault; tell the instructor.",
    }[status]
    return Verdict(status, message=f"{lost.detail[:1].upper()}{lost.detail[1:]}. {advice}")


class FileInterview:
    """Asks questions about one file; starts a worker when one is needed, and again when it died.

    Parameters
    ----------
    results
        The results so far, which the judge appends to: a gradient check asks how the loss did.
    """

    def __init__(
        self,
        assignment: PreparedAssignment,
        file: PreparedFile,
        folder: Path,
        launcher: Launcher,
        limits: Limits,
        results: list[CheckResult],
    ) -> None:
        self.assignment, self.file, self.folder = assignment, file, folder
        self.launcher, self.limits, self.results = launcher, limits, results
        self.state: FileState | None = None
        self.definitions: dict[str, Any] = {}
        self.versions: dict[str, str] = {}
        self._worker: Worker | None = None
        self._loaded = False
        self._replies: dict[bytes, Reply] = {}

    def is_stub(self, exercise: str) -> bool:
        """Whether the syntax tree shows nothing but the stub."""
        return bool(self.definitions.get(exercise, {}).get("stub"))

    def line_of(self, exercise: str) -> int | None:
        """The line on which an exercise is defined."""
        line = self.definitions.get(exercise, {}).get("line")
        return line if type(line) is int else None

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
        cpu_seconds = float(check.settings.get("cpu_seconds", self.limits.cpu_seconds))
        seconds = self.limits.seconds
        if "cpu_seconds" in check.settings:
            seconds = _WALL_PER_CPU * cpu_seconds
        question = question_of(
            case, self.file.name, forbid=exercise.forbid, cpu_seconds=cpu_seconds
        )
        key = encode(question)
        if key not in self._replies:
            self._load()
            if self.state is not None:
                raise Lost(Silence.CRASHED, "the file could not be loaded")
            self._replies[key] = _reply(self.put(question, seconds))
        return self._replies[key]

    def put(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Put one question to the worker, starting it if need be; on silence, end it."""
        worker = self._start()
        try:
            return worker.ask(question, seconds)
        except Lost:
            self._drop()
            raise

    def close(self) -> None:
        """End the worker."""
        self._drop()

    def _start(self) -> Worker:
        if self._worker is None:
            settings = WorkerSettings(
                folder=self.folder,
                backend=self.file.backend,
                imports=self.file.imports,
                guarded=self.assignment.guarded(),
                limits=self.limits,
            )
            try:
                self._worker = self.launcher.start(settings)
            except Lost:
                self._worker = self.launcher.start(settings)  # once more; the machine may be busy
            self.versions = self._worker.versions
            self._loaded = False
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
        self._worker, self._loaded = None, False

    def _load(self) -> None:
        """Import the student's file; what goes wrong there is the whole file's."""
        self._start()
        if self._loaded:
            return
        question = {"kind": "load", "file": self.file.name, "cpu_seconds": _LOAD_SECONDS}
        try:
            reply = _reply(self.put(question, _LOAD_SECONDS))
        except Lost as lost:
            verdict = lost_verdict(lost, self.limits)
            text = (
                f"While {self.file.name} was imported: {verdict.message} Code that trains or tests "
                'belongs under `if __name__ == "__main__":`.'
            )
            self.state = FileState(verdict.status, text)
            return
        if reply.observation.outcome == "answered":
            self._loaded = True
            return
        status, line = status_of(reply)
        text = describe_reply(self.file.name, reply, self.assignment.visibility)
        self.state = FileState(status, f"{self.file.name} cannot be imported. {text}", line)


def inspect_files(interviews: list[FileInterview]) -> None:
    """Read the syntax trees, in the lightest worker among those that the files need.

    A Keras worker takes seconds to start, and a file of stubs never needs one.
    """
    numpy_first = sorted(interviews, key=lambda one: one.file.backend != "numpy")
    for interview in interviews:
        question = {"kind": "inspect", "files": [interview.file.name], "cpu_seconds": 10.0}
        inspector = numpy_first[0]
        try:
            answer = inspector.put(question, 10.0)
        except Lost as lost:
            verdict = lost_verdict(lost, interview.limits)
            text = f"{interview.file.name} cannot be read: {lost.detail}."
            interview.state = FileState(verdict.status, text)
            continue
        facts = answer["values"][0][interview.file.name]
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
