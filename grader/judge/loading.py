"""How the judge has a file loaded: statement by statement, without what does not end.

A worker leaves out what raises and goes on. What hangs or ends the process costs that worker; the
next one loads the file without it. Which statement it was, the worker's own stopwatch tells;
where it cannot, the statements are asked for in pieces, and one by one where some were lost.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from grader.checks.left_out import LeftOut, left_out_of, number_in, text_in
from grader.confine import Lost, Silence
from grader.submissions.places import Places
from grader.wire.encoding import encode

_MAX_ROUNDS = 12
"""How many statements of one file may take their worker with them."""
_MAX_STATEMENTS = 100_000
_MAX_TOGETHER = 128
"""How many statements of a file are asked for together, where all of them were too much."""
_LEAST_SHARE = 1 / 20
_MAX_TEXT = 200
_NOT_THE_CODE = {Silence.NOT_STARTED, Silence.LEFT_ALONE}
BROKE_PYTHON = "something that Python itself needs was changed there"
FILES_GONE = "files of the submission were deleted or moved there"
_BROKEN = re.compile(r"exit code (?:70\b|\d+: NameError: name '\w+' is not defined)")
"""How a worker ends whose own code fails: it needs no more than Python itself."""
_ENDINGS = {
    Silence.TIMEOUT: "the time was used up there",
    Silence.OUT_OF_MEMORY: "the memory was used up there",
    Silence.FLOODED: "too much was written to the output there",
}


@dataclass(frozen=True)
class Rebound:
    """A function or an import that got its name back, which a statement had given to a value.

    Attributes
    ----------
    function_line
        Where it stands; 0 for one of Python's own.
    kind
        ``function``, ``stub``, ``import`` or ``builtin``; ``unwritten`` where the value is a stub.
    """

    name: str
    file: str
    line: int
    function_line: int
    kind: str


@dataclass(frozen=True)
class Found:
    """What a file does not leave at its margin, and where it was found all the same.

    Attributes
    ----------
    name
        Its name.
    file, line
        The statement that deletes it, defines it inside of something, or did not find it.
    where
        What it stands inside of, or the file that has it.
    """

    name: str
    file: str
    line: int
    where: str = ""


@dataclass(frozen=True)
class Merged:
    """Two versions of some lines of a file, between the marks that Git left, and which counts."""

    file: str
    first: int
    middle: int
    last: int
    is_upper: bool


@dataclass(frozen=True)
class Refused:
    """An import that was refused, or taken for another."""

    package: str
    file: str
    line: int
    taken_as: str = ""
    known: bool = True
    """Whether it is a package, rather than a module that was not handed in."""

    def is_behind(self, sentence: str) -> bool:
        """Whether a worker's sentence about a refused import is about this one."""
        name, imported, rest = sentence.partition(", imported in line ")
        line = rest.partition(",")[0]
        return bool(imported) and name.partition(".")[0] == self.package and line == str(self.line)


@dataclass
class Loading:
    """One file on its way into a worker, and what was left out of it.

    Parameters
    ----------
    seconds
        How long loading computed at most before statements were left out one by one. Together they
        may take twice as long, and each half of what is left of that.
    patience
        How many times as long all that may take by the clock, on a machine that is busy.
    """

    file: str
    seconds: float
    patience: float = 1.0
    elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By name, the student's modules that may define what the file itself does not, or perhaps."""
    places: Places = field(default_factory=Places)
    """How the lines of the student's files are called."""
    left_out: list[LeftOut] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    count: int = 0
    """How many statements were left out; not all of them are described."""
    taken: dict[str, str] = field(default_factory=dict)
    """What was taken from elsewhere, and the file."""
    unfit: list[str] = field(default_factory=list)
    """What has no function anywhere once the files have run, though some statement binds it."""
    as_script: int = 0
    """The first line of what was taken from below ``if __name__ == "__main__"``, or 0."""
    rebound: list[Rebound] = field(default_factory=list)
    scripts: list[Found] = field(default_factory=list)
    """Where such lines of other files of the student's begin."""
    merged: list[Merged] = field(default_factory=list)
    deleted: list[Found] = field(default_factory=list)
    """What a statement deletes that exercises need; it counts all the same."""
    opened: list[Found] = field(default_factory=list)
    """What statements open by a place that only its author's machine has, and where it is."""
    nested: list[Found] = field(default_factory=list)
    """Exercises that stand inside of other definitions."""
    borrowed: list[Found] = field(default_factory=list)
    """What statements outside of functions need of other files of the student's."""
    exercises: Collection[str] = ()
    """What is asked of this file."""
    reaches: bool = True
    """Whether its code may leave behind what nobody undoes; so it is where nobody says."""
    _lost: dict[tuple[str, int], str] = field(default_factory=dict)
    """By file and number, the statements that took a worker with them, and how."""
    _spent: float = 0.0
    _one_by_one: bool = False
    _statements: int = 0
    _asked: tuple[int, int] | None = None
    """The piece that is asked for, where not all statements are: the first, and where it ends."""
    _narrow: list[tuple[int, int]] = field(default_factory=list)
    """Such pieces that were lost: each of their statements is asked for alone."""
    _asking: float = 0.0
    """Seconds that pieces took which were answered."""

    def questions(self) -> Iterator[bytes]:
        """What to ask of a fresh worker, in order; each answer is to be taken before the next."""
        if not self._one_by_one:
            yield self._question(0, None)
            return
        self._asked = None
        yield self._question(0, 0)  # says how many there are
        for first, end in self._pieces():
            self._asked = first, end
            started = monotonic()
            yield self._question(first, end)
            self._asking += monotonic() - started

    def _pieces(self) -> Iterator[tuple[int, int]]:
        """Which statements to ask for together: more and more, since each question takes time."""
        first, together = 0, 1
        count = min(self._statements, _MAX_STATEMENTS)
        while first < count:
            end = count
            if not self._is_late:
                is_narrow = any(start <= first < stop for start, stop in self._narrow)
                end = first + (1 if is_narrow else together)
                end = min(end, count, *(start for start, _ in self._narrow if start > first))
                together = 1 if is_narrow else min(2 * together, _MAX_TOGETHER)
            yield first, end
            first = end

    @property
    def _is_late(self) -> bool:
        """Whether the pieces have taken the time that there is for loading the file."""
        return self._asking > self.patience * self.seconds

    def wall_seconds(self) -> float:
        """How long one question may take by the clock."""
        return self.patience * self._share()

    def _share(self) -> float:
        left = max((2 * self.seconds - self._spent) / 2, _LEAST_SHARE * self.seconds)
        return left if self._one_by_one else self.seconds

    def take(self, answer: Mapping[str, Any]) -> None:
        """Keep what a worker tells of its loading; none of its types is trusted."""
        values = answer.get("values")
        report = values[0] if type(values) is list and values else {}
        report = report if type(report) is dict else {}
        self._statements = number_in(report, "statements")
        self.count = number_in(report, "count")
        self.as_script = number_in(report, "as_script")
        self.reaches = report.get("reaches") is not False
        self.rebound = [
            Rebound(
                text_in(one, "name"),
                text_in(one, "file"),
                number_in(one, "line"),
                number_in(one, "function_line"),
                text_in(one, "kind"),
            )
            for one in _records(report.get("rebound"))
        ]
        self.merged = [
            Merged(
                text_in(one, "file"),
                number_in(one, "first"),
                number_in(one, "middle"),
                number_in(one, "last"),
                one.get("is_upper") is True,
            )
            for one in _records(report.get("merges"))
        ]
        self.scripts = _found(report.get("scripts"), "")
        self.deleted = _found(report.get("deleted"), "")
        self.opened = _found(report.get("opened"), "origin")
        self.nested = _found(report.get("nested"), "inside")
        self.borrowed = _found(report.get("borrowed"), "origin")
        chosen, unfit = report.get("chosen"), report.get("unfit")
        chosen = chosen if type(chosen) is dict else {}
        self.taken = {
            name: file
            for name, files in self.elsewhere.items()
            for file in files
            if file != self.file and chosen.get(name) == file
        }
        self.unfit = [one for one in self.elsewhere if type(unfit) is list and one in unfit]
        self.left_out = [self._left_out(one) for one in _records(report.get("left_out"))]
        self.refused = [
            Refused(
                text_in(one, "package"),
                text_in(one, "file"),
                number_in(one, "line"),
                text_in(one, "taken_as"),
                one.get("known") is not False,
            )
            for one in _records(report.get("refused"))
        ]

    def learn(self, lost: Lost) -> bool:
        """Leave out what took a worker with it; False when that is no use."""
        if lost.silence in _NOT_THE_CODE:
            return False
        statement: Any = lost.told.get("statement")
        seconds = self._share()
        if type(statement) in (list, tuple) and len(statement) == 2:
            place = str(statement[0])[:_MAX_TEXT], number_in({"number": statement[1]}, "number")
            told = lost.told.get("seconds")
            seconds = told if type(told) is float and 0 < told <= 2 * self.seconds else seconds
        elif self._one_by_one and self._asked is not None:
            first, end = self._asked
            if end - first > 1:
                self._narrow.append((first, end))
                self._spent += seconds if lost.silence is Silence.TIMEOUT else 0.0
                return not self._is_late and len(self._narrow) < _MAX_ROUNDS
            place = self.file, first
        elif self._one_by_one:
            return False
        else:
            self._one_by_one = True
            self._spent += seconds if lost.silence is Silence.TIMEOUT else 0.0
            return True
        if place in self._lost or len(self._lost) >= _MAX_ROUNDS:
            return False
        self._lost[place] = _ending(lost)
        self._spent += seconds if lost.silence is Silence.TIMEOUT else 0.0
        return True

    def settle(self) -> None:
        """The file is loaded: what later workers load need not wait for what did not end."""
        self._spent = self._asking = 0.0

    def _question(self, first: int, end: int | None) -> bytes:
        return encode(
            {
                "kind": "load",
                "file": self.file,
                "seconds": 2 * self.patience * self.seconds,
                "cpu_seconds": 2 * self.seconds,
                "spent": self._spent,
                "passed_over": [list(place) for place in self._lost],
                "elsewhere": {name: list(files) for name, files in self.elsewhere.items()},
                "exercises": list(self.exercises),
                "first": first,
                "end": end,
            }
        )

    def _left_out(self, record: Mapping[str, Any]) -> LeftOut:
        found = left_out_of(record, self.places)
        lost = self._lost.get((found.file, number_in(record, "statement")))
        return replace(found, text=lost) if lost and found.reason == "lost" else found


def _ending(lost: Lost) -> str:
    if lost.detail == FILES_GONE:
        return FILES_GONE
    if lost.detail == BROKE_PYTHON or _BROKEN.search(lost.detail):
        return BROKE_PYTHON
    return _ENDINGS.get(lost.silence, f"the program was ended there ({lost.detail[:_MAX_TEXT]})")


def _found(value: Any, where: str) -> list[Found]:
    return [
        Found(
            text_in(one, "name"), text_in(one, "file"), number_in(one, "line"), text_in(one, where)
        )
        for one in _records(value)
    ]


def _records(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if type(one) is dict] if type(value) is list else []
