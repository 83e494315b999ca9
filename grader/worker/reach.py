"""Whether the code that questions run reaches beyond its own names.

Most of what an exercise leaves behind is undone (`grader.worker.traces`), but not all that can be:
the judge confirms what such code loses in a fresh worker. So what is found here costs nobody more
than a moment, and whatever is not plainly harmless counts. What a file does while it is loaded is
done in every worker alike, and does not count.

It has to take next to no time: the compiled code tells the names that it uses, and whether it
stores attributes or imports; only statements that do are looked at more closely.
"""

from __future__ import annotations

import ast
import functools
import opcode
import re
import sys
from collections.abc import Collection, Iterator
from types import CodeType, ModuleType
from typing import Any

from grader.worker.parts import Part

_HARMLESS = frozenset(
    {"__future__", "abc", "cmath", "collections", "contextlib", "copy", "dataclasses", "datetime"}
    | {"enum", "fractions", "functools", "itertools", "math", "numbers", "operator", "random", "re"}
    | {"statistics", "string", "textwrap", "time", "typing"}
    | {"jax", "keras", "matplotlib", "numpy", "pandas", "scipy", "sklearn", "tensorflow", "torch"}
)
"""Packages that can be used without leaving anything behind, by the names that stay."""
_INNER = frozenset({"src", "python", "compat"})
"""Where Keras and TensorFlow keep what is not for users."""
_WORDS = re.compile(
    r"(?:^|(?<= ))(?:"
    # What hands out the names of others, runs texts or leaves files.
    r"vars|[sgd]e[tl]attr|globals|locals|exec|eval|FunctionType|CodeType|open|breakpoint|memmap|tofile|save\w*"
    r"|sys|os|gc|ctypes|builtins|threading|importlib|signal|inspect|src|python|compat|modules"
    r"|[fgct][br]?_(?:globals|locals|back|frame|code|builtins)|cell_contents|mro"
    # What Python means by names of its own, unless it is harmless.
    r"|__(?!(?:init|post_init|new|call|name|main|qualname|module|doc|file|version|annotations"
    r"|class|classcell|static_attributes|firstlineno|repr|str|len|iter|next|bool|float|int"
    r"|index|hash|eq|ne|lt|le|gt|ge|abs|neg|pos|invert|all|slots|match_args|array"
    r"|r?(?:add|sub|mul|matmul|truediv|floordiv|mod|pow)|i(?:add|sub|mul|matmul|truediv)"
    r"|getitem|setitem|delitem|contains|reversed|getattr)__(?: |$))\w+"
    # What sets something for everybody, by its usual names.
    r"|(?:un)?register(?!_keras_serializable)\w*|(?:en|dis)able_\w+|dispatch_\w+|install\w*"
    r"|set_(?!weights|random_seed|seed|printoptions|state|params|value|shape)\w+|set(?:trace|profile)"
    r"|add\w*hook|set\w*hook|umask|\w*sigmask|stack_size|\w*rlimit"
    # What hands out something that everybody shares.
    r"|get_?(?:custom_objects|context|logger|session|registered_\w+)|getLogger|global_\w+"
    r"|seterrcall|setbufsize"
    r")(?= |$)",
)
_BESIDE = re.compile(rb"\w|\s*\.")
_PRIVATE = re.compile(r"(?:^| )_(?!_)\w")
_OPERATIONS = {
    name: opcode.opmap[name]
    for name in ("STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL", "IMPORT_NAME")
}
_IMPORT = _OPERATIONS["IMPORT_NAME"]
_GLOBAL = {_OPERATIONS["STORE_GLOBAL"], _OPERATIONS["DELETE_GLOBAL"]}
_CLOSER = set(_OPERATIONS.values()) - _GLOBAL
_OWN = frozenset({"self", "cls"})
_OWN_ATTRIBUTES = frozenset({"shape", "writeable", "trainable", "learning_rate", "stop_training"})
"""What is usually set on an array or a model that one has just made."""
_CONTAINERS = (dict, list, set)
_LEAST_LENGTH = 3


class Reach:
    """Looks at the statements of a submission's modules while they are loaded.

    Parameters
    ----------
    own
        The submission's own modules, which are looked at themselves.

    Attributes
    ----------
    found
        Whether something reaches beyond.
    """

    def __init__(self, own: Collection[str] = ()) -> None:
        self.found = False
        self._own = frozenset(own)
        self._foreign: set[str] = set()
        """Names that stand for modules, or for what is in them, that are not harmless."""

    def see(self, part: Part, code: CodeType) -> None:
        """Look at a statement that is about to be run."""
        if self.found or part.node is None:
            return
        if isinstance(part.node, ast.Import | ast.ImportFrom):
            self._foreign.update(_foreign_names(part.node, self._own))
            return
        names, operations = _used(code)
        imported: set[str] = set()
        if _IMPORT in code.co_code[::2]:  # in a `try`, say
            for node in ast.walk(part.node):
                self._foreign.update(_foreign_names(node, self._own))
                imported.update(_names_in_import(node))
        if _is_done(part.node):
            return
        text = " ".join(names)
        self.found = bool(
            operations & _GLOBAL
            or not (self._foreign - imported).isdisjoint(names)
            or not shared_containers().isdisjoint(names)
            or _WORDS.search(text)
            or ((operations & _CLOSER or _PRIVATE.search(text)) and _is_beyond(part.node))
        )

    def see_whole(self, source: bytes, parts: Collection[Part], module: ModuleType) -> None:
        """Look at a file that was run: whether a module is handed on like a value."""
        names = {name for name, value in vars(module).items() if isinstance(value, ModuleType)}
        if self.found or not names:
            return
        lines = [line for name in names for line in _lines_with(name.encode(), source)]
        self.found = bool(lines) and any(
            _hands_on(part.node, names)
            for part in parts
            if part.node is not None
            and not isinstance(part.node, ast.Import | ast.ImportFrom | ast.Expr)
            and any(part.line <= line <= part.end_line for line in lines)
        )


@functools.cache
def shared_containers() -> frozenset[str]:
    """The names of lists, dicts and sets that the packages used most hold for everybody."""
    return frozenset(
        name
        for module_name, module in list(sys.modules.items())
        if type(module_name) is str and _is_used_much(module_name)
        for name, value in list(getattr(module, "__dict__", {}).items())
        if type(value) in _CONTAINERS and len(name) >= _LEAST_LENGTH and name[:1] != "_"
    )


def _is_used_much(module: str) -> bool:
    root = module.partition(".")[0]
    is_library = root in {"numpy", "keras"} or root in _HARMLESS & sys.stdlib_module_names
    return is_library and not any(part in module for part in ("._", ".f2py", ".tests"))


def _used(code: CodeType) -> tuple[list[str], set[int]]:
    """The names that code uses, and what the functions in it do beside computing."""
    names: list[str] = list(code.co_names)
    operations: set[int] = set()
    waiting: list[Any] = list(code.co_consts)
    while waiting:
        one = waiting.pop()
        if type(one) is CodeType:
            names += one.co_names
            operations.update(one.co_code[::2])
            waiting += one.co_consts
    return names, operations


def _foreign_names(node: ast.AST, own: Collection[str] = ()) -> Iterator[str]:
    """What an import binds that is not harmless."""
    if isinstance(node, ast.Import):
        for one in node.names:
            if not _is_harmless(one.name) and one.name.partition(".")[0] not in own:
                yield one.asname or one.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom) and not (own and node.level):
        module = node.module or ""
        for one in node.names:
            if not _is_harmless(f"{module}.{one.name}") and module.partition(".")[0] not in own:
                yield one.asname or one.name


def _names_in_import(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield getattr(node, "module", None) or ""
        for one in node.names:
            yield from (one.name, one.asname or "")


def _is_harmless(module: str) -> bool:
    root, *inner = module.split(".")
    return root in _HARMLESS and _INNER.isdisjoint(inner)


def _is_beyond(statement: ast.stmt) -> bool:
    """Whether something is set, or a private name is used, that is not an object's own."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute):
            if isinstance(node.ctx, ast.Load):
                is_private = node.attr[:1] == "_" and node.attr[:2] != "__"
                if is_private and _root(node) not in _OWN | {"super"}:
                    return True
            elif node.attr not in _OWN_ATTRIBUTES and _root(node) not in _OWN:
                return True
        elif isinstance(node, ast.Import | ast.ImportFrom) and any(_foreign_names(node)):
            return True
    return False


def _is_done(statement: ast.stmt) -> bool:
    """Whether a statement is done with once the file is loaded, and binds no name."""
    if isinstance(statement, ast.Assign):
        return all(isinstance(one, ast.Attribute | ast.Subscript) for one in statement.targets)
    return isinstance(statement, ast.Expr)


def _root(node: ast.expr) -> str:
    """The name with which a chain of attributes begins, or "" where something is called."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        return node.id
    is_super = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
    )
    return "super" if is_super else ""


def _lines_with(name: bytes, source: bytes) -> Iterator[int]:
    """The lines in which a name stands otherwise than before a dot.

    A pattern would have to be made first, which takes longer.
    """
    place = source.find(name)
    while place >= 0:
        end = place + len(name)
        if not _BESIDE.match(source, end) and not source[place - 1 : place].isalnum():
            yield source.count(b"\n", 0, place) + 1
        place = source.find(name, end)


def _hands_on(statement: ast.stmt, modules: Collection[str]) -> bool:
    """Whether a module's name stands there otherwise than before a dot."""
    before_dots = {
        id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Attribute)
    }
    return any(
        isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id in modules
        and id(node) not in before_dots
        for node in ast.walk(statement)
    )
