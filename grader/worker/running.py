"""Compiles and runs one statement of a student's in its module."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from types import CodeType, ModuleType

from grader.worker.event_loop import run_to_end
from grader.worker.parts import NESTED_TOO_DEEPLY, TOO_DEEP, Part
from grader.worker.stand_in import ForbiddenUse

_ANNOTATIONS = 0x1000000
"""The compiler's flag for annotations that nobody evaluates (`__future__.annotations`)."""
_ANNOTATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


Look = Callable[[Part, CodeType], None]


def run_statement(
    part: Part, module: ModuleType, path: str, flags: int, look: Look | None = None
) -> None:
    """Run a statement; an annotation that nobody needs costs nothing that carries it.

    Parameters
    ----------
    flags
        The compiler's, for what the file imports from `__future__`.
    look
        Is shown the statement and its code before it is run.
    """
    node = part.node
    assert node is not None
    is_annotated = isinstance(node, _ANNOTATED)
    # What may do more than define is not run twice: nobody evaluates its annotations.
    code = _compiled(node, path, flags if is_annotated else flags | _ANNOTATIONS)
    if look is not None:
        look(part, code)
    if not is_annotated:
        _execute(code, module)
        return
    try:
        _execute(code, module)
    except (ForbiddenUse, NameError):
        if flags & _ANNOTATIONS:
            raise
        _execute(_compiled(node, path, flags | _ANNOTATIONS), module)


def _compiled(node: ast.stmt, path: str, flags: int) -> CodeType:
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = ast.Module([node], [])
    try:
        code: CodeType = compile(tree, path, "exec", flags=flags, dont_inherit=True)
    except TOO_DEEP:
        raise SyntaxError(NESTED_TOO_DEEPLY) from None
    return code


def _execute(code: CodeType, module: ModuleType) -> None:
    if code.co_flags & inspect.CO_COROUTINE:
        run_to_end(eval(code, vars(module)))
    else:
        exec(code, vars(module))
