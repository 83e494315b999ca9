"""A neighbouring function instead, or one that was forgotten: mean for sum, no copy."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.authoring.mutation.build import function_name

_PAIRS = (
    ("mean", "sum"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("std", "var"),
    ("any", "all"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("hstack", "vstack"),
    ("floor", "ceil"),
    ("sin", "cos"),
    ("sigmoid", "tanh"),
    ("tril", "triu"),
    ("logical_and", "logical_or"),
)
_OTHER = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_FORGETTABLE = {
    "abs",
    "array",
    "asarray",
    "astype",
    "cast",
    "clip",
    "copy",
    "exp",
    "expand_dims",
    "flip",
    "float",
    "int",
    "log",
    "log1p",
    "log_softmax",
    "ravel",
    "relu",
    "reshape",
    "reversed",
    "round",
    "sigmoid",
    "softmax",
    "sort",
    "sorted",
    "sqrt",
    "square",
    "squeeze",
    "swapaxes",
    "tanh",
    "transpose",
}
"""Functions of one array that give another in its place."""


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Call the neighbour, or nothing; leave out ``.T``."""
    if isinstance(node, cst.Attribute) and node.attr.value == "T":
        yield node.value
    if not isinstance(node, cst.Call):
        return
    name = function_name(node)
    if name in _OTHER:
        yield node.with_changes(func=_renamed(node.func, _OTHER[name]))
    if name in _FORGETTABLE:
        if _is_method(node):
            assert isinstance(node.func, cst.Attribute)
            yield node.func.value
        elif node.args and node.args[0].keyword is None:
            yield node.args[0].value


def _renamed(function: cst.BaseExpression, name: str) -> cst.BaseExpression:
    if isinstance(function, cst.Attribute):
        return function.with_changes(attr=cst.Name(name))
    return cst.Name(name)


def _is_method(call: cst.Call) -> bool:
    """Whether it is called on an array: ``x.copy()``, not ``np.copy(x)``."""
    if not isinstance(call.func, cst.Attribute):
        return False
    names = cst.ensure_type(call.func, cst.Attribute).value
    while isinstance(names, cst.Attribute):
        names = names.value
    return not (isinstance(names, cst.Name) and names.value in {"np", "numpy", "keras", "ops"})
