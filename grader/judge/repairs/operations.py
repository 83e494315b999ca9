"""Another operator, an operand less, another order, other parentheses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.places import Place

Found = tuple[int, str, str, str]
"""Its rank, its kind, what is said, and the text that takes the node's place."""

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
}
_OTHERS: dict[str, tuple[tuple[int, str, str, str], ...]] = {
    "+": ((0, "sign", "-", "with the opposite sign there"), (2, "operator", "*", "multiplied")),
    "-": ((0, "sign", "+", "with the opposite sign there"), (2, "operator", "*", "multiplied")),
    "*": (
        (0, "factor", "/", "divided instead of multiplied there"),
        (1, "product", "@", "with a matrix product there"),
        (2, "operator", "+", "added instead of multiplied there"),
        (2, "operator", "-", "subtracted instead of multiplied there"),
        (2, "power", "**", "with a power there"),
    ),
    "/": (
        (0, "factor", "*", "multiplied instead of divided there"),
        (1, "factor", "//", "with a division there that gives whole numbers"),
    ),
    "//": (
        (0, "factor", "%", "with the rest of the division there"),
        (1, "factor", "/", "with a division there that gives fractions"),
    ),
    "%": ((0, "factor", "//", "with the quotient there instead of the rest"),),
    "**": ((1, "power", "*", "with a product there instead of a power"),),
    "@": ((1, "product", "*", "with an elementwise product there"),),
    "&": ((0, "condition", "|", "with “or” between the conditions"),),
    "|": ((0, "condition", "&", "with “and” between the conditions"),),
}
_WITHOUT = {
    "+": ("term", "without one of the terms there"),
    "-": ("term", "without one of the terms there"),
    "*": ("factor", "without one of the factors there"),
    "@": ("factor", "without one of the factors there"),
    "/": ("factor", "without that division"),
    "//": ("factor", "without that division"),
    "%": ("factor", "without taking the rest of a division there"),
    "**": ("power", "without that power"),
    "&": ("condition", "without one of the conditions there"),
    "|": ("condition", "without one of the conditions there"),
}
_EXCHANGED = {
    "-": (0, "sign", "with the difference taken the other way round"),
    "@": (0, "order", "with the matrix product taken in the other order"),
    "/": (1, "factor", "with the quotient taken the other way round"),
    "//": (1, "factor", "with the quotient taken the other way round"),
    "**": (2, "power", "with base and exponent exchanged"),
}
_SUMS, _PRODUCTS = {"+", "-"}, {"*", "/", "@", "//", "%"}


def of_operation(place: Place) -> Iterator[Found]:
    """What may be otherwise in one sum, product, power or quotient."""
    node = place.node
    if not isinstance(node, ast.BinOp) or type(node.op) not in _SYMBOLS:
        return
    symbol = _SYMBOLS[type(node.op)]
    left, right = f"({place.source.of(node.left)})", f"({place.source.of(node.right)})"
    for rank, kind, other, said in _OTHERS.get(symbol, ()):
        # What is written `beta * t` may well be meant as `beta ** t`.
        earlier = int(other == "**" and isinstance(node.right, ast.Name))
        yield rank - earlier, kind, said, f"({left} {other} {right})"
    kind, said = _WITHOUT[symbol]
    yield 1, kind, said, left
    if symbol == "-":
        yield 1, kind, said, f"(-{right})"
    if symbol not in {"**"}:
        yield 1, kind, said, right
    if symbol in _EXCHANGED:
        rank, kind, said = _EXCHANGED[symbol]
        yield rank, kind, said, f"({right} {symbol} {left})"
    if symbol == "@":
        said = "with one of the two matrices there transposed"
        yield 0, "transposed", said, f"({left}.T @ {right})"
        yield 0, "transposed", said, f"({left} @ {right}.T)"
        yield 2, "transposed", said, f"({right} @ {left}.T)"
        yield 2, "transposed", said, f"({right}.T @ {left})"
    yield from _grouped_otherwise(place, node, symbol)


def _grouped_otherwise(place: Place, node: ast.BinOp, symbol: str) -> Iterator[Found]:
    of, said = place.source.of, "with the parentheses put otherwise"
    if isinstance(node.left, ast.UnaryOp) and isinstance(node.left.op, ast.USub):
        text = f"(-(({of(node.left.operand)}) {symbol} ({of(node.right)})))"
        yield 1, "parentheses", said, text
    for inner, is_right in ((node.left, False), (node.right, True)):
        if not isinstance(inner, ast.BinOp) or type(inner.op) not in _SYMBOLS:
            continue
        other = _SYMBOLS[type(inner.op)]
        if symbol == other == "+" and not is_right:
            a, b, c = of(inner.left), of(inner.right), of(node.right)
            for step in ("/", "*"):
                text = f"(({a}) + ((({b}) + ({c})) {step} 2))"
                yield 1, "factor", "with one more factor there (a number)", text
        if {symbol, other} <= _SUMS - {"-"} or {symbol, other} == {"*"}:
            continue
        a, b = of(inner.left), of(inner.right)
        if is_right:
            text = f"((({of(node.left)}) {symbol} ({a})) {other} ({b}))"
        else:
            text = f"(({a}) {other} (({b}) {symbol} ({of(node.right)})))"
        yield 1, "parentheses", said, text


def of_negation(place: Place) -> Iterator[Found]:
    """A minus sign or a negation less."""
    node = place.node
    if isinstance(node, ast.UnaryOp):
        inner = f"({place.source.of(node.operand)})"
        if isinstance(node.op, ast.USub):
            yield 0, "sign", "without the minus sign there", inner
            if isinstance(node.operand, ast.BinOp):
                first = node.operand
                left, right = (f"({place.source.of(one)})" for one in (first.left, first.right))
                symbol = _SYMBOLS.get(type(first.op), "")
                if symbol:
                    said = "with the parentheses put otherwise"
                    yield 1, "parentheses", said, f"((-{left}) {symbol} {right})"
        elif isinstance(node.op, ast.Not | ast.Invert):
            yield 0, "condition", "with that condition turned round", inner
