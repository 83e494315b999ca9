"""What the statements of a file bind its names to: a written function, a stub, or a value.

One rule for all who ask whether an exercise is written in a file. It is, when any statement at
the top level, or in a block there (`if`, `try`, `with`, …), binds its name to what may be a
function and is not the stub; the order of the two does not matter. `grader.submissions.definitions`
follows it as well, and states it again for a text that does not parse.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grader.worker.stubs import Definition, is_half_written, is_name, is_stub

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
_NAMESPACES = {"globals", "locals", "vars"}
_MAX_EXECUTED = 20_000
"""Characters of a text handed to `exec` that are looked into."""


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
    certain
        Whether it surely can be called; what a call returned may as well be a number.
    """

    name: str
    node: ast.stmt
    written: bool
    half: bool = False
    origin: tuple[int, str, str] | None = None
    foreign: bool = False
    certain: bool = True


def bindings(statements: Iterable[ast.stmt]) -> Iterator[Binding]:
    """What statements bind to functions and stubs, in their order; other values are passed over."""
    waiting = [iter(statements)]
    setters: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
        elif isinstance(node, Definition):
            half = is_half_written(node)
            yield Binding(node.name, node, not half and not is_stub(node), half)
            if not isinstance(node, ast.ClassDef) and _globals_of(node):
                setters[node.name] = node
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                origin = node.level, node.module or "", one.name
                yield Binding(one.asname or one.name, node, True, origin=origin)
        else:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
                yield from _of_values(node, setters)
            for value in (inner for header in _headers(node) for inner in ast.walk(header)):
                yield from _of_walrus(node, value)
            waiting += [iter(block) for block in reversed(list(_blocks(node)))]


def _of_values(
    node: ast.Assign | ast.AnnAssign | ast.Expr,
    setters: dict[str, ast.FunctionDef | ast.AsyncFunctionDef],
) -> Iterator[Binding]:
    """What a simple statement binds, by an assignment or by what it calls."""
    value = node.value
    if isinstance(value, ast.Call):
        called = value.func.id if isinstance(value.func, ast.Name) else ""
        if called in setters:
            yield from _of_setter(setters.pop(called))
        yield from _of_call(node, value)
    if isinstance(node, ast.Expr):
        yield from _of_walrus(node, node.value)
    else:
        for name, one in _assigned(node):
            yield Binding(name, node, True, certain=isinstance(one, ast.Lambda))


def _of_walrus(node: ast.stmt, value: ast.AST) -> Iterator[Binding]:
    if isinstance(value, ast.NamedExpr) and _may_be_function(value.target.id, value.value):
        certain = isinstance(value.value, ast.Lambda)
        yield Binding(value.target.id, node, True, certain=certain)


def _headers(node: ast.stmt) -> list[ast.expr]:
    """What is computed above a block."""
    if isinstance(node, ast.If | ast.While):
        return [node.test]
    if isinstance(node, ast.With | ast.AsyncWith):
        return [one.context_expr for one in node.items]
    return []


def _globals_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names of the module that a function says it sets."""
    return {name for one in function.body if isinstance(one, ast.Global) for name in one.names}


def _of_setter(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Binding]:
    """What a function sets in the module when it is called."""
    names = _globals_of(function)
    for one in bindings(function.body):
        if one.name in names:
            yield replace(one, certain=False)


def _of_call(node: ast.stmt, call: ast.Call) -> Iterator[Binding]:
    """What ``exec``, ``setattr(sys.modules[__name__], …)`` and ``globals().update(…)`` bind."""
    function, given = call.func, call.args
    if isinstance(function, ast.Name) and function.id == "exec" and given:
        text = given[0].value if isinstance(given[0], ast.Constant) else None
        if isinstance(text, str) and len(text) <= _MAX_EXECUTED:
            try:
                body = ast.parse(text).body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return
            yield from (replace(one, node=node, certain=False) for one in bindings(body))
    elif isinstance(function, ast.Name) and function.id == "setattr" and len(given) == 3:
        holder, name, value = given
        if _text_in(name) and any(is_name(one, "__name__") for one in ast.walk(holder)):
            yield from _of_pairs(node, [(_text_in(name), value)])
    elif (
        isinstance(function, ast.Attribute)
        and function.attr == "update"
        and _is_namespace(function.value)
    ):
        pairs = [(one.arg, one.value) for one in call.keywords if one.arg is not None]
        for one in given:
            if isinstance(one, ast.Dict):
                named = [_text_in(key) for key in one.keys]
                pairs += [pair for pair in zip(named, one.values, strict=True) if pair[0]]
        yield from _of_pairs(node, pairs)


def _of_pairs(node: ast.stmt, pairs: Iterable[tuple[str, ast.expr]]) -> Iterator[Binding]:
    for name, value in pairs:
        if _may_be_function(name, value):
            yield Binding(name, node, True, certain=isinstance(value, ast.Lambda))


def _text_in(node: ast.expr | None) -> str:
    """The text that an expression is; "" for all others."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


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


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment binds to what may be a function, and these values."""
    value = node.value
    if value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from (pair for pair in pairs(target, value) if _may_be_function(*pair))


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each name of a target with its value; where nobody knows which that is, the whole."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Subscript) and _is_namespace(target.value):
        name = _text_in(target.slice)
        yield from [(name, value)] if name else []
    elif isinstance(target, ast.Starred):
        yield from pairs(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        values = [value] * len(target.elts)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(values):
            values = value.elts
        for one, part in zip(target.elts, values, strict=True):
            yield from pairs(one, part)


def _is_namespace(node: ast.expr) -> bool:
    """Whether this is the module's names: ``globals()``, ``vars(sys.modules[__name__])``."""
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in _NAMESPACES


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
