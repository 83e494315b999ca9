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
) -> Diagnosis | None:
    """Name the likely mistake behind a check's failures.

    A misconception that explains every answer says more than a generic pattern and goes
    first; where none does, the generic patterns are tried on all failures together.
    """
    with np.errstate(all="ignore"):  # what overflows is no factor and no offset
        named = diagnose_misconception(assignment, check, evidence)
        return named or diagnose_generic(check, evidence)
