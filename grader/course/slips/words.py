"""How a piece of a reference is spoken of without showing it: by names of the contract."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_MAX_NAMES = 3
_TITLES = {
    "abs": "the absolute value",
    "argmax": "the argmax",
    "argmin": "the argmin",
    "copy": "a copy",
    "cos": "the cosine",
    "cumsum": "the cumulative sum",
    "exp": "the exponential",
    "flip": "a flip",
    "log": "the logarithm",
    "log1p": "the logarithm",
    "max": "the maximum",
    "maximum": "the larger of two",
    "mean": "the mean",
    "min": "the minimum",
    "minimum": "the smaller of two",
    "sin": "the sine",
    "sqrt": "the square root",
    "std": "the standard deviation",
    "sum": "the sum",
    "tanh": "the hyperbolic tangent",
    "transpose": "a transposition",
    "var": "the variance",
}
_OPERATIONS = {
    *(
        "abs",
        "cos",
        "cumsum",
        "exp",
        "expm1",
        "flip",
        "log",
        "log1p",
        "relu",
        "reversed",
        "sigmoid",
    ),
    *("sign", "sin", "softmax", "sqrt", "square", "swapaxes", "tanh", "transpose", "tril", "triu"),
    *("copy", "softplus", "sort", "unique"),
}
"""Functions that may be forgotten: what is left without them is a number, too."""


class Words:
    """What may be said of the code of one exercise.

    Parameters
    ----------
    known
        The names that students know: of the exercise's parameters, and of what its docstring names.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)

    def noun(self, node: ast.AST, noun: str) -> str:
        """The term 1, the factor `b`, a term with `l2` and `w`, or a term."""
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            return f"the {noun} {node.value!r}"
        if isinstance(node, ast.Name) and node.id in self._known:
            return f"the {noun} `{node.id}`"
        names = self._names(node) or self._functions(node)
        return f"a {noun} with {names}" if names else f"a {noun}"

    def operand(self, node: ast.AST) -> str:
        """The number 2, `b`, something with `X`, or something."""
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            return repr(node.value)
        if isinstance(node, ast.Name) and node.id in self._known:
            return f"`{node.id}`"
        names = self._names(node) or self._functions(node)
        return f"something with {names}" if names else "something"

    def on(self, node: ast.AST) -> str:
        """The names in it, to go on behind a noun; "" where there are none."""
        names = self._names(node)
        return f" on {names}" if names else ""

    def function(self, node: ast.Call) -> str:
        """The last part of the name of what is called."""
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
        return node.func.id if isinstance(node.func, ast.Name) else ""

    def public(self, name: str) -> str:
        """The name of what is called, unless only the reference knows it."""
        return "a call" if name.startswith("_") or not name else name

    def title(self, node: ast.Call) -> str:
        """What a call computes: the mean, say."""
        return self.function_title(self.function(node))

    def function_title(self, name: str) -> str:
        """What a function computes."""
        return _TITLES.get(name, "a function" if name.startswith("_") or not name else name)

    def is_operation(self, name: str) -> bool:
        """Whether a function of this name may be forgotten."""
        return name in _OPERATIONS or (name in self._known and name not in _TITLES)

    def place(self, statement: ast.stmt) -> str:
        """Where a statement stands: what it computes, if the contract has a name for that."""
        target: ast.AST | None = None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        elif isinstance(statement, ast.AugAssign):
            target = statement.target
        while isinstance(target, ast.Subscript):
            target = target.value  # what is filled in, and not which entries of it
        names = self._names(target) if target is not None else ""
        return f", where {names} {'are' if ' and ' in names else 'is'} computed" if names else ""

    def _names(self, node: ast.AST) -> str:
        found = []
        for one in ast.walk(node):
            name = one.id if isinstance(one, ast.Name) else ""
            if isinstance(one, ast.Attribute) and one.attr != "T":  # a transposition is no name
                name = one.attr
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                name = one.value
            if name in self._known and name not in found:
                found.append(name)
        return _listed([f"`{name}`" for name in found[:_MAX_NAMES]])

    def _functions(self, node: ast.AST) -> str:
        for one in ast.walk(node):
            if isinstance(one, ast.Call) and self.function(one) in _TITLES:
                return self.title(one)
        return ""


_NO_NAMES = {
    *("A", "The", "a", "all", "and", "are", "array", "as", "axis", "by", "exp", "for", "if", "in"),
    *("is", "it", "len", "log", "max", "mean", "min", "np", "number", "numpy", "of", "on", "or"),
    *("range", "return", "self", "shape", "size", "sum", "the", "to", "zeros"),
}
"""Words of any contract, and names of NumPy's."""


def names_in(text: str) -> set[str]:
    """The words of a text that may be names: what is told of a contract."""
    return set(re.findall(r"[A-Za-z]\w*", text)) - _NO_NAMES


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
