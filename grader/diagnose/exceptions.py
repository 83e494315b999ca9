"""What an exception of NumPy's or Python's says of the computation, in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.diagnose.evidence import Evidence
from grader.result import Diagnosis

_SENTENCES = (
    (
        "overflow",
        r"math range error|Result too large|int too large to convert to float",
        "A number became too large for a float there: exp, or a power, of a large number. Look for "
        "a form that avoids it.",
    ),
    (
        "domain",
        r"math domain error|expected a (?:positive|nonnegative) input",
        "The logarithm of 0 or the root of a negative number is asked for there.",
    ),
    ("zero_division", r"division by zero", "Something is divided by 0 there."),
    (
        "shapes",
        r"could not be broadcast together with (?:remapped )?shapes (\([\d, ]*\)) (\([\d, ]*\))",
        "Arrays of shapes {0} and {1} are combined there, which do not fit.",
    ),
    (
        "product",
        r"matmul: .*\(size (\d+) is different from (\d+)\)",
        "In a matrix product the lengths {1} and {0} meet there, which have to be the same.",
    ),
    (
        "product",
        r"shapes (\([\d, ]*\)) and (\([\d, ]*\)) not aligned",
        "A product of arrays of shapes {0} and {1} is asked for there, which do not fit.",
    ),
    (
        "index",
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        "An entry {0} is asked for there along an axis {1} that has {2}.",
    ),
    (
        "unpacking",
        r"too many values to unpack \(expected (\d+)\)",
        "More than {0} values came where {0} are taken apart.",
    ),
    (
        "unpacking",
        r"not enough values to unpack \(expected (\d+), got (\d+)\)",
        "Where {0} values are taken apart, {1} came.",
    ),
    (
        "numpy_of_a_tensor",
        r"Cannot convert a symbolic tf\.Tensor .* to a numpy array|KerasTensor is symbolic",
        "NumPy is given a tensor of a graph there, which has no numbers yet. `keras.ops` has "
        "functions for tensors, most of them under NumPy's names.",
    ),
    (
        "number_of_a_tensor",
        r"(float|int)\(\) argument must be .* not '(?:SymbolicTensor|KerasTensor)'",
        "A tensor of a graph has no number yet, so that {0}() cannot make one of it: go on with "
        "the tensor itself.",
    ),
    (
        "number_of_a_tensor",
        r"'(?:SymbolicTensor|KerasTensor)' object has no attribute '(numpy|item)'",
        "A tensor of a graph has no numbers yet, so that there is no .{0}(): go on with the tensor "
        "itself.",
    ),
    (
        "truth_of_a_tensor",
        r"symbolic `?tf\.Tensor`? as a Python `?bool`?|KerasTensor as (?:a )?(?:Python )?bool",
        "A tensor of a graph has no number yet, so that no `if` and no `while` can ask it. "
        "`ops.where` chooses between two values.",
    ),
    (
        "kept_tensor",
        r"is out of scope and cannot be used here",
        "A tensor that a graph computed is kept from one call to the next, in an attribute, say. "
        "State belongs in variables: `add_weight` makes one, `assign` and `assign_add` change it.",
    ),
    (
        "nothing_to_draw",
        r"^(?:low >= high|high <= 0)$",
        "No whole number is left to be drawn there: `integers` leaves its upper end out, unless "
        "it is told `endpoint=True`.",
    ),
    (
        "axis",
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        "An axis {0} is asked for there of an array that has {1} axes.",
    ),
)
_MATCHING = tuple((name, re.compile(text, re.MULTILINE), said) for name, text, said in _SENTENCES)


def _text(item: Evidence) -> str:
    """What the exception says, and what stands behind one that a step raised on its behalf."""
    return "\n".join(str(item.error.get(part) or "") for part in ("message", "cause"))


def diagnose_exception(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Say what the computation did when it raised; the first failure's numbers are told."""
    failures = [item for item in evidence if item.failed]
    if not failures or any(item.observation.outcome != "raised" for item in failures):
        return None
    for name, pattern, said in _MATCHING:
        found = [pattern.search(_text(item)) for item in failures]
        first = found[0]
        if first is not None and all(found):
            return Diagnosis(id=f"generic.raised_{name}", hint=said.format(*first.groups()))
    return None
