"""An exercise in a file that cannot be read is not missing: the file and the line are named."""

from __future__ import annotations

import pytest

from grader.result import Status
from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    handed_in,
    launcher,
)
from tests.judge.test_elsewhere import NAMES, WRITTEN, cells, code
from tests.mini import check_of

ROOT = NAMES.index("root")
REST = tuple(n for n in range(7) if n != ROOT)
BROKEN = "def root(x:\n  return (\n"
IMPORTS = {
    "alone": "",
    "from": "from mine import root\n",
    "star": "from mine import *\n",
    "as": "from mine import root as my_root\n",
    "module": "import mine\n",
}


@pytest.mark.parametrize("line", IMPORTS.values(), ids=IMPORTS)
def test_the_file_and_the_line_are_named(handed_in, line):  # noqa: F811
    result = handed_in({"mini.py": line + code(*REST), "mine.py": BROKEN})
    check = check_of(result, "root.positive")
    assert check.status is Status.ERROR
    assert check.message.startswith("mine.py, line 2, column 3: invalid syntax.\n")
    assert (check.file, check.line) == ("mine.py", 2)
    assert result.points == 17


@pytest.mark.parametrize(
    "text", [f"import os\n{BROKEN}\ndef other(): pass\n", f"{code(0)}\ndef root(x y):\n    pass\n"]
)
def test_so_they_are_where_the_rest_of_it_can_be_read(handed_in, text):  # noqa: F811
    check = check_of(handed_in({"mini.py": code(*REST), "mine.py": text}), "root.positive")
    assert check.status is Status.ERROR and check.message.startswith("mine.py, line ")


def test_who_calls_it_is_told_where_it_stands(handed_in):  # noqa: F811
    broken = "def predict(X, w, b:\n    return X @ w + b\n"
    result = handed_in({"mini.py": code(*range(1, 7)), "mine.py": broken})
    check = check_of(result, "half_mse.value")
    assert check.status is Status.SKIPPED
    assert check.message.endswith("which cannot be read: see mine.py, line 1.")


def test_a_readable_one_elsewhere_counts(handed_in):  # noqa: F811
    files = {"mini.py": code(*REST), "mine.py": BROKEN, "more.py": code(ROOT)}
    assert handed_in(files).points == 20


def test_a_notebook_that_is_cut_off_is_named_once(handed_in):  # noqa: F811
    whole = cells(3, 4, 5, 6)
    result = handed_in({"part1.ipynb": cells(0, 1, 2), "part2.ipynb": whole[: -len(WRITTEN[6])]})
    check = check_of(result, "root.positive")
    assert check.status is Status.ERROR
    assert check.message.startswith("part2.ipynb is not valid JSON: it ends in the middle")
    told = [note for note in result.submission.notes if "part2.ipynb" in note]
    assert len(told) == 1 and told[0].startswith("part2.ipynb is not valid JSON")


def test_a_helper_that_cannot_be_read_is_named_behind_what_needs_it(handed_in):  # noqa: F811
    text = code(*range(7)).replace("np.sqrt(x)", "FACTOR * np.sqrt(x)")
    head = "import mine\nFACTOR = mine.factor\n"
    result = handed_in({"mini.py": head + text, "mine.py": "factor = (\n"})
    message = check_of(result, "root.positive").message
    assert "root needs FACTOR. Line 2, which should have defined FACTOR" in message
    assert (
        "line 1 had been left out: SyntaxError: '(' was never closed (mine.py, line 1)" in message
    )
