"""Another number, text, bound, index or range."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_STRINGS = (
    ("relu", "tanh", "sigmoid"),
    ("same", "valid"),
    ("zeros", "ones"),
    ("sigmoid", "softmax"),
    ("left", "right"),
)
_MOST_TEXTS = 24


def of_constant(place: Place) -> Iterator[Found]:
    """Other literals."""
    found = _literal(place)
    if found is None or (place.field in {"keys", "values"} and _is_long(found)):
        return
    value, said = found.value, f"with something else than {place.text[:20]} there"
    if isinstance(value, int | float) and not isinstance(value, bool):
        said = f"with another number than {place.text[:20]} there"
    if isinstance(value, bool):
        yield 0, "constant", said, str(not value)
    elif isinstance(value, int):
        near: tuple[float, ...] = (value + 1, value - 1)
        others: tuple[float, ...] = (0, 1, 2, -1, -value, 2 * value, value / 2, 0.5, 3, 1e-8)
        others += (10 * value, value / 10)
        for rank, numbers in ((0, near), (1, others)):
            for number in dict.fromkeys(numbers):
                if number != value and (rank == 0 or number not in near):
                    yield rank, "constant", said, f"({number!r})"
        named = f"with a name there, not the number {value}"
        if place.field == "slice" or isinstance(place.parent, ast.Tuple):
            yield from ((1, "name", named, name) for name in _counters(place))
        for name in place.scope.names_at(place.line):
            yield 2, "name", named, name
            yield 3, "name", named, f"({name} + 1)"
            yield 3, "name", named, f"({name} - 1)"
            yield 3, "name", named, f"(-{name})"
    elif isinstance(value, float):
        inverse = (1 / value,) if value else ()
        likely: tuple[float, ...] = (
            0.0,
            1.0,
            -value,
            value + 1,
            value - 1,
            2 * value,
            value / 2,
            1 - value,
        )
        likely += (*inverse, 0.5, 2.0, 10 * value, value / 10, -1.0, 1e-8, 1e-12)
        for number in dict.fromkeys(likely):
            if number != value:
                yield 0, "constant", said, f"({number!r})"
    elif isinstance(value, str):
        for pair in _STRINGS:
            if value in pair:
                yield from ((0, "constant", said, repr(one)) for one in pair if one != value)
        is_key = isinstance(place.parent, ast.Subscript)
        for name in place.scope.names_at(place.line) if value else ():
            yield 3, "name", "with something put behind that text", f"({place.text} + {name})"
        for one in _texts_of(place):
            if one != value:
                yield (1 if is_key else 2), "name", said, repr(one)


def _counters(place: Place) -> list[str]:
    """What the loops of a definition count with."""
    found = [
        one.target.id
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.For) and isinstance(one.target, ast.Name)
    ]
    return list(dict.fromkeys(found))


def _literal(place: Place) -> ast.Constant | None:
    """The literal at a place; a negative number is one as a whole."""
    node = place.node
    if isinstance(node, ast.Constant):
        is_negated = isinstance(place.parent, ast.UnaryOp) and isinstance(place.parent.op, ast.USub)
        return None if is_negated else node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = node.operand.value if isinstance(node.operand, ast.Constant) else None
        if isinstance(value, int | float):
            return ast.Constant(-value)
    return None


def _is_long(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and len(node.value) > 20


def _texts_of(place: Place) -> list[str]:
    """Other short texts, keys of a dict mostly: of the definition first, then of the file."""
    found = [
        one.value
        for tree in (place.definition.node, place.source.tree)
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and len(one.value) <= 12
    ]
    return list(dict.fromkeys(found))[:_MOST_TEXTS]


def of_range(place: Place) -> Iterator[Found]:
    """Where a loop or a slice begins and ends, and in which direction it runs."""
    node, of = place.node, place.source.of
    if isinstance(node, ast.Slice):
        yield from _slices(node, place)
    elif isinstance(node, ast.Call) and _name(node.func) in {"range", "arange"} and node.args:
        parts = [of(one) for one in node.args]
        function = of(node.func)
        rest = "".join(f", {of(one)}" for one in node.keywords)
        for index, part in enumerate(parts):
            word = "end" if index == 1 or len(parts) == 1 else "begin"
            for sign, when in (("-", "earlier"), ("+", "later")):
                changed = [*parts[:index], f"({part}) {sign} 1", *parts[index + 1 :]]
                said = f"with that range to {word} one place {when}"
                if index == 2:
                    said = "with another step in that range"
                elif len(parts) == 3:
                    said = f"with that range to {word} {_in_its_order(node.args[2], when)}"
                yield 0, "range", said, f"{function}({', '.join(changed)}{rest})"
        if len(parts) == 1:
            said = "with that range to begin one place later"
            yield 0, "range", said, f"{function}(1, {parts[0]}{rest})"
            said = "with both ends of that range one place later"
            yield 1, "range", said, f"{function}(1, ({parts[0]}) + 1{rest})"
        elif len(parts) == 2:
            yield 0, "range", "with that range to begin at 0", f"{function}({parts[1]}{rest})"
        else:
            said = "with another step in that range"
            yield 1, "range", said, f"{function}({parts[0]}, {parts[1]}{rest})"
        said = "with that range run through the other way round"
        yield 1, "range", said, f"{function}({', '.join(parts)}{rest})[::-1]"
    elif isinstance(node, ast.expr) and _is_index(place) and _literal(place) is None:
        said = "with the index there one place {}"
        yield 0, "index", said.format("later"), f"({place.text}) + 1"
        yield 0, "index", said.format("earlier"), f"({place.text}) - 1"
    elif isinstance(place.parent, ast.For) and place.field == "iter":
        said = "with that loop run through the other way round"
        yield 1, "range", said, f"reversed(list({place.text}))"
        yield 1, "range", "with that loop to begin one place later", f"list({place.text})[1:]"
        yield 1, "range", "with that loop to end one place earlier", f"list({place.text})[:-1]"


def _in_its_order(step: ast.expr | None, when: str) -> str:
    """Which way an end is moved, as who counts by that step sees it: 0 is later than 1 by −1."""
    if isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub):
        when = {"earlier": "later", "later": "earlier"}[when]
        step = step.operand
    is_known = step is None or isinstance(step, ast.Constant)
    return f"one place {when}" if is_known else "at another place"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_index(place: Place) -> bool:
    """Whether it says which entry is taken, and is neither a literal nor a slice."""
    node, parent = place.node, place.parent
    if isinstance(node, ast.Constant | ast.Slice | ast.Tuple | ast.Starred):
        return False
    if isinstance(parent, ast.Subscript):
        return place.field == "slice"
    return False


def _slices(node: ast.Slice, place: Place) -> Iterator[Found]:
    of = place.source.of
    lower, upper, step = (
        "" if one is None else f"({of(one)})" for one in (node.lower, node.upper, node.step)
    )

    def text(low: str, high: str, by: str) -> str:
        return f"{low}:{high}:{by}" if by else f"{low}:{high}"

    later, earlier = (_in_its_order(node.step, one) for one in ("later", "earlier"))
    begin, end = "with that slice to begin {}", "with that slice to end {}"
    if lower:
        yield 0, "range", begin.format(later), text(f"{lower} + 1", upper, step)
        yield 0, "range", begin.format(earlier), text(f"{lower} - 1", upper, step)
        yield 0, "range", "with that slice from the beginning", text("", upper, step)
    else:
        yield 1, "range", begin.format(later), text("1", upper, step)
    if upper and lower:
        both = f"with both ends of that slice {earlier}"
        yield 1, "range", both, text(f"{lower} - 1", f"{upper} - 1", step)
        both = f"with both ends of that slice {later}"
        yield 1, "range", both, text(f"{lower} + 1", f"{upper} + 1", step)
    if upper:
        yield 0, "range", end.format(later), text(lower, f"{upper} + 1", step)
        yield 0, "range", end.format(earlier), text(lower, f"{upper} - 1", step)
        yield 0, "range", "with that slice to the end", text(lower, "", step)
    else:
        yield 1, "range", end.format(earlier), text(lower, "-1", step)
    if step:
        yield 0, "range", "without that step of the slice", text(lower, upper, "")
    else:
        yield 2, "range", "reversed there", text(lower, upper, "-1")
