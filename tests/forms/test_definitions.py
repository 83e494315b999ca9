"""Of several definitions of an exercise the one that works counts; what is wrong in one is told."""

from __future__ import annotations

import pytest

from grader.result import Status
from tests.forms.helpers import FUNCTIONS, ROOT, as_script, assert_full, notebook
from tests.mini import REFERENCE, check_of


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


def test_a_stub_below_what_is_written_does_not_replace_it(handed_in):
    stub = 'def root(x):\n    """The root."""\n    raise NotImplementedError\n'
    assert_full(handed_in({"mini.py": f"{REFERENCE}\n{stub}"}), "counts, and not the stub")
    assert check_of(handed_in({"mini.py": f"{stub}\n{REFERENCE}"}), "root.positive").points == 1
    text = f"from numpy import sqrt as root\n{REFERENCE.partition('def root')[0]}{stub}"
    assert check_of(handed_in({"mini.py": text}), "root.positive").status is Status.MISSING


STUBS = "def root(x):\n    raise NotImplementedError\n\n\ndef noise(n):\n    pass\n"


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("from starter import *", "the stubs of root and noise"),
        ("from starter import root", "the stub of root"),
        ("if True:\n    from starter import root", "the stub of root"),
        ("exec(open('starter.py').read())", "the stubs of root and noise"),
        ("import starter\nroot = starter.root", "the stub of root"),
        ("import importlib\nvars().update(vars(importlib.import_module('starter')))", "the stubs"),
        ("from runpy import run_path\nglobals().update(run_path('starter.py'))", "the stubs"),
        ("%run starter.py", "the stubs of root and noise"),
        ("if True:\n    def root(x):\n        raise NotImplementedError", "the stub of root"),
    ],
)
def test_a_stub_of_another_file_does_not_replace_what_is_written(handed_in, statement, names):
    cells = notebook(REFERENCE, statement, "root(4.0)")
    result = handed_in({"mini.ipynb": cells, "starter.py": STUBS})
    assert_full(result, f"brings {names}")
    assert sum("what is written above counts" in one for one in result.submission.notes) == 1


@pytest.mark.parametrize(
    "starter",
    [
        "def root(x):\n    return None\n\n\ndef noise(n):\n    return  # TODO\n",
        '"""D."""\ndef root(x):\n    """The root."""\n    # TODO\n    return None\n',
        "def todo(f):\n    return lambda *given: f(*given)\n@todo\n" + STUBS,
        "from functools import wraps\ndef todo(f):\n    @wraps(f)\n    def g(x):\n"
        "        return f(x)\n    return g\n@todo\n" + STUBS,
    ],
)
def test_so_does_no_stub_that_returns_nothing_or_is_decorated(handed_in, starter):
    text = f"{REFERENCE}\nfrom starter import *\n"
    result = handed_in({"mini.py": text, "starter.py": starter})
    assert_full(result, "brings the stub")
    assert len(result.submission.notes) == 1
    below = "\n\ndef root(x):\n    return None\n"
    assert_full(handed_in({"mini.py": REFERENCE + below}), "counts, and not the stub")


def test_what_another_file_brings_counts_where_it_is_written_or_nothing_is_above(handed_in):
    above, root = REFERENCE.split("def root")[0], "from starter import root\n"
    half = "def root(x):\n    y = x\n    raise NotImplementedError\n"
    assert_full(handed_in({"mini.py": REFERENCE + root, "starter.py": half}), "the stub of root")
    result = handed_in({"mini.py": f"from numpy import sqrt as root\n{above}{root}"})
    assert check_of(result, "root.positive").status is Status.MISSING
    written = "def root(x):\n    return x\n"
    result = handed_in({"mini.py": REFERENCE + root, "starter.py": written})
    assert check_of(result, "root.positive").status is Status.FAILED
    executed = f"{above}exec(open('mine.txt').read())\n{root}"
    files = {"mini.py": executed, "mine.txt": "def root" + REFERENCE.split("def root")[1]}
    assert_full(handed_in({**files, "starter.py": STUBS}), "the stub of root")


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


@pytest.mark.parametrize(
    "statement", ["from config import *", "exec(open('config.py').read())", "%run config.py"]
)
def test_a_function_that_another_file_takes_the_name_of_has_it_back(handed_in, statement):
    files = {"mini.ipynb": notebook(REFERENCE, statement), "config.py": "root = 0.9\nlr = 1\n"}
    assert_full(handed_in(files), "cell 2, line 1 gives root another value; the function in cell 1")


def test_what_can_be_called_takes_the_place_of_the_function_above(handed_in):
    text = f"{REFERENCE}\n\ndef wrong(x):\n    return x\n\nroot = wrong\n"
    result = handed_in({"mini.py": text})
    assert result.points == 17 and not result.submission.notes
