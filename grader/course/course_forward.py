"""The course's own forward pass, asked with the parameters that a student's training returned.

So a model is judged, and not what it says of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from grader.course.step import Step

FORWARD_FILE = "forward.py"
"""Beside the references, for who grades; no student's copy has it."""
AGREEMENT = 1e-3
"""How far a student's own outputs may lie from the course's, as a share of the largest of these."""

Form = Literal["reference", "dense_layers"]


@dataclass(frozen=True)
class CourseForward:
    """What to ask of the course's forward pass in place of the student's."""

    parameters: str
    """The result of the student's script that holds the fitted parameters, a dict of arrays."""
    outputs: str
    """The result that the course's outputs replace; it has to agree with them."""
    form: Form
    """Which names and shapes the parameters have: the reference's own; or W1, b1, W2, b2, … of
    dense layers, as many and as wide as the student wishes."""
    steps: tuple[Step, ...]
    """One for each network that the parameters may belong to; that which agrees best counts."""

    hidden: tuple[Step, ...] = ()
    """Of each network, the last hidden layer's outputs, where they are judged as well."""
    terms: tuple[Step, ...] = ()
    """Of each network, what each hidden unit adds to the one output, where that is judged."""

    @property
    def networks(self) -> tuple[str, ...]:
        """What each step is called."""
        return tuple(str(one["save"]) for one in self.steps)


def course_forward(
    parameters: str,
    outputs: str,
    *,
    form: Form = "reference",
    hidden: Mapping[str, Step] | None = None,
    terms: Mapping[str, Step] | None = None,
    **steps: Step,
) -> CourseForward:
    """Have a train check judge the parameters, by the functions of the assignment's ``forward.py``.

    Parameters
    ----------
    parameters
        The name of the script's result that holds them; steps refer to it with `step.ref`.
    outputs
        The name of the script's result that the student's own forward pass computes from them.
        It is measured where the course's is not at hand, which is so on a student's machine.
    form
        The names and shapes that the parameters must have: see `CourseForward`.
    hidden
        For each network a call that returns its last hidden layer's outputs `(N, units)` on the
        held-out rows, whose labels are ``held_out["y"]``. Training is then required to have made
        that layer: classes lie further apart in it than in one of the same numbers, shuffled.
    terms
        For each network a call that returns what each hidden unit adds to the one output
        `(N, units)` on the held-out rows. Terms that are many times larger than what they add up
        to are required not to be: so a fitted last layer makes something of random units.
    steps
        A call of a function in ``forward.py`` for each network that the parameters may belong
        to. Several activations, say, are several calls; the keyword is what a message calls it.
    """
    if not steps:
        raise ValueError("Expected a call of a function in forward.py. Received: no step")
    for given in (hidden, terms):
        if given and given.keys() != steps.keys():
            raise ValueError(
                f"Expected hidden units of each of {', '.join(steps)}. Received: {', '.join(given)}"
            )
    asked, layers, added = (
        tuple({**one, "save": name} for name, one in given.items())
        for given in (steps, hidden or {}, terms or {})
    )
    return CourseForward(parameters, outputs, form, asked, layers, added)


def best_agreement(
    own: np.ndarray[Any, Any], outputs: Mapping[str, np.ndarray[Any, Any]]
) -> tuple[str, float]:
    """The network whose outputs are nearest to the student's own, and how far away it is.

    The distance is the largest difference, as a share of the largest output (at least of 1).
    """
    distances = {name: _distance(own, array) for name, array in outputs.items()}
    best = min(distances, key=distances.__getitem__)
    return best, distances[best]


def _distance(own: np.ndarray[Any, Any], course: np.ndarray[Any, Any]) -> float:
    if own.shape != course.shape:
        return float("inf")
    with np.errstate(all="ignore"):
        difference = np.abs(own - course).max(initial=0.0)
        distance = float(difference / np.abs(course).max(initial=1.0))
    return distance if np.isfinite(distance) else float("inf")
