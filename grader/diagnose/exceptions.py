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
        "axis",
        r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
        "An axis {0} is asked for there of an array that has {1} axes.",
    ),
)
_MATCHING = tuple((name, re.compile(text), said) for name, text, said in _SENTENCES)


def diagnose_exception(evidence: Sequence[Evidence]) -> Diagnosis | None:
    """Say what the computation did when it raised; the first failure's numbers are told."""
    failures = [item for item in evidence if item.failed]
    if not failures or any(item.observation.outcome != "raised" for item in failures):
        return None
    for name, pattern, said in _MATCHING:
        found = [pattern.search(str(item.error.get("message") or "")) for item in failures]
        first = found[0]
        if first is not None and all(found):
            return Diagnosis(id=f"generic.raised_{name}", hint=said.format(*first.groups()))
    return None
