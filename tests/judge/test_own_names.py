"""A student's module with the name of one of Python's own is what the student's files import."""

from __future__ import annotations

import pytest

from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    REFERENCE,
    assert_full,
    handed_in,
    launcher,
    notebook,
)
from tests.judge.test_elsewhere import IMPORT

MINE = f"{IMPORT}\n\n\ndef mine(x):\n    return np.sqrt(x)\n"
TOLD = "was taken as the file {}.py that was handed in, not as Python's own module"


def using(line: str, call: str) -> str:
    return f"{line}\n{REFERENCE.replace('np.sqrt(x)', call)}"


@pytest.mark.parametrize("name", ["random", "statistics", "copy", "math", "types", "json", "re"])
def test_the_students_module_is_imported(handed_in, name):  # noqa: F811
    files = {"mini.py": using(f"import {name}", f"{name}.mine(x)"), f"{name}.py": MINE}
    assert_full(handed_in(files), TOLD.format(name))


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("from random import mine", "mine(x)"),
        ("from random import *", "mine(x) + 0 * uniform(1, 2)"),
        ("import random as r, copy", "copy.deepcopy(r.mine(x) + 0 * r.random())"),
        ("import random", "random.mine(x) + 0 * np.random.default_rng().normal()"),
        ("import helper", "helper.random.mine(x)"),
    ],
)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_what_it_lacks_is_found_in_pythons(handed_in, line, call, where):  # noqa: F811
    text = using(line, call)
    files = {where: notebook(text) if where.endswith("ipynb") else text, "random.py": MINE}
    assert_full(handed_in({**files, "helper.py": "import random\n"}), TOLD.format("random"))


@pytest.mark.parametrize(
    "line", ["from code.utils import mine", "import code.utils as u; mine = u.mine"]
)
@pytest.mark.parametrize("start", [None, "", "from . import utils\nfrom .utils import mine\n"])
def test_so_is_a_package_of_such_a_name(handed_in, line, start):  # noqa: F811
    files = {"mini.py": using(line, "mine(x)"), "code/utils.py": MINE}
    if start is not None:
        files["code/__init__.py"] = start
    assert_full(handed_in(files), "code was taken as the folder code that was handed in")


def test_everybody_else_gets_pythons(handed_in):  # noqa: F811
    names = "secrets", "random", "warnings", "json", "functools", "contextlib", "numbers", "hmac"
    files = {f"{name}.py": "raise ValueError\n" for name in names}
    call = "np.sqrt(x) + 0 * np.random.default_rng().normal() + 0 * len(np.array([1]).__repr__())"
    files["mini.py"] = using("import numpy.testing, tempfile, uuid, hashlib", call)
    assert handed_in(files).points == 20


def test_one_that_cannot_be_read_leaves_pythons(handed_in):  # noqa: F811
    files = {"mini.py": using("import random", "np.sqrt(x) + 0 * random.random()")}
    result = handed_in({**files, "random.py": "def f(:\n  return (\n"})
    assert_full(result, "as Python's own module, since the file random.py cannot be read")


def test_one_that_wraps_pythons_means_it_by_its_own_name(handed_in):  # noqa: F811
    files = {"mini.py": using("import copy", "copy.mine(copy.deepcopy(x))")}
    wrapped = f"from copy import *\n{MINE}"
    assert_full(handed_in({**files, "copy.py": wrapped}), TOLD.format("copy"))
