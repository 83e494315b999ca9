"""Whether somebody on the way out would catch a failing import."""

from __future__ import annotations

import ast
import functools
from pathlib import Path
from types import FrameType

from grader.worker.parts import parts_of

_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_MAX_FRAMES = 50
_LAST_LINE = 2**31


def catches_import_error(frame: FrameType | None, folder: str) -> bool:
    """Whether a ``try`` or ``suppress`` around the line of one of these frames would catch it.

    Parameters
    ----------
    frame
        Where the import stands; those that called it are looked at as well.
    folder
        Where the student's files lie; other files are passed over.
    """
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return False
        path = frame.f_code.co_filename
        if path.startswith(folder) and _is_caught(path, frame.f_lineno):
            return True
        frame = frame.f_back
    return False


def _is_caught(path: str, line: int) -> bool:
    return any(start <= line <= end for start, end in _inner(_caught_lines(path), line))


def _inner(found: tuple[tuple[int, int, int, int], ...], line: int) -> list[tuple[int, int]]:
    """The ranges that belong to the innermost function around a line.

    What is defined inside of a ``try`` runs later, when nobody catches it any more.
    """
    around = [one for one in found if one[0] <= line <= one[1]]
    innermost = max((one[0] for one in around), default=0)
    return [(start, end) for first, _, start, end in around if first == innermost]


@functools.lru_cache(maxsize=32)
def _caught_lines(path: str) -> tuple[tuple[int, int, int, int], ...]:
    """The lines of each guarded body, behind those of the function that it belongs to."""
    try:
        parts = parts_of(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ()
    found: list[tuple[int, int, int, int]] = []
    waiting: list[tuple[ast.AST, int, int]] = [
        (part.node, 0, _LAST_LINE) for part in parts if part.node is not None
    ]
    while waiting:
        node, first, last = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            first, last = node.lineno, node.end_lineno or node.lineno
            found.append((first, last, 0, 0))
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _would_catch(node):
            found.append((first, last, body[0].lineno, body[-1].end_lineno or body[-1].lineno))
        waiting += [(child, first, last) for child in ast.iter_child_nodes(node)]
    return tuple(found)


def _would_catch(node: ast.AST) -> bool:
    if isinstance(node, ast.Try | ast.TryStar):
        return any(_names_it(handler.type) for handler in node.handlers)
    if isinstance(node, ast.With):
        return any(
            isinstance(item.context_expr, ast.Call)
            and _last_name(item.context_expr.func) == "suppress"
            and any(map(_names_it, item.context_expr.args))
            for item in node.items
        )
    return False


def _names_it(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(map(_names_it, kind.elts))
    return _last_name(kind) in _CAUGHT


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
