"""A statement that takes the name of one of Python's functions, or an import's, costs nothing."""

from __future__ import annotations

import pytest

from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    assert_full,
    handed_in,
    launcher,
    notebook,
)
from tests.judge.test_elsewhere import IMPORT, NAMES, WRITTEN
from tests.mini import check_of

ROOT = NAMES.index("root")
HEAD = "def root(x):\n    if x < 0:\n        raise ValueError(x)\n"
USES = {
    "called": f"{HEAD}    return abs(sqrt(x)) if len([x]) else None",
    "asked for": f"{HEAD}    return sqrt(x) if not isinstance(x, (list, tuple)) else None",
}
TAKEN = {
    "a number": ("abs = 3", "abs", "Python's own abs"),
    "a loop": ("for len in range(3):\n    print(len)", "len", "Python's own len"),
    "a list": ("list = [1, 2]", "list", "Python's own list"),
    "an import": ("np = 3", "np", "the import in"),
    "a function": ("def np(x):\n    return x", "np", "the import in"),
    "an imported function": ("sqrt = 0.5", "sqrt", "the function in"),
    "another module": ("np = np.random", "np", "the import in"),
}


def texts(taken: str, use: str = "called") -> tuple[str, ...]:
    head = f"{IMPORT}\nfrom numpy import sqrt"
    functions = [*WRITTEN[:ROOT], USES[use], *WRITTEN[ROOT + 1 :]]
    return (head, *functions, taken)


@pytest.mark.parametrize(("taken", "name", "kept"), TAKEN.values(), ids=TAKEN)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_the_name_is_given_back_and_the_line_is_told(handed_in, taken, name, kept, where):  # noqa: F811
    cells = texts(taken, "asked for" if name == "list" else "called")
    text = notebook(*cells) if where.endswith("ipynb") else "\n\n".join(cells)
    result = handed_in({where: text})
    assert_full(result, f"gives {name} another value; {kept}")
    place = "cell 9, line 1" if where.endswith("ipynb") else "mini.py, line"
    assert any(place in note for note in result.submission.notes)


def test_it_is_given_back_in_a_helper_as_well(handed_in):  # noqa: F811
    helper = "def to_root(x):\n    return abs(x) ** 0.5\n\n\nabs = 3\n"
    head, *functions, _ = texts("")
    functions[ROOT] = f"{HEAD}    return to_root(x)"
    mini = "\n\n".join([head, "from helper import to_root", *functions])
    result = handed_in({"mini.py": mini, "helper.py": helper})
    assert_full(result, "helper.py, line 5 gives abs another value; Python's own abs counts")


KEPT = {
    "a constant": ("max = 4", "def root(x):\n    return np.sqrt(x) * max / 4"),
    "a function of the student's": (
        "def sum(x):\n    return x",
        "def root(x):\n    return sum(np.sqrt(x))",
    ),
    "another library of the same use": (
        "import numpy.ma as np",
        "def root(x):\n    return np.sqrt(x)",
    ),
    "an argument": ("sum = 3", "def root(x, sum=np.sqrt):\n    return sum(x)"),
}


@pytest.mark.parametrize(("taken", "use"), KEPT.values(), ids=KEPT)
def test_what_the_functions_mean_is_kept(handed_in, taken, use):  # noqa: F811
    functions = [*WRITTEN[:ROOT], use, *WRITTEN[ROOT + 1 :]]
    text = "\n\n".join([IMPORT, *functions, taken])
    result = handed_in({"mini.py": text})
    assert check_of(result, "root.positive").status == "passed"
    assert not any("another value" in note for note in result.submission.notes)
