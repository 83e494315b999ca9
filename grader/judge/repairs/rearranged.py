"""The same pieces put together otherwise: inside or outside of a call, exchanged, indexed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Pow: "**",
}
_MODULES = {"np", "numpy", "math", "self", "ops", "keras", "layers", "tf"}
_MOST_NAMES, _MOST_EVERYWHERE, _LONGEST = 8, 12, 60


def of_arrangement(place: Place) -> Iterator[Found]:
    """What may be put together otherwise at one place."""
    node = place.node
    if isinstance(node, ast.Call):
        yield from _out_of_call(node, place)
        yield from _calls_exchanged(node, place)
        yield from _of_one_argument(node, place)
        yield from _reshaped(node, place)
    elif isinstance(node, ast.BinOp) and type(node.op) in _SYMBOLS:
        yield from _into_call(node, place)
        yield from _grouped(node, place)
        yield from _names_exchanged(node, place)
    elif isinstance(node, ast.Subscript):
        yield from _parts_of_index(node, place)
        if isinstance(node.ctx, ast.Load):
            yield from _indexed(node, place)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "->" in node.value:
        yield from _letters(node.value)
    elif isinstance(node, ast.Assign | ast.Return) and node.value is not None:
        yield from _name_everywhere(node, place)
        yield from _keys_everywhere(node, place)


def _out_of_call(node: ast.Call, place: Place) -> Iterator[Found]:
    """Of ``f(x, a + b)`` the other way: ``f(x, a) + b``."""
    of, first = place.source.of, place.source.span(node)[0]
    for argument in node.args[:2]:
        if isinstance(argument, ast.BinOp) and type(argument.op) in _SYMBOLS:
            start, end = place.source.span(argument)
            before, behind = place.text[: start - first], place.text[end - first :]
            symbol = _SYMBOLS[type(argument.op)]
            said = "with one operand outside of that call, not inside"
            for kept, other, is_left in (
                (argument.left, argument.right, True),
                (argument.right, argument.left, False),
            ):
                call = f"{before}{of(kept)}{behind}"
                pair = (call, f"({of(other)})") if is_left else (f"({of(other)})", call)
                yield 1, "parentheses", said, f"({pair[0]} {symbol} {pair[1]})"


def _reshaped(node: ast.Call, place: Place) -> Iterator[Found]:
    """Of ``x.reshape(a, b)`` the axes in another order before or after, and the other way round."""
    of, function = place.source.of, node.func
    if not isinstance(function, ast.Attribute) or node.keywords:
        return
    texts = [of(one) for one in node.args]
    if function.attr == "reshape" and len(texts) > 1:
        said = "with that reshaped to axes in another order, and then transposed"
        for one in range(len(texts) - 1):
            order = [*texts[:one], texts[one + 1], texts[one], *texts[one + 2 :]]
            text = f"{of(function.value)}.reshape({', '.join(order)}).swapaxes({one}, {one + 1})"
            yield 1, "form", said, text
    inner = function.value
    if function.attr != "transpose" or not isinstance(inner, ast.Call):
        return
    is_reshape = isinstance(inner.func, ast.Attribute) and inner.func.attr == "reshape"
    if is_reshape and sorted(texts) == [str(one) for one in range(len(inner.args))]:
        shape = ", ".join(of(inner.args[int(one)]) for one in texts)
        said = "with that reshaped at once, and not transposed"
        yield 1, "form", said, f"{of(inner.func)}({shape})"


def _calls_exchanged(node: ast.Call, place: Place) -> Iterator[Found]:
    """Of ``f(g(x), k)`` the other order: ``g(f(x, k))``."""
    inner = node.args[0] if node.args else None
    if not isinstance(inner, ast.Call) or len(inner.args) != 1 or inner.keywords:
        return
    of, first = place.source.of, place.source.span(node)[0]
    start, end = place.source.span(inner)
    outer = f"{place.text[: start - first]}{of(inner.args[0])}{place.text[end - first :]}"
    yield 1, "order", "with the two calls in the other order", f"{of(inner.func)}({outer})"


def _of_one_argument(node: ast.Call, place: Place) -> Iterator[Found]:
    """Another activation, of NumPy or of the file."""
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        return
    module, argument = place.module, place.source.of(node.args[0])
    said = "with another function there"
    if isinstance(node.func, ast.Attribute) and place.source.of(node.func.value) == module.numpy:
        for other, count in module.functions.items():
            if count == 1 and other != place.definition.name:
                yield 2, "function", said, f"{other}({argument})"
        if node.func.attr in {"abs", "absolute", "fabs"}:
            yield 1, "function", said, f"{module.numpy}.maximum({argument}, 0)"
    elif module.numpy and isinstance(node.func, ast.Name) and node.func.id in module.functions:
        for other in ("tanh", "exp"):
            yield 2, "function", said, f"{module.numpy}.{other}({argument})"
        for own in _callables(place):
            yield 2, "function", said, f"{own}({argument})"


def _callables(place: Place) -> list[str]:
    """What the methods of a class call of `self`."""
    found = [
        place.source.of(one.func)
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)
    ]
    stored = [
        f"self.{one.attr}"
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
    ]
    own = [one for one in (*found, *stored) if one.startswith("self.") and one.count(".") == 1]
    return list(dict.fromkeys(own))[:_MOST_NAMES]


def _into_call(node: ast.BinOp, place: Place) -> Iterator[Found]:
    """Of ``a + f(x)`` and ``f(x) ** 2`` what computes first and calls then."""
    of, symbol = place.source.of, _SYMBOLS[type(node.op)]
    said = "with that computed inside the call, not outside"
    for call, other, is_left in ((node.left, node.right, True), (node.right, node.left, False)):
        if not isinstance(call, ast.Call):
            continue
        inner = call.args[0] if call.args else None
        if inner is None and isinstance(call.func, ast.Attribute):
            inner = call.func.value
        if inner is None or isinstance(inner, ast.Starred):
            continue
        first, (start, end) = place.source.span(call)[0], place.source.span(inner)
        texts = (f"({of(inner)})", f"({of(other)})")
        left, right = texts if is_left else texts[::-1]
        text = of(call)
        yield (
            1,
            "parentheses",
            said,
            f"{text[: start - first]}({left} {symbol} {right}){text[end - first :]}",
        )
    both = node.left, node.right
    if all(isinstance(one, ast.Call) and one.args for one in both):
        one, two = both
        assert isinstance(one, ast.Call) and isinstance(two, ast.Call)
        if of(one.func) == of(two.func):
            product = f"({of(one.args[0])}) {symbol} ({of(two.args[0])})"
            yield 1, "parentheses", said, f"{of(one.func)}({product})"


def _grouped(node: ast.BinOp, place: Place) -> Iterator[Found]:
    """What came last computed first: ``(a + b) / c`` and ``a / c + b``."""
    of, symbol, inner = place.source.of, _SYMBOLS[type(node.op)], node.left
    if isinstance(inner, ast.BinOp) and type(inner.op) in _SYMBOLS:
        a, b, c = of(inner.left), of(inner.right), of(node.right)
        other = _SYMBOLS[type(inner.op)]
        if other != symbol:
            # No parentheses do that: of `a * b + 1` they make `a * (b + 1)` alone.
            said = "with the two operations there done in the other order"
            yield 1, "parentheses", said, f"((({a}) {symbol} ({c})) {other} ({b}))"
        elif symbol == "*":
            said = "added instead of multiplied there"
            yield 2, "operator", said, f"(({a}) + (({b}) * ({c})))"
    if symbol == "/":
        yield (
            2,
            "operator",
            "subtracted instead of divided there",
            f"({of(inner)} - ({of(node.right)}))",
        )
        if isinstance(node.right, ast.Constant) and node.right.value == 2:
            said = "with the square root, not the half"
            yield 1, "power", said, f"(({of(inner)}) ** 0.5)"


def _names_exchanged(node: ast.BinOp, place: Place) -> Iterator[Found]:
    """Two names that stand in each other's place."""
    found = list(dict.fromkeys(_names(node)))
    if len(place.text) > _LONGEST or not 2 <= len(found) <= 5:
        return
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            said = f"with `{one}` and `{other}` exchanged there"
            yield 1, "order", said, f"({_renamed(node, place, {one: other, other: one})})"


def _name_everywhere(node: ast.Assign | ast.Return, place: Place) -> Iterator[Found]:
    """One name in the place of another, wherever a statement has it."""
    used = list(_names(node.value)) if node.value is not None else []
    for one in dict.fromkeys(used):
        if used.count(one) > 1:
            for other in place.scope.names_at(place.line)[:_MOST_EVERYWHERE]:
                if other != one:
                    said = f"with another name in the place of `{one}`"
                    yield 2, "name", said, _renamed(node, place, {one: other})
                    said = f"with `{one}` multiplied at each of its places there"
                    yield 3, "factor", said, _renamed(node, place, {one: f"({one} * {other})"})


def _keys_everywhere(node: ast.Assign | ast.Return, place: Place) -> Iterator[Found]:
    """Keys that end in one number, as in ``p["W1"]`` and ``p["b1"]``, with the next."""
    first, text = place.source.span(node)[0], place.text
    found = [
        (place.source.span(one), one.value)
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value[-1:].isdigit()
    ]
    if len({key[-1] for _, key in found}) != 1 or len(found) < 2:
        return
    for step in (1, -1):
        changed = text
        for (start, end), key in sorted(found, reverse=True):
            other = f"{key[:-1]}{int(key[-1]) + step}"
            changed = f"{changed[: start - first]}{other!r}{changed[end - first :]}"
        yield 1, "name", "with another number at the end of the keys there", changed


def _names(node: ast.AST) -> Iterator[str]:
    """The names that are read, functions and modules left out."""
    called = {id(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
    for one in ast.walk(node):
        is_read = isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
        if is_read and id(one) not in called and one.id not in _MODULES:  # type: ignore[attr-defined]
            yield one.id  # type: ignore[attr-defined]


def _renamed(node: ast.AST, place: Place, names: dict[str, str]) -> str:
    """The text of a node with other names."""
    text, first = place.text, place.source.span(node)[0]
    found = [
        one
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and one.id in names and isinstance(one.ctx, ast.Load)
    ]
    for one in sorted(found, key=lambda one: place.source.span(one)[0], reverse=True):
        start, end = place.source.span(one)
        text = f"{text[: start - first]}{names[one.id]}{text[end - first :]}"
    return text


def _indexed(node: ast.Subscript, place: Place) -> Iterator[Found]:
    """The same index along another axis, or none."""
    of = place.source.of
    value, index = of(node.value), node.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    texts = [of(one) for one in parts]
    is_slice = [isinstance(one, ast.Slice) for one in parts]
    is_none = [isinstance(one, ast.Constant) and one.value is None for one in parts]
    said = "along another axis there"
    if len(parts) == 1 and (is_slice[0] or is_none[0] or isinstance(parts[0], ast.Name)):
        yield 1, "axis", said, f"{value}[:, {texts[0]}]"
        yield 1, "axis", said, f"{value}[:, :, {texts[0]}]"
        yield 1, "axis", said, f"{value}[..., {texts[0]}]"
    elif texts[0] in {":", "..."} and len(parts) > 1:
        yield 1, "axis", said, f"{value}[{', '.join(texts[1:])}]"
        yield 1, "axis", said, f"{value}[:, {', '.join(texts)}]"
    if all(is_slice):
        yield 1, "range", "without those slices", f"({value})"


def _parts_of_index(node: ast.Subscript, place: Place) -> Iterator[Found]:
    """A slice for one entry, slices that begin later, entries counted from the beginning."""
    of, index = place.source.of, node.slice
    value = of(node.value)
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    texts = [of(one) for one in parts]
    for number, one in enumerate(parts):
        if isinstance(one, ast.Name):
            for text in (f": {one.id} + 1", f": {one.id}", f"{one.id} :"):
                changed = ", ".join([*texts[:number], text, *texts[number + 1 :]])
                yield 2, "range", "with a slice there, not one entry", f"{value}[{changed}]"
    forward = [
        of(one.right) if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub) else of(one)
        for one in parts
    ]
    if len(parts) > 1 and forward != texts:
        yield 1, "index", "not counted from the end", f"{value}[{', '.join(forward)}]"
    bounds = [
        of(one.upper)
        if isinstance(one, ast.Slice) and one.lower is None and one.upper is not None
        else ""
        for one in parts
    ]
    if any(bounds):
        for name in place.scope.names_at(place.line):
            later = [
                f"{name} : {name} + {bound}" if bound else text
                for bound, text in zip(bounds, texts, strict=True)
            ]
            yield 0, "range", "with the slices there to begin later", f"{value}[{', '.join(later)}]"


def _letters(text: str) -> Iterator[Found]:
    """Of the letters of an einsum two exchanged, or another one kept."""
    said = "with other letters in that sum"
    for index in range(len(text) - 1):
        one, other = text[index], text[index + 1]
        if one.isalpha() and other.isalpha() and one != other:
            yield 1, "axis", said, repr(text[:index] + other + one + text[index + 2 :])
    before, arrow, kept = text.partition("->")
    for letter in dict.fromkeys(one for one in before if one.isalpha() and one not in kept):
        for index in range(len(kept)):
            changed = kept[:index] + letter + kept[index + 1 :]
            yield 1, "axis", said, repr(before + arrow + changed)
