"""One change of the same kind in several lines, or in one round of a loop alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from grader.judge.repairs.places import Place

Moved = tuple[int, str, str, int, int, str]
Node = TypeVar("Node", bound=ast.AST)
_AXES = ("0", "1", "-1", "-2", "2")
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)


def of_several_lines(place: Place) -> Iterator[Moved]:
    """What may be otherwise in a simple statement and in those after it, each time alike."""
    node = place.node
    if not isinstance(node, _SIMPLE) or place.module.uses_keras:
        return
    yield from _axes(node, place)
    yield from _arguments(node, place)
    yield from _last_rounds(node, place)


def _axes(node: ast.stmt, place: Place) -> Iterator[Moved]:
    """Another axis in each sum, mean or variance of several lines."""

    def axis_of(one: ast.AST) -> ast.expr | None:
        if isinstance(one, ast.keyword) and one.arg == "axis":
            return one.value if isinstance(one.value, ast.Constant | ast.UnaryOp) else None
        return None

    of = place.source.of
    found = _in_block(node, place, axis_of)
    if len({of(one) for one in found}) == 1 and len(found) > 1:
        said = "with another axis there, and in what follows it"
        for axis in _AXES:
            if axis != of(found[0]):
                yield (1, "axis", said, *_with(found, [axis] * len(found), node, place))


def _arguments(node: ast.stmt, place: Place) -> Iterator[Moved]:
    """An argument that a function of the file takes and that no call hands on."""
    names = place.scope.names_at(place.line)
    for function in place.source.tree.body:
        if not isinstance(function, ast.FunctionDef) or not function.args.defaults:
            continue
        calls = _in_block(node, place, partial(_call_of, function.name))
        given = [one.arg for one in function.args.args]
        for number in range(len(given) - len(function.args.defaults), len(given)):
            name = given[number]
            if calls and name in names and all(_lacks(one, number, name) for one in calls):
                texts = [f"{place.source.of(one)[:-1]}, {name}={name})" for one in calls]
                where = "in each call" if len(calls) > 1 else "in the call"
                said = f"with one more argument {where} of `{function.name}` there"
                yield (1, "argument", said, *_with(calls, texts, node, place))


def _call_of(name: str, one: ast.AST) -> ast.Call | None:
    if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == name:
        return one
    return None


def _lacks(call: ast.Call, number: int, name: str) -> bool:
    is_starred = any(isinstance(one, ast.Starred) for one in call.args)
    given = {one.arg for one in call.keywords}
    return not is_starred and 0 < len(call.args) <= number and not given & {name, None}


def _last_rounds(node: ast.stmt, place: Place) -> Iterator[Moved]:
    """A function that is called in every round of a loop, and not in the last."""
    loop, value = place.parent, getattr(node, "value", None)
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
        return
    if not isinstance(value, ast.Call) or not value.args:
        return
    of, last = place.source.of, _last_of(loop.iter, place)
    if last:
        said = "without that call in the last round of the loop"
        start, end = place.source.span(value)
        rest = f"({of(value)} if {loop.target.id} != {last} else {of(value.args[0])})"
        yield 0, "condition", said, start, end, rest


def _last_of(over: ast.expr, place: Place) -> str:
    """What a loop counts in its last round; "" where the text does not say it."""
    if isinstance(over, ast.Tuple | ast.List) and over.elts:
        return place.source.of(over.elts[-1])
    if isinstance(over, ast.Call) and getattr(over.func, "id", "") == "range":
        return f"({place.source.of(over.args[-1])}) - 1" if 1 <= len(over.args) <= 2 else ""
    return ""


def _in_block(node: ast.stmt, place: Place, wanted: Callable[[ast.AST], Node | None]) -> list[Node]:
    """What is wanted in a statement and in those after it; none unless it is in that one first."""
    if node not in place.siblings:
        return []
    number = place.siblings.index(node)
    before, after = place.siblings[:number], place.siblings[number:]

    def within(statements: tuple[ast.stmt, ...]) -> list[Node]:
        every = (wanted(one) for each in statements for one in ast.walk(each))
        return [one for one in every if one is not None]

    return [] if within(before) or not within((node,)) else within(after)


def _with(
    nodes: list[Node], texts: list[str], node: ast.stmt, place: Place
) -> tuple[int, int, str]:
    """Where the text from a statement to the last of some nodes lies, and that text changed."""
    source, start = place.source, place.source.span(node)[0]
    spans = sorted(zip(map(source.span, nodes), texts, strict=True), reverse=True)
    end = spans[0][0][1]
    changed = source.text[start:end]
    for (first, last), text in spans:
        changed = f"{changed[: first - start]}{text}{changed[last - start :]}"
    return start, end, changed
