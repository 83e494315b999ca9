"""The forms in which one right text stands in a notebook: each gives the same functions."""

from __future__ import annotations

import json
import types
from typing import Any

import pytest

from grader.submissions import notebook as notebook_module
from grader.submissions.notebook import NotebookError, NotebookModules, modules_of_notebook
from grader.submissions.text import is_notebook_json, python_text
from tests.submissions.loaded import run
from tests.submissions.test_notebook import code, notebook_bytes, text

NAME = "logistic_regression.py"
EXPECTED = [NAME, "keras_logistic_regression.py"]
IMPORT = "import math\n\n\n"
SIGMOID = "def sigmoid(z):\n    return 1.0 / (1.0 + math.exp(-z))\n"
GRADIENT = "def sigmoid_grad(z):\n    s = sigmoid(z)\n    return s * (1.0 - s)\n"
WHOLE = f"{IMPORT}{SIGMOID}\n\n{GRADIENT}"


def made(*cells: Any, **more: Any) -> NotebookModules:
    sources = (code(cell) if isinstance(cell, str) else cell for cell in cells)
    return modules_of_notebook(notebook_bytes(*sources), EXPECTED, **more)


def loaded(found: NotebookModules, name: str = NAME) -> types.ModuleType:
    module = types.ModuleType(name.removesuffix(".py"))
    run(found.files[name], module, name)
    return module


def assert_right(found: NotebookModules) -> None:
    module = loaded(found)
    assert (module.sigmoid(0), module.sigmoid_grad(0)) == (0.5, 0.25)


def assert_lines_are_true(found: NotebookModules, cells: list[str]) -> None:
    """Every line that was not changed stands where it is said to stand."""
    for name, content in found.files.items():
        lines = content.decode().split("\n")
        for number, origin in found.line_origins[name].items():
            cell, line = (int(part.split()[1]) for part in origin.split(", "))
            original = cells[cell - 1].split("\n")[line - 1]
            changed = any(mark in original for mark in ["%", "!", "?", "pip ", "coding"])
            assert changed or lines[number - 1].strip() in original


WRITE = f"%%writefile {NAME}\n"
FORMS = {
    "plain": [WHOLE],
    "one definition a cell": [IMPORT, SIGMOID, GRADIENT],
    "written file": [WRITE + WHOLE],
    "appended file": [WRITE + IMPORT + SIGMOID, f"%%writefile -a {NAME}\n\n\n{GRADIENT}"],
    "appended by --append": [WRITE + IMPORT, f"%%writefile {NAME} --append\n{SIGMOID}{GRADIENT}"],
    "written by %%file": [f"%%file {NAME}\n{WHOLE}"],
    "quoted name": [f'%%writefile "{NAME}"\n{WHOLE}'],
    "path of Colab": [f"%%writefile /content/{NAME}\n{WHOLE}"],
    "path of Windows": [f"%%writefile .\\{NAME}\n{WHOLE}"],
    "path from home": [f"%%writefile ~/course/{NAME}\n{WHOLE}"],
    "copy mark": [f"%%writefile 'logistic_regression (1).py'\n{WHOLE}"],
    "written twice": [
        WRITE + "def sigmoid(z):\n    return None\nraise SystemExit\n",
        WRITE + WHOLE,
    ],
    "written after a draft": ["def sigmoid(z):\n    return 7", WRITE + WHOLE],
    "appended to cells": [IMPORT + SIGMOID, f"%%writefile -a {NAME}\n{GRADIENT}"],
    "written below a form": [f"#@title Solution {'{'}run: 'auto'{'}'}\n{WRITE}{WHOLE}"],
    "captured and written": [f"%%capture out\n{WRITE}{WHOLE}"],
    "written and run": [WRITE + WHOLE, f"%run {NAME}"],
    "written elsewhere": [f"%%writefile solution.py\n{WHOLE}"],
    "written to two other files": ["%%writefile a.py\nx = 1", f"%%writefile b.py\n{WHOLE}"],
    "written under no module's name": [f"%%writefile my-solution.py\n{WHOLE}"],
    "timed": [f"%%time\n{WHOLE}"],
    "captured and timed": [f"%%capture\n%%time\n{WHOLE}"],
    "unknown magic": [f"%%heat\n{WHOLE}"],
    "unknown magic over a line": [f"%%skip_autoreload 1\n%%time\n{WHOLE}"],
    "no name of a magic": [f"%% sigmoid\n{WHOLE}"],
    "a subprocess of Python": [f"%%python3\n{WHOLE}"],
    "behind shell": ["%%bash\nls -l | wc", "!pip install numpy", WHOLE],
    "shell in the cell": [f"!pip install -q numpy\n%matplotlib inline\n{WHOLE}"],
    "shell without a mark": [f"pip install numpy\n{WHOLE}"],
    "output of a command": [f"files = !ls\n{WHOLE}"],
    "help in the cell": [f"math.exp?\n{WHOLE}help??\n?math"],
    "timed statement": [f"{IMPORT}{SIGMOID}%time half = sigmoid(0)\n", GRADIENT],
    "assigned by %time": [
        f"{WHOLE}\n%time x = sigmoid(0)\ny = %time sigmoid(0)\n%timeit sigmoid(0)"
    ],
    "all indented": ["    " + WHOLE.replace("\n", "\n    ")],
    "all indented by a tab": ["\t" + WHOLE.replace("\n", "\n\t")],
    "prompts": [">>> " + WHOLE.rstrip("\n").replace("\n", "\n... ").replace("... def", ">>> def")],
    "prompts of IPython": ["In [3]: " + WHOLE.rstrip("\n").replace("\n", "\n   ...: ")],
    "Colab's form": [f"#@title Sigmoid\n#@markdown Run this.\nsize = 3 #@param {{}}\n{WHOLE}"],
    "carriage returns": [WHOLE.replace("\n", "\r\n")],
    "declared encoding": [f"# -*- coding: gbk -*-\n{WHOLE}"],
    "a broken cell": ["def sigmoid(:", WHOLE, "print 'Python 2'"],
    "cells of Databricks": ["%md\n# Title", f"%python\n{WHOLE}", "%sql\nSELECT 1"],
}


@pytest.mark.parametrize("cells", FORMS.values(), ids=FORMS)
def test_whatever_the_form_the_functions_are_right(cells: list[str]) -> None:
    found = made(*cells)
    assert_right(found)
    assert_lines_are_true(found, cells)


@pytest.mark.parametrize("form", ["plain", "one definition a cell", "Colab's form"])
def test_where_no_liberty_was_taken_there_is_no_note(form: str) -> None:
    assert made(*FORMS[form]).notes == []


LIBERTIES = {
    "appended file": [f"cells 1 and 2: written to {NAME}; these lines count as {NAME}"],
    "written elsewhere": [
        "cell 1: written to solution.py; these lines are the module solution.py",
        f"cell 1: solution.py holds most definitions and was taken as {NAME}",
    ],
    "written under no module's name": [
        f"cell 1: written to my-solution.py, which cannot be imported; taken as part of {NAME}"
    ],
    "captured and timed": ["cell 1: notebook commands (%, !, ?) were left out"],
    "unknown magic": ["cell 1: %%heat is not known here; the code below it was taken as Python"],
    "behind shell": [
        "cell 1: %%bash is not Python and was left out",
        "cell 2: notebook commands (%, !, ?) were left out",
    ],
    "output of a command": [
        "cell 1: what a notebook command gives is not known here; files is not assigned"
    ],
    "timed statement": ["cell 1: the Python behind %time or %prun was kept"],
    "all indented": ["cell 1: the indentation of the first line was taken off"],
}


@pytest.mark.parametrize("form", LIBERTIES)
def test_every_liberty_is_told_in_one_note(form: str) -> None:
    assert made(*FORMS[form]).notes == LIBERTIES[form]


def test_helper_modules_and_packages_that_cells_write() -> None:
    found = made(
        f"%%writefile utils.py\n{SIGMOID}",
        f"%%writefile src/tools/maths.py\n{SIGMOID}",
        f"%%writefile /content/more.py\n{SIGMOID}",
        "%%writefile test_mine.py\nx = 1",
        "%%writefile conftest.py\nx = 1",
        "%%writefile data.csv\n1,2",
        "from utils import *\n" + GRADIENT,
    )
    assert set(found.files) == {NAME, "utils.py", "src/tools/maths.py", "more.py"}
    assert found.line_origins["src/tools/maths.py"][3] == "cell 2, line 2"
    assert found.notes[3:] == [
        "cell 4: written to test_mine.py, which is not graded; left out",
        "cell 5: written to conftest.py, which is not graded; left out",
        "cell 6: written to data.csv, which is no .py file; left out",
    ]


def test_what_cells_write_and_the_code_opens_is_there_as_it_was_written() -> None:
    """A settings file is no Python: none of its lines is understood as any."""
    found = made(
        '%%writefile cfg.json\n{"K": 1.0,\n!x "%%time": 2}',
        "%%writefile data/t.csv\n1,2",
        "%%writefile -a data/t.csv\n3,4\n",
        "%%writefile /content/drive/k.txt\n1.0",
        "%%writefile README.md\n# Mine",
        "K, T, k = open('cfg.json'), open('data/t.csv'), open('/content/drive/k.txt')",
        WHOLE,
    )
    assert set(found.files) == {NAME}
    assert found.data == {
        "cfg.json": b'{"K": 1.0,\n!x "%%time": 2}\n',
        "data/t.csv": b"1,2\n3,4\n",
        "k.txt": b"1.0\n",
    }
    assert found.notes == [
        "cell 1: written to cfg.json, which the code may open",
        "cells 2 and 3: written to data/t.csv, which the code may open",
        "cell 4: written to /content/drive/k.txt, which the code may open",
        "cell 5: written to README.md, which is no .py file; left out",
    ]


@pytest.mark.parametrize("path", ["../../k.txt", "/etc/k.txt", "a/../../k.txt", r"C:\\x\\k.txt"])
def test_no_written_data_leaves_the_folder(path: str) -> None:
    data = made(f"%%writefile {path}\n1", f"{WHOLE}\nopen('k.txt')").data
    assert set(data) == {"k.txt"}


@pytest.mark.parametrize(
    "path",
    ["../../evil.py", "/etc/evil.py", "a/../../evil.py", "a/b c/evil.py", "a/" * 9 + "evil.py"],
)
def test_no_written_file_leaves_the_folder(path: str) -> None:
    assert set(made("x = 1", f'%%writefile "{path}"\ny = 1').files) == {NAME, "evil.py"}


def test_files_that_differ_in_case_alone_are_one() -> None:
    found = made("x = 1", "%%writefile Utils.py\ny = 1", "%%writefile -a utils.py\nz = 1")
    assert set(found.files) == {NAME, "Utils.py"}


def test_a_notebook_of_many_files_and_oddities_is_bounded() -> None:
    cells = [f"%%writefile f{number}.py\nx = 1" for number in range(300)]
    found = made("x = 1", *cells, *[f"%%odd{number}\nx = 1" for number in range(300)])
    assert len(found.files) == notebook_module.MAX_MODULES
    assert len(found.notes) <= 21
    assert found.notes[-1] == "and 781 more like these"


def test_the_second_writing_replaces_the_first_and_nothing_else() -> None:
    found = made(
        "a = 1", WRITE + "b = 1", "c = 1", WRITE + "d = 1", f"%%writefile -a {NAME}\ne = 1"
    )
    assert {"a", "c", "d", "e"} <= vars(loaded(found)).keys()
    assert not hasattr(loaded(found), "b")
    origins = found.line_origins[NAME]
    lines = found.files[NAME].decode().split("\n")
    assert origins[lines.index("d = 1") + 1] == "cell 4, line 2"
    assert origins[lines.index("e = 1") + 1] == "cell 5, line 2"


def test_a_written_file_counts_as_what_it_is_and_cells_as_what_they_were() -> None:
    found = made("x = 1", "%%writefile keras_logistic_regression.py\ny = 1", "z = 1", first=NAME)
    assert {"x", "z"} <= vars(loaded(found)).keys()
    assert loaded(found, "keras_logistic_regression.py").y == 1


KERNELS = [
    {},
    {"kernelspec": {"name": "ir", "language": "R"}},
    {"kernelspec": {"name": "python2", "display_name": "Python 2"}},
    {"kernelspec": {"name": "conda-env-dl-py", "language": "python"}},
    {"kernelspec": {"name": "sagemath"}, "language_info": {"name": "sage"}},
    {"kernelspec": {"name": "julia-1.9"}, "language_info": {"name": "julia"}},
    {"kernelspec": None, "language_info": 3},
    {"colab": {"provenance": []}, "accelerator": "GPU"},
]


@pytest.mark.parametrize("metadata", KERNELS)
def test_the_kernel_does_not_matter(metadata: dict[str, Any]) -> None:
    notebook = {"cells": [code(WHOLE)], "metadata": metadata, "nbformat": 4}
    found = modules_of_notebook(json.dumps(notebook).encode(), EXPECTED)
    assert_right(found)
    assert found.notes == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"vscode": {"languageId": "python"}},
        {"vscode": {"languageId": "plaintext"}},
        {"vscode": {"languageId": 3}},
        {"vscode": "python"},
        {"kernel": "SoS"},
        {"kernel": "Python 3"},
        {"tags": ["solution"], "slideshow": {"slide_type": "skip"}, "id": "x", "cellView": "form"},
        {"collapsed": True, "jupyter": {"source_hidden": True}, "scrolled": False},
        [],
        None,
    ],
)
def test_metadata_of_python_cells(metadata: Any) -> None:
    found = made(code(WHOLE, metadata=metadata))
    assert_right(found)
    assert found.notes == []


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"vscode": {"languageId": "shellscript"}}, "shellscript"),
        ({"vscode": {"languageId": "r"}}, "r"),
        ({"dotnet_interactive": {"language": "csharp"}}, "csharp"),
        ({"polyglot_notebook": {"kernelName": "sql"}}, "sql"),
        ({"kernel": "R"}, "R"),
    ],
)
def test_cells_marked_as_another_language_are_left_out(
    metadata: dict[str, Any], language: str
) -> None:
    found = made(code("x <- 3", metadata=metadata), WHOLE)
    assert_right(found)
    assert b"<-" not in found.files[NAME]
    assert found.notes == [f"cell 1: marked as {language}, not Python, and left out"]


def test_code_in_cells_of_text_is_not_taken_but_told() -> None:
    raw = {"cell_type": "raw", "source": SIGMOID, "metadata": {}}
    example = text(f"# Example\n```python\n{SIGMOID}```")
    found = made(raw, text(SIGMOID), example, text("What does `def f(x):` do?"), WHOLE)
    assert_right(found)
    assert found.notes == [
        "cell 1: code in a raw cell was left out",
        "cell 2: code in a markdown cell was left out",
    ]


OLD = [
    {"worksheets": [{"cells": [{"cell_type": "code", "input": WHOLE, "language": "python"}]}]},
    {"worksheets": [{"cells": [{"cell_type": "code", "input": WHOLE.splitlines(True)}]}]},
    {
        "worksheets": [
            {"cells": [{"cell_type": "heading", "source": "A"}]},
            {"cells": [code(WHOLE)]},
        ]
    },
    {"cells": [{"cell_type": "code", "code": WHOLE}], "nbformat": 1},
    {"cells": [{"source": WHOLE, "outputs": [], "metadata": {}}]},
    {"cells": [code(WHOLE.splitlines())]},
    {"cells": [{"cell_type": "code"}, code(WHOLE)]},
    {"cells": [code(WHOLE)], "metadata": None, "nbformat": "four"},
]


@pytest.mark.parametrize("notebook", OLD)
def test_old_and_homemade_formats(notebook: dict[str, Any]) -> None:
    found = modules_of_notebook(json.dumps(notebook).encode(), EXPECTED)
    assert_right(found)
    assert found.notes == []


@pytest.mark.parametrize("kind", [[], {}, 3, None, "visualisation"])
def test_cells_of_unknown_types(kind: Any) -> None:
    assert_right(made({"cell_type": kind, "source": "x = 1"}, WHOLE))


ENCODINGS = {
    "utf-8-sig": [],
    "utf-16": ["it is saved as UTF-16, not as UTF-8, and was decoded"],
    "utf-16-le": ["it is saved as UTF-16, not as UTF-8, and was decoded"],
    "utf-32": ["it is saved as UTF-32, not as UTF-8, and was decoded"],
    "cp1252": ["it is not UTF-8 and was read as cp1252, which is a guess; save it as UTF-8"],
}


@pytest.mark.parametrize(("encoding", "notes"), ENCODINGS.items())
def test_notebooks_in_other_encodings(encoding: str, notes: list[str]) -> None:
    notebook = {"cells": [text("dérivée"), code(WHOLE)]}
    content = json.dumps(notebook, ensure_ascii=False).encode(encoding)
    found = modules_of_notebook(content, EXPECTED)
    assert_right(found)
    assert found.notes == notes
    assert is_notebook_json(content)


@pytest.mark.parametrize(
    "form",
    [WHOLE, f'"""Homework."""\n{WHOLE}', f"%matplotlib inline\n{WHOLE}", f"# In[1]:\n\n\n{WHOLE}"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_plain_python_under_a_notebooks_name(form: str, encoding: str) -> None:
    content = form.encode(encoding)
    found = modules_of_notebook(content, EXPECTED)
    names: dict[str, Any] = {}
    exec(found.files[NAME], names)
    assert names["sigmoid"](0) == 0.5
    assert found.files == {NAME: python_text(content)[0]}
    assert dict(found.line_origins[NAME]) == {}
    assert found.notes[-1] == f"it is not a notebook but plain Python, and was taken as {NAME}"


@pytest.mark.parametrize("content", [b"# Only a title\n\nand words.", b"7", b"Traceback (most"])
def test_other_words_under_a_notebooks_name_are_no_python(content: bytes) -> None:
    with pytest.raises(NotebookError, match="JSON"):
        modules_of_notebook(content, EXPECTED)
