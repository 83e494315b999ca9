"""`check()` in a real kernel: what students see, and the number that nbgrader takes."""

import os
import shutil

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.student.checking import load_public
from grader.student.notebook import _with_prompts
from grader.student.progress import last_result
from tests.conftest import ROOT, live

NAME = "a1_least_squares"
IMPORT = "from grader import check"


@pytest.fixture
def folder(tmp_path):
    """A student's copy of the assignment, as a folder of its own."""
    shutil.copytree(ROOT / "assignments" / NAME, tmp_path / NAME)
    return tmp_path / NAME


def run(folder, *cells, **variables):
    """Run cells in a kernel in `folder`, failures allowed; their outputs."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3"}
    client = nbclient.NotebookClient(
        notebook,
        timeout=120,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, **variables})
    return [cell.outputs for cell in notebook.cells]


def shown(outputs):
    """What the last output of a cell shows, by MIME type."""
    return outputs[-1]["data"]


RIGHT = "import numpy as np\ndef predict(X, w, b):\n    return X @ w + b"
WRONG = "import numpy as np\ndef predict(X, w, b):\n    return X @ w"


def test_a_right_answer_shows_its_points_and_a_wrong_one_its_diagnosis(folder):
    check = f'{IMPORT}\ncheck("predict")'
    _, wrong, _, right = run(folder, WRONG, check, RIGHT, check)
    points = next(
        sum(one.points for one in exercise.checks)
        for exercise in live(NAME).assignment.exercises()
        if exercise.name == "predict"
    )
    assert float(shown(right)["text/plain"]) == points
    assert 0 <= float(shown(wrong)["text/plain"]) < points
    assert "✗" in shown(wrong)["text/html"]
    assert "→ Most likely your predict" in shown(wrong)["text/html"]
    assert "✗" not in shown(right)["text/html"]


def test_magics_and_the_state_of_the_notebook_do_not_matter(folder):
    cells = ["%time 1", "!true", "predict = None", "del predict", RIGHT.replace("+ b", "+ b  # 1")]
    found = run(folder, *cells, f'{IMPORT}\ncheck("predict")')[-1]
    assert float(shown(found)["text/plain"]) > 0


def test_a_notebook_that_the_running_one_runs_is_at_hand(folder):
    other = new_notebook(cells=[new_code_cell(f"OFFSET = 0.0\n{RIGHT}")])
    nbformat.write(other, folder / "other.ipynb")
    half = (
        "def half_mse(X, y, w, b, o=OFFSET):\n    return np.mean((predict(X, w, b) - y) ** 2) / 2"
    )
    cells = [IMPORT, "import numpy as np\n%run other.ipynb", half]
    *_, first, second, missing = run(
        folder, *cells, 'check("predict")', 'check("half_mse")', 'check("gradients")'
    )
    for one in (first, second):
        assert "✗" not in shown(one)["text/html"]
        assert "handed in" not in shown(one)["text/html"]
    assert "not allowed" not in shown(missing)["text/html"]


def test_modules_and_files_that_the_kernel_finds_are_at_hand(folder):
    (folder / "src").mkdir()
    (folder / "src" / "tools.py").write_text("def plus(a, b):\n    return a + b\n")
    (folder / "scale.json").write_text('{"k": 1}')
    cells = [
        "import sys, json\nimport numpy as np\nsys.path.insert(0, 'src')\nfrom tools import plus",
        "K = json.load(open('scale.json'))['k']\nexec(open('src/tools.py').read())",
        "def predict(X, w, b):\n    return K * plus(X @ w, b)",
        f'{IMPORT}\ncheck("predict")',
    ]
    found = shown(run(folder, *cells)[-1])
    assert "✗" not in found["text/html"]
    assert "src/tools.py was taken as the module tools" in found["text/html"]


def test_a_wrong_name_and_a_wrong_place_are_one_sentence(folder, tmp_path):
    found = run(folder, RIGHT, f'{IMPORT}\ncheck("predct")')[-1]
    (sentence,) = found[-1]["traceback"]
    assert sentence.startswith("grader: a1_least_squares has no exercise 'predct'. Did you mean: p")
    found = run(folder, RIGHT, f"{IMPORT}\ncheck()")[-1]
    assert 'such as check("predict")' in found[-1]["traceback"][0]
    found = run(tmp_path, f'{IMPORT}\ncheck("predict")')[-1]
    assert "There is no folder `public` beside this notebook" in found[-1]["traceback"][0]


def test_without_a_notebook_there_is_one_sentence(folder, monkeypatch):
    from grader.student.notebook import CannotCheck, check

    monkeypatch.chdir(folder)
    with pytest.raises(CannotCheck, match="grader check"):
        check("predict")


def test_a_cell_may_have_gone_to_another_folder(folder, tmp_path, monkeypatch):
    from grader.student import notebook

    monkeypatch.setattr(notebook, "_STARTED_IN", folder)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    assert notebook._folder() == folder
    (tmp_path / "gone").rmdir()
    assert notebook._folder() == folder
    monkeypatch.setattr(notebook, "_STARTED_IN", None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(notebook.CannotCheck, match=f"or a cell went to another folder .{tmp_path}"):
        notebook.check("predict")


def test_under_nbgrader_the_file_counts_and_not_the_kernel(folder):
    """What a cell did to `check` or to the session earns nothing."""
    check = f'{IMPORT}\ncheck("predict")'
    found = run(folder, RIGHT, check, NBGRADER_EXECUTION="autograde")[-1]
    assert float(shown(found)["text/plain"]) == 0  # the file holds the stub
    (folder / "least_squares.py").write_text(RIGHT, encoding="utf-8")
    found = run(folder, WRONG, check, NBGRADER_EXECUTION="autograde")[-1]
    assert float(shown(found)["text/plain"]) > 0


def test_cell_and_line_are_cited_as_jupyter_numbers_them(folder):
    broken = "import numpy as np\n\ndef predict(X, w, b):\n    return undefined_name"
    found = run(folder, "1 + 1", broken, f'{IMPORT}\ncheck("predict")')[-1]
    assert "cell [2], line 4" in shown(found)["text/html"]


PAST = {
    "a failing statement": ("ratio = 1 / 0", "ratio = 1 / 1"),
    "a refused import": (f"import torch\n{WRONG}", RIGHT),
    "a command": (f"%matplotlib inline\n{WRONG}", RIGHT),
    "a syntax error": ("print('some text'", "print('some text')"),
}


def test_nothing_is_noted_of_a_cell_that_was_run_again_and_is_right_now(folder):
    """All kinds in one kernel, each as it was, mended, and as it was again."""
    call = f'{IMPORT}\ncheck("predict")'
    cells = [RIGHT]
    for old, new in PAST.values():
        cells += [old, call, new, RIGHT, call, old, call, new, RIGHT]
    found = run(folder, *cells)
    for number, name in enumerate(PAST):
        first = 1 + 9 * number
        before, after, again = (shown(found[first + one])["text/html"] for one in (1, 4, 6))
        assert f"cell [{first + 1}]" in before, name
        assert "cell [" not in after, name
        assert f"cell [{first + 6}]" in again and f"cell [{first + 1}]" not in again, name


def test_hints_are_given_in_place_one_by_one(folder):
    call = f'{IMPORT}\nprint(check("predict", hint=True))'
    show = f'{IMPORT}\ncheck("predict", hint=True)'
    _, closed, first, opened = run(folder, WRONG, f'{IMPORT}\ncheck("predict")', call, show)
    page = shown(closed)["text/html"]
    hints = load_public(folder).exercise("predict").hints
    assert page.count("<details>") == len(hints) and "<details open>" not in page
    text = "".join(one["text"] for one in first)
    assert f"Hint 1 of {len(hints)}: " in text
    assert 'check("predict", hint=True) gives the next hint.' in text
    assert shown(opened)["text/html"].count("<details open>") == 2


def test_after_an_exercise_passes_the_next_one_is_named_and_the_progress_is_kept(folder):
    found = run(folder, RIGHT, f'{IMPORT}\ncheck("predict")')[-1]
    assert "predict passed. Next: half_mse." in shown(found)["text/html"]
    assert "<details" not in shown(found)["text/html"]
    assert last_result(folder).points == float(shown(found)["text/plain"])


def test_how_the_cells_were_read_is_shown_and_bounded(folder):
    cells = ["%%bash\ntrue", "%%latex\nx", RIGHT]
    page = shown(run(folder, *cells, f'{IMPORT}\ncheck("predict")')[-1])["text/html"]
    assert "cell [1]" in page and "__main__" not in page


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("cell 3: damaged and left out", "cell [3]: damaged and left out"),
        ("cells 3, 12 and 14: left out 2", "cells [3], [12] and [14]: left out 2"),
        ("it was read as UTF-16, cell 3", "it was read as UTF-16, cell 3"),
    ],
)
def test_a_note_calls_cells_as_jupyter_does(note, shown):
    assert _with_prompts(note) == shown
