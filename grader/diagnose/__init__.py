"""From a mismatch to a sentence: the likely mistake, or nothing rather than something false."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose.evidence import Evidence, Explained, picked
from grader.diagnose.foretold import contradicts
from grader.diagnose.generic import diagnose_generic
from grader.diagnose.misconceptions import explaining, told
from grader.diagnose.ratios import has_fractions
from grader.result import Diagnosis

__all__ = ["Evidence", "Explained", "contradicts", "diagnose", "picked"]


def diagnose(
    assignment: PreparedAssignment, check: PreparedCheck, evidence: Sequence[Evidence]
) -> tuple[Diagnosis | None, Explained]:
    """Name the likely mistake behind a check's failures, and tell what that rests on.

    A misconception that alone explains every answer says more than a generic pattern, which is
    tried on all failures together.
    """
    with np.errstate(all="ignore"):  # what overflows is no factor and no offset
        known = explaining(check, evidence)
        is_thin = bool(known) and not any(
            item.failed and (item.observation.outcome != "answered" or has_fractions(check, item))
            for item in evidence
        )
    explained = Explained(frozenset(known), is_thin, partial(diagnose_pattern, check, evidence))
    if len(known) == 1:
        return told(assignment, known[0]), explained
    return diagnose_pattern(check, evidence), explained


def diagnose_pattern(check: PreparedCheck, evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Name a pattern that fits all failures."""
    with np.errstate(all="ignore"):
        return diagnose_generic(check, evidence)
