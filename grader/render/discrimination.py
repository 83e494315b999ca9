"""Does a check tell strong from weak students? One statistic of classical test theory."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

POOR = 0.2
"""Below this a check says little about who is strong: Ebel and Frisbie, *Essentials of
Educational Measurement*, 5th edition (1991), chapter 13, call such items poor."""
FEWEST = 10
"""Of fewer students the statistic says nothing; its standard error is about 1/√n."""


def item_rest_correlation(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The point-biserial correlation between passing a check and the rest of the points.

    .. math:: r = (M_1 - M_0) / s * sqrt(p (1 - p))

    where M₁ and M₀ are the means of the rest of those who passed and who did not, s is the
    standard deviation of all (of the population, not of a sample) and p the share that passed.
    It is Pearson's correlation when passing counts 1 and failing 0 (Tate, *Annals of
    Mathematical Statistics* 25, 1954). The rest leaves the check's own points out, or it would
    correlate with itself (Henrysson, *Psychometrika* 28, 1963).

    Parameters
    ----------
    passed
        Whether each student passed.
    rest
        The points of each student without those of the check.

    Returns
    -------
    float or None
        Between -1 and 1; None when all passed, none passed, or all have the same rest.

    Raises
    ------
    ValueError
        When the two are not equally long.
    """
    if len(passed) != len(rest):
        raise ValueError(
            f"Expected a rest for each of {len(passed)} outcomes. Received: {len(rest)}"
        )
    with_pass = [points for outcome, points in zip(passed, rest, strict=True) if outcome]
    without = [points for outcome, points in zip(passed, rest, strict=True) if not outcome]
    if not with_pass or not without or not all(map(math.isfinite, rest)):
        return None
    deviation = statistics.pstdev(rest)
    if deviation <= 1e-9 * max(1.0, *map(abs, rest)):
        return None
    share = len(with_pass) / len(passed)
    difference = statistics.fmean(with_pass) - statistics.fmean(without)
    return max(-1.0, min(1.0, difference / deviation * math.sqrt(share * (1 - share))))
