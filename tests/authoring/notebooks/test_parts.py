"""References cut into cells."""

import pytest

from grader.authoring.notebooks.parts import EditionError, cut
from grader.authoring.stubs import make_stub

REFERENCE = '''"""Two exercises.

About them.
"""

import numpy as np

SCALE = 2.0


def first(x):
    """The first."""
    ### BEGIN SOLUTION
    return SCALE * x
    ### END SOLUTION


### BEGIN SOLUTION
def _helper(x):
    return -x


### END SOLUTION
LIMIT = 3


@np.vectorize
def second(x):
    """The second."""
    ### BEGIN SOLUTION
    return _helper(x) + LIMIT
    ### END SOLUTION
'''


def test_a_reference_is_cut_into_what_is_given_and_what_is_written():
    parts = cut(REFERENCE, ["first", "second"], "x.py")
    assert parts.introduction == "Two exercises.\n\nAbout them."
    assert parts.given == {"first": "import numpy as np\n\nSCALE = 2.0", "second": "LIMIT = 3"}
    assert parts.solutions["first"].startswith("def first(x):")
    assert parts.solutions["second"].startswith("@np.vectorize\ndef second(x):")


def test_a_helper_moves_into_the_exercise_behind_it_and_leaves_with_its_solution():
    solution = cut(REFERENCE, ["first", "second"], "x.py").solutions["second"]
    names: dict[str, object] = {}
    exec("import numpy as np\nLIMIT = 3\n" + solution, names)
    assert names["second"](1.0) == 2.0
    stub = make_stub(solution)
    assert "_helper" not in stub
    assert stub.count("NotImplementedError") == 1


def test_the_cells_together_say_what_the_reference_says():
    parts = cut(REFERENCE, ["first", "second"], "x.py")
    names: dict[str, object] = {}
    for exercise in ("first", "second"):
        exec(parts.given[exercise], names)
        exec(parts.solutions[exercise], names)
    assert names["first"](2.0) == 4.0
    assert names["second"](1.0) == 2.0


@pytest.mark.parametrize(
    ("reference", "exercises", "message"),
    [
        (REFERENCE, ["first", "second", "third"], "a definition of third"),
        (REFERENCE + "\nTAIL = 1\n", ["first", "second"], "nothing after the exercises"),
        (
            REFERENCE.replace(
                "    ### END SOLUTION\n", "    ### END SOLUTION\n    # done\n    x\n"
            ),
            ["first", "second"],
            "Expected second to end with ### END SOLUTION",
        ),
    ],
)
def test_what_cannot_be_cut_is_told(reference, exercises, message):
    with pytest.raises(EditionError, match=message):
        cut(reference, exercises, "x.py")
