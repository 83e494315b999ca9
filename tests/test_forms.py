"""Right work keeps its points in whatever form it is handed in, and each liberty is told."""

from __future__ import annotations

import json

import pytest

from grader import interview
from grader.confine import LimitBook, Limits
from grader.course.expected import expected_of
from grader.judge import GradingOptions, grade
from grader.result import Result, Status
from grader.submissions import read_path
from tests.conftest import strongest
from tests.mini import REFERENCE, check_of, mini

IMPORTS = {
    "import matplotlib.pyplot as plt": "matplotlib",
    "import pandas as pd": "pandas",
    "from scipy import stats": "scipy",
    "from scipy.special import expit": "scipy",
    "import seaborn as sns": "seaborn",
    "import torch": "torch",
    "import torch.nn as nn": "torch",
    "from torch.utils.data import DataLoader, Dataset": "torch",
    "import tensorflow as tf": "tensorflow",
    "from tensorflow import keras": "tensorflow",
    "from tensorflow.keras.layers import Dense, Dropout": "tensorflow",
    "import keras": "keras",
    "import sklearn.datasets": "sklearn",
    "from sklearn.model_selection import train_test_split as split": "sklearn",
    "import PIL.Image": "PIL",
    "import cv2": "cv2",
    "from google.colab import drive, files": "google",
    "import h5py, scipy, matplotlib": "h5py",
    "from tqdm.notebook import tqdm": "tqdm",
    "from pylab import *": "pylab",
    "from lr_utils import load_dataset": "lr_utils",
    "from IPython.display import Image, display": "IPython",
    "from numba import jit": "numba",
    "import jax.numpy as jnp": "jax",
    "import a_package_that_nobody_has": "a_package_that_nobody_has",
    "pd = __import__('pandas')": "pandas",
    "plt = __import__('matplotlib.pyplot')": "matplotlib",
    "import importlib\npd = importlib.import_module('pandas')": "pandas",
    "from . import helpers": "helpers",
    "import tkinter_of_another_machine.ttk as ttk": "tkinter_of_another_machine",
    "try:\n    import pandas as pd\nexcept ImportError:\n    pd = None": "",
    "import os, sys, time, json, pickle, random, urllib.request, socket, subprocess": "",
    "import os.path as path\nfrom multiprocessing import Pool": "",
    "from __future__ import annotations, division, print_function": "",
    "import numpy.typing as npt": "",
    "help(print); print(__name__)": "",
    "from importlib import util\nif util.find_spec('cupy'): import cupy": "",
    "from .utils import load\nfrom .. import tools": "utils (",
    "from . import *": "",
}
"""Imports that no graded function uses, and the package that a note is to name."""

FAILING = {
    "1 / 0": "ZeroDivisionError",
    "raise ValueError('the data are not there')": "the data are not there",
    "print(a_name_that_nobody_defined)": "a_name_that_nobody_defined",
    "exit()": "the program ends there",
    "import sys; sys.exit(1)": "the program ends there",
    "n = int(input('How many? '))": "input() was called",
    "data = open('data.csv').read()": "data.csv",
    "data = np.loadtxt('/content/drive/My Drive/x.csv')": "x.csv",
    "assert 1 == 3, 'wrong'": "AssertionError",
    "print 'the accuracy is', 0.9": "print",
    "return 3": "outside function",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()": "may not be imported",
    "from collections import Mapping": "Mapping",
    "from torch import nn\nclass Net(nn.Module):\n    pass": "may not be imported",
    "def deep(n): return deep(n + 1)\ndeep(0)": "RecursionError",
    "x = np.ones((10**6, 10**6))": "Memory",
    "<<<<<<< HEAD": "Git leaves such marks around two versions",
    "tokens = # your code here\nprint(tokens)": "needs something that was left out",
    "def half(:": "invalid syntax",
    "%matplotlib inline": "notebook commands",
    f"x = {'+'.join(['1'] * 5_000)}": "nested too deeply for Python",
    f"x = {'not ' * 3_000}1": "nested too deeply for Python",
    f"x = {'(' * 300}{')' * 300}": "too many nested parentheses",
    f"if {'+'.join(['1'] * 900)}: print(undefined)": "undefined",
    f"x = np{'.x' * 900}": "AttributeError",
    "async def f(): pass\nawait undefined()": "undefined",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "import os; os.chdir('/a/folder/that/is/not/there')": "FileNotFoundError",
}
"""Statements that fail beside right functions, and what a note is to say of each."""
ENDING = {
    "while True: pass": "used up",
    "import time; time.sleep(10**6)": "used up",
    "import os; os._exit(0)": "the program was ended there",
    "import ctypes; ctypes.string_at(0)": "the program was ended there",
    "import os; os.abort()": "the program was ended there",
    "import sys; sys.settrace(lambda *a: 1 / 0)": "something that Python itself needs",
    "import builtins; del builtins.len": "something that Python itself needs",
    "import time; time.monotonic = time.process_time = None": "",
    "sum(range(10**13))": "used up",
    "while True:\n    try:\n        while 1: pass\n    except BaseException: pass": "used up",
}
"""Statements that take the worker with them."""
FUNCTIONS = REFERENCE.split("\n\n")


@pytest.fixture(scope="module")
def launcher():
    with strongest() as chosen:
        yield chosen


@pytest.fixture
def handed_in(tmp_path, launcher):
    def handed_in(files: dict[str, str | bytes], seconds: float = 10.0) -> Result:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        submission = read_path(tmp_path, expected_of(mini()), student="ada", assignment="m1_mini")
        limits = LimitBook(Limits(seconds=seconds, cpu_seconds=seconds))
        return grade(submission, mini(), launcher, GradingOptions(limits=limits))

    return handed_in


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def assert_full(result: Result, words: str) -> None:
    lost = [(one.exercise, one.message) for one in result.checks if one.status != Status.PASSED]
    assert lost == []
    notes = result.submission.notes
    assert any(words in note for note in notes) if words else notes == [], notes


@pytest.mark.parametrize("line", IMPORTS)
def test_an_import_that_no_graded_function_uses_costs_nothing(handed_in, line):
    assert_full(handed_in({"mini.py": f"{line}\n{REFERENCE}"}), IMPORTS[line])


@pytest.mark.parametrize("line", IMPORTS)
def test_nor_does_it_in_a_notebook(handed_in, line):
    first, *others = FUNCTIONS
    assert_full(handed_in({"mini.ipynb": notebook(f"{line}\n{first}", *others)}), IMPORTS[line])


def placed(statement: str, where: str) -> str:
    index = {"above": 1, "between": 4, "below": len(FUNCTIONS)}[where]
    return "\n\n".join([*FUNCTIONS[:index], statement, *FUNCTIONS[index:]])


@pytest.mark.parametrize("where", ["above", "between", "below"])
@pytest.mark.parametrize("statement", FAILING)
def test_a_statement_that_fails_costs_itself(handed_in, statement, where):
    assert_full(handed_in({"mini.py": placed(statement, where)}), FAILING[statement])


@pytest.mark.parametrize("where", ["above", "between", "below"])
@pytest.mark.parametrize("statement", ENDING)
def test_so_does_one_that_takes_the_worker_with_it(handed_in, statement, where, monkeypatch):
    monkeypatch.setattr(interview, "_LOAD_SECONDS", 0.6)
    result = handed_in({"mini.py": placed(statement, where)}, seconds=0.6)
    assert_full(result, ENDING[statement])


def test_several_that_do_not_end_cost_one_limit_together(handed_in, monkeypatch):
    monkeypatch.setattr(interview, "_LOAD_SECONDS", 2)
    text = placed("while True: pass\nimport os; os._exit(1)", "above")
    result = handed_in({"mini.py": f"{text}\nwhile 1: pass\nopen('x')\nwhile 2: pass\n"}, 2)
    assert result.points == 20
    (lines,) = [note for note in result.submission.notes if "used up" in note]
    assert "lines 4, 32 and 34 were left out" in lines
    assert any("the program was ended there" in note for note in result.submission.notes)


def test_ten_thousand_failing_statements_are_told_in_a_few_notes(handed_in):
    result = handed_in({"mini.py": REFERENCE + "1 / 0\n" * 10_000})
    assert result.points == 20
    assert len(result.submission.notes) < 20
    assert any("9,800 more statements" in note for note in result.submission.notes)


def test_what_a_hanging_statement_wrote_is_not_there_for_the_next_worker(handed_in, monkeypatch):
    monkeypatch.setattr(interview, "_LOAD_SECONDS", 0.6)
    text = (
        "import os\nif not os.path.exists('seen'):\n    open('seen', 'w')\n    while True: pass\n"
    )
    trap = f"{text}def predict(*a): return 0\nif os.path.exists('seen'): del predict\n{REFERENCE}"
    assert handed_in({"mini.py": trap}, 0.6).points == 20


def test_a_statement_that_ends_the_process_costs_no_other_on_its_line(handed_in):
    text = REFERENCE.replace("return X @ w + b", "return X @ w + ONE * b")
    assert_full(handed_in({"mini.py": f"ONE = 1; import os; os._exit(0)\n{text}"}), "ended")


def test_a_helper_that_a_function_imports_has_the_time_of_the_question(handed_in):
    text = REFERENCE.replace("return X @ w", "import tools\n    return tools.product(X, w)")
    loop = "import time\ntime.sleep(0.9)\ndef product(X, w): return X @ w\n"
    assert handed_in({"tools.py": loop, "mini.py": text}, 2).points == 20
    result = handed_in({"tools.py": "while True: pass", "mini.py": text}, 0.6)
    check = check_of(result, "predict.batch")
    assert check.status is Status.TIMEOUT and "tools.py, line 1" in check.message


def test_a_name_that_a_failing_statement_was_to_define_is_explained(handed_in):
    text = REFERENCE.replace("return X @ w + b", "return X @ w + SCALE * b")
    result = handed_in({"mini.py": f"SCALE = float(open('scale.txt').read())\n{text}"})
    check = check_of(result, "predict.batch")
    assert check.status is Status.ERROR
    assert "needs SCALE. Line 1, which should have defined SCALE" in check.message
    assert "scale.txt" in check.message
    assert result.points == 20 - 9  # predict's own, and what calls it


def as_script(text: str) -> str:
    indented = text.replace("\n", "\n    ")
    return f"if __name__ == '__main__':\n    {indented}"


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


ROOT = REFERENCE[REFERENCE.index("def root(x):") : REFERENCE.index("def noise(")]
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


def test_a_script_s_definition_takes_the_place_of_a_stub(handed_in):
    text = REFERENCE.replace(ROOT, "def root(x):\n    raise NotImplementedError\n")
    assert_full(handed_in({"mini.py": text + as_script(ROOT)}), "was taken, too")


def test_a_stub_below_a_main_block_is_no_definition(handed_in):
    cells = [REFERENCE, as_script("def root(x):\n    raise NotImplementedError\n")]
    assert_full(handed_in({"mini.ipynb": notebook(*cells)}), "")


def test_an_exercise_that_is_no_function_any_more_is_named(handed_in):
    text = f"{REFERENCE.replace('def root', 'def my_root')}\nroot = my_root(4.0)\n"
    check = check_of(handed_in({"mini.py": text}), "root.positive")
    assert "when the file has run, root is a value of type float64" in check.message


def test_an_annotation_of_a_refused_package_costs_nothing(handed_in):
    text = REFERENCE.replace(
        "def predict(X, w, b):", "def predict(X: torch.Tensor, w, b) -> L[int]:"
    )
    assert_full(handed_in({"mini.py": f"import torch\n{text}"}), "torch")


ANNOTATED = {
    "at the top": "SCALE: torch.Tensor = 1",
    "in a block": "if True:\n    SCALE: torch.Tensor = 1\n    print('on it goes')",
    "of a function in a block": "if True:\n    def f(x: torch.Tensor): pass\n    SCALE = 1",
    "run once": "SEEN = []\nSCALE: nobody.Knows = SEEN.append(1) or len(SEEN)\nassert SCALE == 1",
}


@pytest.mark.parametrize("name", ANNOTATED)
def test_nor_does_one_of_a_variable(handed_in, name):
    text = REFERENCE.replace("return X @ w + b", "return X @ w + SCALE * b")
    result = handed_in({"mini.py": f"import torch\n{ANNOTATED[name]}\n{text}"})
    assert_full(result, "torch")
    assert not any("left out" in note for note in result.submission.notes)


ASYNCHRONOUS = {
    "run": "return asyncio.run(product(X, w, b))",
    "a loop of one's own": ("return asyncio.new_event_loop().run_until_complete(product(X, w, b))"),
    "in another thread": "return asyncio.run(asyncio.to_thread(lambda: X @ w + b))",
    "awaited at the top": "return X @ w + ONE * b",
}


@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_asyncio_runs_without_a_socket(handed_in, name):
    head = (
        "import asyncio\nasync def product(X, w, b):\n    await asyncio.sleep(0.001)\n"
        "    return X @ w + b\nONE = await asyncio.wait_for(asyncio.sleep(0.001, 1), 5)\n"
        "asyncio.run(asyncio.sleep(0.001))\n"
    )
    text = REFERENCE.replace("return X @ w + b", ASYNCHRONOUS[name])
    assert_full(handed_in({"mini.py": head + text}), "")


USES = {
    "call": "lib(X)",
    "attribute": "lib.x",
    "iteration": "[*lib]",
    "arithmetic": "X @ w + lib",
    "truth": "1 if lib else 2",
    "comparison": "lib == 1",
    "answer": "lib",
    "answer in a list": "[lib, lib]",
    "numpy": "np.exp(lib)",
    "format": "f'{lib:.2f}'",
    "array": "np.array(lib)",
    "raising": "(_ for _ in ()).throw(lib)",
    "pickling": "__import__('pickle').dumps(lib)",
    "copy": "__import__('copy').deepcopy(lib)",
    "subclass": "type(lib)",
    "hasattr": "hasattr(lib, 'x')",
}


@pytest.mark.parametrize("use", [one for one in USES if one != "subclass"])
@pytest.mark.parametrize("line", ["import scipy.x as lib", "from scipy import lib"])
def test_only_the_exercises_that_use_a_refused_import_lose_points(handed_in, line, use):
    text = REFERENCE.replace("return X @ w + b", f"return {USES[use]}")
    result = handed_in({"mini.py": f"\n{line}\n{text}"})
    check = check_of(result, "predict.batch")
    assert check.status is Status.FORBIDDEN, check.message
    assert "scipy" in check.message and "imported in line 2" in check.message
    assert "numpy and the standard library" in check.message
    assert result.points >= 11


def test_a_refused_import_as_base_class_decorator_or_default(handed_in):
    text = REFERENCE.replace("def root(x):", "@lib.jit\ndef root(x, other=lib):")
    text = text.replace("def predict(X, w, b):", "def predict(X, w, b, other=lib):")
    result = handed_in({"mini.py": f"import numba as lib\nclass A(lib):\n    pass\n{text}"})
    assert check_of(result, "root.positive").status is Status.FORBIDDEN
    assert "numba" in check_of(result, "root.positive").message
    assert result.points == 17


CAUGHT = {
    "a name": ("from torch.cuda import Error", "Error"),
    "among others": ("from torch.cuda import Error", "(KeyError,\n        Error)"),
    "a part of a package": ("import torch.cuda", "torch.cuda"),
    "what was bound to it": ("from torch import cuda as lib\nError = lib", "Error as error"),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_refused_import_in_an_except_is_forbidden(handed_in, name):
    line, caught = CAUGHT[name]
    code = f"try:\n        1 / 0\n    except {caught}:\n        pass"
    text = REFERENCE.replace("return X @ w + b", code)
    at_top = f"try: 1 / 0\nexcept {caught}: pass\n"
    result = handed_in({"mini.py": f"{line}\n{text}\n{at_top}"})
    check = check_of(result, "predict.batch")
    assert check.status is Status.FORBIDDEN, check.message
    assert "torch" in check.message and "imported in line 1, may not be used" in check.message
    assert any("because it uses what may not be used" in one for one in result.submission.notes)


def test_another_value_in_an_except_is_the_student_s_own_error(handed_in):
    code = "try:\n        1 / 0\n    except Error:\n        pass"
    text = REFERENCE.replace("return X @ w + b", code)
    result = handed_in({"mini.py": f"from torch import cuda\nError = 3\n{text}"})
    check = check_of(result, "predict.batch")
    assert check.status is Status.ERROR and "TypeError" in check.message
    assert "torch" not in check.message


def test_a_name_from_a_refused_star_import_is_forbidden(handed_in):
    text = REFERENCE.replace("return X @ w + b", "return matmul(X, w) + b")
    check = check_of(handed_in({"mini.py": f"from pylab import *\n{text}"}), "predict.batch")
    assert check.status is Status.FORBIDDEN
    assert "matmul" in check.message and "pylab" in check.message


def test_a_fallback_runs_as_on_a_machine_without_the_package(handed_in):
    fallback = """
    try:
        from scipy.special import expit as product
    except (ImportError, ValueError):
        product = np.dot
    """
    text = REFERENCE.replace("return X @ w + b", "return product(X, w) + b")
    assert_full(
        handed_in({"mini.py": "import numpy as np" + fallback.replace("\n    ", "\n") + text}), ""
    )


def test_a_try_that_would_not_catch_it_binds_a_stand_in(handed_in):
    text = "try:\n    import scipy\nexcept KeyError:\n    pass\n"
    assert_full(handed_in({"mini.py": text + REFERENCE}), "scipy")


def test_a_helper_module_is_loaded_by_the_same_rule(handed_in):
    helper = "import matplotlib.pyplot as plt\ndef product(X, w): return X @ w\n1 / 0\n"
    text = REFERENCE.replace("return X @ w + b", "return product(X, w) + b")
    files = {"tools.py": helper, "mini.py": f"from tools import product\n{text}"}
    result = handed_in(files)
    assert_full(result, "tools.py, line 3 was left out: ZeroDivisionError")
    assert any("matplotlib" in note for note in result.submission.notes)


def test_a_definition_that_does_not_parse_is_that_exercises_own_error(handed_in):
    result = handed_in({"mini.py": REFERENCE.replace("def root(x):", "def root(x:")})
    check = check_of(result, "root.positive")
    assert check.status is Status.ERROR and "mini.py, line 17" in check.message
    assert result.points == 17


def test_a_loop_that_does_not_end_names_its_line_and_what_was_printed(handed_in):
    loop = "step = 0\n    print('before')\n    while True:\n        step += 1"
    result = handed_in({"mini.py": REFERENCE.replace("return X @ w + b", loop)}, 0.6)
    check = check_of(result, "predict.batch")
    assert check.status is Status.TIMEOUT
    assert check.printed.startswith("before")
    assert check.line in (7, 8) and f"in predict (mini.py, line {check.line})" in check.message


def test_a_notebook_that_was_exported_keeps_the_code_of_its_magics(handed_in):
    cells = "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('ls')\n"
    timed = f"get_ipython().run_cell_magic('time', '', {FUNCTIONS[1]!r})\n"
    text = "\n\n".join([FUNCTIONS[0], cells, timed, *FUNCTIONS[2:]])
    assert_full(handed_in({"mini.py": text}), "")


HELPER = """
import torch
class Net(torch.nn.Module):
    pass
DATA = open('data.txt').read()
def product(X, w): return X @ w
"""
IMPORTED_TOGETHER = {
    "from tools import Net, DATA, product": "something that was left out",
    "from tools import (\n    Net as N,\n    product,\n)": "something that was left out",
    "from .tools import DATA, product": "something that was left out",
    "from collections import Mapping, OrderedDict\nfrom tools import product": "'Mapping' from",
    "import no_such.part, scipy.special, math\nfrom tools import product": "no_such",
}
"""Imports of which a part fails, and what a note is to say of it."""


@pytest.mark.parametrize("line", IMPORTED_TOGETHER)
def test_of_an_import_of_several_names_only_those_are_lost_that_fail(handed_in, line):
    text = REFERENCE.replace("return X @ w + b", "return product(X, w) + b")
    result = handed_in({"tools.py": HELPER, "mini.py": f"{line}\n{text}"})
    assert_full(result, IMPORTED_TOGETHER[line])
    assert not any(".py)" in note for note in result.submission.notes)  # no path of the machine


@pytest.mark.parametrize("handler", ["pass", "raise SystemExit('pip install pandas')", "import os"])
def test_what_stands_below_a_refused_import_in_a_try_is_imported(handed_in, handler):
    text = REFERENCE.replace("import numpy as np\n", "")
    guarded = (
        f"try:\n    import pandas\n    import numpy as np\nexcept ImportError:\n    {handler}\n"
    )
    assert handed_in({"mini.py": guarded + text}).points == 20


def test_an_annotation_in_a_class_costs_nothing_either(handed_in):
    helper = "class Line:\n    def at(self, X: torch.Tensor) -> L[int]: return X\n"
    text = REFERENCE.replace("return X @ w + b", "return Line().at(X) @ w + b")
    assert_full(handed_in({"mini.py": f"import torch\n{helper}{text}"}), "torch")


def test_a_module_that_was_not_handed_in_is_told_from_a_package(handed_in):
    text = REFERENCE.replace("return X @ w + b", "return product(X, w) + b")
    result = handed_in({"mini.py": f"import torch\nfrom my_helpers import product\n{text}"})
    check = check_of(result, "predict.batch")
    assert check.status is Status.FORBIDDEN
    assert "my_helpers, imported in line 2, is neither among the files" in check.message
    assert result.submission.notes == [
        "torch (mini.py, line 1) may not be imported here; only what uses it loses points",
        "my_helpers (mini.py, line 2) is neither handed in nor a package that may be imported; "
        "only what uses it loses points",
    ]


def test_all_of_a_kind_is_one_note_and_a_consequence_is_told_as_one(handed_in):
    cells = (
        "import torch\nimport pandas as pd\nimport matplotlib.pyplot as plt",
        "table = pd.read_csv('x.csv')\nX = table.values\nplt.plot(X)\nprint(X.shape)",
        "data = open('data.txt').read()\nrows = data.split()\nassert len(rows) == 3",
        "1 / 0\n1 / 0",
    )
    result = handed_in({"mini.ipynb": notebook(*FUNCTIONS, *cells)})
    assert result.points == 20
    first = len(FUNCTIONS) + 1
    notes = [note for note in result.submission.notes if "code outside functions" not in note]
    assert notes == [
        f"torch (cell {first}, line 1), pandas (cell {first}, line 2) and matplotlib "
        f"(cell {first}, line 3) may not be imported here; only what uses them loses points",
        f"cell {first + 1}, lines 1 and 3 were left out, because they use what may not be used "
        "here",
        f"cell {first + 2}, line 1 was left out: FileNotFoundError: [Errno 2] No such file or "
        "directory: 'data.txt'",
        f"cell {first + 3}, lines 1 and 2 were left out: ZeroDivisionError: division by zero",
        f"cell {first + 1}, lines 2 and 4; cell {first + 2}, lines 2 and 3 were left out, because "
        "they need something that was left out or not imported above",
    ]


def test_a_stub_below_what_is_written_does_not_replace_it(handed_in):
    stub = 'def root(x):\n    """The root."""\n    raise NotImplementedError\n'
    assert_full(handed_in({"mini.py": f"{REFERENCE}\n{stub}"}), "counts, and not the stub")
    assert check_of(handed_in({"mini.py": f"{stub}\n{REFERENCE}"}), "root.positive").points == 1
    text = f"from numpy import sqrt as root\n{REFERENCE.partition('def root')[0]}{stub}"
    assert check_of(handed_in({"mini.py": text}), "root.positive").status is Status.MISSING


@pytest.mark.parametrize(
    "statement",
    [
        "root = root(4.0)",
        "root: float = root(4.0)",
        "root, other = 2.0, 3",
        "for root in range(3):\n    pass",
        "with open(__file__) as root:\n    pass",
    ],
)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_a_function_that_lends_its_name_to_a_value_has_it_back(handed_in, statement, where):
    *others, last = FUNCTIONS
    cells = [*others, statement, last]
    content = notebook(*cells) if where.endswith("ipynb") else "\n\n\n".join(cells) + "\n"
    assert_full(handed_in({where: content}), "gives root another value; the function in")


def test_what_can_be_called_takes_the_place_of_the_function_above(handed_in):
    text = f"{REFERENCE}\n\ndef wrong(x):\n    return x\n\nroot = wrong\n"
    result = handed_in({"mini.py": text})
    assert result.points == 17 and not result.submission.notes
