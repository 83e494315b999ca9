"""Runs a student's file as a notebook's cells are run: one statement after the other.

One that raises, exits, asks for input or does not end is left out, and the rest counts.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import sys
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.worker.allowance import Allowance
from grader.worker.failures import describe_exception
from grader.worker.misplaced import Misplaced
from grader.worker.needed import Script, needed_by, nested_in, nodes_of
from grader.worker.own_names import AliasFinder, OwnFinder, fall_back
from grader.worker.parts import (
    Part,
    future_flags,
    imports_one_by_one,
    merges_of,
    names_of,
    part_of,
    parts_of,
    problem_of,
)
from grader.worker.reach import Reach
from grader.worker.rebound import WrittenFunctions
from grader.worker.refused_handlers import what_it_is
from grader.worker.running import run_statement
from grader.worker.scripts import definitions_of_a_script
from grader.worker.stand_in import ForbiddenUse, StandIn
from grader.worker.stubs import Definition

_MAX_DESCRIBED = 200
_MAX_NAMES = 2_000
"""How many names are remembered that left-out statements were to define."""
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
Place = tuple[str, int]
"""A statement: its file, and its number in it. Several may stand on one line."""


@dataclass(frozen=True)
class _Failed:
    """A statement that did not find a name, and what was said of it."""

    name: str
    place: Place
    part: Part
    module: ModuleType
    path: str
    flags: int
    record: dict[str, Any]


@dataclass
class Loader:
    """Loads the files of one submission.

    Parameters
    ----------
    folder
        Where they lie.
    limit
        Told, before each statement of the graded file, how many seconds it may take.
    stars
        What was said of each refused ``from package import *``: nobody knows its names, and so
        any name that is not there may be one of them.
    files
        The names of what was handed in.

    Attributes
    ----------
    left_out
        What was left out so far, the first of it: ``file``, ``statement`` (its number), ``line``,
        ``reason`` (``syntax``, ``error``, ``forbidden``, ``stub``, ``late`` or ``lost``), ``error``
        (see `describe_exception`) or ``problem`` (see `problem_of`), and
        ``needs``, the name that it needed from what was left out before it, or "".
    undefined
        By name, the left-out statement that was to define it.
    running
        The statements that run at this moment, the innermost last: a helper's statements run
        inside of the import of the graded file.
    """

    folder: Path
    limit: Callable[[float], None]
    stars: Collection[str] = ()
    files: Collection[str] = ()
    left_out: list[dict[str, Any]] = field(default_factory=list)
    undefined: dict[str, dict[str, Any]] = field(default_factory=dict)
    running: list[Place] = field(default_factory=list)
    count: int = 0
    """How many statements were left out; no more than some are described."""
    graded: str = ""
    """The file that is graded."""
    as_script: int = 0
    """The first line of what was taken from below ``if __name__ == "__main__"``, or 0."""
    merges: list[dict[str, Any]] = field(default_factory=list)
    """Where Git left two versions of some lines: the ``file``, and see `grader.worker.merges`."""
    scripts: list[dict[str, Any]] = field(default_factory=list)
    """The same of other files: ``file``, ``line``."""
    written: dict[str, WrittenFunctions] = field(default_factory=dict)
    """By module, what its definitions made."""
    rebound: list[dict[str, Any]] = field(default_factory=list)
    """Names that were given back: ``file``, and see `WrittenFunctions.give_back`."""
    nested: list[dict[str, Any]] = field(default_factory=list)
    """Functions that were taken out of others: ``name``, ``inside``, ``file``, ``line``."""
    deleted: list[dict[str, Any]] = field(default_factory=list)
    """What was deleted and counts all the same: ``name``, ``file``, ``line``."""
    failed: list[_Failed] = field(default_factory=list)
    """Statements that did not find a name which another file of the student's may have."""
    reach: Reach = field(default_factory=Reach)
    """Whether what was loaded reaches beyond its own names."""
    _stubs: dict[int, Any] = field(default_factory=dict)
    _passed_over: frozenset[Place] = frozenset()
    _allowance: Allowance | None = None
    """None while no file is loaded: what a question imports has the question's own time."""

    @cached_property
    def misplaced(self) -> Misplaced:
        """What code opens by a place that only its author's machine has."""
        return Misplaced(self.folder, self.files)

    def install(self) -> None:
        """Load the submission's own helper modules by the same rule."""
        prefix = str(self.folder)
        loader = self
        self.misplaced.install()

        class OwnModule(SourceFileLoader):
            def exec_module(self, module: ModuleType) -> None:
                source = Path(self.path).read_bytes()
                fall_back(module)
                loader._run_parts(source, module, self.path)
                loader.give_back(Path(self.path).relative_to(loader.folder).as_posix(), module)

        def hook(path: str) -> OwnFinder:
            if not path.startswith(prefix):
                raise ImportError
            return OwnFinder(path, (OwnModule, [".py"]))

        sys.path_hooks.insert(0, hook)
        sys.meta_path.insert(0, AliasFinder(self.folder, OwnModule))

    def load(
        self,
        name: str,
        module: ModuleType,
        *,
        allowance: Allowance,
        passed_over: Collection[Place] = (),
        first: int = 0,
        end: int | None = None,
    ) -> None:
        """Run a file's statements in a module.

        Parameters
        ----------
        allowance
            How long they may take.
        passed_over
            Statements that did not end, or took the worker with them, before.
        first, end
            Which statements to run, counted from 0; by default all.
        """
        path = self.folder / name
        self.graded = name
        self._passed_over = frozenset(passed_over)
        self._allowance = allowance
        try:
            self._run_parts(path.read_bytes(), module, str(path), first, end)
        finally:
            self._allowance = None

    def give_back(self, name: str, module: ModuleType) -> None:
        """Give names of a file back that some statement of it took for a value."""
        written = self.written.get(module.__name__)
        found = written.give_back(module) if written is not None else []
        self.rebound += [{**one, "file": name} for one in found[:_MAX_DESCRIBED]]

    def complete(
        self,
        name: str,
        module: ModuleType,
        exercises: Collection[str],
        *,
        allowance: Allowance | None = None,
    ) -> None:
        """Find what exercises of a file need and its statements at the margin do not leave there.

        Parameters
        ----------
        allowance
            How long statements below ``if __name__ == "__main__"`` may take; without one they
            are not run.
        """
        path = self.folder / name
        try:
            source = path.read_bytes()
            parts = parts_of(source)
        except (OSError, SyntaxError, ValueError):
            return
        statements = [one.node for one in parts if one.node is not None]
        written = self.written.get(module.__name__)
        if written is not None and written.deleted:
            needed = needed_by(exercises, nodes_of(statements))
            found = written.bring_back(module, needed)
            self.deleted += [{**one, "file": name} for one in found]
        absent = [one for one in exercises if one not in vars(module) and one.encode() in source]
        flags = future_flags(parts)
        for one, nested in (nested_in(statements, absent) if absent else {}).items():
            if nested.is_free:
                self._attempt((name, 0), part_of(nested.node), module, str(path), flags)
                place = {"file": name, "line": nested.node.lineno}
                self.nested.append({"name": one, "inside": nested.inside, **place})
        if allowance is None or b"__main__" not in source:
            return
        self._allowance = allowance
        try:
            self._run_script(name, parts, module, exercises)
        finally:
            self._allowance = None

    def _run_script(
        self, name: str, parts: tuple[Part, ...], module: ModuleType, exercises: Collection[str]
    ) -> None:
        """Run what exercises need of the block below ``if __name__ == "__main__"``."""
        path, flags = str(self.folder / name), future_flags(parts)
        for number, part in Script(parts).lines_for(exercises, vars(module)):
            place = name, len(parts) + number
            if not self._may_run(place, part, module):
                continue
            count = self.count
            self.running.append(place)
            try:
                self._attempt(place, part, module, path, flags)
            finally:
                self.running.pop()
            if self.count > count:
                continue
            if name == self.graded:
                self.as_script = self.as_script or part.line
            elif all(one["file"] != name for one in self.scripts):
                self.scripts.append({"file": name, "line": part.line})

    def try_again(self, there: Callable[[str], bool]) -> list[dict[str, Any]]:
        """Run statements again that did not find a name which is there by now; return whose.

        Parameters
        ----------
        there
            Whether a name is to be found in another file of the student's.
        """
        waiting, self.failed = self.failed, []
        done = []
        for one in waiting:
            if one.name not in vars(one.module) or not there(one.name):
                self.failed.append(one)
                continue
            self._forget(one.record)
            self.running.append(one.place)
            try:
                self._attempt(one.place, one.part, one.module, one.path, one.flags)
                self.written[one.module.__name__].see(one.part, one.module)
            finally:
                self.running.pop()
            done.append({"name": one.name, "file": one.place[0], "line": one.part.line})
        return done

    def _forget(self, record: dict[str, Any]) -> None:
        """A statement was not left out after all."""
        self.count -= 1
        self.left_out = [one for one in self.left_out if one is not record]
        self.undefined = {name: one for name, one in self.undefined.items() if one is not record}

    def module_of(self, file: str, names: tuple[str, ...]) -> ModuleType:
        """A module of the student's that defines `names`; where it cannot be imported, with a note.

        It is the file that is meant, even where Python knows another module of that name.
        """
        path = str(self.folder / file)
        module_name = file.removesuffix(".py")
        known = sys.modules.get(module_name)
        if known is not None and getattr(known, "__file__", None) == path:
            return known
        made = ModuleType(module_name)
        made.__file__ = path
        if known is None:
            sys.modules[module_name] = made
        try:
            self._run_parts(Path(path).read_bytes(), made, path)
        except BaseException as error:
            described = describe_exception(error, self.folder)
            whole = Part(0, 0, names=names)
            self._leave_out((file, 0), whole, "error", error=described)
        return made

    def run_text(self, text: str, module: ModuleType, label: str) -> None:
        """Run a text that is no file of its own; what fails in it raises."""
        path = str(self.folder / label)
        linecache.cache[path] = len(text), None, text.splitlines(keepends=True), path
        for part in parts_of(text.encode()):
            if part.problem is not None:
                raise SyntaxError(part.problem["message"])
            run_statement(part, module, path, 0, self.reach.see)

    def _run_parts(
        self, source: bytes, module: ModuleType, path: str, first: int = 0, end: int | None = None
    ) -> None:
        own = Path(path).relative_to(self.folder).as_posix()
        try:
            parts = parts_of(source)
        except SyntaxError as error:
            error.filename = own  # which file it is: a helper, perhaps
            raise
        if all(one["file"] != own for one in self.merges):
            self.merges += [{"file": own, **asdict(one)} for one in merges_of(source)]
        flags = future_flags(parts)
        identity = {name: vars(module).get(name) for name in ("__name__", "__file__")}
        if module.__name__ not in self.written:
            written = WrittenFunctions(Path(path), self.folder, self._stubs)
            self.written[module.__name__] = written
        for number, part in enumerate(parts[first:end], start=first):
            place = own, number
            if not self._may_run(place, part, module):
                continue
            self.running.append(place)
            try:
                self._attempt(place, part, module, path, flags)
                vars(module).update(identity)  # what `runpy.run_path` gives has its own
                self._finish_imports(part, module, path, flags)
                self.written[module.__name__].see(part, module)
                if part.moved and isinstance(part.node, Definition):
                    where = {"file": own, "line": part.line}
                    self.nested.append({"name": part.node.name, "inside": "", **where})
                if self._allowance is not None and len(self.running) == 1:
                    found = definitions_of_a_script(part, parts, source)
                    self._define_as_script(place, found, module, path, flags)
            finally:
                self.running.pop()
        self.reach.see_whole(source, parts, module)

    def _may_run(self, place: Place, part: Part, module: ModuleType) -> bool:
        if part.problem is not None:
            self._leave_out(place, part, "syntax", problem=part.problem)
            return False
        if place in self._passed_over:
            self._leave_out(place, part, "lost")
            return False
        if self.written[module.__name__].is_second_stub(part, module):
            self._leave_out(place, part, "stub")
            return False
        if self.running or self._allowance is None:
            return True  # a helper's: it counts as part of the statement that imports it
        if self._allowance.is_short and not isinstance(part.node, _DEFINING):
            self._leave_out(place, part, "late")
            return False
        self.limit(self._allowance.of_next())
        return True

    def _attempt(self, place: Place, part: Part, module: ModuleType, path: str, flags: int) -> None:
        """Run a statement, or leave it out; of an import that fails, only the names that fail."""
        try:
            with self.misplaced.during(place[0], part.line):
                run_statement(part, module, path, flags, self.reach.see)
        except BaseException as raised:  # SystemExit and KeyboardInterrupt are the student's
            error = what_it_is(raised, self.folder)
            pieces = imports_one_by_one(part) if isinstance(error, ImportError) else []
            if len(pieces) < 2:
                self._note_failure(place, part, error, module, path, flags)
                return
            for piece in pieces:
                self._attempt(place, piece, module, path, flags)

    def _finish_imports(self, part: Part, module: ModuleType, path: str, flags: int) -> None:
        """Import what a `try` did not come to, because an import above it in there was refused."""
        if not isinstance(part.node, ast.Try):
            return
        for node in part.node.body:
            one = Part(node.lineno, node.end_lineno or node.lineno, node)
            is_import = isinstance(node, ast.Import | ast.ImportFrom)
            if is_import and not any(name in vars(module) for name in names_of(one)):
                with contextlib.suppress(BaseException):
                    run_statement(one, module, path, flags, self.reach.see)

    def _define_as_script(
        self, place: Place, found: list[Part], module: ModuleType, path: str, flags: int
    ) -> None:
        """Define what would be there if the file were run as a script."""
        for one in found:
            known = {name for name in names_of(one) if name in vars(module)}
            if not known or isinstance(one.node, Definition):
                self._attempt(place, one, module, path, flags)
                self.as_script = self.as_script or one.line

    def _note_failure(
        self,
        place: Place,
        part: Part,
        error: BaseException,
        module: ModuleType,
        path: str,
        flags: int,
    ) -> None:
        if self._is_full(part):
            self.count += 1
            return
        described = describe_exception(error, self.folder)
        if isinstance(error, SyntaxError) and not described["frames"]:
            # The compiler's: a `return` outside of a function, say.
            self._leave_out(place, part, "syntax", problem=problem_of(error))
            return
        reason = "forbidden" if isinstance(error, ForbiddenUse | StandIn) else "error"
        record = self._leave_out(
            place, part, reason, error=described, needs=self._lacking(part, error)
        )
        if isinstance(error, NameError) and type(error.name) is str:
            self.failed.append(_Failed(error.name, place, part, module, path, flags, record))

    def _lacking(self, part: Part, error: BaseException) -> str:
        """The name that a statement did not find because of what was left out before it."""
        name = error.name if isinstance(error, NameError) else None
        if isinstance(error, ImportError) and isinstance(part.node, ast.ImportFrom):
            name = part.node.names[0].name
        if type(name) is not str:
            return ""
        unknown = bool(self.stars) and isinstance(error, NameError)
        return name if unknown or name in self.undefined else ""

    def cause_of(self, record: dict[str, Any]) -> dict[str, Any]:
        """What was left out first, where one statement needs what another was to define."""
        seen: list[dict[str, Any]] = []
        while all(one is not record for one in seen):
            seen.append(record)
            record = self.undefined.get(record.get("needs", ""), record)
        return record

    def _is_full(self, part: Part) -> bool:
        """Whether nobody would be told of one more."""
        unknown = len(self.undefined) < _MAX_NAMES and bool(names_of(part))
        return len(self.left_out) >= _MAX_DESCRIBED and not unknown

    def _leave_out(self, place: Place, part: Part, reason: str, **facts: Any) -> dict[str, Any]:
        self.count += 1
        file, number = place
        record = {"file": file, "statement": number, "line": part.line, "reason": reason, **facts}
        if len(self.left_out) < _MAX_DESCRIBED:
            self.left_out.append(record)
        for name in names_of(part):
            if len(self.undefined) < _MAX_NAMES:
                self.undefined.setdefault(name, record)
        return record
