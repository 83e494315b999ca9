"""The skeleton of an instructor's own assignment: small, complete, and ready to grade."""

from __future__ import annotations

import re
from pathlib import Path

from grader.problems import GraderProblem, MachineProblem, advice

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")

_REFERENCE = '''"""{title}.

Shapes: N numbers; `x (N,)`. No function changes its inputs.
"""

import numpy as np


def moving_average(x, width):
    """Average of each window of `width` neighbours: yᵢ = (xᵢ + … + xᵢ₊ₖ₋₁) / k with k = width.

    Parameters
    ----------
    x : array (N,)
    width : int
        At least 1, at most N.

    Returns
    -------
    array (N − width + 1,)

    Raises
    ------
    ValueError
        For another width; the message names it.

    Examples
    --------
    >>> moving_average(np.array([1.0, 3.0, 5.0]), 2)
    array([2., 4.])
    """
    ### BEGIN SOLUTION
    if not 1 <= width <= len(x):
        raise ValueError(f"Expected a width of 1 to {{len(x)}}. Received: {{width}}")
    return np.convolve(x, np.ones(width), mode="valid") / width
    ### END SOLUTION
'''

_CHECKS = '''"""Checks of {name}: make the points add up to 100 as you go."""

from grader.course import Assignment, case

assignment = Assignment(name="{name}", title="{title}", summary="What students build here.")
file = assignment.file("{module}.py", backend="numpy")

moving_average = file.exercise(
    "moving_average",
    hints=[
        "How many windows of `width` neighbours fit into N numbers?",
        "`np.convolve` with ones adds neighbours up; `mode=\\"valid\\"` keeps whole windows.",
    ],
)


@moving_average.outputs(points=3)
def windows(rng):
    """averages each window of neighbours"""
    for n, width in ((7, 3), (9, 4), (5, 1)):
        yield case(f"{{n}} numbers, width {{width}}", x=rng.normal(size=n), width=width)


@moving_average.outputs(points=0.5)
def whole(rng):
    """returns one number when the window is as wide as x"""
    yield case("six numbers, width 6", x=rng.normal(size=6), width=6)


@moving_average.errors(points=0.25)
def impossible(rng):
    """raises ValueError for a width that does not fit"""
    for width in (0, 6):
        yield case(f"width {{width}}", x=rng.normal(size=5), width=width, offending=str(width))


moving_average.purity(points=0.25)
'''

_MISCONCEPTIONS = '''"""What students get wrong in {name}, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import numpy as np

from grader.course import misconception


@misconception("moving_average", hint="By how much does a window of ones add up?")
def forgets_to_divide(x, width):
    """adds the neighbours up and does not divide by their number"""
    if not 1 <= width <= len(x):
        raise ValueError(f"Expected a width of 1 to {{len(x)}}. Received: {{width}}")
    return np.convolve(x, np.ones(width), mode="valid")


@misconception("moving_average", hint="How many numbers come back for 7 numbers and width 3?")
def pads_with_zeros(x, width):
    """averages over the ends, too, as if zeros stood there"""
    if not 1 <= width <= len(x):
        raise ValueError(f"Expected a width of 1 to {{len(x)}}. Received: {{width}}")
    return np.convolve(x, np.ones(width), mode="full") / width
'''

_EQUIVALENT = """# Changes of the references that are no mistakes, with the reason: docs/audit.md.

[[equivalent]]
file = "{module}.py"
definition = "moving_average"
before = 'return np.convolve(x, np.ones(width), mode="valid") / width'
after = 'return np.convolve(np.ones(width), x, mode="valid") / width'
reason = "A convolution is symmetric."
"""

_HANDOUT = """# {title}

What it is about, in three sentences, and which file to write: `{module}.py`.

## Start

```
cd assignments/{name}
grader check                 # everything; nothing is sent anywhere
grader check --watch         # again whenever you save
grader hint moving_average   # one hint at a time
```

## The exercises

`moving_average(x, width)`: the mathematics, the shapes, and every edge that is checked.

## Points

<!-- points -->
"""


class NewAssignmentError(GraderProblem):
    """The skeleton cannot be written."""


class CannotWriteAssignment(NewAssignmentError, MachineProblem):
    """The folder of the assignment cannot be written."""


def write_skeleton(root: Path, name: str, title: str) -> list[Path]:
    """Write ``solutions/{name}/`` with one exercise that works; return the files.

    Raises
    ------
    NewAssignmentError
        For a name that cannot be one, or when the assignment is there already.
    """
    if not _NAME.fullmatch(name):
        raise NewAssignmentError(
            f"Expected a name such as a7_diffusion: small letters, digits and underscores, with a "
            f"short first part that students type. Received: {name}"
        )
    folder = root / "solutions" / name
    if folder.exists():
        raise NewAssignmentError(f"{folder} already exists; nothing was changed.")
    module = name.partition("_")[2]
    words = {"name": name, "title": title.replace('"', "'").strip(), "module": module}
    texts = {
        f"{module}.py": _REFERENCE,
        "checks.py": _CHECKS,
        "misconceptions.py": _MISCONCEPTIONS,
        "equivalent_mutants.toml": _EQUIVALENT,
        "handout.md": _HANDOUT,
    }
    try:
        folder.mkdir(parents=True)
        for file, text in texts.items():
            (folder / file).write_text(text.format(**words), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotWriteAssignment(
            f"{folder} cannot be written: {error.strerror}. {advice(error)} and run the same "
            "command again."
        ) from None
    return [folder / file for file in texts]
