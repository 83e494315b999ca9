"""Find public inputs on which a submission fails that fails on hidden cases.

What is graded stands before anything is asked here, and nothing here changes it.
"""

from __future__ import annotations

import base64
import itertools
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.batch.inputs import (
    FURTHER_SECONDS,
    Input,
    PublicInputs,
    bounded_limits,
)
from grader.confine import Launcher
from grader.course.counterexample import MOST_BYTES, Counterexample
from grader.course.prepared import PreparedCheck
from grader.judge.grading import GradingOptions, grade
from grader.judge.public_cases import WRONG, Name
from grader.result import PUBLIC_SEED, CheckResult, Example, Result, Status
from grader.submissions import Submission

_STAGES = (3, 12)
"""After so many seeds, the public one first, it is looked whether one shows the mistake already."""
_log = logging.getLogger("grader.diagnose")


@dataclass(frozen=True)
class FurtherSearch:
    """Looks for a public input on which each of some checks fails, among those of every seed."""

    inputs: PublicInputs
    further: Mapping[Name, Sequence[Input]]

    def explained(
        self, result: Result, submission: Submission, launcher: Launcher, options: GradingOptions
    ) -> Result:
        """The result with what was found; the seeds are tried a few at a time."""
        found = dict.fromkeys(self.further, Example())
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
        told = {name: one for name, one in found.items() if one.seed or one.right}
        return _with(result, told)

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
        """The first input that fails, if possible one whose file is handed out."""
        right, found = before.right, None
        for one in inputs:
            answer = answers.get((one.check.exercise, one.check.name))
            if answer is None:
                continue
            if answer.status in WRONG:
                file, too_large = self._file(name, one)
                if found is None or not too_large:
                    found = Example(
                        seed=one.seed,
                        message=answer.message,
                        right=right,
                        file=file,
                        too_large=too_large,
                    )
                if not too_large:
                    break
            right += answer.status is Status.PASSED
        return found or Example(right=right)

    def _file(self, name: Name, found: Input) -> tuple[str, bool]:
        """The file of an input, in base64, and whether it is too large to hand out.

        A student has those of the public seed.
        """
        if found.seed == PUBLIC_SEED:
            return "", False
        content = Counterexample(
            assignment=self.inputs.assignment.name,
            sha256=self.inputs.assignment.sha256,
            exercise=name[0],
            check=name[1],
            seed=found.seed,
            case=found.check.cases[0],
        ).encode()
        if len(content) > MOST_BYTES:
            return "", True
        return base64.b64encode(content).decode("ascii"), False


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
