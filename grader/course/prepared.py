"""An assignment ready to grade: plain data, whether live or frozen into a student's copy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from grader.course.assignment import Backend, all_forbidden
from grader.course.case import Case
from grader.course.misconception import Misconception
from grader.course.slips import Slip
from grader.result import Kind, Visibility

_SHOWN = 60
"""Numbers of an array that are shown where a case stands alone; its file holds all of them."""


@dataclass(frozen=True)
class PreparedFile:
    """A file that students hand in."""

    name: str
    backend: Backend
    imports: tuple[str, ...]


@dataclass(frozen=True)
class FileAside:
    """A file of another part of the assignment, which is not graded now.

    Attributes
    ----------
    exercises
        What it is to define.
    """

    name: str
    imports: tuple[str, ...]
    exercises: tuple[str, ...]


@dataclass(frozen=True)
class PreparedExercise:
    """An exercise, where it stands and what it depends on."""

    name: str
    file: str
    hints: tuple[str, ...]
    needs: tuple[str, ...]
    forbid: tuple[str, ...]
    instead: str = ""
    """What to write in place of what is forbidden: the end of a sentence, or ""."""
    eagerly: bool = True
    """Whether no graphs are run while something is forbidden."""


@dataclass(frozen=True)
class PreparedCheck:
    """A check with its cases, each with the reference's answer."""

    exercise: str
    name: str
    kind: Kind
    title: str
    points: float
    needs: tuple[str, ...]
    settings: dict[str, Any]
    cases: tuple[Case, ...]

    def alone(self, case: Case, name: str = "") -> PreparedCheck:
        """The check with one case, under another name; its message shows that case in full."""
        settings = {**self.settings, "shown": _SHOWN}
        return replace(self, name=name or self.name, settings=settings, cases=(case,))

    @cached_property
    def called(self) -> tuple[str, ...]:
        """The functions of the student's that its cases call, each once."""
        steps = (one for case in self.cases for one in case.steps)
        return tuple(dict.fromkeys(str(one["target"]) for one in steps if one["op"] == "call"))

    @property
    def is_edge(self) -> bool:
        """Whether an answer without any work can satisfy it, so that it never counts alone.

        Errors, source rules and unchanged inputs are; others, where the author declares so.
        """
        by_kind = self.kind in {Kind.ERR, Kind.SRC}
        return by_kind or self.settings.get("judges") == "purity" or bool(self.settings.get("edge"))

    @cached_property
    def trivial(self) -> dict[int, bool]:
        """By a case's number, whether a constant answers it; `grader.checks.trivial` fills it."""
        return {}

    @cached_property
    def foretold(self) -> dict[str, bool | None]:
        """By misconception, whether its answers pass; `grader.diagnose.foretold` fills it in."""
        return {}


@dataclass(frozen=True)
class PreparedAssignment:
    """All that the judge needs to grade: data, no generator, and of references a forward pass."""

    name: str
    title: str
    summary: str
    files: tuple[PreparedFile, ...]
    exercises: tuple[PreparedExercise, ...]
    checks: tuple[PreparedCheck, ...]
    misconceptions: tuple[Misconception, ...]
    visibility: Visibility
    seed: str
    """A fingerprint of the seed."""
    sha256: str
    """A fingerprint of the checks and references."""
    files_aside: tuple[FileAside, ...] = ()
    """Where this is a part of an assignment, the files of its other parts."""
    forward_files: dict[str, str] = field(default_factory=dict)
    """The course's own forward pass, by file name: for who grades, and in no student's copy."""
    slips: dict[str, tuple[Slip, ...]] = field(default_factory=dict)
    """By exercise, what is said of its slips, in the order of their signatures."""

    @property
    def points(self) -> float:
        """What the assignment is worth."""
        return round(sum(check.points for check in self.checks), 2)

    @property
    def has_keras(self) -> bool:
        """Whether some of its files need Keras."""
        return any(one.backend == "keras" for one in self.files)

    def part(self, backend: Backend) -> PreparedAssignment:
        """The files of one backend alone, with what belongs to them."""
        files = tuple(one for one in self.files if one.backend == backend)
        names = {one.name for one in files}
        exercises = tuple(one for one in self.exercises if one.file in names)
        kept = {one.name for one in exercises}
        return replace(
            self,
            files=files,
            exercises=exercises,
            checks=tuple(one for one in self.checks if one.exercise in kept),
            misconceptions=tuple(one for one in self.misconceptions if one.exercise in kept),
            slips={name: found for name, found in self.slips.items() if name in kept},
            files_aside=(
                *self.files_aside,
                *(self._aside(one) for one in self.files if one.name not in names),
            ),
        )

    def _aside(self, file: PreparedFile) -> FileAside:
        exercises = tuple(one.name for one in self.exercises if one.file == file.name)
        return FileAside(file.name, file.imports, exercises)

    def checks_of(self, exercise: str) -> list[PreparedCheck]:
        """The checks of one exercise, in order."""
        return self._checks.get(exercise, [])

    def ordinary(self, exercise: str) -> list[PreparedCheck]:
        """Its checks that say whether it is right on ordinary input; its edges wait for them."""
        found = [one for one in self.checks_of(exercise) if not one.is_edge]
        return [one for one in found if one.kind is not Kind.TRAIN] or found

    def in_judging_order(self, exercise: str) -> list[PreparedCheck]:
        """The checks of one exercise: what is ordinary, its edges, training beside these."""
        ordinary = {one.name for one in self.ordinary(exercise)}

        def rank(check: PreparedCheck) -> int:
            return 0 if check.name in ordinary else 1 if check.is_edge else 2

        return sorted(self.checks_of(exercise), key=rank)

    @property
    def names(self) -> Collection[str]:
        """The names of the exercises."""
        return self._exercises.keys()

    def exercise(self, name: str) -> PreparedExercise:
        """The exercise of this name; raises `KeyError`."""
        return self._exercises[name]

    def before(self, exercise: str) -> tuple[str, ...]:
        """The exercises that stand before one in its file, in order."""
        return self._before[exercise]

    def misconception(self, identifier: str) -> Misconception:
        """The misconception with this id; raises `KeyError`."""
        for known in self.misconceptions:
            if known.id == identifier:
                return known
        raise KeyError(identifier)

    # Each check of each submission asks for these.

    @cached_property
    def _exercises(self) -> dict[str, PreparedExercise]:
        return {one.name: one for one in self.exercises}

    @cached_property
    def _checks(self) -> dict[str, list[PreparedCheck]]:
        found: dict[str, list[PreparedCheck]] = {}
        for check in self.checks:
            found.setdefault(check.exercise, []).append(check)
        return found

    @cached_property
    def _before(self) -> dict[str, tuple[str, ...]]:
        so_far: dict[str, tuple[str, ...]] = {}
        found = {}
        for one in self.exercises:
            found[one.name] = so_far.get(one.file, ())
            so_far[one.file] = (*found[one.name], one.name)
        return found

    def guarded(self) -> tuple[str, ...]:
        """Every function that some exercise forbids."""
        return all_forbidden(exercise.forbid for exercise in self.exercises)

    def dependants(self, exercise: str) -> set[str]:
        """The exercises that depend on this one, directly or not."""
        found: set[str] = set()
        more = {exercise}
        while more:
            more = {one.name for one in self.exercises if more & set(one.needs)} - found
            found |= more
        return found
