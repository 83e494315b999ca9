"""What the other layers of the same definition suggest: an argument, a sum, an order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.additions import attributes_of
from grader.judge.repairs.keras_calls import is_called_layer, name_of
from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_MOST_ALIKE = 4
_ROOTS = {"sqrt", "rsqrt"}


def of_keras_alike(place: Place) -> Iterator[Found]:
    """What is otherwise than in a call of the same name, and layers in another order."""
    node = place.node
    if not place.module.uses_keras or not isinstance(node, ast.expr):
        return
    if isinstance(node, ast.Call):
        yield from _as_in_others(node, place)
        yield from _exchanged(node, place)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        keyword = place.parent
        if isinstance(keyword, ast.keyword) and keyword.arg in place.scope.parameters:
            said = "with something that was given there, not always the same"
            yield -1, "name", said, keyword.arg
    elif isinstance(node, ast.Name | ast.Attribute) and _is_under_root(place):
        said = "with one more division there"
        for other in attributes_of(place):
            if other != place.text:
                yield 0, "factor", said, f"({place.text} // {other})"


def of_residual(place: Place) -> Iterator[Found]:
    """What went into a layer, added to what its `call` computes."""
    node, functions = place.node, place.scope.functions
    if not place.module.uses_keras or not functions or functions[-1].name != "call":
        return
    if not isinstance(node, ast.Call | ast.Name) or not place.scope.parameters:
        return
    if not isinstance(place.parent, ast.Assign | ast.Return) and not _is_of_function(place):
        return
    first = place.scope.parameters[0]
    if place.text != first and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        said = "with one more term there (what went in)"
        yield 0, "term", said, f"({first} + {place.text})"


def _is_of_function(place: Place) -> bool:
    """Whether it is what a function such as `ops.relu` is asked of."""
    parent = place.parent
    return isinstance(parent, ast.Call) and place.field == "args" and not is_called_layer(parent)


def _is_under_root(place: Place) -> bool:
    parent = place.parent
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow):
        return parent.left is place.node
    return isinstance(parent, ast.Call) and name_of(parent.func) in _ROOTS


def _as_in_others(node: ast.Call, place: Place) -> Iterator[Found]:
    """An argument as it stands in another call of the same name."""
    first = place.source.span(node)[0]
    own = {one.arg: one.value for one in node.keywords if one.arg}
    inside = place.text.rstrip()[:-1].rstrip()
    comma = "" if inside.endswith((",", "(")) else ", "
    more, same = "with one more argument there", "with another value of an argument there"
    for other in _alike(node, place):
        for keyword in other.keywords:
            if not keyword.arg or not _is_known(keyword.value, other, place):
                continue
            text = place.source.of(keyword.value)
            if keyword.arg not in own:
                yield -1, "argument", more, f"{inside}{comma}{keyword.arg}={text})"
            elif place.source.of(own[keyword.arg]) != text:
                yield -1, "constant", same, _put(place, own[keyword.arg], text, first)
        for mine, theirs in zip(node.args[1:], other.args[1:], strict=False):
            text = place.source.of(theirs)
            if place.source.of(mine) != text and _is_known(theirs, other, place):
                yield -1, "constant", same, _put(place, mine, text, first)


def _put(place: Place, part: ast.expr, text: str, first: int) -> str:
    start, end = place.source.span(part)
    return f"{place.text[: start - first]}{text}{place.text[end - first :]}"


def _alike(node: ast.Call, place: Place) -> list[ast.Call]:
    """Other calls of the same name, which makes or calls a layer."""
    name = name_of(node.func)
    if not name or not isinstance(node.func, ast.Attribute | ast.Name):
        return []
    return [
        one
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.Call) and one is not node and name_of(one.func) == name
    ][:_MOST_ALIKE]


def _is_known(value: ast.expr, other: ast.Call, place: Place) -> bool:
    """Whether what stands in another call means something here, too."""
    names = {one.id for one in ast.walk(value) if isinstance(one, ast.Name)} - {"self"}
    if not names:
        return True
    function = place.scope.functions[-1] if place.scope.functions else None
    if function is None:
        return False
    is_in_same = function.lineno <= other.lineno <= (function.end_lineno or 0)
    return is_in_same and other.lineno <= place.line


def _exchanged(node: ast.Call, place: Place) -> Iterator[Found]:
    """Of two layers, one called on what the other gives, the other one first."""
    if not node.args or not is_called_layer(node):
        return
    inner = node.args[0]
    if not isinstance(inner, ast.Call) or not inner.args or not is_called_layer(inner):
        return
    of = place.source.of
    outer = _put_in(node, of(inner.args[0]), place)
    yield 0, "order", "with those two layers in the other order", _put_in(inner, outer, place)


def _put_in(call: ast.Call, text: str, place: Place) -> str:
    """A call with something else as its first argument."""
    start, end = place.source.span(call.args[0])
    first, last = place.source.span(call)
    whole = place.source.text
    return f"{whole[first:start]}{text}{whole[end:last]}"
