"""What the source of a Keras class and an answer together show for certain."""

from __future__ import annotations

from collections.abc import Sequence

from grader.checks.verdict import ClassFacts
from grader.course.prepared import PreparedCheck
from grader.diagnose import Evidence
from grader.result import Diagnosis, Kind

_GRADIENTS = {"keras.gradients", "keras.loss_and_gradients", "keras.loss_gradient", "keras.fit"}
"""Steps for which every function on the way has to have a gradient."""
_WEAK = {"", "generic.none", "generic.no_gradient", "generic.library", "generic.constant"}
"""Diagnoses that say less."""
_CALLED = {"call", "update_state"}
_LIKE_CALL = {"forward", "__call__", "calls", "Call", "compute", "loss"}
_NO_CALL = {
    "builtins.NotImplementedError",
    "builtins.TypeError",
    "builtins.ValueError",
    "grader.worker.steps.WrongForm",
}
"""What comes of a class without the method that Keras calls."""


def of_keras(
    check: PreparedCheck,
    evidence: Sequence[Evidence],
    facts: ClassFacts,
    found: Diagnosis | None,
) -> Diagnosis | None:
    """Say that a method is not there that Keras calls, or that NumPy is given tensors.

    Parameters
    ----------
    facts
        What the source of the exercise's class shows.
    found
        What is known without it.
    """
    failures = [item for item in evidence if item.failed]
    if (found.id if found else "") not in _WEAK or facts.methods is None or not failures:
        return found
    ops = [{str(one["op"]) for one in item.case.steps} for item in failures]
    if check.kind is not Kind.KERAS and not any(
        one.startswith("keras.") for names in ops for one in names
    ):
        return found  # a class of NumPy's part may well have a method `forward`
    are_raised = all(item.observation.outcome == "raised" for item in failures)
    others = sorted(facts.methods & _LIKE_CALL)
    if are_raised and not facts.methods & _CALLED and others:
        kinds = {item.observation.raised[0] for item in failures if item.observation.raised}
        if kinds <= _NO_CALL and others[0] not in _functions(failures):
            hint = (
                f"{facts.name} defines `{others[0]}`, and no `call`: that is the method that "
                "Keras looks for."
            )
            return Diagnosis(id="generic.no_call", hint=hint)
    if facts.numpy and not are_raised and all(names & _GRADIENTS for names in ops):
        name, place = facts.numpy[0]
        where = f"{place[:1].upper()}{place[1:]}"
        hint = (
            f"{where} gives a tensor to np.{name}, and NumPy knows no gradient: what is computed "
            "there counts as a constant. `keras.ops` has functions for tensors."
        )
        return Diagnosis(id="generic.numpy_of_a_tensor", hint=hint)
    return found


def _functions(failures: Sequence[Evidence]) -> set[str]:
    """The student's functions in which something was raised."""
    frames = (one for item in failures for one in item.error.get("frames") or ())
    return {str(one.get("function")) for one in frames}
