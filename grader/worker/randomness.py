"""Random numbers of a worker: the same in every run, also where no seed was given.

So the same code has the same verdict twice, and the answers of references stay as they are when
they are frozen again. Two generators that one question makes without a seed differ.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import numpy.random.bit_generator

_seeds = random.Random(0)
"""Gives NumPy what it would ask the operating system for."""


def govern() -> None:
    """Let NumPy's generators without a seed start from numbers that `reset` sets back."""
    asked: Any = numpy.random.bit_generator
    asked.randbits = _seeds.getrandbits


def reset() -> None:
    """Begin again; NumPy's own global generator is seeded by whoever knows the backend."""
    random.seed(0)
    _seeds.seed(0)


def get_state() -> tuple[Any, ...]:
    """Where all generators stand that belong to nobody."""
    return np.random.get_state(), random.getstate(), _seeds.getstate()


def set_state(state: tuple[Any, ...]) -> None:
    """Put them back to where they stood."""
    of_numpy, of_python, of_seeds = state
    np.random.set_state(of_numpy)
    random.setstate(of_python)
    _seeds.setstate(of_seeds)
