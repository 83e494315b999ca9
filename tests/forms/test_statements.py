"""Statements and imports that do not matter cost nothing, and each liberty is told."""

from __future__ import annotations

import pytest

from grader.judge import interview
from grader.result import Status
from tests.forms.helpers import FUNCTIONS, assert_full, notebook
from tests.mini import REFERENCE, check_of

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
    "import sys; sys.settrace(lambda *a: 1 / 0)": "ZeroDivisionError",
    "import builtins; del builtins.len": "something that Python itself needs",
    "import shutil; shutil.rmtree('.', ignore_errors=True)": "files of the submission were deleted",
    "import os\nfor f in os.listdir('.'): os.remove(f)": "files of the submission were deleted",
    "import time; time.monotonic = time.process_time = None": "",
    "sum(range(10**13))": "used up",
    "while True:\n    try:\n        while 1: pass\n    except BaseException: pass": "used up",
}
"""Statements that take the worker with them."""


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
    assert "more statements could not be run either" in result.submission.notes


def test_of_many_lines_that_are_no_python_no_number_is_told(handed_in):
    result = handed_in({"mini.py": "x = = 1\n" * 600 + REFERENCE})
    assert result.points == 20
    assert result.submission.notes[-1] == "more statements could not be run either"


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
