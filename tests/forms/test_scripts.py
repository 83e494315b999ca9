"""What stands in a main block, and in a notebook that another file runs, counts."""

from __future__ import annotations

import pytest

from tests.forms.helpers import ROOT, as_script, assert_full, notebook
from tests.mini import REFERENCE

SCRIPTS = {
    "all of it": (as_script(REFERENCE + "print(predict(1 / 0))"), "was taken, too"),
    "its imports": (REFERENCE[18:] + as_script("import numpy as np\n1 / 0"), "was taken, too"),
    "what is imported does nothing": (
        as_script(REFERENCE).replace("==", "!=", 1).replace(":", ": pass\nelse:", 1),
        "was taken, too",
    ),
    "not the script": (
        as_script(REFERENCE).replace("if", "if not", 1).replace(":", ": pass\nelse:", 1),
        "was taken, too",
    ),
    "what tries it": (REFERENCE + as_script("import torch\nX = 3\n1 / 0"), ""),
}


@pytest.mark.parametrize("kind", SCRIPTS)
def test_what_is_defined_only_where_the_file_runs_as_a_script_counts(handed_in, kind):
    text, note = SCRIPTS[kind]
    assert_full(handed_in({"mini.py": text}), note)


def test_a_script_defines_nothing_again(handed_in):
    text = REFERENCE + as_script("def root(x): return 5\nfit = None")
    assert_full(handed_in({"mini.py": text}), "")


IN_NOTEBOOKS = {
    "a wrong one above": [REFERENCE.replace(ROOT, "def root(x): return 5\n"), as_script(ROOT)],
    "a stub above": [REFERENCE.replace(ROOT, "def root(x): pass\n"), as_script(ROOT)],
    "a stub below": [REFERENCE.replace(ROOT, ""), as_script(ROOT), "def root(x): pass\n"],
    "something tried": [REFERENCE.replace(ROOT, ""), as_script(f"{ROOT}\nroot(1 / 0)\n")],
}


@pytest.mark.parametrize("kind", IN_NOTEBOOKS)
def test_in_a_notebook_the_main_block_defines_what_counts(handed_in, kind):
    """There the condition holds when the student runs it."""
    number = len(IN_NOTEBOOKS[kind]) if kind != "a stub below" else 2
    result = handed_in({"mini.ipynb": notebook(*IN_NOTEBOOKS[kind])})
    assert_full(result, f"cell {number}, line 2: what is defined below if __name__")


def test_a_cell_below_the_main_block_has_the_last_word(handed_in):
    cells = [REFERENCE.replace(ROOT, ""), as_script("def root(x): return 5\n"), ROOT]
    assert_full(handed_in({"mini.ipynb": notebook(*cells)}), "cell 2, line 2: what is")


@pytest.mark.parametrize("main", ["mini.ipynb", "mini.py"])
def test_a_notebook_that_is_run_gives_what_it_defines(handed_in, main):
    text = REFERENCE.replace(ROOT, "")
    files = {
        main: notebook("%run my-root.ipynb", text)
        if main == "mini.ipynb"
        else f"%run my-root.ipynb\n{text}",
        "my-root.ipynb": notebook("import numpy as np", "1 / 0", ROOT),
    }
    result = handed_in(files)
    assert_full(result, "was taken as from my_root import *")


def test_a_notebook_that_is_run_and_is_not_there_has_a_note(handed_in):
    result = handed_in({"mini.ipynb": notebook("%run missing.ipynb", REFERENCE)})
    assert_full(result, "missing (cell 1, line 1) is neither handed in")
