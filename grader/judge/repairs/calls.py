"""Calls with other arguments, of another function, over another axis, or left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.course.slips.changes import changes_of
from grader.course.slips.words import Words
from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_REDUCING = {
    *("sum", "mean", "max", "min", "prod", "std", "var", "argmax", "argmin", "any", "all"),
    *("cumsum", "cumprod", "softmax", "norm", "amax", "amin", "flip", "roll", "sort", "argsort"),
    *("concatenate", "stack", "median", "logsumexp", "nansum", "take", "repeat", "split"),
}
_WITHOUT_KEEPING = {
    "argmax",
    "argmin",
    "cumsum",
    "cumprod",
    "softmax",
    "flip",
    "roll",
    "sort",
    "argsort",
    "concatenate",
    "stack",
    "take",
    "repeat",
    "split",
}
_AXES = (
    "0",
    "1",
    "-1",
    "2",
    "(0, 1)",
    "-2",
    "(0, 2)",
    "(1, 2)",
    "(0, 2, 3)",
    "(2, 3)",
    "3",
    "(0, 1, 2)",
)
_OTHERS = {
    "hstack": ("vstack", "concatenate"),
    "vstack": ("hstack",),
    "logical_and": ("logical_or",),
    "logical_or": ("logical_and",),
    "sigmoid": ("tanh",),
    "tanh": ("sigmoid",),
    "exp": ("log",),
    "log": ("exp", "log1p", "log2"),
    "log2": ("log",),
    "log10": ("log",),
    "sqrt": ("square",),
    "square": ("sqrt",),
    "add": ("subtract",),
    "subtract": ("add",),
    "multiply": ("divide", "dot", "matmul"),
    "divide": ("multiply",),
    "dot": ("multiply", "outer"),
    "outer": ("dot",),
    "less": ("less_equal", "greater"),
    "greater": ("greater_equal", "less"),
    "greater_equal": ("greater", "less_equal"),
    "less_equal": ("less", "greater_equal"),
    "sum": ("max", "prod", "cumsum"),
    "max": ("sum",),
    "repeat": ("tile",),
    "tile": ("repeat",),
    "zeros": ("ones",),
    "empty": ("zeros", "ones"),
    "empty_like": ("zeros_like", "ones_like"),
    "append": ("extend",),
    "extend": ("append",),
    "argmax": ("max",),
    "argmin": ("min",),
    "floor": ("round",),
    "round": ("floor",),
    "normal": ("uniform",),
    "uniform": ("normal",),
}
_ARRANGING = {"transpose", "swapaxes", "reshape"}
_WORDS = Words(())
_KINDS = {
    "argument": "without one of the arguments there",
    "condition": "without that choice between two cases",
    "bound": "without that bound",
    "axis": "taken over another axis there",
    "order": "with two arguments there exchanged",
}
_NAMESPACES = {"np", "numpy", "math", "keras", "ops", "self"}


def of_call(place: Place) -> Iterator[Found]:
    """What a call may be instead."""
    node = place.node
    if isinstance(node, ast.Attribute) and node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield 0, "transposed", "not transposed there", f"({place.source.of(node.value)})"
    if isinstance(node, ast.Tuple):
        yield from _tuples(node, place)
    if not isinstance(node, ast.Call):
        return
    name = _WORDS.function(node)
    if name not in {"range", "arange"}:
        for kind, _, other in changes_of(node, _WORDS):
            assert other is not None
            said = _KINDS.get(kind) or (
                "with another function there"
                if isinstance(other, ast.Call)
                else f"without that `{name}`"
            )
            yield (1 if kind == "argument" else 0), kind, said, f"({ast.unparse(other)})"
    for other_name in _OTHERS.get(name, ()):
        called = _renamed(place, node, other_name)
        if called:
            yield 1, "function", "with another function there", called
    yield from _axes(node, name, place)
    yield from _left_out(node, name, place)
    yield from _of_own_functions(node, name, place)


def _renamed(place: Place, node: ast.Call, name: str) -> str:
    function = node.func
    inside = place.text[len(place.source.of(function)) :]
    if isinstance(function, ast.Attribute):
        return f"{place.source.of(function.value)}.{name}{inside}"
    is_known = name in place.module.functions
    return f"{name}{inside}" if is_known else ""


def _axes(node: ast.Call, name: str, place: Place) -> Iterator[Found]:
    keywords = {one.arg: one.value for one in node.keywords}
    if name not in _REDUCING or any(isinstance(one, ast.GeneratorExp) for one in node.args):
        return
    beginning = place.text.rstrip()
    if not beginning.endswith(")"):
        return
    comma = (
        ", " if (node.args or node.keywords) and not beginning[:-1].rstrip().endswith(",") else ""
    )
    is_method = isinstance(node.func, ast.Attribute) and not _is_namespace(node.func.value)
    if "axis" not in keywords and len(node.args) <= (0 if is_method else 1):
        for number, axis in enumerate(_AXES):
            rank = 0 if number < 4 else 1
            text = f"{beginning[:-1]}{comma}axis={axis})"
            said = "taken over one axis there, not over all"
            if name in _WITHOUT_KEEPING - {"argmax", "argmin"}:
                said = "along another axis there"
            yield rank, "axis", said, text
            if name not in _WITHOUT_KEEPING and number < 4:
                text = f"{beginning[:-1]}{comma}axis={axis}, keepdims=True)"
                yield 1, "axis", "taken over one axis there, not over all", text
    elif isinstance(keywords.get("axis"), ast.Tuple | ast.Constant):
        start, end = place.source.span(keywords["axis"])
        first = place.source.span(node)[0]
        rank = 0 if isinstance(keywords["axis"], ast.Tuple) else 1
        for axis in _AXES:
            text = f"{place.text[: start - first]}{axis}{place.text[end - first :]}"
            yield rank, "axis", "taken over other axes there", text
    if "keepdims" not in keywords and name not in _WITHOUT_KEEPING:
        said = "with the axis that is summed over kept, with length 1"
        yield 0, "axis", said, f"{beginning[:-1]}{comma}keepdims=True)"


def _is_namespace(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in _NAMESPACES


def _left_out(node: ast.Call, name: str, place: Place) -> Iterator[Found]:
    """What is left when one argument, or the value of a method, stands alone."""
    said = f"without that `{name}`"
    if isinstance(node.func, ast.Attribute) and not _is_namespace(node.func.value):
        rank = 0 if name in _ARRANGING else 2
        yield rank, "function", said, f"({place.source.of(node.func.value)})"
    is_alone = len(node.args) == 1 and not node.keywords and isinstance(node.func, ast.Name)
    for index, argument in enumerate(node.args[:2]):
        if not isinstance(argument, ast.Starred):
            rank = 1 if is_alone else 2
            yield rank + index, "function", said, f"({place.source.of(argument)})"


def _of_own_functions(node: ast.Call, name: str, place: Place) -> Iterator[Found]:
    """Another function of the same file that takes as many arguments."""
    functions = place.module.functions
    if name not in functions or not isinstance(node.func, ast.Name):
        return
    rest = place.text[len(name) :]
    for other, count in functions.items():
        if other not in {name, place.definition.name} and count == functions[name]:
            yield 2, "function", "with another function called there", f"{other}{rest}"


def _tuples(node: ast.Tuple, place: Place) -> Iterator[Found]:
    said = "with two of the values there in the other order"
    texts = [place.source.of(one) for one in node.elts]
    form = "{}" if isinstance(place.parent, ast.Subscript) else "({})"
    for index in range(len(texts) - 1):
        changed = list(texts)
        changed[index : index + 2] = changed[index + 1], changed[index]
        yield 0, "order", said, form.format(", ".join(changed))
    if len(texts) > 2:
        yield 1, "order", said, form.format(", ".join(texts[::-1]))
        yield 1, "order", said, form.format(", ".join([*texts[1:], texts[0]]))
        yield 1, "order", said, form.format(", ".join([texts[-1], *texts[:-1]]))
