"""Which exercises and definitions one calls, by whatever names and through whichever files.

A name at the top of a file leads to all that the statements mention which bind or change it: an
alias, a dict of functions, a `partial`. An attribute of one of the student's own modules, and
what is imported from one under another name, lead into that module's file. What no text shows
(`getattr`, `eval`, a list that is filled somewhere) is told as such: nobody is sure then of what
is called.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.worker.bindings import pairs
from grader.worker.packages import is_package
from grader.worker.parts import parts_of
from grader.worker.stubs import Definition, is_stub
from grader.worker.uses import Origin, Use, imported_by, is_all, root_of, use_of
from grader.worker.written import own_file, statements_of

ANYTHING = "*"
"""Stands among `Calls.perhaps` for whatever there is."""

_WORD = re.compile(r"[^\W\d]\w*")
_BINDS_OTHERWISE = re.compile(rb"\b(?:exec|global|globals|setattr|vars)\b")
_BY_NAME = {"__dict__", "__globals__", "__import__", "eval", "exec", "getattr", "globals"}
_BY_NAME |= {"import_module", "locals", "modules", "run_path", "spec_from_file_location", "vars"}
"""What finds a function by a text."""
_PYTHONS_OWN = frozenset(dir(builtins)) | {"__file__", "__name__", "__builtins__"}
_MAX_FILES = 20
_MAX_NODES = 100_000
"""Names that are followed for all definitions of a file together."""
_MAX_ALIASES = 20
"""Of a chain of aliases, how many are followed before all names count as such."""

Node = tuple[Path, str]
"""A name at the top of a file."""


@dataclass(frozen=True)
class Calls:
    """What a definition calls.

    Attributes
    ----------
    surely
        Other definitions and exercises, the nearest first.
    perhaps
        Exercises that only texts and attributes mention; `ANYTHING` where functions may be found
        by their names.
    """

    surely: list[str]
    perhaps: list[str]


class CallGraph:
    """What the definitions of one file call.

    Parameters
    ----------
    path, folder
        The file, and where the submission lies.
    statements, source
        What is run when it is loaded, and its text.
    nodes
        Its definitions and exercises, each with the statement that counts.
    exercises
        The names of exercises; one may be called although another file defines it.
    """

    def __init__(
        self,
        path: Path,
        folder: Path,
        statements: Sequence[ast.stmt],
        source: bytes,
        nodes: Mapping[str, ast.stmt],
        exercises: Collection[str],
    ) -> None:
        self._path, self._folder = path, folder
        self._nodes, self._exercises = nodes, frozenset(exercises)
        self._lines = source.decode("utf-8", "replace").split("\n")
        self._own = _File(path, folder, statements)
        self._files: dict[Path, _File | None] = {path: self._own}
        self._uses: dict[int, Use] = {}
        self._left = _MAX_NODES
        self._homes: dict[str, set[Node]] = {}
        self._leading = nodes.keys() | self._exercises | _BY_NAME | self._own.imports.keys()
        self._leading |= {"import"} | self._leading_on()
        # A name that no statement at the top binds shows only where all is looked at closely.
        self._is_plain = not self._own.stars and _BINDS_OTHERWISE.search(source) is None

    def of(self, name: str) -> Calls:
        """What one of the definitions calls."""
        words = self._words(self._nodes[name])
        if self._is_plain and not (self._leading & words) - {name}:
            return Calls([], [])  # as most are: nothing has to be looked at closely
        surely: dict[str, None] = {}
        perhaps: set[str] = set()
        waiting = [(self._path, name)]
        seen = set(waiting)
        for path, one in waiting:  # grows while it is walked
            for file, use in self._behind(path, one):
                perhaps |= self._mentioned(file, use)
                for target in self._targets(file, use, perhaps):
                    known = self._known_as(target)
                    if known and known != name:
                        surely.setdefault(known)
                    elif not known and target not in seen and self._left:
                        self._left -= 1
                        seen.add(target)
                        waiting.append(target)
        if not self._left:
            perhaps.add(ANYTHING)
        return Calls(list(surely), sorted(perhaps - surely.keys() - {name}))

    def _words(self, node: ast.stmt | ast.expr) -> set[str]:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        return set(_WORD.findall("\n".join(self._lines[first - 1 : node.end_lineno])))

    def _leading_on(self) -> set[str]:
        """Other names at the top that lead to what may be called."""
        words: dict[str, set[str]] = {}
        for found in (self._own.bound, self._own.changes):
            for name, nodes in found.items():
                for one in nodes:
                    if not isinstance(one, Definition):
                        words.setdefault(name, set()).update(self._words(one))
        more = self._own.open | self._own.unknown
        for _ in range(_MAX_ALIASES):
            known = self._leading | more
            fresh = {name for name in words.keys() - more if not words[name].isdisjoint(known)}
            if not fresh:
                return more
            more |= fresh
        return more | words.keys()

    def _behind(self, path: Path, name: str) -> Iterator[tuple[_File, Use]]:
        """Yield what the statements behind a name use; of a definition, the one that counts."""
        file = self._file(path)
        if file is None:
            return
        is_known = path == self._path and name in self._nodes
        bound = [self._nodes[name]] if is_known else file.bound.get(name, [])
        for one in (*bound, *file.changes.get(name, ())):
            if id(one) not in self._uses:
                self._uses[id(one)] = use_of(one)
            yield file, self._uses[id(one)]

    def _mentioned(self, file: _File, use: Use) -> set[str]:
        words = set(use.words)
        for name, attributes in use.names:
            words |= {name} & _BY_NAME
            if name not in file.packages:
                words.update(attributes)
            else:
                words |= _BY_NAME.intersection(attributes)
        return (words & self._exercises) | ({ANYTHING} if words & _BY_NAME else set())

    def _targets(self, file: _File, use: Use, perhaps: set[str]) -> Iterator[Node]:
        for name, attributes in sorted(use.names):
            for origin in use.imports.get(name, ()):
                yield from self._imported(file, origin, attributes, perhaps)
            if name in use.imports:
                continue
            if name in file.open:
                perhaps.add(ANYTHING)
            found = self._find(file, name)
            if found is not None:
                yield from self._through(found, attributes, perhaps)
            elif name in self._exercises:
                yield self._path, name
            elif name not in file.packages and name not in _PYTHONS_OWN:
                perhaps.add(ANYTHING)

    def _find(self, file: _File, name: str) -> Node | None:
        """Where a name is bound: in a file, or in one from which it takes all names."""
        waiting, seen = [file], {file.path}
        for one in waiting:  # grows while it is walked
            if name in one.bound or name in one.changes or name in one.imports:
                return one.path, name
            for level, module in one.stars:
                path = own_file(one.path, self._folder, level, module)
                other = self._file(path) if path is not None and path not in seen else None
                if other is not None:
                    seen.add(other.path)
                    waiting.append(other)
        return None

    def _through(
        self, node: Node, attributes: Sequence[str], perhaps: set[str], depth: int = 0
    ) -> Iterator[Node]:
        """Yield a name of a file and, where an import binds it, what that brings."""
        yield node
        file = self._file(node[0])
        if file is not None and depth < _MAX_FILES:
            for origin in file.imports.get(node[1], ()):
                yield from self._imported(file, origin, attributes, perhaps, depth + 1)

    def _imported(
        self,
        file: _File,
        origin: Origin,
        attributes: Sequence[str],
        perhaps: set[str],
        depth: int = 0,
    ) -> Iterator[Node]:
        """Yield what an import brings, or the attribute that is asked of the module it brings."""
        level, module, name = origin
        names = [name, *attributes] if name else list(attributes)
        while names:
            path = own_file(file.path, self._folder, level, module)
            other = self._file(path) if path is not None else None
            found = self._find(other, names[0]) if other is not None else None
            first = names.pop(0)
            if found is not None:
                yield from self._through(found, names, perhaps, depth)
                return
            module = f"{module}.{first}" if module else first
        perhaps.add(ANYTHING)  # a module is handed on as a whole, or cannot be read

    def _known_as(self, target: Node) -> str:
        """The name of a definition of this file, or of an exercise; "" of anything else."""
        path, name = target
        if path == self._path:
            return name if name in self._nodes or name in self._exercises else ""
        return next((one for one in self._exercises if target in self._homes_of(one)), "")

    def _homes_of(self, exercise: str) -> set[Node]:
        """Where an exercise stands in other files: where its import leads to, or anywhere."""
        if self._is_open(exercise):
            return {(path, exercise) for path in self._files}
        if exercise not in self._homes:
            self._homes[exercise] = set(self._through((self._path, exercise), (), set()))
        return self._homes[exercise]

    def _is_open(self, exercise: str) -> bool:
        """Whether this file does not say where an exercise is: it is absent, or a stub."""
        node = self._nodes.get(exercise)
        if node is None:
            return exercise not in self._own.bound and exercise not in self._own.imports
        return isinstance(node, Definition) and is_stub(node)

    def _file(self, path: Path) -> _File | None:
        if path not in self._files:
            self._files[path] = None
            if len(self._files) > _MAX_FILES:
                return None
            try:
                source = path.read_bytes()
                parts = parts_of(source)
            except (OSError, SyntaxError, ValueError):
                return None
            self._files[path] = _File(path, self._folder, list(statements_of(parts, source)))
        return self._files[path]


class _File:
    """The top level of a file.

    Attributes
    ----------
    bound, changes
        By name, what binds it, and the statements that change what it holds.
    imports, stars
        What comes from the student's own files: by name, and all names of a module.
    packages, unknown
        The names that other imports bind: from packages, and from nobody knows where.
    open
        The names of empty containers, which any function may fill.
    """

    def __init__(self, path: Path, folder: Path, statements: Sequence[ast.stmt]) -> None:
        self.path, self._folder = path, folder
        self.bound: dict[str, list[ast.stmt | ast.expr]] = {}
        self.changes: dict[str, list[ast.stmt | ast.expr]] = {}
        self.imports: dict[str, list[Origin]] = {}
        self.stars: list[tuple[int, str]] = []
        self.packages: set[str] = set()
        self.unknown: set[str] = set()
        self.open: set[str] = set()
        waiting = list(reversed(statements))
        while waiting:
            node = waiting.pop()
            if isinstance(node, Definition):
                self.bound.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
            else:
                self._read(node)
                waiting += reversed([one for one in _blocks(node)])

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, origin in imported_by(node):
            level, module, _ = origin
            root = self._folder / module.partition(".")[0]
            if not level and not root.is_dir() and not root.with_name(f"{root.name}.py").is_file():
                (self.packages if is_package(module) else self.unknown).add(name)
            elif is_all(origin):
                self.stars.append((level, module))
            else:
                self.imports.setdefault(name, []).append(origin)

    def _read(self, node: ast.stmt) -> None:
        values: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Assign):
            values = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
            values = [(node.target, node.value)]
        elif isinstance(node, ast.For | ast.AsyncFor):
            values = [(node.target, node.iter)]
        elif isinstance(node, ast.With | ast.AsyncWith):
            values = [
                (one.optional_vars, one.context_expr) for one in node.items if one.optional_vars
            ]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._change(node.value.func, node)
            if root_of(node.value.func) == "setattr" and node.value.args:
                self.changes.setdefault(root_of(node.value.args[0]), []).append(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.NamedExpr):
            values = [(node.value.target, node.value.value)]
        for target, value in values:
            for name, one in pairs(target, value):
                self.bound.setdefault(name, []).append(one)
                if _is_empty(one):
                    self.open.add(name)
                if isinstance(one, ast.Name) and one.id in self.imports:
                    self.imports.setdefault(name, []).extend(self.imports[one.id])
                if isinstance(one, ast.Name | ast.Attribute) and root_of(one) in self.packages:
                    self.packages.add(name)
            self._change(target, node)

    def _change(self, target: ast.expr, node: ast.stmt) -> None:
        name = "" if isinstance(target, ast.Name) else root_of(target)
        if name and name not in self.packages:
            self.changes.setdefault(name, []).append(node)


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.List):
        return not value.elts
    if not isinstance(value, ast.Call) or value.keywords:
        return False
    return root_of(value) == "defaultdict" or (
        root_of(value) in {"dict", "list"} and not value.args
    )


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements in the blocks of one."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for one in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from one.body
