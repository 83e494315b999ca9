"""From a mismatch to a sentence: the likely mistake, or nothing rather than something false."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose.evidence import Evidence, Explained, picked
from grader.diagnose.exceptions import diagnose_exception
from grader.diagnose.generic import diagnose_generic
from grader.diagnose.misconceptions import explaining, told
from grader.diagnose.ratios import has_fractions
from grader.diagnose.reconciled import reconciled
from grader.diagnose.refusals import diagnose_refusal
from grader.diagnose.slips import PREFIX as SLIP
from grader.diagnose.slips import is_telling, matching, told_of
from grader.result import Diagnosis

__all__ = [
    "SLIP",
    "Evidence",
    "Explained",
    "diagnose",
    "picked",
    "reconciled",
]

_PLAINER = ("generic.factor_", "generic.sign", "generic.swapped")
"""Patterns that say more, in fewer words, than the place of a slip that has them."""


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
        slips = matching(check, evidence)
    otherwise = partial(diagnose_pattern, assignment, check, evidence)
    tells = is_telling(check, evidence)
    slip = told_of(assignment, check.exercise, slips) if tells else None
    # Many slips end in one exception: what happened is certain then, and which it was is not.
    slip = diagnose_exception(evidence) or slip
    if slip is not None and (plain := otherwise()) is not None and plain.id.startswith(_PLAINER):
        slip = plain
    if len(known) == 1:
        return told(assignment, known[0], tells or not is_thin), Explained(
            frozenset(known), is_thin, slips, lambda: slip or otherwise(), evidence
        )
    return slip or otherwise(), Explained(frozenset(known), is_thin, slips, otherwise, evidence)


def diagnose_pattern(
    assignment: PreparedAssignment, check: PreparedCheck, evidence: Sequence[Evidence]
) -> Diagnosis | None:
    """Name a pattern that fits all failures."""
    with np.errstate(all="ignore"):
        return (
            diagnose_generic(check, evidence)
            or diagnose_refusal(assignment, check, evidence)
            or diagnose_exception(evidence)
        )
