"""Whether code around an error would catch it: a failing import, a file that is not there."""

from __future__ import annotations

import ast
import functools
import linecache
from pathlib import Path
from types import FrameType

from grader.worker.parts import parts_of

_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_EXITS = {"exit", "quit", "_exit", "abort"}
_MAX_FRAMES = 50
_LAST_LINE = 2**31
_Which = tuple[frozenset[str], bool]


def catches_import_error(frame: FrameType | None, folder: str) -> bool:
    """Whether a ``try`` or ``suppress`` around an import that fails would catch it."""
    return catches(frame, folder, _CAUGHT)


def catches(
    frame: FrameType | None, folder: str, names: frozenset[str], *, goes_on: bool = False
) -> bool:
    """Whether a ``try`` or ``suppress`` around the line of one of these frames would catch it.

    Parameters
    ----------
    frame
        Where the error would be raised; those that called it are looked at as well.
    folder
        Where the student's files lie; other files are passed over.
    names
        Of the error, and of those that it is one of.
    goes_on
        Whether only such handlers count as do not raise or exit in the end.
    """
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return False
        path = frame.f_code.co_filename
        if path.startswith(folder) and _is_caught(path, frame.f_lineno, (names, goes_on)):
            return True
        frame = frame.f_back
    return False


def _is_caught(path: str, line: int, which: _Which) -> bool:
    lines = linecache.getlines(path) if path in linecache.cache else []
    text = "".join(lines)  # of what is no file: a cell's, say
    found = _caught_lines(path, text, which)
    return any(start <= line <= end for start, end in _inner(found, line))


def _inner(found: tuple[tuple[int, int, int, int], ...], line: int) -> list[tuple[int, int]]:
    """The ranges that belong to the innermost function around a line.

    What is defined inside of a ``try`` runs later, when nobody catches it any more.
    """
    around = [one for one in found if one[0] <= line <= one[1]]
    innermost = max((one[0] for one in around), default=0)
    return [(start, end) for first, _, start, end in around if first == innermost]


@functools.lru_cache(maxsize=32)
def _caught_lines(path: str, text: str, which: _Which) -> tuple[tuple[int, int, int, int], ...]:
    """The lines of each guarded body, behind those of the function that it belongs to."""
    try:
        parts = parts_of(text.encode() or Path(path).read_bytes())
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
        if isinstance(body, list) and body and _would_catch(node, *which):
            found.append((first, last, body[0].lineno, body[-1].end_lineno or body[-1].lineno))
        waiting += [(child, first, last) for child in ast.iter_child_nodes(node)]
    return tuple(found)


def _would_catch(node: ast.AST, names: frozenset[str], goes_on: bool) -> bool:
    if isinstance(node, ast.Try | ast.TryStar):
        found = [one for one in node.handlers if _names_it(one.type, names)][:1]
        return any(not (goes_on and _leaves(one.body[-1])) for one in found)
    if isinstance(node, ast.With):
        return any(
            isinstance(item.context_expr, ast.Call)
            and _last_name(item.context_expr.func) == "suppress"
            and any(_names_it(one, names) for one in item.context_expr.args)
            for item in node.items
        )
    return False


def _leaves(node: ast.stmt) -> bool:
    """Whether a statement raises or exits."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(node, ast.Raise) or (
        isinstance(call, ast.Call) and _last_name(call.func) in _EXITS
    )


def _names_it(kind: ast.expr | None, names: frozenset[str]) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_names_it(one, names) for one in kind.elts)
    return _last_name(kind) in names


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
