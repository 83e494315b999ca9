"""Where in a definition a slip may be, and the definition with one made there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.course.slips.changes import changes_of, defaults_of
from grader.course.slips.words import Words

_LEFT_ALONE = (ast.Raise, ast.JoinedStr, ast.arguments, ast.While, ast.Assert)
"""What is not looked into: a message is no part of the formula, and a loop might not end."""
_NOT_IN = {"decorator_list", "returns", "annotation", "ctx", "op", "ops"}
Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Changed:
    """A definition with one slip in it: its kind, what is said of it, and its source."""

    kind: str
    said: str
    source: str


def changed_definitions(definition: Definition, words: Words) -> Iterator[Changed]:
    """Every definition with one slip, each different from every other."""
    seen = {ast.unparse(definition)}
    for kind, said, put in _all_changes(definition, words):
        with put:
            source = ast.unparse(definition)
        if source not in seen:
            seen.add(source)
            yield Changed(kind, said, source)


def _all_changes(definition: Definition, words: Words) -> Iterator[tuple[str, str, _Put]]:
    for function in _functions(definition):
        yield from _of_parameters(function, words)
    for node, place, where in _nodes(definition, words):
        for kind, said, other in changes_of(node, words):
            yield kind, f"{said}{where}", _Put(place, node, other)


def _functions(definition: Definition) -> list[ast.FunctionDef]:
    if isinstance(definition, ast.FunctionDef):
        return [definition]
    return [one for one in definition.body if isinstance(one, ast.FunctionDef)]


_ARGUMENTS = (
    ("{0} = {0} * 0", "`{0}` counts for nothing, as if it were 0"),
    ("{0} = {0} * 0 + 1", "`{0}` counts for nothing, as if it were 1"),
    ("{0} = -{0}", "`{0}` is taken with the opposite sign"),
    ("{0} = {0}[::-1]", "`{0}` is read from its end to its beginning"),
    ("{0} = 1 - {0}", "`{0}` is taken as 1 − `{0}`, so that 0 and 1 are exchanged"),
    ("{0} = {0}.T", "`{0}` is transposed"),
    ("{0} = {0} + 1", "`{0}` is one more than was given"),
    ("{0} = {0} - 1", "`{0}` is one less than was given"),
)
"""What may become of an argument before the work begins."""


def _of_parameters(function: ast.FunctionDef, words: Words) -> Iterator[tuple[str, str, _Put]]:
    """An argument that is ignored, or taken otherwise than it was given."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    only_named = [one.arg for one in given.kwonlyargs]
    late = names[len(names) - len(given.defaults) :]
    defaults: dict[str, tuple[Place, ast.expr]] = {
        name: ((given, "defaults", index), given.defaults[index]) for index, name in enumerate(late)
    }
    for index, value in enumerate(given.kw_defaults):
        if value is not None:
            defaults[only_named[index]] = (given, "kw_defaults", index), value
    begin = _beginning(function)
    for name, (place, value) in defaults.items():
        for other in defaults_of(value):
            said = f"the default value of `{name}` is another than the contract's"
            yield "default", said, _Put(place, value, other)
        text = ast.unparse(value)
        said = f"the argument `{name}` is ignored, as if it were always {text}"
        yield "ignored", said, _Put(begin, None, _statement(f"{name} = {text}"))
        if text in {"True", "False"}:
            said = f"`{name}` does the opposite of what it says"
            yield "argument", said, _Put(begin, None, _statement(f"{name} = not {name}"))
    for name in [*names, *only_named]:
        for form, said in () if name == "self" else _ARGUMENTS:
            yield "argument", said.format(name), _Put(begin, None, _statement(form.format(name)))
    for name in names:
        for another in names:
            if name != another and "self" not in {name, another} and _stem(name) == _stem(another):
                said = f"`{another}` stands where `{name}` belongs"
                yield "argument", said, _Put(begin, None, _statement(f"{name} = {another}"))


def _statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _stem(name: str) -> str:
    return name.rstrip("0123456789")


Place = tuple[ast.AST, str, int | None]
"""A node, one of its fields, and where that is a list, the index."""


def _beginning(function: ast.FunctionDef) -> Place:
    return function, "body", 1 if ast.get_docstring(function) is not None else 0


class _Put:
    """Puts a change into its place, and takes it out again."""

    def __init__(self, place: Place, node: ast.AST | None, other: ast.AST | None) -> None:
        self._place, self._node, self._other = place, node, other
        if other is not None:
            ast.fix_missing_locations(other)

    def __enter__(self) -> None:
        parent, field, index = self._place
        if index is None:
            setattr(parent, field, self._other)
        elif self._node is None:
            getattr(parent, field).insert(index, self._other)
        else:
            getattr(parent, field)[index] = self._other or ast.Pass()

    def __exit__(self, *_: object) -> None:
        parent, field, index = self._place
        if index is None:
            setattr(parent, field, self._node)
        elif self._node is None:
            del getattr(parent, field)[index]
        else:
            getattr(parent, field)[index] = self._node


def _nodes(definition: Definition, words: Words) -> Iterator[tuple[ast.AST, Place, str]]:
    """Every node in which there may be a slip, its place, and what is computed there."""
    waiting: list[tuple[ast.AST, str]] = [(one, "") for one in _functions(definition)[::-1]]
    while waiting:
        parent, where = waiting.pop()
        found = []
        for field, value in ast.iter_fields(parent):
            if field in _NOT_IN or _is_said_elsewhere(parent):
                continue
            entries: list[tuple[int | None, ast.AST]] = []
            if isinstance(value, list):
                entries = [
                    (number, one) for number, one in enumerate(value) if isinstance(one, ast.AST)
                ]
            elif isinstance(value, ast.AST):
                entries = [(None, value)]
            for index, node in entries:
                if isinstance(node, _LEFT_ALONE) or _is_docstring(node) or _is_guard(node):
                    continue
                place = words.place(node) or where if isinstance(node, ast.stmt) else where
                yield node, (parent, field, index), place
                found.append((node, place))
        waiting += found[::-1]


def _is_said_elsewhere(parent: ast.AST) -> bool:
    """Whether the call itself has the slips of an argument."""
    return isinstance(parent, ast.keyword) and parent.arg in {"axis", "dtype", "keepdims"}


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and all(isinstance(one, ast.Raise) for one in node.body)
