"""Formgrader shows the code that was graded, in whichever file it stands and behind whatever."""

import json

import nbformat
import pytest

from grader.sanitise.notebook import MAX_TEXT
from grader.submissions import read_path
from grader.ways.gradebook.autograded import write_autograded
from grader.ways.gradebook.graded_code import within_limits
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.structure import ensure_structure, roles
from tests.mini import REFERENCE, mini
from tests.ways.gradebook.course import NAME, course_in, graded

NAMES = ("predict", "half_mse", "gradients", "solve", "root", "noise", "fit")
IMPORT = f"from h import {', '.join(NAMES)}\n"
PREDICT = "def predict(X, w, b):\n    return X @ w + b\n"


def notebook(*cells):
    made = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content)


@pytest.fixture
def show(tmp_path):
    with opened(course_in(tmp_path)) as gradebook:
        known = roles(ensure_structure(gradebook, mini(), None).assignment)

    def written(files):
        folder = tmp_path / "submitted" / "ada" / NAME
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        submission = read_path(folder, ["mini.py"], student="ada", assignment=NAME)
        result = graded("ada", "", sha256=submission.sha256)
        write_autograded(tmp_path / "shown", folder, submission, mini(), result, known)
        found = nbformat.read(tmp_path / "shown" / "mini.ipynb", as_version=4)
        nbformat.validate(found)
        return [cell.source for cell in found.cells]

    return written


def test_functions_of_another_file_are_shown(show):
    shown = show({"mini.py": IMPORT, "h.py": REFERENCE})
    (whole,) = [one for one in shown if one.startswith("# h.py, which was handed in with it")]
    assert REFERENCE.strip() in whole


def test_files_behind_files_are_shown_and_those_that_nobody_names_are_not(show):
    calling = "import deep\n\ndef predict(X, w, b):\n    return deep.down(X, w, b)\n"
    shown = "\n".join(
        show(
            {"mini.py": "import h\nfrom h import predict\n", "h.py": calling, "deep.py": "down = 1"}
        )
    )
    assert "deep.down(X" in shown and "down = 1" in shown


def test_functions_of_another_notebook_are_shown(show):
    shown = "\n".join(
        show({"mini.ipynb": notebook("from h import *"), "h.ipynb": notebook("x = 1", REFERENCE)})
    )
    assert "return X @ w + b" in shown


LONG = {
    "a line of comment": "# " + "x" * 300_000 + "\n" + REFERENCE,
    "lines of comment": "# x\n" * 100_000 + REFERENCE,
    "blank lines": "\n" * 300_000 + REFERENCE,
    "a text": '"""' + "word word\n" * 40_000 + '"""\n' + REFERENCE,
    "code": "x = 1\n" * 100_000 + REFERENCE + "x = 1\n" * 100_000,
}


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("form", ["file", "cell", "helper"])
def test_what_stands_behind_much_text_is_shown_and_the_cut_is_told(show, kind, form):
    text = LONG[kind]
    files = {"file": {"mini.py": text}, "cell": {"mini.ipynb": notebook(text)}}
    shown = show(files.get(form, {"mini.py": IMPORT, "h.py": text}))
    assert any("return X @ w + b" in one for one in shown)
    assert any("np.linalg.solve(X.T @ X, X.T @ y)" in one for one in shown)
    assert any("ut here" in one for one in shown)
    assert max(map(len, shown)) <= MAX_TEXT + 100


def test_what_stands_behind_many_cells_is_shown(show):
    shown = show({"mini.ipynb": notebook(*["x = 1"] * 2_500, PREDICT)})
    assert any(
        one.startswith("# predict was taken from") and PREDICT.strip() in one for one in shown
    )
    assert any("more cells are not shown" in one for one in shown)


def test_the_last_definition_is_the_one_that_counts(show):
    old = "def predict(X, w, b):\n    return 'old'\n"
    much = "x = 1\n" * 100_000
    shown = show({"mini.py": f"{old}{much}@cached\n{PREDICT}\nclass A: pass\n{much}"})
    (cell,) = [one for one in shown if one.startswith("# predict was taken")]
    assert "@cached\n" + PREDICT.strip() in cell and "class A" not in cell
    assert "letters; the graded lines are 100,003 to" in cell


def test_what_fits_stays_as_it_is():
    assert within_limits("x" * MAX_TEXT) == "x" * MAX_TEXT


def test_one_function_of_too_many_letters_shows_both_ends():
    text = "def f():\n" + "    x = 1\n" * 100_000 + "    return 42\n"
    shown = within_limits(text)
    assert shown.endswith("return 42\n") and "def f():" in shown and "Cut here" in shown
    assert len(shown) <= MAX_TEXT
