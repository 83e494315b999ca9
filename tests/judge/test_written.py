"""A written function of the graded file counts, however it is bound and whatever lies beside it."""

from __future__ import annotations

import textwrap

import pytest

from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    assert_full,
    handed_in,
    launcher,
    notebook,
)
from tests.judge.test_elsewhere import IMPORT, NAMES, STUBS, WRITTEN, code
from tests.mini import check_of

WRONG = "\n".join(f"def {name}(*given, **named):\n    return 0\n" for name in NAMES)
PLAIN = dict(zip(NAMES, WRITTEN, strict=True))
MINE = {name: text.replace(f"def {name}", f"def my_{name}") for name, text in PLAIN.items()}


def indented(name: str) -> str:
    return textwrap.indent(PLAIN[name], "    ")


FORMS = {
    "lambda": lambda name: f"{MINE[name]}\n{name} = lambda *a, **k: my_{name}(*a, **k)",
    "alias": lambda name: f"{MINE[name]}\n{name}: object = my_{name}",
    "partial": lambda name: (
        f"import functools\n{MINE[name]}\n{name} = functools.partial(my_{name})"
    ),
    "if": lambda name: f"if True:\n{indented(name)}",
    "try": lambda name: f"try:\n    import numba\nexcept ImportError:\n{indented(name)}",
    "with": lambda name: f"with np.errstate(all='ignore'):\n{indented(name)}",
    "tuple": lambda name: f"{MINE[name]}\n{name}, other_{name} = my_{name}, 3",
    "import as": lambda name: f"from mine import my_{name} as {name}",
    "module": lambda name: f"import mine; {name} = mine.my_{name}",
    "star": lambda name: f"from pack.{name} import *",
    "import": lambda name: f"from pack.{name} import {name}",
}
BESIDE = {
    "mine.py": "\n\n".join([IMPORT, *MINE.values()]),
    **{f"pack/{name}.py": f"{IMPORT}\n{PLAIN[name]}\n" for name in NAMES},
}


@pytest.mark.parametrize("around", ["alone", "stub above", "stub below"])
@pytest.mark.parametrize("first", [0, 4])
def test_it_beats_a_wrong_version_in_another_file(handed_in, around, first):  # noqa: F811
    texts = []
    for number, name in enumerate(NAMES):
        form = list(FORMS.values())[first + number]
        above = [STUBS[number]] if around == "stub above" else []
        below = [STUBS[number]] if around == "stub below" else []
        texts += [*above, form(name), *below]
    files = {"mini.py": "\n\n".join([IMPORT, *texts]), "old_try.py": f"{IMPORT}\n{WRONG}"}
    result = handed_in({**files, **BESIDE})
    assert result.points == 20
    assert any("both mini.py and old_try.py define" in one for one in result.submission.notes)


@pytest.mark.parametrize("in_cells", [True, False])
def test_the_handout_below_the_written_functions_takes_nothing(handed_in, in_cells):  # noqa: F811
    whole, handout = code(*range(7)), code(stubs=True)
    files = {"mini.py": whole + handout, "scratch.py": f"{IMPORT}\n{WRONG}"}
    if in_cells:
        files = {"mini.ipynb": notebook(whole, handout), "scratch.ipynb": notebook(WRONG)}
    result = handed_in(files)
    assert result.points == 20
    told = "nothing that is asked for", "passed over", "was taken for it"
    assert not any(words in note for note in result.submission.notes for words in told)


def test_a_stub_in_a_block_takes_nothing_either(handed_in):  # noqa: F811
    text = code(*range(7)) + f"\nif True:\n{textwrap.indent(STUBS[0], '    ')}\n"
    assert handed_in({"mini.py": text}).points == 20


HALF = "{}\n    result = 0\n    raise NotImplementedError"


def half(number: int) -> str:
    return code(*range(7)).replace(WRITTEN[number], HALF.format(WRITTEN[number].partition("\n")[0]))


def test_a_half_written_function_is_taken_from_where_it_is_written(handed_in):  # noqa: F811
    files = {"mini.py": half(0), "mini_final.py": code(0)}
    assert_full(handed_in(files), "predict was taken from mini_final.py")


def test_a_half_written_function_alone_is_not_written(handed_in):  # noqa: F811
    check = check_of(handed_in({"mini.py": half(0)}), "predict.batch")
    assert check.status == "missing" and "is not written yet" in check.message


@pytest.mark.parametrize("odd", ["}\n\n", "else:\n    x = 1\n", "\u2028", "\x0b", "\x85\n"])
def test_a_broken_line_costs_neither_neighbour(handed_in, odd):  # noqa: F811
    text = code(*range(7)).replace("def half_mse", f"{odd}def half_mse")
    assert handed_in({"mini.py": text}).points == 20


@pytest.mark.parametrize("indent", [" ", "  ", "    ", "\t"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_definition_with_wrong_indentation_counts(handed_in, indent, whole):  # noqa: F811
    root = WRITTEN[NAMES.index("root")]
    moved = textwrap.indent(root, indent) if whole else f"{indent}{root}"
    result = handed_in({"mini.py": code(*range(7)).replace(root, moved)})
    assert_full(result, "root is indented ")


ROOT = NAMES.index("root")
CALLED = MINE["root"]
MADE = f"def make():\n{textwrap.indent(PLAIN['root'], '    ')}\n    return root\n"
BELOW_A_STUB = {
    "what a call returns": f"{MADE}root = make()",
    "a partial": f"{CALLED}\nimport functools\nroot = functools.partial(my_root)",
    "a function of a module": "import mine\nroot = mine.my_root",
    "a method": f"{CALLED}\nclass C:\n    def f(self, x): return my_root(x)\nroot = C().f",
    "an object": f"{CALLED}\nclass C:\n    def __call__(self, x): return my_root(x)\nroot = C()",
    "one of two": f"{CALLED}\nroot = my_root if np.pi > 3 else None",
    "a walrus": f"{CALLED}\n(root := my_root)",
    "globals": f"{CALLED}\nglobals()['root'] = my_root",
    "exec": f"exec({PLAIN['root']!r})",
    "setattr": f"{CALLED}\nimport sys\nsetattr(sys.modules[__name__], 'root', my_root)",
    "global": f"def put():\n    global root\n{indented('root')}\nput()",
}


@pytest.mark.parametrize("below", BELOW_A_STUB.values(), ids=BELOW_A_STUB)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_what_can_be_called_below_a_stub_counts(handed_in, below, where):  # noqa: F811
    cells = code(*(n for n in range(7) if n != ROOT)), STUBS[ROOT], below
    text = notebook(*cells) if where.endswith("ipynb") else "\n\n".join(cells)
    assert handed_in({where: text, "mine.py": BESIDE["mine.py"]}).points == 20


@pytest.mark.parametrize("form", ["exec", "setattr", "global", "a walrus", "globals"])
@pytest.mark.parametrize("where", ["above a stub", "beside another file"])
def test_what_is_bound_in_another_way_counts(handed_in, form, where):  # noqa: F811
    others = code(*(n for n in range(7) if n != ROOT))
    stub = STUBS[ROOT] if where == "above a stub" else ""
    files = {"mini.py": "\n\n".join([others, BELOW_A_STUB[form], stub])}
    if not stub:
        files["old_try.py"] = f"{IMPORT}\n{WRONG}"
    assert handed_in(files).points == 20


def test_a_function_of_numpy_below_a_stub_is_what_is_graded(handed_in):  # noqa: F811
    text = code(*range(7)).replace(PLAIN["root"], f"{STUBS[ROOT]}\n\nroot = np.sqrt")
    result = handed_in({"mini.py": text})
    assert result.points == 18
    assert check_of(result, "root.positive").status == "passed"
