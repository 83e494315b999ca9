"""Code of the worker's own that a fork server runs beforehand, so that it is warm in every fork.

Python adapts a function to what it meets while it runs, and writes that into the function's own
memory: each fork would begin anew, and copy that memory. What is run here is ours alone, and leaves
nothing behind.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np

from grader.wire.budget import WHOLE
from grader.wire.encoding import decode, encode
from grader.worker import stubs
from grader.worker.answering import sendable
from grader.worker.parts import forget, parts_of
from grader.worker.python_state import settings_of_python
from grader.worker.reach import Reach
from grader.worker.running import run_statement
from grader.worker.settings import Settings
from grader.worker.source import inspect_source
from grader.worker.steps import CORE, Scope, run_steps

_ROUNDS = 10
"""Python adapts a function after it has run eight times."""
_TEXT = b"def first(*values):\n    return values[0]\n\n\nsecond = first\n"


def warm_up() -> None:
    """Do what is done for most files and questions, with a file and a question of our own."""
    path = Path(stubs.__file__)
    values = [np.zeros((2, 3)), np.float64(1.0), (1.0, None, True), [1, "a"], {"a": np.zeros(2)}]
    call = {"op": "call", "target": "first", "args": values, "save": "result"}
    settings = Settings(settings_of_python())
    for _ in range(_ROUNDS):
        forget()
        inspect_source(path, {"is_stub": ["ast.walk"]}, ["is_stub", "is_name"])
        module = ModuleType("none")
        for part in parts_of(_TEXT):
            run_statement(part, module, "", 0, Reach().see)
        scope = Scope(module)
        run_steps(scope, decode(encode([call]), items=None), CORE)
        sendable([scope.saved["result"], values], WHOLE)
        settings.undo()
    forget()
