"""For which exercises a repair is looked for, and what is said of one that is proven."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.checks.rightness import of_values
from grader.course.case import Case
from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.course.step import Step
from grader.diagnose import SLIP
from grader.judge.asking import Deadline
from grader.judge.interview import FileInterview
from grader.judge.judged_checks import JudgedChecks
from grader.judge.repairs.asking import Asking
from grader.judge.repairs.candidates import changes_of
from grader.judge.repairs.change import Change
from grader.judge.repairs.pace import Pace
from grader.judge.repairs.proof import Proof
from grader.judge.repairs.search import Failing, Search
from grader.judge.repairs.source import Definition, Source, definitions_of
from grader.judge.repairs.unread import only_unread
from grader.result import CheckResult, Diagnosis, Kind, Status
from grader.submissions.places import beginning

PREFIX = "generic.repair."
_MOST_EXERCISES = 3
"""Of one submission."""
_WALL_SECONDS = 60.0
"""How long the judge waits for all of them on a busy machine."""
_PLAIN = (
    "misconception.",
    "generic.factor_",
    "generic.sign",
    "generic.swapped",
)
"""What says more, in fewer words, than a line."""
_ENDS = "SystemExit"
"""Code that ends the program is no formula with a slip in it."""
_WRONG = {Status.FAILED, Status.ERROR}
_MOST_CODE, _BEFORE = 60, 20
"""Characters of a line that are quoted, and how many of them stand before the change."""
_MOST_WEIGHT = 1000
_SLOW = {"keras.fit": 500, "keras.gradients": 20, "keras.loss_and_gradients": 20}
"""About how many times as long as others a step takes."""
_WIDE = 100
"""How many times its smallest value a statistic may be before its range tells nothing."""
_VAGUE = ("generic.constant", "generic.shape", "generic.none")
"""What asks the reader to look for the line."""


@dataclass
class Allowance:
    """What is left to one submission of the time in which repairs are looked for."""

    exercises: int = _MOST_EXERCISES
    deadline: Deadline = field(default_factory=lambda: Deadline(_WALL_SECONDS))

    @property
    def is_used_up(self) -> bool:
        """Whether no other exercise is looked at."""
        return self.exercises <= 0


@dataclass(frozen=True)
class Repair:
    """The change that makes an exercise right, and what it is said of."""

    change: Change
    hint: str
    is_proven: bool = True
    """Whether it makes the exercise right; else it says only what is odd about the code."""

    def of(self, result: CheckResult, cell: tuple[str, int] | None, file: str) -> CheckResult:
        """The check with what is said; the line is told where it has none."""
        before = result.diagnosis
        if before is not None and before.id.startswith(_PLAIN):
            return result
        vague = (*_VAGUE, SLIP) if result.status is Status.ERROR else _VAGUE
        # Of an exception many slips are the reason: the line says more.
        is_kept = before is not None and not before.id.startswith(vague)
        if is_kept and not self.is_proven:
            return result
        if before is not None and before.id.startswith(SLIP):
            # Of another kind, it speaks of a writing that this one is not.
            is_kept = is_kept and before.id == f"{SLIP}{self.change.kind}"
        hint = f"{before.hint} {self.hint}" if before is not None and is_kept else self.hint
        told = Diagnosis(id=f"{PREFIX}{self.change.kind}", hint=hint)
        update: dict[str, object] = {"diagnosis": told}
        if result.line is None:
            line = cell[1] if cell is not None else self.change.line
            update |= {"line": line, "cell": cell[0] if cell is not None else "", "file": file}
        return result.model_copy(update=update)


def wants_repair(
    assignment: PreparedAssignment, exercise: str, results: Sequence[CheckResult]
) -> list[CheckResult]:
    """The checks of an exercise for which a repair is looked for; none where it is no use.

    It is none where code did not end, was refused or waits for something, and where what is
    wrong has a name already.
    """
    checks = {one.name: one for one in assignment.checks_of(exercise)}
    lost = [
        one
        for one in results
        if one.lost_points and one.check in checks and of_values(checks[one.check])
    ]
    found = [one for one in lost if one.status in _WRONG and not one.waits_for]
    others = [one for one in lost if one not in found and not _waits_for_itself(one)]
    if others or any(one.whole_file or _ENDS in one.message for one in found):
        return []
    if any(one.diagnosis is not None and one.diagnosis.id.startswith(_PLAIN) for one in lost):
        return []
    return found


def _waits_for_itself(result: CheckResult) -> bool:
    """Whether a check is held back until its own exercise is right on ordinary input."""
    return result.status is Status.SKIPPED and not result.waits_for


def find_repair(
    exercise: str,
    lost: Sequence[CheckResult],
    results: JudgedChecks,
    interview: FileInterview,
    proof: Proof,
    allowance: Allowance,
    pace: Pace,
) -> Repair | None:
    """The change of the student's own code that makes an exercise right.

    Parameters
    ----------
    interview
        Of this purpose alone, with a clock of its own.
    """
    assignment, file = interview.assignment, interview.file.name
    try:
        source = Source(interview.files[file])
    except SyntaxError:
        return None
    definitions = definitions_of(source, exercise, assignment.names)
    failing, right_ones = _cases(assignment, exercise, lost, results)
    if not definitions or not any(_tells(*one) for one in failing):
        return None
    changes = filter(_possible(lost), changes_of(source, definitions))
    asking = Asking(interview, source, definitions, pace)
    right: dict[Change, str] = {}

    def is_proven(change: Change) -> bool:
        right[change] = proof.right_with(file, change.applied(source.text).encode())
        return bool(right[change])

    allowance.exercises -= 1
    search = Search(asking, failing, right_ones, is_proven, pace.cpu_seconds, pace)
    try:
        found = search.found(changes)
    except RecursionError:  # code that is nested too deeply to be written anew
        return None
    if not found:
        return _unread(source, definitions, interview)
    sentences = []
    for change, last in zip(found, ("is right.", "is right, too."), strict=False):
        place = interview.places.line(file, change.line, inside=file)
        code = _shown(source, change)
        sentences.append(f"{place}, `{code}`: {change.said}, {right[change]} {last}")
    return Repair(found[0], beginning(" Or: ".join(sentences)))


def _unread(
    source: Source, definitions: Sequence[Definition], interview: FileInterview
) -> Repair | None:
    """What is said where no change was found: the one name that nothing reads.

    It is no proof, and of Keras files, where names are read by Keras, nothing is said.
    """
    unread = only_unread(definitions) if interview.file.backend == "numpy" else None
    if unread is None:
        return None
    line, name, said = unread
    start = source.line_start(line)
    change = Change(start, start, "", line, 0, "unread", said)
    place = interview.places.line(interview.file.name, line, inside=interview.file.name)
    hint = f"{place}, `{_shown(source, change)}`: {said}. Where does `{name}` belong?"
    return Repair(change, beginning(hint), is_proven=False)


def _possible(lost: Iterable[CheckResult]) -> Callable[[Change], bool]:
    """Which changes agree with what was said: what is put in may hide it far from where it is.

    Numbers of another dtype become right by ``/ 2`` as well, and a factor that a slip left out by
    a root.
    """
    said = {one.diagnosis.id for one in lost if one.diagnosis is not None}
    slips = {one.removeprefix(SLIP) for one in said if one.startswith(SLIP)}
    is_narrow = bool(slips) or "generic.dtype" in said

    def is_possible(change: Change) -> bool:
        return not (is_narrow and change.puts_in) or change.kind in slips

    return is_possible


def _cases(
    assignment: PreparedAssignment,
    exercise: str,
    lost: Iterable[CheckResult],
    results: JudgedChecks,
) -> tuple[list[Failing], list[Failing]]:
    """The cases that are answered wrongly, the one with the smallest input first, and rightly."""
    names = {one.check for one in lost}
    wrong: list[Failing] = []
    right: list[Failing] = []
    for check in assignment.checks_of(exercise):
        answered = results.right.get((exercise, check.name), ())
        for number, case in enumerate(check.cases):
            if case.expected is not None and of_values(check):
                if number in answered:
                    right.append((check, case))
                elif check.name in names:
                    wrong.append((check, case))
    return sorted(wrong, key=_size), sorted(right, key=_size)


def _tells(check: PreparedCheck, case: Case) -> bool:
    """Whether an answer that is right there shows much: of wide statistics many wrong ones are."""
    if check.kind is not Kind.STAT:
        return True
    return any(one.low <= 0 or one.high <= _WIDE * one.low for one in case.expects)


def _size(one: Failing) -> int:
    """How long a case may take to answer, roughly: by its arrays, its steps and their numbers."""
    arguments = one[1].arguments.values()
    size = sum(int(np.size(value)) for value in arguments if isinstance(value, np.ndarray))
    return size + sum(map(_weight, one[1].steps))


def _weight(step: Step) -> int:
    """Of a step for Keras: models for many steps and trainings take longest."""
    numbers = [
        *step.get("args", ()),
        *step.get("options", {}).values(),
        *(value for value in step.values() if type(value) is int),
    ]
    whole = sum(min(abs(one), _MOST_WEIGHT) for one in numbers if type(one) is int)
    return (whole + _SLOW.get(step["op"], 1)) if step["op"].startswith("keras.") else whole


def _shown(source: Source, change: Change) -> str:
    """The line of a change; of a long one, what stands around the change."""
    code = source.line(change.line).replace("`", "'")
    if len(code) <= _MOST_CODE:
        return code
    indent = len(source.text[source.line_start(change.line) :]) - len(
        source.text[source.line_start(change.line) :].lstrip(" ")
    )
    place = max(change.start - source.line_start(change.line) - indent, 0)
    begin = min(max(place - _BEFORE, 0), len(code) - _MOST_CODE)
    end = begin + _MOST_CODE
    return f"{'… ' * (begin > 0)}{code[begin:end].strip()}{' …' * (end < len(code))}"
