"""Comparisons, conditions and choices that are otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.course.slips.changes import changes_of
from grader.course.slips.words import Words
from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_WORDS = Words(())
_MOST_CONDITIONS = 8
_SIZES = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SAID = {
    (ast.Compare, "border"): "with the border case, equality, decided the other way",
    (ast.Compare, "condition"): "with the comparison the other way round",
    (ast.BoolOp, "condition"): "with those conditions joined otherwise, or one of them left out",
    (ast.IfExp, "condition"): "without that choice between two cases",
}


def of_condition(place: Place) -> Iterator[Found]:
    """Comparisons, what joins conditions, and what they choose between."""
    node = place.node
    if isinstance(node, ast.Compare | ast.BoolOp | ast.IfExp):
        for kind, _, other in changes_of(node, _WORDS):
            assert other is not None
            rank = 0 if isinstance(node, ast.Compare) else 1
            yield rank, kind, _SAID[type(node), kind], f"({ast.unparse(other)})"
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        for symbol in (">=", "<=", ">", "<"):
            left, right = place.source.of(node.left), place.source.of(node.comparators[0])
            said = "with another comparison"
            yield 2, "condition", said, f"(({left}) {symbol} ({right}))"
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], _SIZES):
        yield from _compared_with_numbers(node, place)
    if isinstance(node, ast.IfExp):
        body, orelse = place.source.of(node.body), place.source.of(node.orelse)
        test = place.source.of(node.test)
        said = "with that choice the other way round"
        yield 0, "condition", said, f"(({orelse}) if ({test}) else ({body}))"
    if not isinstance(node, ast.expr):
        return
    if isinstance(node, ast.Call):
        yield from _left_out_at_an_end(node, place)
    if place.field == "test" and isinstance(place.parent, ast.If | ast.While):
        yield 1, "condition", "with that condition turned round", f"(not ({place.text}))"
        if isinstance(place.parent, ast.If):
            yield 1, "condition", "with that step always done", "True"
            yield 1, "condition", "with that step never done", "False"
    elif place.field == "ifs":
        yield 1, "condition", "with that condition turned round", f"(not ({place.text}))"
        yield 1, "condition", "without that condition", "True"
    if place.field in {"test", "ifs"}:
        yield from _others(place)


def _left_out_at_an_end(node: ast.Call, place: Place) -> Iterator[Found]:
    """Of a call in a loop over numbers: without it in the last pass, or in the first."""
    if len(node.args) != 1 or node.keywords or not place.is_whole or not place.scope.functions:
        return
    of, given = place.source.of, place.source.of(node.args[0])
    for loop in ast.walk(place.scope.functions[-1]):
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        if not loop.lineno < place.line <= (loop.end_lineno or 0) or not _is_range(loop.iter):
            continue
        for index, which in ((-1, "last"), (0, "first")):
            said = f"with that left out in the {which} pass of the loop"
            end = f"({of(loop.iter)})[{index}]"
            text = f"(({place.text}) if {loop.target.id} != {end} else ({given}))"
            yield 1, "condition", said, text


def _is_range(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    )


def _compared_with_numbers(node: ast.Compare, place: Place) -> Iterator[Found]:
    """0 or 1 in the place of what is compared with."""
    if len(node.ops) > 1 or isinstance(node.comparators[0], ast.Constant):
        return
    start, end = place.source.span(node.comparators[0])
    first = place.source.span(node)[0]
    for number in ("0", "1"):
        text = f"({place.text[: start - first]}{number}{place.text[end - first :]})"
        yield 1, "bound", "compared with something else there", text


def _others(place: Place) -> Iterator[Found]:
    """Another condition of the same definition in its place, or beside it."""
    found = dict.fromkeys(
        place.source.of(one)
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.Compare) and one is not place.node
    )
    for text in list(found)[:_MOST_CONDITIONS]:
        if text != place.text:
            yield 2, "condition", "with another condition there", text
            said = "with one more condition there"
            yield 2, "condition", said, f"({place.text}) and ({text})"
            yield 2, "condition", said, f"({place.text}) or ({text})"
    names = [one for one in place.scope.names_at(place.line) if one not in place.text]
    for name in names[:_MOST_CONDITIONS]:
        for form in ("== 0", "== 1", "> 0", "is not None"):
            said = "with one more condition there"
            yield 3, "condition", said, f"({place.text}) and {name} {form}"
