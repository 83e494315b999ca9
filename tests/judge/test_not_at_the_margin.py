"""What was there where the student ran the file counts, though nothing at its margin leaves it."""

from __future__ import annotations

import textwrap

import pytest

from grader.judge import interview
from grader.result import Status
from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    REFERENCE,
    as_script,
    assert_full,
    handed_in,
    launcher,
    notebook,
)
from tests.judge.test_elsewhere import IMPORT, NAMES, STUBS, WRITTEN, code
from tests.mini import check_of

SCALED = REFERENCE.replace("np.sqrt(x)", "SCALE * np.sqrt(x)")
SCRIPT_TOLD = "was taken, too"
ROOT = NAMES.index("root")
SOLVE = NAMES.index("solve")
INSIDE = textwrap.indent(WRITTEN[ROOT], "    ")

BLOCKS = {
    "a number": "SCALE = 1.0",
    "what is computed": "SCALE = 2.0 / 2",
    "what another line sets": "ONE = [0.0]\nONE[0] += 1\nSCALE = ONE[0]\nprint(1 / 0)",
    "a loop": "SCALE = 0.0\nfor i in range(4):\n    SCALE += 0.25\n",
    "changed in place": "S = np.zeros(1)\nfor i in range(4):\n    S[0] += 0.25\nSCALE = S[0]",
    "what a function sets": "def main():\n    global SCALE\n    SCALE = 1\nmain()\n",
    "an option of the command line": (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--s', default=1.0)\n"
        "SCALE = p.parse_args().s"
    ),
    "behind what does not end": "while True: pass\nSCALE = 1.0\ninput('Go on?')",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_what_only_a_script_sets_is_set_when_an_exercise_needs_it(handed_in, block, where):  # noqa: F811
    cells = [SCALED, as_script(block)]
    content = notebook(*cells) if where.endswith("ipynb") else "\n\n".join(cells) + "\n"
    assert_full(handed_in({where: content}), SCRIPT_TOLD)


def test_two_blocks_are_one(handed_in):  # noqa: F811
    blocks = as_script("ONE = 1.0"), as_script("SCALE = ONE")
    assert_full(handed_in({"mini.py": "\n\n".join([SCALED, *blocks])}), SCRIPT_TOLD)


def test_what_no_exercise_needs_is_not_run(handed_in):  # noqa: F811
    text = f"{REFERENCE}\ndef show():\n    return HISTORY\n"
    assert_full(handed_in({"mini.py": text + as_script("HISTORY = fit(1 / 0, 2)\nshow()")}), "")


def test_one_that_fails_there_is_named(handed_in):  # noqa: F811
    result = handed_in({"mini.py": SCALED + as_script("SCALE = float(open('scale').read())")})
    check = check_of(result, "root.positive")
    assert check.status is Status.ERROR
    assert "root needs SCALE. Line " in check.message and "'scale'" in check.message
    assert not any(SCRIPT_TOLD in note for note in result.submission.notes)


def test_one_that_does_not_end_there_costs_its_worker_once(handed_in, monkeypatch):  # noqa: F811
    monkeypatch.setattr(interview, "_LOAD_SECONDS", 0.6)
    text = SCALED + as_script("while True:\n    SCALE = 1\n")
    result = handed_in({"mini.py": text}, 0.6)
    assert result.points == 17
    assert "the time was used up" in check_of(result, "root.positive").message
    ending = SCALED + as_script("import os\nSCALE = os._exit(1)")
    assert handed_in({"mini.py": ending}, 0.6).points == 17


def test_ten_thousand_statements_there_are_no_matter(handed_in):  # noqa: F811
    block = "SCALE = -9_999\n" + "SCALE += 1\n" * 10_000
    assert_full(handed_in({"mini.py": SCALED + as_script(block)}), SCRIPT_TOLD)


FIRST, SECOND = (0, 1, 2), (3, 4, 5, 6)
OF_THE_FIRST = f"{code(*FIRST)}\n\nEPS = [0.0]\n\n\ndef same(f):\n    return f\n"
NEEDING = {
    "a constant": code(*SECOND).replace("def root", "SCALE = 1 + EPS[0]\n\n\ndef root"),
    "a default": code(*SECOND).replace("def root(x)", "def root(x, eps=EPS[0])"),
    "a decorator": code(*SECOND).replace("def root", "@same\ndef root"),
    "what follows": code(*SECOND).replace("def root", "A = EPS\nB = A\nSCALE = 1 + B[0]\ndef root"),
    "a package": code(*SECOND, head="ONE = np.ones(1)"),
}


@pytest.mark.parametrize("second", NEEDING.values(), ids=NEEDING)
@pytest.mark.parametrize(
    "names",
    [("part1.py", "part2.py"), ("b.ipynb", "a.ipynb"), ("mini.py", "z.py"), ("z.py", "mini.py")],
)
def test_a_part_has_the_names_of_the_others_outside_of_functions(handed_in, second, names):  # noqa: F811
    if "SCALE" in second:
        second = second.replace("np.sqrt(x)", "SCALE * np.sqrt(x)")
    texts = [
        notebook(text) if name.endswith("ipynb") else text
        for name, text in zip(names, (OF_THE_FIRST, second), strict=True)
    ]
    result = handed_in(dict(zip(names, texts, strict=True)))
    assert_full(result, f"taken from {names[0]}")
    assert not any("left out" in note for note in result.submission.notes)


def test_names_may_go_through_three_parts(handed_in):  # noqa: F811
    files = {
        "part1.py": f"{code(0)}\nEPS = 0.0\n",
        "part2.py": code(1, 2, head=f"{IMPORT}\nONE = 1 + EPS"),
        "part3.py": code(3, 4, 5, 6, head=f"{IMPORT}\nSCALE = ONE").replace(
            "np.sqrt(x)", "SCALE * np.sqrt(x)"
        ),
    }
    assert_full(handed_in(files), "ONE was taken from part2.py")


def test_what_no_part_has_is_left_out_as_before(handed_in):  # noqa: F811
    files = {"part1.py": code(*FIRST), "part2.py": f"{code(*SECOND)}\nx = NOTHING\n"}
    assert_full(handed_in(files), "name 'NOTHING' is not defined")


NESTED = {
    "behind the return": code(*range(7)).replace(WRITTEN[ROOT], INSIDE),
    "before the return": code(*(n for n in range(7) if n != ROOT)).replace(
        WRITTEN[SOLVE], WRITTEN[SOLVE].replace("\n    return", f"\n{INSIDE}\n    return")
    ),
    "all that follows": "\n\n".join(
        [IMPORT, WRITTEN[0], *(textwrap.indent(one, "    ") for one in WRITTEN[1:])]
    ),
    "in a class": "\n\n".join(
        [IMPORT, "class Solution:", *(textwrap.indent(one, "    ") for one in WRITTEN)]
    ),
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_a_function_that_is_indented_too_far_counts(handed_in, text, where):  # noqa: F811
    result = handed_in({where: notebook(text) if where.endswith("ipynb") else text})
    assert_full(result, "indented as if inside of")
    assert len(result.submission.notes) == 1


def test_one_at_the_margin_of_another_file_comes_first(handed_in):  # noqa: F811
    wrong = WRITTEN[SOLVE].replace("\n    return", "\n    def root(x): return 5\n    return")
    text = code(*(n for n in range(7) if n != ROOT)).replace(WRITTEN[SOLVE], wrong)
    assert_full(handed_in({"mini.py": text, "more.py": code(ROOT)}), "root was taken from more.py")


def test_one_that_needs_what_it_stands_in_is_named(handed_in):  # noqa: F811
    inner = INSIDE.replace("np.sqrt(x)", "np.sqrt(x) + 0 * len(y)")
    text = code(*(n for n in range(7) if n != ROOT)).replace(
        WRITTEN[SOLVE], WRITTEN[SOLVE].replace("\n    return", f"\n{inner}\n    return")
    )
    check = check_of(handed_in({"mini.py": text}), "root.positive")
    assert check.status is Status.MISSING
    assert "There is no root at the margin of your file: line 19" in check.message
    assert "defines one inside of solve" in check.message


def test_a_stub_at_the_margin_is_what_was_handed_in(handed_in):  # noqa: F811
    text = NESTED["before the return"] + f"\n\n{STUBS[ROOT]}\n"
    assert "is not written yet" in check_of(handed_in({"mini.py": text}), "root.positive").message


def test_what_never_runs_is_named(handed_in):  # noqa: F811
    text = code(*range(7)).replace(WRITTEN[ROOT], f"if False:\n{INSIDE}")
    message = check_of(handed_in({"mini.py": text}), "root.positive").message
    assert "but it is not there once your code has run" in message


DELETING = [
    "del root",
    "del root, np",
    "for one in ['root', 'fit']:\n    del globals()[one]",
    "globals().pop('root')",
    "if True:\n    del root",
    "try:\n    1 / 0\nexcept ZeroDivisionError as root:\n    pass",
    f"del root\n{STUBS[ROOT]}",
]


@pytest.mark.parametrize("statement", DELETING)
def test_what_is_deleted_counts(handed_in, statement):  # noqa: F811
    assert_full(handed_in({"mini.py": f"{REFERENCE}\n{statement}\n"}), " deletes root")


def test_what_is_deleted_and_defined_again_is_no_matter(handed_in):  # noqa: F811
    text = REFERENCE.replace(WRITTEN[ROOT], "def root(x): return 5\n")
    assert_full(handed_in({"mini.py": f"{text}\ndel root\n{WRITTEN[ROOT]}\n"}), "")


def test_a_value_in_the_place_of_a_stub_is_told(handed_in):  # noqa: F811
    text = REFERENCE.replace(WRITTEN[ROOT], STUBS[ROOT]) + "\nroot = np.mean(np.ones(3) == 1)\n"
    result = handed_in({"mini.py": text})
    assert "root is not written yet" in check_of(result, "root.positive").message
    assert any("a value, but a function is asked for" in one for one in result.submission.notes)
