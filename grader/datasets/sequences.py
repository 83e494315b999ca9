"""Tasks on sequences, made from a seed: numbers to remember, and digits to rearrange."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

SEPARATOR = 10
"""The id between input and answer; ids 0 … 9 are digits."""
_PAIRS = 100 * 100


class TokenTask(NamedTuple):
    """Rows of ids: input, separator, answer."""

    sequences: Array
    """`(N, L)` of small integers."""
    answer_start: int
    """The column of the answer's first id, right behind the separator."""


def adding_problem(
    n: int, length: int, rng: np.random.Generator, weights: tuple[float, float] = (1.0, 1.0)
) -> tuple[Array, Array]:
    """Draw sequences of numbers of which two are marked; the target is their weighted sum.

    The first mark lies in the first half, the second in the second. With weights of 1,
    always answering 1 has a mean squared error of 1/6.

    Parameters
    ----------
    weights
        Of the number that is marked first, and of the other.

    Returns
    -------
    (x, y) : arrays (n, length, 2) and (n,)
        Channel 0 holds numbers from [0, 1), channel 1 the marks.

    Source: Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 9 (1997).
    """
    numbers = rng.uniform(size=(n, length))
    half = length // 2
    marks, rows = np.zeros((n, length)), np.arange(n)
    first, second = (rng.integers(low, high, size=n) for low, high in ((0, half), (half, length)))
    marks[rows, first] = marks[rows, second] = 1.0
    y = weights[0] * numbers[rows, first] + weights[1] * numbers[rows, second]
    return np.stack([numbers, marks], axis=2), y


def reversal(n: int, length: int, rng: np.random.Generator) -> TokenTask:
    """Draw rows of `length` digits; the answer is the same digits from the last to the first."""
    digits = rng.integers(0, 10, size=(n, length))
    return _task(digits, digits[:, ::-1])


def sorting(n: int, length: int, rng: np.random.Generator) -> TokenTask:
    """Draw rows of `length` digits; the answer is the same digits in ascending order."""
    digits = rng.integers(0, 10, size=(n, length))
    return _task(digits, np.sort(digits, axis=1))


def addition(n: int, rng: np.random.Generator) -> TokenTask:
    """Draw different pairs of two-digit numbers; the answer is their sum, ones first.

    The input is the four digits of both numbers, tens first (07 counts); the answer has three
    digits, least significant first, in which order a carry is known before it is needed.
    """
    pair = rng.choice(_PAIRS, size=n, replace=False)
    one, other = pair // 100, pair % 100
    total = one + other
    given = np.stack([one // 10, one % 10, other // 10, other % 10], axis=1)  # (n, 4)
    answer = np.stack([total % 10, total // 10 % 10, total // 100], axis=1)  # (n, 3)
    return _task(given, answer)


def renamed_ids(task: TokenTask, rng: np.random.Generator) -> TokenTask:
    """Rename the ten digits: those of inputs by one permutation, those of answers by another.

    The separator stays. Whoever knows the rule alone does not know the answers' names; they stand
    in the sequences.
    """
    start = task.answer_start
    names = rng.permutation(SEPARATOR), rng.permutation(SEPARATOR)
    given, separator, answer = np.split(task.sequences, [start - 1, start], axis=1)
    parts = [names[0][given], separator, names[1][answer]]
    return TokenTask(np.concatenate(parts, axis=1).astype(task.sequences.dtype), start)


def _task(given: Array, answer: Array) -> TokenTask:
    separator = np.full((len(given), 1), SEPARATOR)
    sequences = np.concatenate([given, separator, answer], axis=1).astype(np.int8)
    return TokenTask(sequences, given.shape[1] + 1)
