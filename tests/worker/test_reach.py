"""Code that may leave behind what nobody undoes is told from code that surely does not."""

import ast
from types import ModuleType

import numpy as np
import pytest

from grader.worker.parts import parts_of
from grader.worker.reach import Reach
from tests.conftest import ROOT

BEYOND = [
    "vars(np)['sum'] = len",
    "np.__dict__.update(mean=len)",
    "setattr(np, 'sum', len)",
    "globals()['other'] = None",
    "exec('1')",
    "np.sum = len",
    "np.sum, x = len, 1",
    "for np.sum in [len]: pass",
    "with open('x') as np.file: pass",
    "del np.sum",
    "np.linalg.norm.__code__ = None",
    "np.isclose._implementation.__defaults__ = ()",
    "f = np.isclose._implementation",
    "np.typecodes['All'] = ''",
    "dict.clear(np.sctypeDict)",
    "collections.Counter.most_common = None",
    "type(np.poly1d([1])).__call__ = None",
    "keep(np)",
    "for module in (np, collections): pass",
    "json.loads.x = 1",
    "J.dumps(1)",
    "dumps(1)",
    "loads(1)",
    "import sys; sys.modules['numpy'] = None",
    "from os import umask as u; u(0)",
    "collections.abc.sys.exit()",
    "collections.abc.Sized.register(str)",
    "np.lib.enable_it()",
    "global kept; kept = 1",
    "policy().x = 1",
    "x = policy(); x._name = 1",
    "tempfile_of_mine()",
    "[np.sum for np.x in [1]]",
    "(lambda: vars(np))()",
]
WITHIN = [
    "x = np.zeros(3); x[0] = 1; x[1:] += 2; x.shape = (3, 1); x.flags.writeable = False",
    "cache = {}; cache['x'] = 1; cache.update(y=2); [].append(1); del cache['x']",
    "return np.add.at(np.zeros(3), [1], 1), np.random.default_rng(0).normal(), np.pi",
    "import math; from itertools import chain; return math.sqrt(2), chain([1])",
    "return _private(collections.Counter('a').most_common(1), keep)",
    "return collections.defaultdict(list), np.linalg.LinAlgError, help_me(1)",
    "np.random.seed(0); np.set_printoptions(precision=3); model.set_weights([])",
    "model.compile('sgd'); layer.trainable = False",
    "class One(dict):\n        def __init__(self):\n            super().__init__()\n"
    "            self.x, self._y = 1, 2; self.at['k'].x += 1; del self.x\n"
    "        def __call__(self, x):\n            return super()._call(x) @ self._y",
]
HEAD = """
import collections, json
import os
import json as J
import numpy as np
from json import dumps
try:
    from json import loads
except ImportError:
    loads = None
import helper
os.environ["A"] = "1"  # what is done while the file is loaded is done in every worker
np.kept = os.getcwd()
def help_me(x):
    "Says what np, os and vars(np) are."
    return helper.f(x)  # vars(np)
"""


def reaches(text):
    reach, module, source = Reach({"helper"}), ModuleType("module"), text.encode()
    vars(module).update(np=np, collections=ast)
    for part in parts_of(source):
        reach.see(part, compile(ast.Module([part.node], []), "file.py", "exec"))
    reach.see_whole(source, parts_of(source), module)
    return reach.found


@pytest.mark.parametrize("code", BEYOND)
def test_what_reaches_beyond_its_own_names_is_seen(code):
    assert reaches(f"{HEAD}from tempfile import mktemp as tempfile_of_mine\ndef f():\n    {code}\n")


@pytest.mark.parametrize("code", WITHIN)
def test_ordinary_code_is_left_alone(code):
    assert not reaches(f"{HEAD}def f():\n    {code}\n")


@pytest.mark.parametrize(
    "code",
    [
        "patch = np.isclose._implementation",
        "names = vars(np)",
        "import sys\nmodules = sys.modules",
        "import os\ndef f(x=os.environ): pass",
        "module = np",
        "modules = [np]",
    ],
)
def test_what_is_kept_under_a_name_of_the_files_own_is_seen(code):
    assert reaches(f"import numpy as np\n{code}\n")


AUTHORS_ONLY = ("checks", "misconceptions", "inputs", "forward", "trivial")
"""Words in the names of files that lie beside the references and that no student writes."""


def test_hardly_any_right_solution_reaches_beyond():
    files = [*ROOT.glob("solutions/*/*.py"), *ROOT.glob("tests/alternatives/*/*/*.py")]
    found = [
        file
        for file in files
        if not any(word in file.name for word in AUTHORS_ONLY)
        and reaches(file.read_text(encoding="utf-8"))
    ]
    assert len(found) <= 5, found
