"""One student's code in one process: inspect it, load it, answer questions about it."""

from __future__ import annotations

import builtins
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.random  # NumPy itself loads it only when it is asked for; a fork server has it ready

from grader.wire import Opaque, TooLarge, encode
from grader.worker.cells import is_notebook, run_cells
from grader.worker.failures import describe_exception
from grader.worker.guards import (
    ForbiddenUse,
    functions_for,
    guard_imports,
    keep_assignments,
    refuse_input,
    undo_assignments,
    watch_modules,
)
from grader.worker.limits import limit_cpu
from grader.worker.source import inspect_source
from grader.worker.steps import CORE, NameMissing, Operation, Scope, run_steps
from grader.worker.surroundings import Surroundings

WATCHED = ("numpy", "builtins", "math", "random", "functools", "itertools")
_BESIDE_VALUES = 2**16
"""Bytes of an answer that are kept for what goes with its values."""


class Session:
    """Answers the judge's questions.

    Parameters
    ----------
    settings
        ``backend``: ``numpy`` or ``keras``; ``imports``: packages that the files may import;
        ``guarded``: dotted names of functions that some question forbids.
    folder
        Where the submission lies.
    """

    def __init__(self, settings: dict[str, Any], folder: Path) -> None:
        self.folder = folder
        self.max_values: int = settings["answer_bytes"] - _BESIDE_VALUES
        self.backend: str = settings["backend"]
        self.operations: dict[str, Operation] = dict(CORE)
        self.convert = lambda value: value
        if self.backend == "keras":
            from grader.worker import keras_state, keras_steps, sequence_training

            self.operations |= keras_steps.OPERATIONS | sequence_training.OPERATIONS
            self.convert = keras_steps.to_plain
            self.reseed = keras_state.reset
            keras_state.skip_graph_optimisation()
            keras_state.keep_kernels()
            keras_state.refuse_another_backend()
        else:
            self.reseed = _reseed_numpy
        self.modules: dict[str, ModuleType] = {}
        self.functions = functions_for(tuple(settings["guarded"]))
        guard_imports(self.folder, settings["imports"], block_packages=self.backend == "numpy")
        builtins.input = refuse_input
        watch_modules(WATCHED)
        keep_assignments()
        self.surroundings = Surroundings()
        sys.path.insert(0, str(self.folder))

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one question; whatever the student's code raises is part of it."""
        limit_cpu(question.get("cpu_seconds"))
        if question["kind"] == "inspect":
            found = inspect_source(self.folder / question["file"], question["forbidden"])
            return {"outcome": "answered", "values": [found]}
        scope = Scope(self.modules.get(question["file"], ModuleType("nothing")))
        self.surroundings.reset()
        self.reseed()
        started = time.process_time()
        try:
            answer = self._run(question, scope)
        finally:
            undo_assignments()
        found_beside = {
            "cpu_seconds": time.process_time() - started,
            "mutated": sorted(set(scope.mutated)),
            "warnings": self.surroundings.caught,
            "forbidden": sorted(set(self.functions.used)),
            "printed": self.surroundings.printed.text(),
        }
        answer.update((name, value) for name, value in found_beside.items() if value)
        return answer

    def _run(self, question: dict[str, Any], scope: Scope) -> dict[str, Any]:
        try:
            with self.functions.during(question.get("forbid", [])):
                if question["kind"] == "load":
                    self._load(question["file"])
                    return {"outcome": "answered", "values": []}
                run_steps(scope, question["steps"], self.operations)
                values = [self.convert(scope.saved[name]) for name in question["returns"]]
            return {"outcome": "answered", "values": _sendable(values, self.max_values)}
        except NameMissing as missing:
            return {"outcome": "missing", "name": missing.name, "nearest": missing.nearest}
        except ForbiddenUse as use:
            return {"outcome": "forbidden", "error": describe_exception(use, self.folder)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the student's too
            return {"outcome": "raised", "error": describe_exception(error, self.folder)}

    def _load(self, name: str) -> None:
        path = str(self.folder / name)
        module = ModuleType(name.removesuffix(".py"))
        module.__file__ = path
        sys.modules[module.__name__] = module
        source = (self.folder / name).read_bytes()
        if is_notebook(source.decode("utf-8", "replace")):
            for failure in run_cells(source.decode("utf-8", "replace"), module, path):
                print(failure)
        else:
            exec(compile(source, path, "exec", dont_inherit=True), vars(module))
        self.modules[name] = module


def _sendable(values: list[Any], limit: int) -> bytes:
    """Encode the values here, where one that is too large can still be told as such."""
    try:
        return encode(values, limit)
    except TooLarge:
        detail = f"more than {limit // 2**20} MB"
        return encode([Opaque("a value that is too large", detail) for _ in values])


def _reseed_numpy() -> None:
    np.random.seed(0)
