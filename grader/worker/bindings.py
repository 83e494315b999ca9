"""What the statements of a file bind its names to: a written function, a stub, or a value.

One rule for all who ask whether an exercise is written in a file. It is, when any statement at
the top level, or in a block there (`if`, `try`, `with`, …), binds its name to what may be a
function and is not the stub; the order of the two does not matter. `grader.submissions.definitions`
states the same rule for a text that nobody has parsed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.worker.stubs import Definition, is_half_written, is_stub

_NO_FUNCTIONS = (
    ast.BinOp,
    ast.Compare,
    ast.Constant,
    ast.Dict,
    ast.DictComp,
    ast.GeneratorExp,
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Set,
    ast.SetComp,
    ast.Tuple,
    ast.UnaryOp,
)
"""Values that are never a function."""
ALL_NAMES = "*"


@dataclass(frozen=True)
class Binding:
    """A name and what a statement binds it to.

    Attributes
    ----------
    written
        Whether it may be a function, and more than the stub.
    half
        Whether it is a function that ends in ``raise NotImplementedError`` behind some code.
    origin
        Of ``from … import``: the level, the module, and the name in there; `ALL_NAMES` for all.
    foreign
        Whether a package binds it: of such a name a stub below takes the place, as in Python.
    """

    name: str
    node: ast.stmt
    written: bool
    half: bool = False
    origin: tuple[int, str, str] | None = None
    foreign: bool = False


def bindings(statements: Iterable[ast.stmt]) -> Iterator[Binding]:
    """What statements bind to functions and stubs, in their order; other values are passed over."""
    waiting = [iter(statements)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif isinstance(node, Definition):
            half = is_half_written(node)
            yield Binding(node.name, node, not half and not is_stub(node), half)
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                origin = node.level, node.module or "", one.name
                yield Binding(one.asname or one.name, node, True, origin=origin)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from (Binding(name, node, True) for name in _assigned(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.NamedExpr):
            yield Binding(node.value.target.id, node, True)
        else:
            waiting += [iter(block) for block in reversed(list(_blocks(node)))]


def deciding(found: Iterable[Binding]) -> dict[str, Binding]:
    """By name the binding that counts: the last written one, else one that is half written."""
    chosen: dict[str, Binding] = {}
    for one in found:
        before = chosen.get(one.name)
        if before is None or before.foreign or _rank(one) >= _rank(before):
            chosen[one.name] = one
    return chosen


def _rank(one: Binding) -> int:
    return 2 * one.written + one.half


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement that run when the file is imported."""
    script = script_body(node)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if name == "finalbody":
            for one in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                yield one.body
        if block and block is not script:
            yield block


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    """The names that an assignment binds to what may be a function."""
    value = node.value
    if value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from (name for name, one in pairs(target, value) if _may_be_function(name, one))


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each name of a target with its value; where nobody knows which that is, the whole."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Subscript) and _is_of_the_module(target):
        yield str(ast.literal_eval(target.slice)), value
    elif isinstance(target, ast.Starred):
        yield from pairs(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        values = [value] * len(target.elts)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(values):
            values = value.elts
        for one, part in zip(target.elts, values, strict=True):
            yield from pairs(one, part)


def _is_of_the_module(target: ast.Subscript) -> bool:
    """Whether this is ``globals()["name"]``."""
    called = target.value.func if isinstance(target.value, ast.Call) else None
    is_name = isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)
    return isinstance(called, ast.Name) and called.id in ("globals", "vars") and is_name


def _may_be_function(name: str, value: ast.expr) -> bool:
    """Whether a value may be a function of the student's, and not what wraps what is there."""
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, _NO_FUNCTIONS):
        return False
    return not any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(value))


def script_body(node: ast.stmt | None) -> list[ast.stmt]:
    """What runs of a statement only where the file is run as a script."""
    if not isinstance(node, ast.If):
        return []
    test, is_script = node.test, True
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, is_script = test.operand, False
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq | ast.NotEq):
        return []
    sides = [test.left, *test.comparators]
    names = [one.id for one in sides if isinstance(one, ast.Name)]
    texts = [one.value for one in sides if isinstance(one, ast.Constant)]
    if len(sides) != 2 or names != ["__name__"] or texts != ["__main__"]:
        return []
    is_equal = isinstance(test.ops[0], ast.Eq)
    return node.body if is_equal is is_script else node.orelse
