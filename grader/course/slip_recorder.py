"""Record what the slips of a reference answer: one signature for each slip and case."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.confine import Launcher, Limits, Lost, WorkerSettings
from grader.course.assignment import Check, StudentFile
from grader.course.case import Case, Observation
from grader.course.compared import picked_values
from grader.course.observed import observe
from grader.course.prepared import PreparedCheck
from grader.course.question import question_of
from grader.course.raised import alike, raised_where
from grader.course.slips import KEPT, MadeSlip, Signatures, Slip, signature, slips_of, with_slips
from grader.course.worker_pool import LoadingFailed, WorkerPool
from grader.result import Kind
from grader.wire.encoding import Ref, Rng

_FILE = "slips.py"
_SECONDS, _CPU_SECONDS = 120.0, 10.0
_ASKED = {Kind.OUT, Kind.GRAD, Kind.STAT}
_TAKEN = {"call", "method", "attribute", "item", "cache", "fill", "lookup", "length"}
"""The steps that the slips' own driver can take."""
_MOST_JOINED = 3
JOINT = "; or, with the same answers, in which "
"""Between what is said of slips that no answer tells apart."""
"""So many sentences are told of slips that answer alike."""
_ASK, _AT_ONCE = "answers_of_slips", 100
"""The driver, and how many slips it is asked at once: an answer has a size that may be."""
_log = logging.getLogger("grader.diagnose")


class SlipRecorder:
    """Asks the slips of one file's reference; nothing where there is no file or it needs Keras.

    Slips that cannot be loaded cost nothing but themselves: none is recorded, which is logged once.
    """

    def __init__(
        self, references: Mapping[str, str], file: StudentFile | None, launcher: Launcher
    ) -> None:
        self._made: dict[str, tuple[MadeSlip, ...]] = {}
        self._pool: WorkerPool | None = None
        self._lost: set[str] = set()
        self._lock = threading.Lock()
        if file is None or file.backend != "numpy":
            return
        self._file = file.name
        text, names = references[file.name], [one.name for one in file.exercises]
        self._made = {name: slips_of(text, name, names) for name in names}
        contents = {name: other.encode() for name, other in references.items()}
        settings = WorkerSettings(
            files={**contents, _FILE: with_slips(text, self._made).encode()},
            backend=file.backend,
            imports=file.imports,
            guarded=(),
            limits=Limits(numpy_megabytes=2_048),
        )
        self._pool = WorkerPool(launcher, settings, [_FILE])

    def said(self) -> dict[str, tuple[Slip, ...]]:
        """By exercise, what is said of its slips."""
        return {name: tuple(one.slip for one in made) for name, made in self._made.items()}

    def signatures(self, check: Check, case: Case) -> Signatures | None:
        """What each slip of a check's exercise answers; None where that is not asked."""
        made = self._made.get(check.exercise, ())
        judges = check.settings.get("judges", "values")
        calls = any(one.get("target") == check.exercise for one in case.steps)
        if not made or check.kind not in _ASKED or judges != "values" or not calls:
            return None
        if not all(one["op"] in _TAKEN for one in case.steps):
            return None
        parts = (made[start : start + _AT_ONCE] for start in range(0, len(made), _AT_ONCE))
        try:
            return np.concatenate([self._asked(part, check, case) for part in parts])
        except LoadingFailed as failed:
            self._give_up(failed)
            return None

    def _asked(self, made: Sequence[MadeSlip], check: Check, case: Case) -> Signatures:
        """What slips answer to a case; one that does not end is not asked again."""
        if len(made) == 1 and made[0].name in self._lost:
            return np.full((1, KEPT), np.nan)
        names = [one.name for one in made if one.name not in self._lost]
        arguments = [check.exercise, names, _marked(case.asked_steps()), list(case.returns)]
        asked = {"op": "call", "save": "all", "target": _ASK, "args": arguments, "options": {}}
        question = question_of(
            replace(case, arguments={}, steps=(asked,), returns=("all",)),
            _FILE,
            seconds=_SECONDS,
            cpu_seconds=_CPU_SECONDS,
        )
        try:
            assert self._pool is not None
            with self._pool.worker() as worker:
                found = observe(worker.ask(question, _SECONDS)).values
        except Lost:
            found = []
        if len(found) == 1 and isinstance(found[0], list) and len(found[0]) == len(names):
            rows = dict(zip(names, found[0], strict=True))
            return np.array(
                [_row(check, *rows.get(one.name, ("other", [])))[:KEPT] for one in made]
            )
        if len(made) > 1:
            return np.concatenate([self._asked([one], check, case) for one in made])
        self._lost.add(made[0].name)
        return np.full((1, KEPT), np.nan)

    def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            self._pool.close()

    def _give_up(self, failed: LoadingFailed) -> None:
        """Record no slip any more, and none of those that are recorded already."""
        with self._lock:
            if self._made:
                self._made = {}
                _log.error(
                    "No slips are recorded for %s, so that its diagnoses go without them: %s",
                    self._file,
                    failed,
                )


def _marked(value: Any) -> Any:
    """Steps as an argument: what refers to results and generators is filled in by the driver."""
    if isinstance(value, Ref):
        return {"$ref": value.name}
    if isinstance(value, Rng):
        return {"$rng": value.seed}
    if isinstance(value, list | tuple):
        return type(value)(_marked(one) for one in value)
    if isinstance(value, dict):
        return {key: _marked(one) for key, one in value.items()}
    return value


def _row(check: Check, outcome: str, found: list[Any]) -> np.ndarray[Any, Any]:
    """The signature of one slip's answer, as the driver tells it."""
    if outcome == "answered":
        return signature_of(check.kind, check.settings, Observation("answered", found), None)
    if outcome == "raised":
        observed = Observation("raised", raised=[found[0]])
        return signature_of(check.kind, check.settings, observed, {"message": found[1]})
    return np.full(KEPT, np.nan)


def signature_of(
    kind: Kind, settings: Mapping[str, Any], observed: Observation, error: Any
) -> np.ndarray[Any, Any]:
    """The signature of an answer as a check looks at it."""
    if observed.outcome == "answered":
        return signature(picked_values(kind, settings, observed.values), "answered")
    message, _ = alike(*raised_where(error if isinstance(error, Mapping) else {}))
    return signature((), f"{observed.outcome} {observed.raised[:1]} {message}")


def told_apart(
    slips: Mapping[str, Sequence[Slip]], checks: Sequence[PreparedCheck]
) -> tuple[dict[str, tuple[Slip, ...]], tuple[PreparedCheck, ...]]:
    """Keep one of slips that answer alike everywhere, and none that is right everywhere."""
    kept = {name: _kept(name, found, checks) for name, found in slips.items() if found}
    return (
        {
            name: tuple(_joined([slips[name][index] for index in rows]) for rows in groups)
            for name, groups in kept.items()
        },
        tuple(
            _with_rows(check, [rows[0] for rows in kept.get(check.exercise, [])])
            for check in checks
        ),
    )


def _joined(alike: Sequence[Slip]) -> Slip:
    """Slips that no answer tells apart: each of them may be the student's."""
    telling = [one for one in alike if one.kind != "argument"] or alike
    said = list(dict.fromkeys(one.said for one in telling))[:_MOST_JOINED]
    return Slip(alike[0].kind, JOINT.join(said))


def _kept(exercise: str, slips: Sequence[Slip], checks: Sequence[PreparedCheck]) -> list[list[int]]:
    """The slips that are told apart by some answer, in groups of those that are not."""
    found = [
        (check, case)
        for check in checks
        if check.exercise == exercise
        for case in check.cases
        if case.slips is not None
    ]
    # What is random may differ each time; other checks tell slips apart, if there are any.
    found = [one for one in found if one[0].kind is not Kind.STAT] or found
    if not found:
        return []
    # Rounded, so that the same answer by another order of sums is one.
    every = np.concatenate([case.slips for _, case in found if case.slips is not None], axis=1)
    right = np.concatenate([_right(check, case) for check, case in found])
    groups: dict[tuple[str, ...], list[int]] = {}
    for index in range(len(slips)):
        answers = tuple(f"{number:.9g}" for number in every[index])
        if answers != tuple(f"{number:.9g}" for number in right) and "nan" not in answers:
            groups.setdefault(answers, []).append(index)
    return [rows for rows in groups.values() if not _is_open(rows, slips, every)]


def _is_open(rows: list[int], slips: Sequence[Slip], every: np.ndarray[Any, Any]) -> bool:
    """Whether different slips raise the same, so that an exception does not tell which it is."""
    has_answer = bool(every[rows[0]].reshape(-1, KEPT)[:, 1:].any())
    return not has_answer and len({slips[index].said for index in rows}) > 1


def _right(check: PreparedCheck, case: Case) -> np.ndarray[Any, Any]:
    assert case.expected is not None
    return signature_of(check.kind, check.settings, case.expected, None)[:KEPT]


def _with_rows(check: PreparedCheck, rows: list[int]) -> PreparedCheck:
    if not any(case.slips is not None for case in check.cases):
        return check
    cases = tuple(
        case if case.slips is None else replace(case, slips=case.slips[rows] if rows else None)
        for case in check.cases
    )
    return replace(check, cases=cases)
