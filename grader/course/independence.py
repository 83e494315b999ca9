"""What is expected of entries that are drawn independently of each other, yes or no."""

from __future__ import annotations

from math import prod, sqrt

from grader.course.case import Expectation


def independent(rate: float, shape: tuple[int, ...], of: str = "") -> list[Expectation]:
    """Expect that neighbours agree as often as chance has it; one draw for all rows fails.

    Parameters
    ----------
    rate
        The probability of each entry to be the one of two values.
    shape
        The shape of the output, of two axes or more.
    of
        Which of a script's returned results; the first, when none is named.
    """
    agree = rate**2 + (1 - rate) ** 2
    found = []
    for statistic, axis in (("alike_rows", 0), ("alike_columns", -1)):
        size = list(shape)
        size[axis] -= 1
        # Eight standard errors: neighbouring pairs share an entry, so that they vary together.
        near = 8 * sqrt(agree * (1 - agree) / prod(size))
        found.append(Expectation(statistic, agree - near, agree + near, of))
    return found
