"""Lines that only a notebook understands: what becomes of each, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from grader.submissions.magics import (
    INDENTATION_OFF,
    LEFT_OUT,
    PROMPTS_OFF,
    PYLAB,
    PYTHON_KEPT,
    clean,
)


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "%load_ext autoreload",
        "%autoreload 2",
        "%pip install numpy",
        "%timeit f(x)",
        "%time",
        "%time !ls",
        "%prun -l 5",
        "!pip install numpy",
        "!!ls",
        "?np.dot",
        "??np.dot",
        "np.dot?",
        "np.linalg.norm??  # help",
        "y = np.dot?",
        "%time?",
        "%%time",
        "pip install numpy",
        "pip install -q numpy",
        "conda install numpy",
        "git clone https://example.org/a.git",
        "cd data",
        "matplotlib inline",
    ],
)
def test_a_notebook_command_becomes_a_comment(line: str) -> None:
    cell = clean(["x = 1", line, "y = 2"])
    assert cell.lines == ["x = 1", f"# left out: {line}", "y = 2"]
    assert cell.notes == [LEFT_OUT]


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("%time model = fit(X, y)", "model = fit(X, y)"),
        ("%time fit(X, y)", "fit(X, y)"),
        ("%time --no-raise-error x = -1", "x = -1"),
        ("%time x = -1", "x = -1"),
        ("%prun -l 10 -s cumulative x = f()", "x = f()"),
        ("%prun -q x = f()", "x = f()"),
        ("x = %time f()", "x = f()"),
        ("if True: pass\nelse:\n    %time x = 3", "    x = 3"),
    ],
)
def test_the_python_behind_a_magic_is_kept(line: str, python: str) -> None:
    cell = clean(line.split("\n"))
    assert cell.lines[-1] == python
    assert cell.notes == [PYTHON_KEPT]


def test_python_behind_a_magic_goes_on_over_several_lines() -> None:
    cell = clean(["%time x = f(1, \\", "  2)", "%time y = [", "%time", "]", "%time"])
    assert cell.lines == ["x = f(1, \\", "  2)", "y = [", "%time", "]", "# left out: %time"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("files = !ls", "files"),
        ("files = !!ls *.py", "files"),
        ("rows = %sql SELECT 1", "rows"),
        ("a, b = %timeit -o f()", "a, b"),
        ("d['x'] = !ls", "d['x']"),
    ],
)
def test_what_a_command_would_give_is_told_to_be_missing(line: str, name: str) -> None:
    cell = clean([line])
    assert cell.lines == [f"# left out: {line}"]
    assert cell.notes == [
        f"what a notebook command gives is not known here; {name} is not assigned"
    ]


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("%run utils.py", "utils"),
        ("%run ./utils.py", "utils"),
        ("%run -i utils", "utils"),
        ("%run 'src/utils.py' --fast", "src.utils"),
        ("%run setup.ipynb", "setup"),
        ("%run my-utils.py", "my_utils"),
        ('%run "2 Helper Functions.ipynb"', "_2_Helper_Functions"),
        ("%run class.py", "_class"),
    ],
)
def test_a_file_that_is_run_gives_its_names(line: str, module: str) -> None:
    cell = clean([line])
    assert cell.lines == [f"from {module} import *  # {line}"]
    assert cell.notes == [f"{line} was taken as from {module} import *"]


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("../utils.py", "utils"),
        ("../src/part1.ipynb", "src.part1"),
        ("/content/drive/my-utils.py", "my_utils"),
        ("~/hw/part1", "part1"),
        ("a/../../b.ipynb", "b"),
        ("a//b.py", "a.b"),
        ("code/random.py", "code_.random"),
    ],
)
@pytest.mark.parametrize(
    "line",
    [
        "%run {}",
        "get_ipython().run_line_magic('run', '{}')",
        'get_ipython().run_line_magic("run", "{}");  # exported',
        "get_ipython().magic(u'%run {}')",
        "get_ipython().magic('run {}')",
    ],
)
def test_a_file_in_another_folder_is_run_and_so_are_exported_magics(
    line: str, path: str, module: str
) -> None:
    cell = clean([line.format(path)])
    assert cell.lines == [f"from {module} import *  # %run {path}"]
    assert cell.notes == [f"%run {path} was taken as from {module} import *"]


def test_a_path_that_is_no_file_of_a_module_is_told_to_be_missing() -> None:
    cell = clean(["%run a/b/c/d/e/f/g.py"])
    assert cell.lines == ["# left out: %run a/b/c/d/e/f/g.py"]
    assert cell.notes == ["%run a/b/c/d/e/f/g.py was left out; what it defines is not known here"]


@pytest.mark.parametrize("above", ["if True:", "for _ in range(3):", "try:", "with x:"])
def test_a_block_may_run_a_file(above: str) -> None:
    cell = clean(["def f():", "    pass", above, "    # first", "    %run utils.py"])
    assert cell.lines[-1] == "    from utils import *  # %run utils.py"


@pytest.mark.parametrize("above", ["def f():", "class A:", "async def f():\n  if True:"])
def test_a_run_within_a_function_is_no_import_of_everything(above: str) -> None:
    cell = clean([*above.split("\n"), "", "    %run utils.py"])
    assert cell.lines[-1] == '    get_ipython().ex("from utils import *")  # %run utils.py'


def test_pylab_gives_numpy() -> None:
    cell = clean(["%pylab inline"])
    assert cell.lines[0].startswith("import numpy, numpy as np, matplotlib.pyplot as plt;")
    assert cell.notes == [PYLAB]


@pytest.mark.parametrize(
    "lines",
    [
        ["y = (10", "  % 3)"],
        ["y = 10 \\", "  % 3"],
        ["y = 10 \\", "% 3"],
        ['y = """', "% a comment in TeX", "!important", "?", "pip install x", ">>> f(1)", '"""'],
        ["y = '''it's \\'''", "%d", "'''"],
        ["y = [", "'#', '(',", "# a bracket ( in a comment", "1", "% 2]"],
        ["y = 'a string \\", "% goes on'"],
        ["y = 7 != 8  # why?"],
        ["y = {'what?': 1}"],
        ["y = 'really?'"],
        ["y = r'\\'", "z = 1"],
        ['y = "%s" % (', "%s".replace("%s", "1"), ")"],
        ["y %= 3", "y = x if y else z", "y = 'a = !b'"],
        ["cd = 1", "ls - l", "git is None", "env = cd if ls else git"],
        ["await f()", "get_ipython().run_line_magic('matplotlib', 'inline')"],
        ["# %%", "# In[1]:", "# !ls", "    # a comment that is indented", "x = 1"],
        ["    # indented", "def f():", "    return 1"],
        ["...", "x = 1"],
        ["", "  "],
        [],
    ],
)
def test_what_is_python_already_is_kept(lines: list[str]) -> None:
    cell = clean(lines)
    assert cell.lines == lines
    assert cell.notes == []


@pytest.mark.parametrize(
    "lines",
    [
        ["    x = 1", "    def f():", "        return x", "y = f()"],
        ["", "\tx = 1", "\tdef f():", "\t    return x", "y = f()"],
        [">>> x = 1", ">>> def f():", "...     return x", "...", ">>> y = f()"],
        ["  >>> x = 1", "  >>> def f():", "  ...     return x", "  ...", "  >>> y = f()"],
        ["In [1]: x = 1", "In [2]: def f():", "   ...:     return x", "   ...: ", "y = f()"],
        [">>> %time x = 1", ">>> !ls", ">>> def f(): return x", ">>> y = f()"],
    ],
)
def test_prompts_and_indentation_are_taken_off_as_in_ipython(lines: list[str]) -> None:
    cell = clean(lines)
    names: dict[str, Any] = {}
    exec("\n".join(cell.lines), names)
    assert names["y"] == 1
    assert len(cell.lines) == len(lines)
    has_prompts = lines[0].lstrip().startswith((">>>", "In ["))
    assert (PROMPTS_OFF if has_prompts else INDENTATION_OFF) in cell.notes
    assert len({PROMPTS_OFF, INDENTATION_OFF}.intersection(cell.notes)) == 1


def test_a_scanner_that_was_misled_recovers_in_the_next_line() -> None:
    lines = ["y = 'never closed", "%matplotlib inline", "# it's", "%time", "z = ')'", "!ls"]
    assert [line[:10] for line in clean(lines).lines] == [
        "y = 'never",
        "# left out",
        "# it's",
        "# left out",
        "z = ')'",
        "# left out",
    ]


def test_commands_over_several_lines_and_in_blocks() -> None:
    lines = ["!pip install \\", "    numpy", "if True:", "    %time", "x = 1"]
    cleaned = clean(lines).lines
    assert len(cleaned) == len(lines)
    names: dict[str, Any] = {}
    exec("\n".join(cleaned), names)
    assert names["x"] == 1


@pytest.mark.parametrize(
    "filler",
    [" ", "(", "'", "a.", "%time --a ", "%prun -r ", "x = ", "pip -q ", "? ", "%run -i ", ">>> "],
)
def test_long_lines_take_no_longer_than_their_length(filler: str) -> None:
    # With a pattern that looks back, each of these would take hours.
    long = filler * (300_000 // len(filler))
    assert clean(["1", long + "=", long, long + "?", "x" + long, "    " + long])
