"""How much may be tried, by what the files compute with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.course.assignment import Backend


@dataclass(frozen=True)
class Pace:
    """The bounds of one search.

    Attributes
    ----------
    cpu_seconds
        What the worker may compute for one exercise.
    of_each
        What one attempt may compute: a change that does not end costs no more.
    chunk_seconds
        How long the judge waits for the changes of one question on a busy machine.
    most_changes
        How many changes are tried; those of a Keras file build and train models.
    most_cases
        How many failing cases are asked before the exercise is graded as a whole.
    proof_seconds
        How long the questions of one proof may take.
    most_proofs
        How many changes are graded with.
    chunks
        How many changes are asked at once: few at first, where they are likely.
    """

    cpu_seconds: float
    of_each: float
    chunk_seconds: float
    most_changes: int
    most_cases: int
    proof_seconds: float
    most_proofs: int = 6
    chunks: tuple[int, ...] = (24, 48, 96)


_NUMPY = Pace(1.0, 0.15, 12.0, 4_000, 6, 5.0)
_KERAS = Pace(8.0, 1.5, 30.0, 700, 2, 40.0, 3, (8, 16, 32))
Paces = Mapping[Backend, Pace]
"""By backend, how repairs are looked for; where there is none, they are not."""
IN_A_CLASS: Paces = {
    "numpy": replace(_NUMPY, cpu_seconds=0.2),
    "keras": replace(_KERAS, cpu_seconds=0.8, of_each=0.5, most_changes=120, most_proofs=1),
}
"""Where many submissions are graded: most repairs are found in a tenth of a second."""
ALONE: Paces = {"numpy": _NUMPY, "keras": replace(_KERAS, most_proofs=2)}
"""Where one is, by workers that are slow to start: those of Keras take seconds."""
FORKED: Paces = {"numpy": _NUMPY, "keras": _KERAS}
"""Where one is, by workers that are forked."""
