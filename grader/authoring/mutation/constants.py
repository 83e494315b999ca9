"""Another number, truth value or name of a choice."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.authoring.mutation.axes import AXIS_KEYWORDS
from grader.authoring.mutation.build import function_name, keyword_of, number, value_of

_STRINGS = (
    ("zeros", "ones"),
    ("sigmoid", "softmax"),
    ("relu", "tanh"),
    ("same", "valid"),
    ("left", "right"),
)
_OTHER_STRING = {one: other for pair in _STRINGS for one, other in (pair, pair[::-1])}


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Change a literal: n ± 1, 0 and 1, the sign, True and False, a string that has a partner."""
    if keyword_of(ancestors) in AXIS_KEYWORDS | {"strict"}:
        return  # `axes` changes these; lengths that differ raise nothing in a right solution
    value, above = value_of(node), ancestors[-1] if ancestors else None
    if isinstance(above, cst.UnaryOperation) and value_of(above) is not None:
        return  # −1 was changed as a whole
    if value is not None:
        yield number(value + 1)
        is_square = value == 2 and _is_exponent(node, above)  # `arithmetic` drops it
        is_rest = value == -1 and _is_size(ancestors)  # any negative size is the rest
        if not is_square and not is_rest:
            yield number(value - 1)
    elif isinstance(node, cst.Float):
        yield from map(number, _other_floats(float(node.evaluated_value)))
    elif isinstance(node, cst.Name) and node.value in {"True", "False"}:
        yield cst.Name(str(node.value == "False"))
    elif isinstance(node, cst.SimpleString):
        other = _OTHER_STRING.get(str(node.evaluated_value))
        if other is not None:
            yield cst.SimpleString(f"{node.quote}{other}{node.quote}")


def _is_exponent(node: cst.CSTNode, above: cst.CSTNode | None) -> bool:
    is_power = isinstance(above, cst.BinaryOperation) and isinstance(above.operator, cst.Power)
    return is_power and node is above.right  # type: ignore[union-attr]


def _is_size(ancestors: tuple[cst.CSTNode, ...]) -> bool:
    """Whether it stands among the arguments of the nearest call, ``reshape``."""
    calls = [ancestor for ancestor in ancestors if isinstance(ancestor, cst.Call)]
    return bool(calls) and function_name(calls[-1]) == "reshape"


def _other_floats(value: float) -> tuple[float, ...]:
    if value == 0:
        return (1.0,)
    return (value + 1, 0.0 if value == 1 else -value)
