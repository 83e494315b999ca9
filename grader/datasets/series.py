"""A series of numbers that no line through the last values continues, made from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

_SETTLING = 100
"""Values that are dropped, until the series has forgotten where it began."""
_NOISE = 0.01


def henon(n: int, rng: np.random.Generator) -> Array:
    """Draw a series from Hénon's map, whose coefficients the generator draws, too.

    xₜ₊₁ = 1 − a xₜ² + b xₜ₋₁ with a from [1.35, 1.4] and b from [0.28, 0.3], where the map is
    chaotic, and a little noise. The series is ±(xₜ + c xₜ₋₁) with c from [−0.4, 0.4]. The past
    decides the next value, but by no linear rule, and by another one for each seed.

    Returns
    -------
    array (n,)
        With mean 0 and deviation 1.

    Source: Hénon, A two-dimensional mapping with a strange attractor (1976).
    """
    a, b, c = rng.uniform(1.35, 1.4), rng.uniform(0.28, 0.3), rng.uniform(-0.4, 0.4)
    noise = _NOISE * rng.uniform(-1.0, 1.0, size=n + _SETTLING)
    x = np.zeros(n + _SETTLING)
    for t in range(2, len(x)):
        x[t] = 1.0 - a * x[t - 1] * x[t - 1] + b * x[t - 2] + noise[t]
    series = rng.choice([-1.0, 1.0]) * (x[_SETTLING:] + c * x[_SETTLING - 1 : -1])
    return (series - series.mean()) / series.std()
