"""A worker that holds the course's own forward pass, and nothing of a student's but parameters."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.confine import Launcher, Limits, Lost, Worker, WorkerSettings
from grader.course.case import Case
from grader.course.course_forward import FORWARD_FILE
from grader.course.question import question_of
from grader.course.step import Step, step

_SECONDS = 120.0
_TRIES = 2
"""What a machine may have done to the worker is tried once more."""


class ForwardFailed(Exception):
    """The course's forward pass gave no outputs, which is never a student's fault."""


class ForwardWorker:
    """Asks the course's forward pass; starts its worker when it is first asked.

    Parameters
    ----------
    files
        ``forward.py``, and what it imports from the references.
    """

    def __init__(self, files: Mapping[str, str], launcher: Launcher) -> None:
        self._settings = WorkerSettings(
            files={name: text.encode() for name, text in files.items()},
            backend="numpy",
            imports=("numpy",),
            limits=Limits(numpy_megabytes=8_192),
        )
        self._launcher = launcher
        self._worker: Worker | None = None
        self._lock = threading.Lock()

    def outputs(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]]
    ) -> dict[str, np.ndarray[Any, Any]]:
        """What each network that a case speaks of makes of the parameters.

        Raises
        ------
        ForwardFailed
            When it makes nothing of them.
        """
        forward = case.course_forward
        assert forward is not None
        return self._asked(case, parameters, forward.steps, forward.networks)

    def class_share(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        """Which share of its last hidden layer's variance lies between the held-out classes.

        Raises
        ------
        ForwardFailed
            As `outputs`.
        """
        forward = case.course_forward
        assert forward is not None
        share = step.class_share(step.ref(network), case.held_out["y"])
        return self._measured(case, parameters, forward.hidden, network, share)

    def cancellation(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        """How much larger what its hidden units add to the output is than their sum.

        Raises
        ------
        ForwardFailed
            As `outputs`.
        """
        forward = case.course_forward
        assert forward is not None
        summed = step.cancellation(step.ref(network))
        return self._measured(case, parameters, forward.terms, network, summed)

    def _measured(
        self,
        case: Case,
        parameters: Mapping[str, np.ndarray[Any, Any]],
        layers: tuple[Step, ...],
        network: str,
        measure: Step,
    ) -> float:
        layer = next(one for one in layers if one["save"] == network)
        steps = (layer, {**measure, "save": "measured"})
        return float(self._asked(case, parameters, steps, ("measured",))["measured"].item())

    def _asked(
        self,
        case: Case,
        parameters: Mapping[str, np.ndarray[Any, Any]],
        steps: tuple[Step, ...],
        returns: tuple[str, ...],
    ) -> dict[str, np.ndarray[Any, Any]]:
        forward = case.course_forward
        assert forward is not None
        asked = replace(
            case,
            arguments={**case.arguments, forward.parameters: dict(parameters)},
            steps=steps,
            returns=returns,
        )
        with self._lock:
            answer = self._answer(question_of(asked, FORWARD_FILE))
        values = answer.get("values", [])
        if answer["outcome"] != "answered" or not all(type(one) is np.ndarray for one in values):
            error = answer.get("error", {}).get("message", answer.get("name", ""))
            raise ForwardFailed(
                f"{FORWARD_FILE} was expected to return arrays for {case.label!r}. Received: "
                f"{answer['outcome']} {error}"
            )
        return dict(zip(returns, values, strict=True))

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        for one_more in reversed(range(_TRIES)):
            try:
                return self._started().ask(question, _SECONDS)
            except Lost as lost:
                self.close()
                if not one_more:
                    raise ForwardFailed(f"The worker of {FORWARD_FILE}: {lost.detail}") from None
        raise AssertionError("unreachable")

    def _started(self) -> Worker:
        if self._worker is None:
            self._worker = self._launcher.start(self._settings)
            answer = self._worker.ask({"kind": "load", "file": FORWARD_FILE}, _SECONDS)
            if problem := loading_problem(FORWARD_FILE, answer):
                self.close()
                raise ForwardFailed(problem)
        return self._worker


def loading_problem(file_name: str, answer: dict[str, Any]) -> str:
    """Why a file of the course's own was not loaded whole; "" when it was."""
    if answer["outcome"] != "answered":
        return f"{file_name} cannot be loaded: {answer.get('error')}"
    for left_out in answer["values"][0]["left_out"]:
        error = left_out.get("error") or left_out.get("problem") or {}
        return (
            f"{left_out['file']}, line {left_out['line']}, cannot be run: "
            f"{error.get('message', left_out['reason'])}"
        )
    return ""
