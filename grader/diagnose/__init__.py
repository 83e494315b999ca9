"""From a mismatch to a sentence: the likely mistake, or nothing rather than something false."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose.evidence import Evidence, picked
from grader.diagnose.foretold import contradicts
from grader.diagnose.generic import diagnose_generic
from grader.diagnose.misconceptions import diagnose_misconception
from grader.result import Diagnosis

__all__ = ["Evidence", "contradicts", "diagnose", "picked"]


def diagnose(
    assignment: PreparedAssignment, check: PreparedCheck, evidence: Sequence[Evidence]
) -> list[Diagnosis]:
    """Name the likely mistakes behind a check's failures, the one that says most first.

    A misconception that explains every answer says more than a generic pattern, which is tried on
    all failures together and stands behind it, in case other checks contradict the misconception.
    """
    with np.errstate(all="ignore"):  # what overflows is no factor and no offset
        named = diagnose_misconception(assignment, check, evidence)
        found = [named, diagnose_generic(check, evidence)]
    return [one for one in found if one is not None]
