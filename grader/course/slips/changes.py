"""Small changes of a syntax tree, each a slip that students make, and how each is said aloud."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from grader.course.slips.words import Words

Change = tuple[str, str, ast.AST | None]
"""Its kind, what is said of it, and what takes the node's place; None leaves the node out."""

_STRICT: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_REVERSED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OTHER_FUNCTIONS = {
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "max": ("min", "mean", "sum"),
    "maximum": ("minimum", "add"),
    "mean": ("sum", "max"),
    "min": ("max",),
    "minimum": ("maximum",),
    "ones": ("zeros",),
    "ones_like": ("zeros_like",),
    "prod": ("sum",),
    "std": ("var",),
    "sum": ("mean", "max"),
    "tril": ("triu",),
    "triu": ("tril",),
    "var": ("std",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "sin": ("cos",),
    "cos": ("sin",),
    "any": ("all",),
    "all": ("any",),
    "tanh": ("sin",),
    "ceil": ("floor",),
    "floor": ("ceil",),
}
_STRINGS = (("relu", "tanh", "sigmoid"), ("same", "valid"), ("euclidean", "manhattan"))
_UNORDERED = {"add", "allclose", "isclose", "logaddexp", "maximum", "minimum", "multiply", "zip"}
_BESIDE = {"dtype", "like", "name", "strict"}
"""Keywords that say how to compute, but not what."""
_AXES = (None, 0, 1, 2, -1, -2)


def changes_of(node: ast.AST, words: Words) -> Iterator[Change]:
    """Every slip that a node itself may hold; what stands within it has its own."""
    for kind, find in _BY_TYPE.items():
        if isinstance(node, kind):
            yield from find(node, words)


def _operations(node: ast.BinOp, words: Words) -> Iterator[Change]:
    left, right, operator = node.left, node.right, node.op
    if isinstance(operator, ast.Add | ast.Sub):
        is_sum = isinstance(operator, ast.Add)
        yield "term", f"{words.noun(right, 'term')} is left out", left
        rest = left if is_sum else right
        alone = right if is_sum else ast.UnaryOp(ast.USub(), right)
        if not isinstance(rest, ast.Constant) or is_sum:
            yield "term", f"{words.noun(left, 'term')} is left out", alone
        said = "is subtracted instead of added" if is_sum else "is added instead of subtracted"
        other = ast.Sub() if is_sum else ast.Add()
        yield "sign", f"{words.noun(right, 'term')} {said}", ast.BinOp(left, other, right)
        if not is_sum:
            said = "a difference is taken the wrong way round"
            yield "sign", said, ast.BinOp(right, ast.Sub(), left)
    elif isinstance(operator, ast.Mult):
        yield "factor", f"{words.noun(right, 'factor')} is left out", left
        yield "factor", f"{words.noun(left, 'factor')} is left out", right
        said = f"something is divided by {words.operand(right)} instead of multiplied"
        yield "factor", said, ast.BinOp(left, ast.Div(), right)
    elif isinstance(operator, ast.Div):
        yield "factor", f"the division by {words.operand(right)} is left out", left
        said = f"something is multiplied by {words.operand(right)} instead of divided"
        yield "factor", said, ast.BinOp(left, ast.Mult(), right)
        if isinstance(left, ast.Constant):
            said = f"something is multiplied by {words.operand(right)} instead of divided"
            yield "factor", said, right
    elif isinstance(operator, ast.FloorDiv):
        yield "factor", f"the division by {words.operand(right)} is left out", left
    elif isinstance(operator, ast.Pow):
        yield "power", f"{_power(left, right, words)} is left out", left
        if isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub):
            yield "sign", "the minus sign of an exponent is missing", _power_of(left, right.operand)
    elif isinstance(operator, ast.MatMult):
        transposed = ast.Attribute(right, "T", ast.Load())
        said = f"a matrix product has {words.operand(right)} transposed"
        yield "transposed", said, ast.BinOp(left, operator, transposed)
        transposed = ast.Attribute(left, "T", ast.Load())
        said = f"a matrix product has {words.operand(left)} transposed"
        yield "transposed", said, ast.BinOp(transposed, operator, right)
        said = "a matrix product is taken in the other order"
        yield "order", said, ast.BinOp(right, operator, left)
        said = "a matrix product is an elementwise product"
        yield "function", said, ast.BinOp(left, ast.Mult(), right)
    elif isinstance(operator, ast.BitAnd | ast.BitOr):
        yield from _choices(node, [left, right], words)


def _power(base: ast.expr, exponent: ast.expr, words: Words) -> str:
    if isinstance(exponent, ast.Constant) and exponent.value == 2:
        return f"the square of {words.operand(base)}"
    if isinstance(exponent, ast.Constant) and exponent.value == 0.5:
        return f"the square root of {words.operand(base)}"
    return f"the power {words.operand(exponent)}"


def _power_of(base: ast.expr, exponent: ast.expr) -> ast.expr:
    return ast.BinOp(base, ast.Pow(), exponent)


def _signs(node: ast.UnaryOp, words: Words) -> Iterator[Change]:
    if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield (
            "sign",
            f"the minus sign before {words.operand(node.operand)} is missing",
            node.operand,
        )
    elif isinstance(node.op, ast.Not | ast.Invert):
        yield "condition", f"a condition{words.on(node)} is turned round", node.operand


def _comparisons(node: ast.Compare, words: Words) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        about = words.on(node)
        if type(operator) in _STRICT:
            other = _STRICT[type(operator)]()
            said = f"a comparison{about} decides the border case (equality) the other way"
            yield "border", said, _with_operator(node, index, other)
        if type(operator) in _REVERSED:
            other = _REVERSED[type(operator)]()
            said = f"a comparison{about} is the wrong way round"
            yield "condition", said, _with_operator(node, index, other)


def _with_operator(node: ast.Compare, index: int, operator: ast.cmpop) -> ast.Compare:
    operators = [*node.ops[:index], operator, *node.ops[index + 1 :]]
    return ast.Compare(node.left, operators, node.comparators)


def _choices(node: ast.AST, parts: list[ast.expr], words: Words) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        other: ast.AST = ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), parts)
        is_or = isinstance(node.op, ast.Or)
    else:
        assert isinstance(node, ast.BinOp)
        is_or = isinstance(node.op, ast.BitOr)
        other = ast.BinOp(parts[0], ast.BitAnd() if is_or else ast.BitOr(), parts[1])
    word, wrong = ("or", "and") if is_or else ("and", "or")
    yield "condition", f"two conditions are joined by “{wrong}” instead of “{word}”", other
    for part in parts:
        rest = [one for one in parts if one is not part]
        if len(rest) == 1:
            yield "condition", f"the condition{words.on(part)} is left out", rest[0]


def _joined(node: ast.BoolOp, words: Words) -> Iterator[Change]:
    yield from _choices(node, node.values, words)


def _calls(node: ast.Call, words: Words) -> Iterator[Change]:
    name = words.function(node)
    for index, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
        if keyword.arg == "axis":
            said = f"{words.title(node)} is taken over all axes instead of one"
            yield "axis", said, ast.Call(node.func, node.args, rest)
            for axis in _AXES[1:]:
                wrong = ast.keyword("axis", ast.Constant(axis))
                said = f"{words.title(node)} is taken over axis {axis}, which is another axis"
                yield "axis", said, ast.Call(node.func, node.args, [*rest, wrong])
        elif keyword.arg not in {*_BESIDE, None, "axes"}:
            said = f"the argument {keyword.arg} of {words.public(name)} is left out"
            yield "argument", said, ast.Call(node.func, node.args, rest)
    for other in _OTHER_FUNCTIONS.get(name, ()):
        if other == "add" and any(isinstance(one, ast.Constant) for one in node.args):
            continue  # the larger of a number and 0, added: the bound is left out
        said = f"{words.function_title(other)} stands for {words.function_title(name)}"
        called = _other_function(node, other)
        yield "function", said, ast.Call(called, node.args, node.keywords)
    if name not in _UNORDERED:
        for index in range(len(node.args) - 1):
            args = list(node.args)
            args[index : index + 2] = args[index + 1], args[index]
            said = f"two arguments of {words.public(name)} are exchanged"
            yield "order", said, ast.Call(node.func, args, node.keywords)
    if name == "where" and len(node.args) == 3:
        said = "of two cases, one is treated as the other"
        yield "condition", said, node.args[1]
        yield "condition", said, node.args[2]
    elif name in {"maximum", "minimum"} and len(node.args) == 2:
        said = f"the bound of {words.function_title(name)} is left out"
        yield "bound", said, node.args[0]
        yield "bound", said, node.args[1]
    elif name in {"range", "arange"} and len(node.args) == 1 and not node.keywords:
        yield "range", "a loop begins one place too late", _call(node, ast.Constant(1), *node.args)
        for step, said in ((ast.Sub(), "one place too early"), (ast.Add(), "one place too late")):
            shifted = ast.BinOp(node.args[0], step, ast.Constant(1))
            yield "range", f"a loop or range ends {said}", _call(node, shifted)
    elif name == "clip" and node.args:
        yield "bound", "clipping is left out", node.args[0]
    elif node.args and words.is_operation(name):
        yield "function", f"{words.function_title(name)} is left out", node.args[0]
    elif not node.args and isinstance(node.func, ast.Attribute) and words.is_operation(name):
        yield "function", f"{words.function_title(name)} is left out", node.func.value


def _call(node: ast.Call, *arguments: ast.expr) -> ast.Call:
    return ast.Call(node.func, list(arguments), node.keywords)


def _other_function(node: ast.Call, name: str) -> ast.expr:
    if isinstance(node.func, ast.Attribute):
        return ast.Attribute(node.func.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _attributes(node: ast.Attribute, words: Words) -> Iterator[Change]:
    if node.attr == "T":
        yield (
            "transposed",
            f"the transposition of {words.operand(node.value)} is missing",
            node.value,
        )


def _constants(node: ast.Constant, words: Words) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", f"{not value} stands where {value} belongs", ast.Constant(not value)
    elif isinstance(value, int):
        for other in dict.fromkeys((value + 1, value - 1, 0, 1)):
            if other != value:
                yield "constant", f"a number is {other} instead of {value}", ast.Constant(other)
    elif isinstance(value, float):
        for number in dict.fromkeys((0.0, 1.0, -value, 2 * value, value / 2, value + 1)):
            if number != value:
                said = f"a number is {number:g} instead of {value:g}"
                yield "constant", said, ast.Constant(number)


def defaults_of(value: ast.expr) -> Iterator[ast.expr]:
    """Other default values of a parameter."""
    if not isinstance(value, ast.Constant):
        return
    number = value.value
    if isinstance(number, int | float) and not isinstance(number, bool):
        others = (number + 1, number - 1, 0, 1, 2 * number, number / 2, 10 * number, number / 10)
        yield from (ast.Constant(one) for one in dict.fromkeys(others) if one != number)
    elif isinstance(number, bool):
        yield ast.Constant(not number)
    elif isinstance(number, str):
        for pair in _STRINGS:
            if number in pair:
                yield from (ast.Constant(one) for one in pair if one != number)


def _slices(node: ast.Slice, words: Words) -> Iterator[Change]:
    bounds = {"lower": node.lower, "upper": node.upper, "step": node.step}
    for name, bound in bounds.items():
        if bound is None:
            continue
        is_reversal = name == "step" and ast.unparse(bound) == "-1"
        what = "a reversal" if is_reversal else f"a bound{words.on(bound)} of a slice"
        said = f"{what} is left out"
        yield "range", said, ast.Slice(**{**bounds, name: None})  # type: ignore[arg-type]
        if name != "step" and not isinstance(bound, ast.Constant):
            ends = "begins" if name == "lower" else "ends"
            for step, when in ((ast.Add(), "late"), (ast.Sub(), "early")):
                shifted = ast.BinOp(bound, step, ast.Constant(1))
                changed = ast.Slice(**{**bounds, name: shifted})  # type: ignore[arg-type]
                yield "range", f"a slice {ends} one place too {when}", changed


def _tuples(node: ast.Tuple, words: Words) -> Iterator[Change]:
    for index in range(len(node.elts) - 1):
        elements = list(node.elts)
        elements[index : index + 2] = elements[index + 1], elements[index]
        said = "two neighbouring values of an index, a shape or a result stand in the wrong order"
        yield "order", said, ast.Tuple(elements, node.ctx)


def _branches(node: ast.IfExp, words: Words) -> Iterator[Change]:
    said = f"a case{words.on(node.test)} is not told from the other"
    yield "condition", said, node.body
    yield "condition", said, node.orelse


def _statements(node: ast.stmt, words: Words) -> Iterator[Change]:
    if isinstance(node, ast.AugAssign):
        yield "statement", f"a step that changes {words.operand(node.target)} is left out", None
        said = f"{words.operand(node.target)} is overwritten instead of accumulated"
        yield "accumulated", said, ast.Assign([node.target], node.value)
        pairs: dict[type[ast.operator], tuple[ast.operator, str]] = {
            ast.Add: (ast.Sub(), "something is subtracted instead of added"),
            ast.Sub: (ast.Add(), "something is added instead of subtracted"),
            ast.Mult: (ast.Div(), "something is divided instead of multiplied"),
            ast.Div: (ast.Mult(), "something is multiplied instead of divided"),
        }
        if type(node.op) in pairs:
            operator, said = pairs[type(node.op)]
            said = f"{said}{words.on(node.value)}"
            yield "sign", said, ast.AugAssign(node.target, operator, node.value)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "statement", f"{words.public(words.function(node.value))} is left out", None
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        target = words.operand(node.targets[0].value)
        yield "statement", f"a step that fills in {target} is left out", None
    elif isinstance(node, ast.If):
        about = words.on(node.test)
        for name in ("True", "False"):
            said = f"a condition{about} is not asked"
            yield "condition", said, ast.If(ast.Constant(name == "True"), node.body, node.orelse)
        negated = ast.UnaryOp(ast.Not(), node.test)
        said = f"a condition{about} is turned round"
        yield "condition", said, ast.If(negated, node.body, node.orelse)


_BY_TYPE: dict[type[ast.AST], Callable[[Any, Words], Iterator[Change]]] = {
    ast.BinOp: _operations,
    ast.UnaryOp: _signs,
    ast.Compare: _comparisons,
    ast.BoolOp: _joined,
    ast.Call: _calls,
    ast.Attribute: _attributes,
    ast.Constant: _constants,
    ast.Slice: _slices,
    ast.Tuple: _tuples,
    ast.IfExp: _branches,
    ast.stmt: _statements,
}
