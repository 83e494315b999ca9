"""What is said of an exercise's checks once all of them are judged: what none contradicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.course.prepared import PreparedAssignment
from grader.diagnose.agreement import agreed, only_left
from grader.diagnose.elsewhere import holds_everywhere
from grader.diagnose.evidence import Explained
from grader.diagnose.foretold import contradicts
from grader.diagnose.slips import PREFIX as SLIP
from grader.result import CheckResult, Diagnosis

_MISCONCEPTION = "misconception."


def reconciled(
    assignment: PreparedAssignment,
    judged: Sequence[CheckResult],
    explained: Mapping[str, Explained],
    text_of: Callable[[CheckResult], str | None],
) -> list[CheckResult]:
    """The results of an exercise, each diagnosis held against the other checks' answers.

    A misconception that other checks contradict is taken back first, then slips and patterns that
    do not hold in all of them; in the end a misconception is named that only now is left alone.

    Parameters
    ----------
    explained
        By check, what its diagnosis rests on; a check without an entry keeps its diagnosis.
    text_of
        All that was handed in beside and with the file of a check; None where it has none.
    """
    results = list(judged)

    def say(number: int, diagnosis: Diagnosis | None) -> None:
        results[number] = results[number].model_copy(update={"diagnosis": diagnosis})

    for number, result in enumerate(results):
        named = result.diagnosis.id if result.diagnosis is not None else ""
        if not named.startswith(_MISCONCEPTION) or result.check not in explained:
            continue
        if contradicts(assignment, named, result.check, results, explained):
            say(number, explained[result.check].otherwise())
    for number, result in enumerate(results):
        if result.diagnosis is not None and result.diagnosis.id.startswith(SLIP):
            say(number, agreed(assignment, result, results, explained, text_of(result)))
    for number, result in enumerate(results):
        if not holds_everywhere(assignment, result, results, explained):
            say(number, None)
    for number, result in enumerate(results):
        if result.diagnosis is None and result.lost_points and result.check in explained:
            say(number, only_left(assignment, result, results, explained))
    return results
