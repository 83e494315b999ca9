"""Where an answer comes from: an exercise, and what was called on the way to the last line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.course.case import Case
from grader.course.prepared import PreparedAssignment
from grader.submissions.places import Places

Frame = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where an answer comes from.

    Attributes
    ----------
    exercise
        The exercise that is judged.
    file
        The student's file in which it is looked for.
    definitions
        What the syntax tree shows of that file, by name.
    right
        The exercises that were judged before and are right: nothing waits for them.
    places
        How the lines of the student's files are called.
    """

    assignment: PreparedAssignment
    exercise: str
    file: str
    definitions: Mapping[str, Any]
    right: Collection[str] = ()
    places: Places = field(default_factory=Places)

    @property
    def exercises(self) -> set[str]:
        """The names of all exercises of the assignment."""
        return {one.name for one in self.assignment.exercises}

    def owner(self, frame: Frame) -> str:
        """The definition at the top level of a file in which a frame lies."""
        if frame["file"] == self.file:
            for name, facts in self.definitions.items():
                if _within(frame["line"], facts):
                    return name
        owner = str(frame["owner"])
        return self.exercise if owner.startswith("<") else owner

    def method(self, owner: str, frame: Frame) -> str:
        """A definition's name, or that of the method that is not written and that a frame is in."""
        name = str(frame["function"])
        return f"{owner}.{name}" if name in open_methods(self.definitions, owner) else owner

    def called(self, frames: Sequence[Frame]) -> list[str]:
        """What was called on the way to the last frame, each once; nothing for the exercise's own.

        Where the exercise called it, the list begins with what the exercise called.
        """
        owners = [self.owner(frame) for frame in frames]
        if not owners or owners[-1] == self.exercise:
            return []
        last = owners[-1]
        if self.exercise in owners:
            owners = owners[owners.index(self.exercise) :]
        names = dict.fromkeys(one for one in owners if one not in (self.exercise, last))
        return [*names, last]

    def calling(self, frames: Sequence[Frame], case: Case) -> str:
        """Begin a sentence with who called whom, up to a "which" that stands for the last."""
        first, *others = self.called(frames)
        start = f"{self.exercise} calls {first}"
        steps = [one.get("target") for one in case.steps if one["op"] == "call"]
        if first in steps and self.exercise not in map(self.owner, frames):
            start = f"This check of {self.exercise} calls {first} too"
        return ", which calls ".join([start, *others]) + ", which"

    def imported(self, frame: Frame, refusal: str) -> str:
        """The exercise that is imported from a package, and that the definition of a frame calls.

        "" where there is none, or the refusal is about another import.
        """
        facts = self.definitions.get(self.owner(frame))
        calls = facts.get("calls") if isinstance(facts, dict) else None
        for name in calls if isinstance(calls, list) else ():
            found = self.definitions.get(name)
            if name in self.exercises - {self.exercise} and isinstance(found, dict):
                line, origin = found.get("line"), found.get("imported")
                is_foreign = isinstance(origin, list) and origin[:1] == [""]
                where = self.places.line(self.file, line) if type(line) is int else ""
                if is_foreign and where and f"imported in {where}," in refusal:
                    return str(name)
        return ""

    def giving(self, frame: Frame) -> str:
        """The exercise from which the definition of a frame has what it did not make itself.

        "" where it calls several definitions of which nobody knows yet that they are right.
        """
        facts = self.definitions.get(self.owner(frame))
        calls = facts.get("calls") if isinstance(facts, dict) else None
        found = [
            str(name)
            for name in (calls if isinstance(calls, list) else ())
            if name not in (self.exercise, *self.right)
        ]
        return found[0] if len(found) == 1 and found[0] in self.exercises else ""

    def awaited(self, called: Sequence[str]) -> str:
        """Of what was called, the exercise that has to be fixed first; "" where there is none."""
        others = self.exercises - {self.exercise, *self.right}
        return next((one for one in reversed(called) if one in others), "")

    def problem(self, name: str) -> dict[str, Any] | None:
        """The syntax error of one definition, when the rest of the file could be read."""
        return problem_of(self.definitions, name)


def problem_of(definitions: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The syntax error that costs one definition alone; None where it has none."""
    facts = definitions.get(name)
    found = facts.get("problem") if isinstance(facts, dict) else None
    return found if isinstance(found, dict) else None


def open_methods(definitions: Mapping[str, Any], name: str) -> dict[str, int]:
    """The methods of a class that are not written yet, with their lines."""
    facts = definitions.get(name)
    found = facts.get("open") if isinstance(facts, dict) else None
    if not isinstance(found, dict):
        return {}
    return {str(one): line for one, line in found.items() if type(line) is int}


def _within(line: int, facts: Any) -> bool:
    first, last = (facts.get(key) for key in ("line", "end_line"))
    return type(first) is int and type(last) is int and first <= line <= last
