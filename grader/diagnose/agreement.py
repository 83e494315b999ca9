"""Which mistake several checks of an exercise agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from grader.course.prepared import PreparedAssignment
from grader.diagnose.evidence import Explained
from grader.diagnose.foretold import contradicts
from grader.diagnose.misconceptions import told
from grader.diagnose.slips import consistent, told_of
from grader.result import CheckResult, Diagnosis


def only_left(
    assignment: PreparedAssignment,
    result: CheckResult,
    judged: Sequence[CheckResult],
    explained: Mapping[str, Explained],
) -> Diagnosis | None:
    """The one of several misconceptions with which all checks of an exercise agree, if there is."""
    found = [
        name
        for name in sorted(explained[result.check].by)
        if not contradicts(assignment, name, result.check, judged, explained)
    ]
    if len(found) > 1:  # then what other checks' answers tell
        others = [one.by for one in explained.values() if one.by]
        found = [name for name in found if all(name in by for by in others)]
    return told(assignment, found[0]) if len(found) == 1 else None


def agreed(
    assignment: PreparedAssignment,
    named: CheckResult,
    results: Sequence[CheckResult],
    explained: Mapping[str, Explained],
    text: str | None = None,
) -> Diagnosis | None:
    """What is said of a check for which a slip was named, once all of its exercise are judged.

    A slip that other checks contradict is not told, nor one that is about the call of a function
    that does not stand in the student's `text`.
    """
    with np.errstate(all="ignore"):
        found = consistent(assignment, named.exercise, results, explained)
    slip = told_of(assignment, named.exercise, found, text)
    return slip or explained[named.check].otherwise()
