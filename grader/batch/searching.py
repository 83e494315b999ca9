"""Find public inputs on which a submission fails that failed on hidden cases alone.

What is graded stands before anything is asked here, and nothing here changes it.
"""

from __future__ import annotations

import base64
import itertools
import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.batch.inputs import (
    FURTHER_SECONDS,
    PUBLIC_SECONDS,
    Input,
    Name,
    PublicInputs,
    bounded_limits,
)
from grader.confine import Launcher
from grader.course.counterexample import MOST_BYTES, Counterexample
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.judge import GradingOptions, grade
from grader.result import PUBLIC_SEED, CheckResult, Example, Result, Status, Visibility
from grader.submissions import Submission

MOST_CHECKS = 3
"""How many checks of a submission are explained by an input."""
_STAGES = (2, 6)
"""After so many of the further seeds it is looked whether one shows the mistake already."""
_WRONG = {Status.FAILED, Status.ERROR}
_log = logging.getLogger("grader.diagnose")


def explained_publicly(
    result: Result,
    names: Sequence[Name],
    submission: Submission,
    inputs: PublicInputs,
    launcher: Launcher,
    options: GradingOptions,
) -> Result:
    """Try the inputs that students have on some checks that failed on hidden cases.

    Parameters
    ----------
    options
        Those that it was graded with, for its limits and what is known of its sources.
    """
    asked = [one for one in inputs.assignment.checks if (one.exercise, one.name) in names]
    asking = _Asked(submission, inputs, launcher, options)
    answers = asking.answers(asked, PUBLIC_SECONDS, PUBLIC_SECONDS)
    return _with(result, {name: _public_example(answers.get(name)) for name in names})


def _public_example(answer: CheckResult | None) -> Example:
    if answer is None:
        return Example()
    if answer.status in _WRONG:
        return Example(seed=PUBLIC_SEED, message=answer.message, right=answer.cases.passed)
    return Example(right=answer.cases.passed)


def checks_to_explain(
    result: Result, assignment: PreparedAssignment, only: Collection[str] | None
) -> list[Name]:
    """The checks to explain: the first of each exercise before any second one.

    Parameters
    ----------
    only
        The exercises that were graded now; others were explained when they were.
    """
    if result.has_grader_error:  # it is graded again
        return []
    known = {(one.exercise, one.name) for one in assignment.checks}
    by_exercise: dict[str, list[Name]] = {}
    for check in result.checks:
        name = check.exercise, check.check
        if name in known and (only is None or check.exercise in only) and _is_open(check):
            by_exercise.setdefault(check.exercise, []).append(name)
    rounds = range(MOST_CHECKS)
    ranked = [names[turn] for turn in rounds for names in by_exercise.values() if turn < len(names)]
    return ranked[:MOST_CHECKS]


def _is_open(check: CheckResult) -> bool:
    hidden = check.visibility is Visibility.HIDDEN
    return hidden and check.status in _WRONG and not check.waits_for and not check.whole_file


def still_open(result: Result, only: Collection[str] | None) -> list[Name]:
    """The checks that no public input explains so far, where none explains their exercise."""
    shown = {one.exercise for one in result.checks if one.example and one.example.seed}
    return [
        (one.exercise, one.check)
        for one in result.checks
        if one.example is not None
        and one.exercise not in shown
        and not one.example.seed
        and _is_open(one)
        and (only is None or one.exercise in only)
    ]


@dataclass(frozen=True)
class FurtherSearch:
    """Looks among further inputs for one on which each of some checks fails."""

    inputs: PublicInputs
    further: Mapping[Name, Sequence[Input]]

    def explained(
        self, result: Result, submission: Submission, launcher: Launcher, options: GradingOptions
    ) -> Result:
        """The result with what was found; the seeds are tried a few at a time."""
        found: dict[Name, Example] = {
            (one.exercise, one.check): one.example
            for one in result.checks
            if one.example is not None and (one.exercise, one.check) in self.further
        }
        asking = _Asked(submission, self.inputs, launcher, options)
        ends = time.monotonic() + FURTHER_SECONDS
        for asked in self._stages():
            wanted = {name: some for name, some in asked.items() if not found[name].seed}
            checks = [one.check for some in wanted.values() for one in some]
            left = ends - time.monotonic()
            if not checks or left <= 0:
                break
            answers = asking.answers(checks, FURTHER_SECONDS, left)
            for name, some in wanted.items():
                found[name] = self._example(name, found[name], some, answers)
        return _with(result, found)

    def _stages(self) -> Iterable[dict[Name, list[Input]]]:
        """The inputs of the first seeds, of those after them, and of all others."""
        seeds = list(dict.fromkeys(one.seed for some in self.further.values() for one in some))
        bounds = [0, *(one for one in _STAGES if one < len(seeds)), len(seeds)]
        for low, high in itertools.pairwise(bounds):
            now = set(seeds[low:high])
            yield {n: [one for one in some if one.seed in now] for n, some in self.further.items()}

    def _example(
        self,
        name: Name,
        before: Example,
        inputs: Sequence[Input],
        answers: Mapping[Name, CheckResult],
    ) -> Example:
        right = before.right
        for one in inputs:
            answer = answers.get((one.check.exercise, one.check.name))
            if answer is None:
                continue
            if answer.status in _WRONG:
                return Example(
                    seed=one.seed,
                    message=answer.message,
                    right=right,
                    file=self._file(name, one),
                )
            right += answer.status is Status.PASSED
        return Example(right=right)

    def _file(self, name: Name, found: Input) -> str:
        content = Counterexample(
            assignment=self.inputs.assignment.name,
            sha256=self.inputs.assignment.sha256,
            exercise=name[0],
            check=name[1],
            seed=found.seed,
            case=found.check.cases[0],
        ).encode()
        return base64.b64encode(content).decode("ascii") if len(content) <= MOST_BYTES else ""


@dataclass(frozen=True)
class _Asked:
    """A submission that is asked of public inputs, by workers that were asked nothing else."""

    submission: Submission
    inputs: PublicInputs
    launcher: Launcher
    options: GradingOptions

    def answers(
        self, checks: Sequence[PreparedCheck], seconds: float, left: float
    ) -> dict[Name, CheckResult]:
        """How checks end; nothing where the grader fails, which costs an explanation alone."""
        whole = self.inputs.assignment
        options = GradingOptions(
            limits=bounded_limits(self.options.limits, whole.name, seconds, left),
            inspected=self.options.inspected,
            only=frozenset(one.exercise for one in checks),
            confirms=False,
        )
        part = replace(whole, checks=tuple(checks))
        try:
            result = grade(self.submission, part, self.launcher, options, self.inputs.questions)
        except Exception:
            _log.exception("Looking for an input on which %s fails failed", whole.name)
            return {}
        return {(one.exercise, one.check): one for one in result.checks}


def _with(result: Result, examples: Mapping[Name, Example]) -> Result:
    checks = [
        one.model_copy(update={"example": examples[one.exercise, one.check]})
        if (one.exercise, one.check) in examples
        else one
        for one in result.checks
    ]
    return result.model_copy(update={"checks": checks})
