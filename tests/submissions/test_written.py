"""Whether an exercise is written in a file: the reader, by lines, and the worker agree."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from grader.judge.elsewhere import is_written
from grader.submissions.candidates import Candidates
from grader.submissions.expected import Expected
from grader.submissions.imports import Imports
from grader.submissions.tree import Tree
from grader.worker.source import inspect_source

STUB = "def f(x):\n    '''Doc.'''\n    raise NotImplementedError('f is yours to write')\n"
BODY = "def {}(x):\n    return x\n"
INDENTED = "    def f(x):\n        return x\n"
BESIDE = {
    "mine.py": BODY.format("f") + BODY.format("my_f") + "def open_(x):\n    pass\n",
    "stubs.py": STUB,
    "pack/__init__.py": "from .inner import *\n",
    "pack/inner.py": BODY.format("f"),
    "round.py": "from round import *\nfrom trip import *\n",
    "trip.py": "from round import *\n",
    "scratch.py": "def f(x):\n    return 0\n",
}
WRITTEN = {
    "def": BODY.format("f"),
    "async def": "async def f(x):\n    return x\n",
    "class": "class f:\n    def m(self):\n        return 1\n",
    "decorated": "@wrap(\n    1,\n)\n" + BODY.format("f"),
    "lambda": "f = lambda x: x\n",
    "lambda with defaults": "f = lambda x, y=0: x\n",
    "annotated": "f: Callable[[int], int] = lambda x: x\n",
    "alias": BODY.format("my_f") + "f = my_f\n",
    "behind a semicolon": "import mine; f = mine.my_f\n",
    "of its own name": "import mine\nf = mine.f\n",
    "partial": "import functools\nf = functools.partial(my_f, k=1)\n",
    "vectorize": "f = np.vectorize(my_f)\n",
    "tuple": "f, g = my_f, 3\n",
    "tuple of one value": "a, f = made()\n",
    "list": "[f, g] = [my_f, my_g]\n",
    "chain": "g = f = my_f\n",
    "over two lines": "f = \\\n    my_f\n",
    "in brackets": "f = (\n    my_f\n)\n",
    "if": f"if True:\n{INDENTED}",
    "if on one line": "if True: f = my_f\n",
    "else": f"if False:\n    pass\nelse:\n{INDENTED}",
    "elif": f"if a:\n    pass\nelif b:\n{INDENTED}",
    "try": f"try:\n{INDENTED}except Exception:\n    raise\n",
    "except": f"try:\n    import numba\nexcept ImportError:\n{INDENTED}",
    "finally": f"try:\n    pass\nfinally:\n{INDENTED}",
    "with": f"with np.errstate(all='ignore'):\n{INDENTED}",
    "for": f"for _ in range(1):\n{INDENTED}",
    "while": f"while a:\n{INDENTED}    break\n",
    "below a script's condition": f"if __name__ == '__main__':\n{INDENTED}",
    "assigned in a block": "try:\n    f = numba.njit(my_f)\nexcept NameError:\n    f = my_f\n",
    "from own": "from mine import f\n",
    "from own as": "from mine import my_f as f\n",
    "from own in brackets": "from mine import (\n    g,\n    my_f as f,  # mine\n)\n",
    "from own star": "from mine import *\n",
    "from beside": "from .mine import f\n",
    "from package": "from pack.inner import f\n",
    "from package star": "from pack.inner import *\n",
    "through a package": "from pack import *\n",
    "walrus": "(f := lambda x: x)\n",
    "walrus in a condition": "if (f := made()) is not None:\n    pass\n",
    "name on the next line": "def \\\nf(x):\n    return x\n",
    "among the globals": "globals()['f'] = my_f\n",
    "update of the globals": "globals().update(f=my_f)\n",
    "update with a dict": "globals().update({'f': my_f})\n",
    "text that is run": f"exec('''{BODY.format('f')}''')\n",
    "set": "import sys\nsetattr(sys.modules[__name__], 'f', my_f)\n",
    "set by a function": f"def put():\n    global f\n{INDENTED}put()\n",
    "one of two": "f = my_f if a > b else my_g\n",
    "or another": "f = fast_f or my_f\n",
    "or a library": f"try:\n    from scipy.special import f\nexcept ImportError:\n{INDENTED}",
}
FOREIGN = {
    "from library": "from scipy.special import expit as f\n",
    "from standard library": "from math import exp as f\n",
}
"""A stub below these takes their place, as in Python."""
OPEN = {
    "nothing": "x = 1\n",
    "number": "f = 0.5\n",
    "text": "f = 'abc'\n",
    "formatted text": "f = f'{x}'\n",
    "none": "f = None\n",
    "list of values": "f = [1, 2]\n",
    "dict": "f = {'a': 1}\n",
    "negative": "f = -1\n",
    "sum": "f = a + b\n",
    "comparison": "f = a == b\n",
    "less": "f = a < b\n",
    "sum of calls": "f = g(a) + 1\n",
    "share": "f = x.sum() / 3\n",
    "share in brackets": "f = (np.exp(z) / (1 + np.exp(z)))\n",
    "sum of an item": "f = a[0] + 1\n",
    "power": "f = g(a) ** 2\n",
    "membership": "f = a in b\n",
    "membership of a text": "f = 'a' in b\n",
    "identity": "f = a is None\n",
    "pair": "f = a, b\n",
    "pair in brackets": "f = (a, b)\n",
    "pair of calls": "f = g(a), h(b)\n",
    "empty class": "class f:\n    pass\n",
    "raised in brackets": "def f(x):\n    raise (NotImplementedError)\n",
    "raised behind a docstring": "def f(x):\n    'Doc.'; raise NotImplementedError\n",
    "text that is run and fails": "exec('def f(:')\n",
    "set in an object": "setattr(model, 'f', my_f)\n",
    "set by nobody": f"def put():\n    global f\n{INDENTED}",
    "pair of values": "f, g = 0.3, 0.4\n",
    "its own answer": "f = f(3)\n",
    "wrapped": "f = np.vectorize(f)\n",
    "loop": "for f in range(3):\n    print(f)\n",
    "opened": "with open('x') as f:\n    pass\n",
    "annotation": "f: int\n",
    "added to": "f += 1\n",
    "local": "def g():\n    f = h\n    return f\n",
    "method": "class A:\n    def f(self):\n        return 1\n",
    "argument": "plot(\n    f=g,\n)\n",
    "text that speaks of it": "'''\ndef f(x):\n    return x\n'''\n",
    "module of the name": "import mine as f\n",
    "from stubs": "from stubs import f\n",
    "from own stub": "from mine import open_ as f\n",
    "from own that lacks it": "from trip import f\n",
    "star of a circle": "from round import *\n",
    "star of a library": "from numpy import *\n",
    "from what is not there": "from utils import f\n",
    "stub in a block": "if True:\n    def f(x):\n        raise NotImplementedError\n",
    "half written": "def f(x):\n    y = x\n    raise NotImplementedError\n",
    "answer in a script": "if __name__ == '__main__':\n    f = g(x)\n",
}
FORMS = {name: (text, True) for name, text in (WRITTEN | FOREIGN).items()}
FORMS |= {name: (text, False) for name, text in OPEN.items()}
BROKEN = "x = = 1\nIt's only text\n"
AROUND = {
    "alone": ("", ""),
    "stub above": (STUB, ""),
    "stub below": ("", STUB),
    "broken lines above": (BROKEN, ""),
    "broken lines below": ("", BROKEN),
}


@pytest.mark.parametrize(("form", "around"), list(product(FORMS, AROUND)))
def test_reader_and_worker_agree(tmp_path: Path, form: str, around: str) -> None:
    text, is_there = FORMS[form]
    above, below = AROUND[around]
    for name, content in {**BESIDE, "asked.py": f"{above}{text}{below}"}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    facts = inspect_source(tmp_path / "asked.py", {}, ["f"])["definitions"]
    is_there = is_there and not (form in FOREIGN and around == "stub below")
    assert is_written(facts.get("f", {"stub": True})) is is_there
    assert _by_lines(tmp_path) is is_there


def _by_lines(folder: Path) -> bool:
    tree = Tree()
    tree.add_folder(folder)
    candidates = Candidates(Expected(("asked.py",), {"asked.py": ("f",)}, dict), "a1")
    (entry,) = [one for one in tree.entries if one.name == "asked.py"]
    content = candidates.read(entry).main_content
    assert content is not None
    brought = Imports(tree, candidates).brought(entry, content, {"f"})
    return "f" in candidates.definitions(content).written or "f" in brought
