"""Where something stands is told by cells in a notebook, and by lines in a file."""

import json
import re

import pytest

from grader.confine import LimitBook, Limits
from grader.judge.grading import GradingOptions, grade
from grader.judge.loading import Refused
from grader.submissions import Submission
from grader.submissions.model import LineOrigins
from grader.submissions.notebook import modules_of_notebook
from grader.submissions.places import Places
from tests.conftest import strongest
from tests.mini import REFERENCE, check_of, grade_mini, mini

FILE = "mini.py"
_, IMPORTS, PREDICT, *REST = re.split(r"^(?=import|def )", REFERENCE, flags=re.MULTILINE)
OTHERS = "".join(REST)
SOLVES = "    return np.linalg.solve"
NAMED = OTHERS.replace(SOLVES, f"    np.linalg.lstsq\n{SOLVES}")
CALLED = re.sub(r"np\.linalg\.solve\(.*", "np.linalg.lstsq(X, y)[0]", OTHERS)


def predict(*lines):
    return "def predict(X, w, b):\n" + "".join(f"    {line}\n" for line in lines)


# What stands in cell 1, in cell 2 (below an empty line) and in cell 3; the check; where it says so.
TOLD = {
    "an exception": (IMPORTS, predict("", "raise KeyError(b)"), OTHERS, "predict.batch", 3),
    "a name that is not there": (IMPORTS, predict("return Q"), OTHERS, "predict.batch", 2),
    "an exit": (IMPORTS, predict("raise SystemExit"), OTHERS, "predict.batch", 2),
    "no memory": (IMPORTS, predict("raise MemoryError"), OTHERS, "predict.batch", 2),
    "a stub with more to it": (
        IMPORTS,
        predict("X = X + 0", "raise NotImplementedError"),
        OTHERS,
        "predict.batch",
        3,
    ),
    "nothing but the stub": (
        IMPORTS,
        predict("raise NotImplementedError"),
        OTHERS,
        "predict.batch",
        1,
    ),
    "a syntax error": (IMPORTS, predict("return X @ @ w"), OTHERS, "predict.batch", 2),
    "an error of another line": (
        IMPORTS,
        "def predict(X, w, b):\nreturn X @ w + b\n",
        OTHERS,
        "predict.batch",
        1,
    ),
    "a string without end": (IMPORTS, predict('return X @ """'), OTHERS, "predict.batch", 2),
    "an endless loop": (
        IMPORTS,
        predict("while True:", "    pass"),
        OTHERS,
        "predict.batch",
        r"[23]",
    ),
    "a name that was not defined": (
        IMPORTS,
        "predict = 1 / 0\n",
        OTHERS,
        "predict.batch",
        1,
    ),
    "an import that is used": (
        "import torch\n" + IMPORTS,
        predict("return torch.ones(1)"),
        OTHERS,
        "predict.batch",
        2,
    ),
    "a forbidden function that is named": (IMPORTS, PREDICT, NAMED, "solve.source", r"\d+"),
    "a forbidden function that is called": (IMPORTS, PREDICT, CALLED, "solve.solution", r"\d+"),
}

# Within the cell that was named.
SAID_BY_THE_COMPILER = {
    "an error of another line": {"line 2"},
    "a string without end": {"line 3"},
}


def graded(cells, form="cell {}", *, public, blank=True):
    above = "\n" if blank else ""
    sources = [{"cell_type": "code", "source": f"{above}{text}"} for text in cells]
    made = modules_of_notebook(json.dumps({"cells": sources}).encode(), [FILE])
    origins = {
        name: LineOrigins(o.starts, o.cells, o.lengths, form)
        for name, o in made.line_origins.items()
    }
    submission = Submission("s", "m1_mini", made.files, line_origins=origins)
    limits = LimitBook(Limits(seconds=2.0, cpu_seconds=2.0, numpy_megabytes=1_024))
    return grade(submission, mini(public), strongest(), GradingOptions(limits=limits))


def lines_of_no_cell(text):
    """Lines that are told without a cell, which nobody could find."""
    told = r"cell \[?\d+\]?, lines? \d+(?:(?:, | and )\d+)*"
    return re.findall(r"\blines? \d+", re.sub(told, "", text, flags=re.IGNORECASE))


@pytest.mark.parametrize("public", [False, True], ids=["hidden", "public"])
@pytest.mark.parametrize("name", TOLD)
def test_a_place_in_a_notebook_is_that_of_its_cell_and_told_once(name, public):
    *cells, which, line = TOLD[name]
    form = "cell [{}]" if public else "cell {}"
    result = graded(cells, form, public=public)
    found = check_of(result, which)
    number = 3 if which.startswith("solve") else 2
    line = str(line if type(line) is str else line + 1)
    place = re.escape(form.format(number)) + rf", line {line}\b"
    assert len(re.findall(place, found.message, re.IGNORECASE)) == 1
    for text in (*(one.message for one in result.checks), *result.submission.notes):
        assert set(lines_of_no_cell(text)) <= SAID_BY_THE_COMPILER.get(name, set())
    assert found.line is None or (
        found.cell == form.format(number) and re.fullmatch(line, str(found.line))
    )


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_of_a_file_names_no_cell(name):
    *cells, which, _ = TOLD[name]
    found = check_of(grade_mini("".join(cells)), which)
    assert "cell" not in found.message and found.cell == ""
    assert "line" in found.message.casefold() or found.status == "missing"


def test_a_place_is_that_of_the_file_that_the_code_stands_in():
    """Helpers that the notebook writes itself have cells, too."""
    wrong = "import numpy as np\n\ndef mean(x):\n    raise KeyError(x)\n"
    text = OTHERS.replace("np.mean(", "maths.mean(")
    cells = ["import maths\n" + IMPORTS, PREDICT, f"%%writefile maths.py\n{wrong}", text]
    found = check_of(graded(cells, public=True, blank=False), "half_mse.value")
    assert "  cell 3, line 5, in mean" in found.message
    assert (found.cell, found.line) == ("cell 3", 5)


def test_what_a_student_wrote_is_never_changed():
    code = 'raise ValueError("torch, imported in line 3, may not be used; see line 3")'
    found = check_of(graded([IMPORTS, predict(code), OTHERS], public=True), "predict.batch")
    assert "ValueError: torch, imported in line 3, may not be used; see line 3" in found.message


def test_an_import_that_a_helper_makes_is_named_in_its_own_file():
    places = Places({"helpers.py": LineOrigins((2,), (4,), (3,)), FILE: LineOrigins()})
    sentence = "torch, imported in line 3, may not be used in this file; it may import numpy"
    assert Refused("torch", "helpers.py", 3).is_behind(sentence)
    assert not Refused("torch", "helpers.py", 2).is_behind(sentence)
    assert not Refused("torchaudio", "helpers.py", 3).is_behind(sentence)
    assert "imported in cell 4, line 2, may" in places.in_refusal("helpers.py", sentence)
    assert places.in_refusal(FILE, sentence) == sentence


@pytest.mark.parametrize(
    ("line", "place"),
    [(0, (1, 1)), (2, (1, 1)), (4, (1, 3)), (5, (1, 3)), (6, (7, 1)), (7, (7, 2)), (99, (7, 3))],
)
def test_a_line_between_two_cells_belongs_to_the_one_above(line, place):
    """The compiler may see the end of a cell in the line behind it."""
    origins = LineOrigins((2, 6), (1, 7), (3, 3))
    assert origins.cell_of(line) == (f"cell {place[0]}", place[1])
