"""A stand-in that an ``except`` names: Python's own message there speaks of classes alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from grader.worker.parts import parts_of
from grader.worker.stand_in import ForbiddenUse, StandIn, refuse_stand_ins

_NO_CLASS = "catching classes that do not inherit from BaseException"


def what_it_is(error: BaseException, folder: Path) -> BaseException:
    """The use of a stand-in that is behind a TypeError; any other error as it is."""
    message = error.args[0] if type(error) is TypeError and error.args else None
    if type(message) is not str or not message.startswith(_NO_CLASS):
        return error
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None or not place.tb_frame.f_code.co_filename.startswith(str(folder)):
        return error
    named = [_value(one, place.tb_frame) for one in _caught_in(place.tb_frame, place.tb_lineno)]
    try:
        refuse_stand_ins(named)
    except ForbiddenUse as use:
        return use.with_traceback(error.__traceback__)
    return error


def _caught_in(frame: FrameType, line: int) -> Iterator[ast.expr]:
    """What the handlers name whose ``except`` stands in this line."""
    try:
        parts = parts_of(Path(frame.f_code.co_filename).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for part in parts:
        if part.node is not None and part.line <= line <= part.end_line:
            for node in ast.walk(part.node):
                kind = node.type if isinstance(node, ast.ExceptHandler) else None
                if kind is not None and kind.lineno <= line <= (kind.end_lineno or line):
                    yield from kind.elts if isinstance(kind, ast.Tuple) else [kind]


def _value(node: ast.expr, frame: FrameType) -> Any:
    """What a name stands for there, found without running anything of the student's."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        holder = _value(node.value, frame)
        return vars(holder).get(node.attr) if isinstance(holder, StandIn | ModuleType) else None
    return None
