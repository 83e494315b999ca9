"""Which changes make a case right: asked of a worker, compared as the check itself compares."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from grader.checks.rightness import is_right
from grader.checks.verdict import Reply
from grader.confine import Lost
from grader.course.case import Case, Observation
from grader.course.prepared import PreparedCheck
from grader.judge.interview import FileInterview
from grader.judge.repairs.change import Change
from grader.judge.repairs.pace import Pace
from grader.judge.repairs.source import Definition, Source, units_of
from grader.wire.budget import Budget, count_items
from grader.wire.encoding import TooLarge, WireError, decode, encode

_MOST_LOSSES = 3
"""So many changes may cost their worker; then it is asked no more."""
_WALL_PER_CPU = 12.0
"""Seconds that the judge waits for each that a worker computes, on a busy machine at most."""
_LEAST_BYTES, _LEAST_ITEMS = 16_384, 200


class Asking:
    """Asks a worker of its own what cases answer with a change.

    Parameters
    ----------
    interview
        Of this purpose alone: what is asked here may harm nothing that is judged.
    pace
        What may be asked.
    """

    def __init__(
        self,
        interview: FileInterview,
        source: Source,
        definitions: Sequence[Definition],
        pace: Pace,
    ) -> None:
        self._interview, self._pace = interview, pace
        self._units = units_of(source, definitions)
        self._sent = [
            [one.name, one.owner, one.line, source.text[one.start : one.end]] for one in self._units
        ]
        self._losses = 0
        self.cpu_seconds = 0.0
        """What the worker has computed for all that was asked, as it says itself."""

    @property
    def is_over(self) -> bool:
        """Whether too many workers were lost."""
        return self._losses >= _MOST_LOSSES

    def right(self, check: PreparedCheck, case: Case, changes: Sequence[Change]) -> list[Change]:
        """The changes with which a case is right, in their order."""
        left, found = list(changes), []
        while left and not self.is_over:
            try:
                answers = self._ask(check, case, left)
            except Lost as lost:
                self._losses += 1
                self.cpu_seconds += self._pace.of_each
                tried = lost.told.get("tried")
                if type(tried) is not int or not 0 < tried <= len(left):
                    break
                del left[tried - 1]
                continue
            if not answers:
                break
            for change, answer in zip(left, answers, strict=False):
                if type(answer) is dict and self._is_right(check, case, answer):
                    found.append(change)
            left = left[len(answers) :]  # fewer came where the worker ended itself
        return found

    def _ask(self, check: PreparedCheck, case: Case, changes: Sequence[Change]) -> list[Any]:
        of_each, seconds = _budget_of(case), self._pace.chunk_seconds
        whole = Budget(of_each.bytes * len(changes), of_each.items * len(changes))
        exercise = self._interview.assignment.exercise(check.exercise)
        question = {
            "kind": "attempts",
            "file": self._interview.file.name,
            "steps": encode(case.asked_steps()),
            "returns": list(case.returns),
            "forbid": list(exercise.forbid),
            "eagerly": exercise.eagerly,
            "seconds": seconds,
            "cpu_seconds": seconds,
            "each": self._pace.of_each,
            "budget": [whole.bytes, whole.items],
            "of_each": [of_each.bytes, of_each.items],
            "definitions": self._sent,
            "changes": [self._placed(one) for one in changes],
        }
        started = time.monotonic()
        answers, taken = self._interview.attempts(check, encode(question), seconds, whole)
        self.cpu_seconds += credible_seconds(taken, seconds, time.monotonic() - started)
        return answers

    def _placed(self, change: Change) -> list[Any]:
        for number, one in enumerate(self._units):
            if one.start <= change.start and change.end <= one.end:
                return [number, change.start - one.start, change.end - one.start, change.text]
        raise ValueError("a change lies in no definition")

    def _is_right(self, check: PreparedCheck, case: Case, answer: dict[str, Any]) -> bool:
        data, budget = answer.get("values"), _budget_of(case)
        if type(data) is not bytes or len(data) > budget.bytes:
            return False
        try:
            values = decode(data, budget.items)
        except (WireError, TooLarge):
            return False
        if type(values) is not list:
            return False
        observation = Observation("answered", values, warned=answer.get("warned") is True)
        return is_right(check, case, Reply(observation))


def credible_seconds(told: float, most: float, waited: float) -> float:
    """What a worker has computed, by its own word and by the judge's clock.

    Code of a student's runs in the worker and may say anything: less than nothing is not taken,
    and who says too little is believed as far as the judge has waited.
    """
    taken = told if 0 <= told <= most else most
    return max(taken, waited / _WALL_PER_CPU)


def _budget_of(case: Case) -> Budget:
    """What one answer may take: a little more than the right one."""
    assert case.expected is not None
    known = encode(case.expected.values)
    return Budget(max(_LEAST_BYTES, 4 * len(known)), max(_LEAST_ITEMS, 4 * count_items(known)))
