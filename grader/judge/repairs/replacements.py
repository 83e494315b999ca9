"""One small expression in the place of another: a length, an entry, a divisor, what is filled."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
}
_FILLED = {"zeros", "ones", "empty", "zeros_like", "ones_like", "empty_like"}
_ROUNDING = {"int": ("round",), "round": ("int",)}
_REDUCING = {"mean", "sum", "max"}
_STATISTICS = {"mean", "var", "std"}
_MOST_NAMES, _MOST_PARTS, _MOST_KEYS = 8, 6, 12


def is_filled(node: ast.AST) -> bool:
    """Whether it makes an array of one number: what is computed of that is another such array."""
    return isinstance(node, ast.Call) and _name(node) in _FILLED


def of_replacement(place: Place) -> Iterator[Found]:
    """What may stand in the place of a call, an index, a sum or a list."""
    node = place.node
    if isinstance(node, ast.Call):
        yield from _as_beside(node.args, place)
        yield from _lengths(node, place)
        yield from _entries(node, place)
        yield from _given_instead(node, place)
        if is_filled(node) and place.module.numpy:
            said = "filled with another number there"
            for number in (f"- {place.module.numpy}.inf", f"+ {place.module.numpy}.inf", "- 1"):
                yield 1, "constant", said, f"({place.text} {number})"
    elif isinstance(node, ast.List) and isinstance(node.ctx, ast.Load):
        yield from _orders(node, place)
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        yield from _as_beside(node.elts, place)
    elif isinstance(node, ast.BinOp):
        yield from _operands(node, place)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield from _of_entry(node, place)
        yield from _of_shape(node, place)
        yield from _of_key(node, place)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _keys(node, place)
    elif isinstance(node, ast.Assign | ast.Return | ast.AugAssign):
        yield from _at_every_place(node, place)
        yield from _related_names(node, place)
        yield from _as_in_the_next_line(node, place)


def _name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _as_beside(parts: list[ast.expr], place: Place) -> Iterator[Found]:
    """Of ``f(i * stride, j)`` the same for both: ``f(i * stride, j * stride)``."""
    of, first = place.source.of, place.source.span(place.node)[0]
    said = "with the same done there as to the value beside it"
    done = [
        f"{_SYMBOLS[type(one.op)]} ({of(one.right)})"
        for one in parts
        if isinstance(one, ast.BinOp) and type(one.op) in _SYMBOLS
    ]
    for part in parts[:_MOST_PARTS] if done else ():
        if isinstance(part, ast.Name | ast.Subscript | ast.Attribute):
            start, end = place.source.span(part)
            before, behind = place.text[: start - first], place.text[end - first :]
            form = "{}" if isinstance(place.parent, ast.Subscript) else "({})"
            form = "{}" if isinstance(place.node, ast.Call) else form
            for step in dict.fromkeys(done):
                yield 0, "factor", said, form.format(f"{before}({of(part)} {step}){behind}")


def _lengths(node: ast.Call, place: Place) -> Iterator[Found]:
    """How many numbers there are, or how many columns, in the place of how many rows."""
    if _name(node) == "len" and len(node.args) == 1 and isinstance(node.func, ast.Name):
        array, said = place.source.of(node.args[0]), "with another length there"
        for text in (f"{array}.size", f"{array}.shape[1]", f"{array}.shape[-1]"):
            yield 1, "factor", said, text
        yield 1, "factor", said, f"{array}[..., 0].size"


def _of_shape(node: ast.Subscript, place: Place) -> Iterator[Found]:
    """How many numbers there are in each column, in the place of how many rows."""
    shape, first = node.value, node.slice
    is_rows = isinstance(first, ast.Constant) and first.value == 0
    if isinstance(shape, ast.Attribute) and shape.attr == "shape" and is_rows:
        array = place.source.of(shape.value)
        for text in (f"{array}[..., 0].size", f"{array}.size"):
            yield 1, "factor", "with another length there", text


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _of_key(node: ast.Subscript, place: Place) -> Iterator[Found]:
    """A name in the place of an entry that is kept under a key."""
    if _is_text(node.slice):
        said = "with another value in the place of that entry"
        for name in place.scope.locals_before(place.line)[:_MOST_NAMES]:
            yield 1, "name", said, name


def _keys(node: ast.Name, place: Place) -> Iterator[Found]:
    """An entry that is kept under a key in the place of a name."""
    held = [
        one
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.Subscript) and _is_text(one.slice)
    ]
    holders = dict.fromkeys(
        place.source.of(one.value) for one in held if isinstance(one.value, ast.Name)
    )
    if node.id in holders or place.field == "func":
        return
    said = f"with an entry that is kept under a key, in the place of `{node.id}`"
    for holder in list(holders)[:2]:
        for key in _keys_of(place):
            yield 2, "name", said, f"{holder}[{key!r}]"


def _keys_of(place: Place) -> list[str]:
    """The keys of dicts in the file."""
    found = [
        key.value
        for one in ast.walk(place.source.tree)
        if isinstance(one, ast.Dict)
        for key in one.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]
    return list(dict.fromkeys(found))[:_MOST_KEYS]


def _as_in_the_next_line(node: ast.stmt, place: Place) -> Iterator[Found]:
    """A factor or divisor with which the line before or behind ends, and this one does not."""
    if not isinstance(node, ast.Assign) or node not in place.siblings:
        return
    of, number = place.source.of, place.siblings.index(node)
    for other in place.siblings[max(number - 1, 0) : number + 2]:
        value = other.value if isinstance(other, ast.Assign) else None
        is_one = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult | ast.Div)
        if other is node or not is_one:
            continue
        assert isinstance(value, ast.BinOp)
        step = f"{_SYMBOLS[type(value.op)]} {of(value.right)}"
        if not of(node.value).endswith(step) and isinstance(value.right, ast.Name | ast.Attribute):
            said = "with the same done at the end as in the line beside it"
            before = place.text[: -len(of(node.value))]
            yield 0, "factor", said, f"{before}({of(node.value)}) {step}"


def _entries(node: ast.Call, place: Place) -> Iterator[Found]:
    """One entry along an axis, and not the mean or sum of all."""
    axes = [one.value for one in node.keywords if one.arg == "axis"]
    axis = axes[0].value if axes and isinstance(axes[0], ast.Constant) else None
    if _name(node) not in _REDUCING or not isinstance(node.func, ast.Attribute):
        return
    if type(axis) is not int or axis < 0:
        return
    is_function = place.source.of(node.func.value) == place.module.numpy
    if is_function and not node.args:
        return
    array = place.source.of(node.args[0] if is_function else node.func.value)
    before = ":, " * axis
    for index in ("-1", "0"):
        said = f"with one entry there, and not the `{_name(node)}`"
        yield 1, "index", said, f"({array})[{before}{index}]"


def _given_instead(node: ast.Call, place: Place) -> Iterator[Found]:
    """What the function was given, and not a statistic that is computed anew."""
    if _name(node) in _STATISTICS and isinstance(node.func, ast.Attribute):
        said = f"with a name there, and not the `{_name(node)}`"
        for name in place.scope.names_at(place.line):
            yield 1, "name", said, name


def _orders(node: ast.List, place: Place) -> Iterator[Found]:
    """Two neighbours of a list exchanged."""
    texts = [place.source.of(one) for one in node.elts]
    said = "with two of the values there in the other order"
    for index in range(len(texts) - 1) if len(texts) <= _MOST_PARTS else ():
        changed = list(texts)
        changed[index : index + 2] = changed[index + 1], changed[index]
        yield 0, "order", said, f"[{', '.join(changed)}]"


def _operands(node: ast.BinOp, place: Place) -> Iterator[Found]:
    """Another power of a divisor, one more axis, a name for ``1 - x``."""
    of = place.source.of
    left, right = of(node.left), of(node.right)
    is_name = isinstance(node.right, ast.Name | ast.Attribute | ast.Subscript)
    if isinstance(node.op, ast.Div) and is_name:
        for power in ("0.5", "2"):
            yield 1, "power", "with another power of that divisor", f"({left} / {right} ** {power})"
    is_square = isinstance(node.right, ast.Constant) and node.right.value == 2
    if isinstance(node.op, ast.Pow) and is_square:
        said = "with a product of two values there, not a square"
        entry = node.left.slice if isinstance(node.left, ast.Subscript) else None
        if isinstance(node.left, ast.Subscript) and isinstance(entry, ast.Constant):
            if type(entry.value) is int:
                array = of(node.left.value)
                for index in (entry.value + 1, entry.value - 1):
                    yield 1, "power", said, f"({left} * {array}[{index}])"
        elif isinstance(node.left, ast.Name):
            for other in place.scope.names_at(place.line)[:_MOST_NAMES]:
                yield 2, "power", said, f"({left} * {other})"
    if isinstance(node.op, ast.Sub):
        said = "with one more axis there, of length 1"
        if isinstance(node.right, ast.Name):
            yield 1, "form", said, f"({left} - {right}[:, None])"
        if isinstance(node.left, ast.Name):
            yield 1, "form", said, f"({left}[:, None] - {right})"
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Name):
            for other in place.scope.names_at(place.line):
                if other != right:
                    yield 2, "name", "with a name there, not that difference", other


def _of_entry(node: ast.Subscript, place: Place) -> Iterator[Found]:
    """Of ``x[0]`` all, with an axis more, or the first of another axis."""
    if isinstance(node.slice, ast.Constant) and type(node.slice.value) is int:
        array, said = place.source.of(node.value), "with all of it there, not one entry"
        yield 1, "axis", said, f"{array}[:, None]"
        yield 2, "axis", "along another axis there", f"{array}[:, {node.slice.value}]"
        yield 2, "axis", "along another axis there", f"{array}[..., {node.slice.value}]"


def _at_every_place(node: ast.stmt, place: Place) -> Iterator[Found]:
    """A function or a whole number that a statement has several times, another at each place."""
    called: dict[str, list[ast.AST]] = {}
    numbers: dict[int, list[ast.AST]] = {}
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            called.setdefault(one.func.id, []).append(one.func)
        elif isinstance(one, ast.Constant) and type(one.value) is int and one.value > 1:
            numbers.setdefault(one.value, []).append(one)
    for name, functions in called.items():
        for other in _ROUNDING.get(name, ()):
            said = f"with another function there than `{name}`"
            yield 0, "function", said, _with({one: other for one in functions}, place)
    for value, literals in numbers.items():
        if len(literals) > 1:
            said = f"with another number than {value} at each of its places there"
            for number in (value + 1, value - 1, 2 * value, value * value):
                yield 0, "constant", said, _with({one: str(number) for one in literals}, place)


def _related_names(node: ast.stmt, place: Place) -> Iterator[Found]:
    """Of ``m, v`` both with an ending, as in ``m_hat, v_hat``, or the other way round."""
    found = [
        one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    ]
    known = place.scope.names_at(place.line)
    for long, short in ((a, b) for a in known for b in known if a.startswith(f"{b}_")):
        ending = long.removeprefix(short)
        longer = {one: f"{one.id}{ending}" for one in found}
        shorter = {one: one.id.removesuffix(ending) for one in found if one.id.endswith(ending)}
        for others in (longer, shorter):
            others = {one: other for one, other in others.items() if other in known}
            names = list(dict.fromkeys(f"`{one.id}`" for one in others))
            if len(names) > 1:
                said = f"with other names in the places of {' and '.join(names)}"
                yield 1, "name", said, _with(others, place)


def _with(others: Mapping[Any, str], place: Place) -> str:
    """The place's text with other texts for some of the nodes in it."""
    first, changed = place.source.span(place.node)[0], place.text
    spans = {place.source.span(one): text for one, text in others.items()}
    for (start, end), text in sorted(spans.items(), reverse=True):
        changed = f"{changed[: start - first]}{text}{changed[end - first :]}"
    return changed
