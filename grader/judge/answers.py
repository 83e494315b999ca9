"""From what a worker said, or did not say, to what the judge works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.checks import Verdict
from grader.checks.left_out import left_out_of, number_in, text_in
from grader.checks.verdict import Reply
from grader.confine import TIME_IS_UP, Engine, Limits, Lost, Silence
from grader.course.observed import observe
from grader.course.prepared import PreparedFile
from grader.problems import installing
from grader.result import Status
from grader.submissions.places import NO_FILE, Places, sentence
from grader.wire.budget import MEGABYTE

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
    Silence.CRASHED: "Your code should return its result, and not end the process.",
    Silence.FLOODED: "Look for output in a loop that never ends.",
    Silence.MALFORMED: "Your code should return its result and leave the grader's own pipe alone.",
    Silence.KILLED: "Look for a call that ends processes, or for what uses up the memory.",
    Silence.NOT_STARTED: "That is not your fault; tell the instructor.",
    Silence.LEFT_ALONE: "That is not your fault; tell the instructor.",
}
WORTH_ANOTHER_TRY = {Silence.KILLED, Silence.LEFT_ALONE, Silence.NOT_STARTED}
"""What a machine does to a worker, too: the question is asked once more, of a fresh one."""


_USED_UP = {"temporary files", "open files", "threads"}
_MAX_KEPT_BYTES = 32 * MEGABYTE
_MAX_TEXT = 1_000
"""Characters of a name or message; an honest worker's are shorter."""
_MAX_PRINTED = 200_000
_MAX_LISTED = 50


class KeptReplies:
    """The replies of one exercise, whose checks often ask the same; bounded in memory."""

    def __init__(self) -> None:
        self._exercise = ""
        self._kept: dict[bytes, tuple[Reply, int]] = {}
        self._bytes = 0

    def begin(self, exercise: str) -> None:
        """Drop what belongs to another exercise."""
        if exercise != self._exercise:
            self._exercise, self._bytes = exercise, 0
            self._kept.clear()

    def forget(self) -> None:
        """Drop all of them."""
        self.begin("")

    def of(self, question: bytes) -> Reply | None:
        """The reply to a question; None when it has to be asked."""
        found = self._kept.get(question)
        return None if found is None else found[0]

    def keep(self, question: bytes, reply: Reply, cost: int) -> None:
        """Keep a reply that takes about `cost` bytes; of too many, the first is dropped."""
        self._kept[question] = reply, cost
        self._bytes += cost
        while self._bytes > _MAX_KEPT_BYTES:
            self._bytes -= self._kept.pop(next(iter(self._kept)))[1]


def is_used_up(reply: Reply) -> bool:
    """Whether code met the end of something that questions before it may have used up."""
    raised = reply.observation.raised
    return bool(reply.error.get("limit") in _USED_UP or any(map(_is_memory, raised)))


def _is_memory(kind: object) -> bool:
    name = kind.rpartition(".")[2] if type(kind) is str else ""
    return name in {"MemoryError", "ResourceExhaustedError", "OutOfMemoryError"}


@dataclass(frozen=True)
class FileState:
    """Why nothing in a file can be judged."""

    status: Status
    message: str
    line: int | None = None
    file: str = ""
    """The file of that line, where it is another one."""

    def verdict(self) -> Verdict:
        """The verdict on every check of the file."""
        return Verdict(
            self.status,
            message=self.message,
            line=self.line,
            line_file=self.file,
            whole_file=True,
        )


def lacking_state(file: PreparedFile, engine: Engine) -> FileState | None:
    """The state of a Keras file on a machine without Keras, or what it computes with."""
    lacking = engine.lacking
    if not lacking:
        return None
    text = (
        f"{file.name} needs {lacking}, which is not installed here, so that nothing of it could be "
        f"checked; install it: {installing(engine.extra)}"
    )
    return FileState(Status.GRADER_ERROR, text)


def lost_verdict(lost: Lost, places: Places, limits: Limits | None = None) -> Verdict:
    """The verdict on a check whose question got no answer.

    Parameters
    ----------
    limits
        How long the question might take, where that is to be told.
    """
    text = f"{lost.detail[:1].upper()}{lost.detail[1:]}"
    if limits is not None and lost.detail == TIME_IS_UP:
        text += f"; it may {_time(limits)}"
    frames = _frames(lost.told.get("frames"), places)
    printed = lost.told.get("printed")
    return Verdict(
        _SILENCES[lost.silence],
        message=f"{text}.{_where(frames[-1:], places)}{_ADVICE[lost.silence]}",
        printed=_text(printed, _MAX_PRINTED),
        line=frames[-1]["line"] if frames else None,
        line_file=frames[-1]["file"] if frames else "",
    )


def _time(limits: Limits) -> str:
    """How long one question may take, by the clock that ends honest work."""
    if limits.cpu_seconds >= limits.seconds:
        return f"take {limits.seconds:g} s"
    return f"compute or wait for {limits.cpu_seconds:g} s"


def _where(innermost: list[dict[str, Any]], places: Places) -> str:
    """Say where the code was when its time was up; a space where nobody knows."""
    for frame in innermost:
        place = places.line(frame["file"], frame["line"], inside=NO_FILE)
        text = f" Your code was in {frame['function']} ({place})"
        return f"{text}:\n    {frame['code']}\n" if frame["code"] else f"{text}. "
    return " "


def not_imported(name: str, lost: Lost, places: Places) -> FileState:
    """The state of a file whose import did not come to an end."""
    verdict = lost_verdict(lost, places)
    text = (
        f"{places.name(name)} could not be imported. {verdict.message} Code that trains or tests "
        'belongs under `if __name__ == "__main__":`.'
    )
    return FileState(verdict.status, text)


def syntax_message(name: str, problem: dict[str, Any], places: Places) -> str:
    """Say where a file does not parse, and point at it."""
    place = places.line_of_file(name, problem["line"]) if problem["line"] else places.name(name)
    if problem["column"]:
        place += f", column {problem['column']}"
    message = sentence(places.in_compiler_message(name, problem["message"]))
    text = f"{place}: {message}"
    if problem["text"]:
        text += f"\n    {problem['text']}"
        if problem["column"]:
            text += "\n    " + " " * (problem["column"] - 1) + "^"
    return text


def reply_of(answer: dict[str, Any], places: Places, file: str = "") -> Reply:
    """Read a worker's answer about a file, trusting the type of none of its fields."""
    error, warnings, nearest = (answer.get(key) for key in ("error", "warnings", "nearest"))
    left_out = answer.get("left_out")
    return Reply(
        observation=observe(answer),
        error=error_of(error, places, file) if type(error) is dict else {},
        warnings=_texts(warnings),
        printed=_text(answer.get("printed"), _MAX_PRINTED),
        missing=_text(answer.get("name")),
        nearest=_texts(nearest),
        left_out=left_out_of(left_out, places) if type(left_out) is dict else None,
    )


def error_of(record: dict[str, Any], places: Places, file: str = "") -> dict[str, Any]:
    """Read what a worker says of an exception, trusting the type of none of its fields."""
    return {
        "message": _text(record.get("message")),
        "cause": _text(record.get("cause")),
        "limit": _text(record.get("limit")),
        "used": text_in(record, "used"),
        "by_exercise": record.get("by_exercise") is True,
        "received": record.get("received") is True,
        "frames": _frames(record.get("frames"), places, file),
        "modules": places.modules,
    }


def _text(value: Any, limit: int = _MAX_TEXT) -> str:
    """A text that a worker sent, bounded; "" where it is none."""
    return value[:limit] if type(value) is str else ""


def _texts(values: Any) -> tuple[str, ...]:
    """A worker's list of texts, bounded."""
    return tuple(map(_text, values[:_MAX_LISTED])) if type(values) is list else ()


def _frames(frames: Any, places: Places, file: str = "") -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = [
        {
            "file": _text(frame.get("file")),
            "line": number_in(frame, "line"),
            "function": _text(frame.get("function")),
            "owner": _text(frame.get("owner")) or _text(frame.get("function")),
            "code": _text(frame.get("code")),
        }
        for frame in (frames[-_MAX_LISTED:] if type(frames) is list else [])
        if type(frame) is dict
    ]
    for frame in known:
        frame["place"] = places.line(frame["file"], frame["line"], inside=file)
        frame["place_in_file"] = places.line_of_file(frame["file"], frame["line"])
    return known
