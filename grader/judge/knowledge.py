"""What is known of one file of a submission: what its source shows, and the results so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from grader.checks.place import Place, problem_of
from grader.checks.verdict import ClassFacts
from grader.course.prepared import PreparedAssignment, PreparedFile
from grader.diagnose.comparison import NUMBERS
from grader.judge.answers import FileState, syntax_message
from grader.judge.elsewhere import (
    Places as FilesOf,
)
from grader.judge.elsewhere import (
    exercises_elsewhere,
    imported_from,
    in_another_file,
    is_certain,
    is_module,
    is_written,
    names_in,
    unreadable_elsewhere,
)
from grader.judge.judged_checks import JudgedChecks
from grader.result import Kind, Status
from grader.submissions.places import Places


class FileKnowledge:
    """What is known of one file, without asking its worker.

    Parameters
    ----------
    files
        The submission's files, by name.
    results
        The results so far, which the judge appends to: a gradient check asks how the loss did.
    places
        How the lines of the submission's files are called.

    Attributes
    ----------
    definitions
        What the syntax tree shows, by name; see `grader.worker.source.inspect_source`.
    elsewhere
        By exercise, another module of the student's in which it is written.
    candidates
        By exercise, the files from which it may come, the best first; its own file is one of
        them where nobody knows whether it can be called there. When the files have run, `settle`
        is told which it is.
    unread
        By exercise, a file that cannot be read and seems to hold it, and why it cannot.
    explained
        Exercises whose values a misconception explains, also where nobody is told since they call
        something that is wrong.
    """

    def __init__(
        self,
        assignment: PreparedAssignment,
        file: PreparedFile,
        files: Mapping[str, bytes],
        results: JudgedChecks,
        places: Places,
    ) -> None:
        self.assignment, self.file, self.files, self.results = assignment, file, files, results
        self.places = places
        self.definitions: dict[str, Any] = {}
        self.elsewhere: dict[str, str] = {}
        self.candidates: dict[str, tuple[str, ...]] = {}
        self._own: dict[str, Any] = {}
        self._found: dict[str, FilesOf] = {}
        self.unread: Mapping[str, str] = {}
        self.explained: set[str] = set()

    def look_elsewhere(self, inspect: Callable[[str], Mapping[str, Any]]) -> None:
        """Find exercises that are written in other modules of the student's; raises `Lost`."""
        own = [one.name for one in self.assignment.exercises if one.file == self.file.name]
        imported = self._imported(own, inspect)
        others = [name for name in own if name not in imported]
        shown = {name: self.definitions.get(name, {"stub": True}) for name in others}
        missing = [name for name in others if not is_written(shown[name])]
        doubtful = [name for name in others if name not in missing and not is_certain(shown[name])]
        found = exercises_elsewhere([*missing, *doubtful], self.files, self.file.name, inspect)
        self._own = dict(self.definitions)
        self._found = {
            name: places if name in missing else [(self.file.name, shown[name]), *places]
            for name, places in found.items()
        }
        for name, places in found.items():
            if name in missing:
                self.elsewhere[name], self.definitions[name] = places[0]
        self.elsewhere |= imported
        self.candidates = {name: (file,) for name, file in imported.items()} | {
            name: tuple(file for file, _ in places) for name, places in self._found.items()
        }
        absent = [name for name in missing if name not in self.definitions]
        for name, (file, problem) in unreadable_elsewhere(
            absent, self.files, self.file.name, cache(inspect)
        ).items():
            self.definitions[name] = {"problem": problem, "file": file}

    def settle(self, taken: Mapping[str, str], unfit: Collection[str]) -> None:
        """Take note of where exercises are, once the files have run.

        Parameters
        ----------
        taken
            What was taken from other files.
        unfit
            What has no function anywhere.
        """
        for name, places in self._found.items():
            for file, facts in places:
                if taken.get(name) == file:
                    self.elsewhere[name], self.definitions[name] = file, facts
            if name in unfit:
                self.elsewhere.pop(name, None)
                self.definitions.pop(name, None)
                self.definitions |= {name: self._own[name]} if name in self._own else {}

    def _imported(
        self, names: Sequence[str], inspect: Callable[[str], Mapping[str, Any]]
    ) -> dict[str, str]:
        """The modules from which exercises are imported by their own names.

        What these show of an exercise is known of it from then on, whatever it is called there.
        """
        shown: dict[str, Mapping[str, Any]] = {}
        found: dict[str, str] = {}
        for name in names:
            file, its_name = imported_from(self.definitions.get(name))
            if file == self.file.name or file not in self.files:
                continue
            if file not in shown:
                shown[file] = inspect(file).get("definitions", {})
            if type(shown[file].get(its_name)) is dict:
                self.definitions[name] = in_another_file(its_name, shown[file])
            if name == its_name and is_module(file):
                found[name] = file
        return found

    def is_stub(self, exercise: str) -> bool:
        """Whether the syntax tree shows nothing but the stub."""
        return bool(self.definitions.get(exercise, {}).get("stub"))

    def line_of(self, exercise: str) -> int | None:
        """The line on which an exercise is defined."""
        line = self.definitions.get(exercise, {}).get("line")
        return line if type(line) is int else None

    def calls(self, exercise: str) -> list[str]:
        """Other definitions that an exercise's own source calls."""
        return names_in(self.definitions.get(exercise), "calls")

    def may_call(self, exercise: str) -> list[str]:
        """What an exercise's own source may call beside; "*" stands for anything."""
        return names_in(self.definitions.get(exercise), "perhaps")

    def problem_of(self, exercise: str) -> FileState | None:
        """The syntax error of an exercise's own definition, where the rest of the file is read."""
        problem = problem_of(self.definitions, exercise)
        if problem is None and exercise in self.unread and exercise not in self.definitions:
            return FileState(Status.ERROR, f"{self.unread[exercise]}.")
        if problem is None:
            return None
        return self.unparsed(problem, self.definitions[exercise].get("file", ""))

    def unparsed(self, problem: dict[str, Any], file: str = "") -> FileState:
        """What a syntax error comes to, in this file or in another module of the student's."""
        text = syntax_message(file or self.file.name, problem, self.places)
        return FileState(Status.ERROR, text, problem["line"], file)

    def uses(self, exercise: str) -> dict[str, int]:
        """Dotted names that an exercise's source reaches, with their lines."""
        found = self.definitions.get(exercise, {}).get("uses")
        return found if type(found) is dict else {}

    def class_facts(self, exercise: str) -> ClassFacts:
        """What the source of a class shows; names and lines come from the student's side."""
        facts = self.definitions.get(exercise, {})
        methods, numpy = facts.get("methods"), facts.get("numpy")
        if type(methods) is not list:
            return ClassFacts()
        used = numpy.items() if type(numpy) is dict else ()
        places = [
            (str(name), self.place_of(exercise, line)) for name, line in used if type(line) is int
        ]
        return ClassFacts(exercise, frozenset(map(str, methods)), tuple(places))

    def recognisable_loss(self, exercise: str) -> bool:
        """Whether the student's loss is right on some case, or explained by a misconception."""
        return exercise in self.explained or any(
            result.cases.passed > 0
            or (result.diagnosis is not None and result.diagnosis.id.startswith("misconception."))
            for result in self.results.of(exercise)
            if result.kind is Kind.OUT and result.check != "purity"
        )

    def has_wrong_numbers(self, exercise: str) -> bool:
        """Whether an exercise lost points on ordinary input by its numbers, not by form."""
        ordinary = {one.name for one in self.assignment.ordinary(exercise)}
        lost = [
            self.results.differing.get((exercise, one.check), NUMBERS)
            for one in self.results.of(exercise)
            if one.lost_points and one.kind is Kind.OUT and one.check in ordinary
        ]
        return any(not NUMBERS.isdisjoint(one) for one in lost)

    def place_of(self, exercise: str, line: int) -> str:
        """How a sentence names a line of the file in which an exercise is written."""
        return self.places.line(self.elsewhere.get(exercise, self.file.name), line)

    def origin_of(self, exercise: str) -> Place:
        """What a message about an exercise's answer has to know."""
        right = filter(self._has_passed, self.assignment.before(exercise))
        return Place(
            self.assignment,
            exercise,
            self.file.name,
            self.definitions,
            frozenset(right),
            self.places,
        )

    def _has_passed(self, exercise: str) -> bool:
        found = self.results.of(exercise)
        return bool(found) and all(one.status is Status.PASSED for one in found)
