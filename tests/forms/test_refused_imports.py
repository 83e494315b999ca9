"""A refused import costs what uses it, and nothing else."""

from __future__ import annotations

import pytest

from grader.result import Status
from tests.forms.helpers import assert_full
from tests.mini import REFERENCE, check_of

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
