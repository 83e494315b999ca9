"""What is expected of numbers that are drawn independently of each other."""

from __future__ import annotations

from math import prod, sqrt

from grader.course.case import Expectation
from grader.course.step import Step, step


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


def unrelated(
    count: int, *pairs: tuple[str, str]
) -> tuple[dict[str, Step], tuple[str, ...], list[Expectation]]:
    """Make steps, their names and ranges: how far pairs of results go together, whatever the lag.

    That is 0 but for chance: a correlation of independent draws is beyond 8 standard errors once
    in 10¹⁵ times, so that 10,000 lags stay within them but for once in 10¹¹ times. What follows
    from an earlier draw by a rule, or comes again after a while, does not.

    Parameters
    ----------
    count
        How many numbers each of the results has.
    pairs
        Names of results; of one that is named twice, the lag 0 is left out.
    """
    made = {
        f"{one}_with_{other}_at_any_lag": step.lagged_correlation(one, other)
        for one, other in pairs
    }
    most = 8 / sqrt(count)
    return made, tuple(made), [Expectation("mean", 0, most, of=name) for name in made]
