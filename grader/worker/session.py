"""One student's code in one process: inspect it, load it, answer questions about it."""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import math
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from time import process_time
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import numpy.random  # NumPy itself loads it only when it is asked for; a fork server has it ready

from grader.wire.budget import BESIDE, WHOLE, Budget, Effort
from grader.wire.encoding import MAX_FRAME
from grader.worker.allowance import Allowance
from grader.worker.answering import sendable
from grader.worker.attempts import Attempts
from grader.worker.failures import MAX_NAME, describe_exception, own_frames
from grader.worker.guards import functions_for, refuse_input
from grader.worker.imports import ImportRule, own_modules
from grader.worker.joining import join
from grader.worker.limits import CpuLimit
from grader.worker.loading import Loader
from grader.worker.numeric import NUMERIC
from grader.worker.parts import parts_of
from grader.worker.private import private_modules
from grader.worker.question_state import Surroundings
from grader.worker.reach import Reach
from grader.worker.refused_handlers import what_it_is
from grader.worker.shell import offer_shell
from grader.worker.source import inspect_source
from grader.worker.stand_in import ForbiddenUse, StandIn, refuse_stand_ins, what_was_used
from grader.worker.steps import CORE, NameMissing, Operation, Scope, run_steps
from grader.worker.stopwatch import Stopwatch
from grader.worker.traces import Traces


class Session:
    """Answers the judge's questions.

    Parameters
    ----------
    settings
        ``backend``: ``numpy`` or ``keras``; ``imports``: packages that the files may import;
        ``guarded``: dotted names of functions that some question forbids.
    folder
        Where the submission lies.
    stopwatch
        Ends this process when the time of a question is up.
    """

    def __init__(self, settings: dict[str, Any], folder: Path, stopwatch: Stopwatch) -> None:
        self.folder, self.stopwatch = folder, stopwatch
        self.max_bytes: int = min(settings["answer_bytes"], MAX_FRAME - BESIDE.bytes)
        self.backend: str = settings["backend"]
        self.operations: dict[str, Operation] = {**CORE, **NUMERIC}
        self.convert = lambda value: value
        self.while_guarded: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext
        if self.backend == "keras":
            from grader.worker import (
                keras_learning,
                keras_state,
                keras_steps,
                keras_use,
                networks,
                sequence_training,
            )

            self.operations |= keras_steps.OPERATIONS | sequence_training.OPERATIONS
            self.operations |= networks.OPERATIONS | keras_use.OPERATIONS
            self.operations |= keras_learning.OPERATIONS
            self.convert = keras_steps.to_plain
            self.reseed = keras_state.reset
            self.while_guarded = keras_state.eagerly
            keras_state.skip_graph_optimisation()
            keras_state.keep_kernels()
        else:
            self.reseed = _reseed_numpy
        self.modules: dict[str, ModuleType] = {}
        self.attempts: Attempts | None = None
        self.allowance, self.patience = Allowance(math.inf), 1.0
        self.effort = Effort()
        self.cpu_limit = CpuLimit()
        self.functions = functions_for(tuple(settings["guarded"]))
        allowed = frozenset(settings["imports"]) - sys.stdlib_module_names
        own = own_modules(settings["files"])
        private = private_modules(settings["files"])
        self.rule = ImportRule(self.folder, allowed, own, private)
        self.rule.install(block_packages=self.backend == "numpy")
        self.loader = Loader(
            self.folder,
            lambda seconds: stopwatch.start(self.patience * seconds, seconds),
            self.rule.stars,
            settings["files"],
            reach=Reach(own),
        )
        self.loader.install()
        builtins.input = refuse_input
        # Python that starts without `site` has neither.
        builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
        self.surroundings = Surroundings()
        sys.path.insert(0, str(self.folder))
        self.traces = Traces(self.backend, stopwatch.count_threads)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one question; whatever the student's code raises is part of it."""
        seconds, cpu_seconds = question.get("seconds"), question.get("cpu_seconds")
        self.cpu_limit.allow(cpu_seconds)
        if seconds is not None:
            self.stopwatch.start(seconds, cpu_seconds or seconds)
        answer = self._answer(question)
        self.stopwatch.stop()
        self.attempts = None
        return answer

    def late_answer(self, frame: FrameType | None, seconds: float) -> dict[str, Any]:
        """The answer to a question whose time is up, while its code still runs in `frame`."""
        walked = [] if frame is None else reversed(list(traceback.walk_stack(frame)))
        statement = self.loader.running[-1] if self.loader.running else None
        attempts = {} if self.attempts is None else {"tried": self.attempts.tried}
        return {
            **attempts,
            "outcome": "late",
            "seconds": seconds,
            "frames": own_frames(walked, self.folder),
            "printed": self.surroundings.printed.text(),
            "statement": statement,
        }

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if question["kind"] == "inspect":
            found = inspect_source(
                self.folder / question["file"],
                question["forbidden"],
                question.get("exercises", ()),
            )
            return {"outcome": "answered", "values": [found]}
        if question["kind"] == "attempts":
            self.attempts = Attempts(self, question)
            return self.attempts.answer()
        scope = Scope(self.modules.get(question["file"], ModuleType("nothing")))
        self.surroundings.reset()
        self.reseed()
        self.traces.begin()
        started = process_time()
        if question["kind"] == "load":
            answer = self._run(question, scope)
        else:
            # A copy, so that what is set for the context ends with it: `np.seterr`, `decimal`.
            answer = contextvars.copy_context().run(self._run, question, scope)
        answer["cpu_seconds"] = process_time() - started
        if not self._tidy_up(question):
            answer["last"] = True
        if scope.mutated:
            answer["mutated"] = sorted(set(scope.mutated))
        if self.surroundings.caught:
            answer["warnings"] = self.surroundings.caught
        if self.functions.used:
            answer["forbidden"] = sorted(set(self.functions.used))
        printed = self.surroundings.printed.text()
        if printed:
            answer["printed"] = printed
        return answer

    def _tidy_up(self, question: dict[str, Any]) -> bool:
        """Leave the worker to the next question as this one found it; return whether it is so."""
        if question["kind"] == "load":
            self.traces.keep(thoroughly=self.loader.reach.found)
            return True
        return self.traces.undo()

    def _run(self, question: dict[str, Any], scope: Scope) -> dict[str, Any]:
        try:
            forbidden = question.get("forbid", [])
            with contextlib.ExitStack() as around:
                around.enter_context(self.functions.during(forbidden))
                if forbidden and question["eagerly"]:
                    around.enter_context(self.while_guarded())
                if question["kind"] == "load":
                    return {"outcome": "answered", "values": [self._load(question)]}
                run_steps(scope, question["steps"], self.operations)
                self.traces.undo_assignments()  # what follows is ours, and needs `len`, say
                values = [self.convert(scope.saved[name]) for name in question["returns"]]
                refuse_stand_ins(values)
            return {
                "outcome": "answered",
                "values": sendable(values, self._budget(question), self.effort),
            }
        except NameMissing as missing:
            answer: dict[str, Any] = {
                "outcome": "missing",
                "name": missing.name,
                "nearest": [name[:MAX_NAME] for name in missing.nearest],
            }
            return self._without(missing.name, answer)
        except BaseException as raised:  # SystemExit and KeyboardInterrupt are the student's too
            if question["kind"] != "load":
                self.traces.undo_assignments()
            error = what_it_is(raised, self.folder)
            if isinstance(error, ForbiddenUse | StandIn):
                described = describe_exception(error, self.folder) | what_was_used(
                    error, str(self.folder)
                )
                return {"outcome": "forbidden", "error": described}
            answer = {"outcome": "raised", "error": describe_exception(error, self.folder)}
            if isinstance(error, NameError) and type(error.name) is str:
                return self._without(error.name[:MAX_NAME], answer)
            return answer

    def _budget(self, question: dict[str, Any]) -> Budget:
        """How large the values of an answer may be."""
        given = question.get("budget")
        return (WHOLE if given is None else Budget(*given)).within(self.max_bytes)

    def _without(self, name: str, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer when code needs a name that is not there: why it is not, where that is known.

        A name that a statement was to define is not there because the statement was left out.
        """
        lost = self.loader.undefined.get(name)
        frames = answer.get("error", {}).get("frames", [])
        if lost is not None:
            cause = self.loader.cause_of(lost)
            told = lost if cause is lost else {**lost, "cause": cause}
            answer |= {"name": name, "left_out": told}
            if lost["reason"] == "forbidden":
                error = {**lost["error"], "frames": frames}
                return {**answer, "outcome": "forbidden", "error": error}
            return answer
        if self.rule.stars:
            message = f"{name} is not defined. {self.rule.stars[-1]}"
            error = {"message": message, "frames": frames, "used": name}
            return {"outcome": "forbidden", "error": error}
        return answer

    def _load(self, question: dict[str, Any]) -> dict[str, Any]:
        """Run a file's statements, all or some; tell how many it has and what was left out."""
        name = question["file"]
        module = self.modules.get(name)
        if module is None:
            module = ModuleType(name.removesuffix(".py"))
            module.__file__ = str(self.folder / name)
            sys.modules[module.__name__] = module
            self.modules[name] = module
        label = f"{name} (from a notebook)"
        offer_shell(lambda text: self.loader.run_text(text, module, label))
        first, seconds = question.get("first", 0), question.get("cpu_seconds") or math.inf
        # How much longer than computing alone it may take, on a machine that is busy.
        self.patience = question.get("seconds", seconds) / seconds if seconds < math.inf else 1.0
        if first == 0:
            self.allowance = Allowance(seconds, question.get("spent", 0.0))
        sys.argv[:] = [str(self.folder / name)]  # as where nobody gave it any arguments
        self.loader.load(
            name,
            module,
            allowance=self.allowance,
            passed_over=[(file, number) for file, number in question.get("passed_over", ())],
            first=first,
            end=question.get("end"),
        )
        count = len(parts_of((self.folder / name).read_bytes()))
        is_whole = question.get("end") is None or question["end"] >= count
        elsewhere = question.get("elsewhere", {}) if is_whole else {}
        if is_whole:
            self.loader.give_back(name, module)
        allowance = self.allowance if question.get("end") is None else None
        if is_whole:
            exercises = question.get("exercises", ())
            own = [one for one in exercises if elsewhere.get(one, (name,))[0] == name]
            self.loader.complete(name, module, own, allowance=allowance)
        joined = join(elsewhere, name, module, self.loader, allowance)
        return {
            "rebound": self.loader.rebound,
            "chosen": joined.chosen,
            "unfit": joined.unfit,
            "borrowed": joined.borrowed,
            "nested": self.loader.nested,
            "deleted": self.loader.deleted,
            "opened": self.loader.misplaced.opened,
            "statements": count,
            "left_out": self.loader.left_out,
            "count": self.loader.count,
            "refused": self.rule.refused,
            "as_script": self.loader.as_script,
            "scripts": self.loader.scripts,
            "merges": self.loader.merges,
            "reaches": self.loader.reach.found,
        }


def _reseed_numpy() -> None:
    np.random.seed(0)
