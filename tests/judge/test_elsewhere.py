"""An exercise counts wherever the student wrote it: in a copy, a second notebook, another part."""

from __future__ import annotations

import re

import pytest

from grader.judge import interview
from grader.render.explaining import row_words
from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    FUNCTIONS,
    assert_full,
    handed_in,
    launcher,
    notebook,
)
from tests.mini import check_of

IMPORT, *WRITTEN = FUNCTIONS
NAMES = [one.partition("(")[0].removeprefix("def ") for one in WRITTEN]
STUBS = [
    f"{one.partition(chr(10))[0]}\n    raise NotImplementedError('{name}')"
    for one, name in zip(WRITTEN, NAMES, strict=True)
]


def code(*which: int, stubs: bool = False, head: str = IMPORT) -> str:
    """Some of the exercises, and of the others the stubs or nothing."""
    texts = [WRITTEN[n] if n in which else STUBS[n] for n in range(7) if stubs or n in which]
    return "\n\n\n".join([head, *texts]) + "\n"


def cells(*which: int, stubs: bool = False) -> str:
    return notebook(*code(*which, stubs=stubs).split("\n\n\n"))


FIRST, SECOND = (0, 1, 2), (3, 4, 5, 6)
PAIRS = {
    "two notebooks": {"part1.ipynb": cells(*FIRST), "part2.ipynb": cells(*SECOND)},
    "two files": {"part1.py": code(*FIRST), "part2.py": code(*SECOND)},
    "names that cannot be imported": {"part-1.py": code(*FIRST), "part 2.py": code(*SECOND)},
    "a file and a notebook": {"part1.py": code(*FIRST), "part2.ipynb": cells(*SECOND)},
    "the right name and a notebook": {"mini.py": code(*FIRST), "rest.ipynb": cells(*SECOND)},
    "file and notebook of the name": {"mini.py": code(*FIRST), "mini.ipynb": cells(*SECOND)},
    "copies of the stubs": {
        "part1.ipynb": cells(*FIRST, stubs=True),
        "part2.ipynb": cells(*SECOND, stubs=True),
    },
    "folders": {"one/work.py": code(*FIRST), "two/work.py": code(*SECOND)},
    "the names of modules": {"random.ipynb": cells(*FIRST), "numpy.ipynb": cells(*SECOND)},
    "a part that imports the other": {
        "part1.py": code(*FIRST),
        "part2.py": code(*SECOND, head="import numpy as np\nfrom part1 import predict"),
    },
    "a part that imports the fuller": {
        "part1.py": code(*FIRST, head="import numpy as np\nimport part2"),
        "part2.py": code(*SECOND),
    },
}


@pytest.mark.parametrize("files", PAIRS.values(), ids=PAIRS)
def test_two_that_share_the_exercises_are_joined(handed_in, files):  # noqa: F811
    result = handed_in(files)
    assert_full(result, "taken from ")
    assert len([note for note in result.submission.notes if "taken from" in note]) == 1
    told = "not graded", "left out", "handed in nor"
    assert not any(words in note for note in result.submission.notes for words in told)


def test_where_an_exercise_was_taken_from_is_named_as_it_was_handed_in(handed_in):  # noqa: F811
    notes = handed_in(PAIRS["two notebooks"]).submission.notes
    assert "predict, half_mse and gradients were taken from part1.ipynb" in notes


def test_what_fails_in_a_second_notebook_is_cited_by_its_name_and_cell(handed_in):  # noqa: F811
    files = {"part1.ipynb": notebook(code(*FIRST), "1 / 0"), "part2.ipynb": cells(*SECOND)}
    assert_full(handed_in(files), "part1.ipynb, cell 2, line 1 was left out: ZeroDivisionError")


def test_the_cells_of_two_notebooks_are_told_apart(handed_in):  # noqa: F811
    files = {
        "part1.ipynb": notebook(code(*FIRST), "1 / 0"),
        "part2.ipynb": notebook(code(*SECOND), "", "2 / 0"),
    }
    result = handed_in(files)
    (note,) = [one for one in result.submission.notes if "ZeroDivisionError" in one]
    assert set(note.partition(" were ")[0].split("; ")) == {
        "part1.ipynb, cell 2, line 1",
        "part2.ipynb, cell 3, line 1",
    }
    assert result.submission.files == ["part1.ipynb", "part2.ipynb"]


@pytest.mark.parametrize("name", ["two notebooks", "two files"])
def test_a_part_waits_for_what_is_wrong_in_the_other_part(handed_in, name):  # noqa: F811
    def with_mistake(text):
        return text.replace("X @ w + b", "X @ w - b").replace("def half", "def half", 1)

    result = handed_in({one: with_mistake(text) for one, text in PAIRS[name].items()})
    check = check_of(result, "half_mse.value")
    assert (check.status, check.waits_for) == ("skipped", "predict")


def test_a_part_waits_for_what_is_wrong_in_the_graded_file(handed_in):  # noqa: F811
    """And it does so where a function of its own stands between the two."""
    rest = code(1, 2).replace("predict(X, w, b) - y", "own(X, w, b) - y")
    rest += "\n\ndef own(X, w, b):\n    return predict(X, w, b)\n"
    files = {"mini.py": code(0, *SECOND).replace("+ b", "- b"), "rest.py": rest}
    check = check_of(handed_in(files), "half_mse.value")
    assert (check.status, check.waits_for) == ("skipped", "predict")


def test_an_error_is_cited_by_the_name_and_the_line_that_were_handed_in(handed_in):  # noqa: F811
    broken = [
        text.replace("return np.sqrt", "raise KeyError\n    return np.sqrt") for text in WRITTEN
    ]
    first = "\n\n\n".join([IMPORT, *broken[:3]])
    second = "\n\n\n".join([IMPORT, *broken[3:]])
    for files in (
        {"part1.py": first, "part2.py": second},
        {"part1.ipynb": notebook(first), "part2.ipynb": notebook(second)},
    ):
        result = handed_in(files)
        check = check_of(result, "root.positive")
        name = next(one for one in files if "raise KeyError" in files[one])
        assert name in check.message
        assert "mini.py" not in check.message


def test_a_refusal_in_one_of_two_notebooks_names_the_notebook(handed_in):  # noqa: F811
    uses = code(*SECOND, head="import pandas\nimport numpy as np").replace(
        "return np.sqrt", "pandas.x\n    return np.sqrt"
    )
    files = {"part1.ipynb": cells(*FIRST), "part2.ipynb": notebook("", *uses.split("\n\n\n"))}
    check = check_of(handed_in(files), "root.positive")
    assert re.match(
        r"In part2\.ipynb, cell \d, line 4: pandas, imported in part2\.ipynb, cell 2, line 1, may "
        r"not be used",
        check.message,
    ), check.message


ABSENT = {
    "one file": ({"mini.py": code(0)}, "your file"),
    "one notebook": ({"mini.ipynb": cells(0)}, "your notebook"),
    "two files": ({"mini.py": code(0), "rest.py": code(1)}, "your files"),
    "two notebooks": ({"part1.ipynb": cells(0), "part2.ipynb": cells(1)}, "your notebooks"),
    "a file and a notebook": ({"mini.py": code(0), "rest.ipynb": cells(1)}, "your files"),
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_absent_is_told_of_all_that_was_handed_in(handed_in, name):  # noqa: F811
    files, where = ABSENT[name]
    check = check_of(handed_in(files), "solve.solution")
    assert check.message == f"There is no solve in {where}."
    assert row_words([check]) == f"not in {where}"


COPIES = ["mini_final.py", "mini (1).py", "mini-final v2.py", "old work/mini.py", "mini.ipynb.txt"]


@pytest.mark.parametrize("name", COPIES)
def test_what_is_a_stub_in_the_exact_file_counts_from_a_complete_copy(
    handed_in,  # noqa: F811
    name,
):
    wrong = WRITTEN[0].replace("+ b", "+ b + 1")
    exact = code(1, 2, stubs=True).replace(STUBS[0], wrong)
    complete = cells(*range(7)) if "ipynb" in name else code(*range(7))
    result = handed_in({"mini.py": exact, name: complete})
    notes = result.submission.notes
    assert check_of(result, "predict.batch").points == 0  # the exact name's own counts
    assert check_of(result, "fit.quality").points > 0
    assert any(
        f"both mini.py and {name} define predict, half_mse and gradients; mini.py counts for them"
        in note
        for note in notes
    ), notes
    assert any(note == f"solve, root, noise and fit were taken from {name}" for note in notes)


@pytest.mark.parametrize("name", ["mini_final.py", "mini-final v2.py"])
def test_a_complete_copy_beside_a_complete_file_is_named(handed_in, name):  # noqa: F811
    files = {"mini.py": code(*range(7)), name: code(*range(7)).replace("+ b", "- b")}
    result = handed_in(files)
    assert result.points == 20
    assert any(f"mini.py was graded, and not {name}" in one for one in result.submission.notes)


def test_of_two_that_define_what_is_open_the_higher_number_counts(handed_in):  # noqa: F811
    wrong = code(*SECOND).replace("return np.sqrt", "return -np.sqrt")
    files = {"mini.py": code(*FIRST), "try1.py": wrong, "try2.py": code(*SECOND)}
    assert_full(handed_in(files), "taken from try2.py")


def test_parts_call_each_other_and_their_own_functions_stay_their_own(handed_in):  # noqa: F811
    own = "def scale():\n    return {}"
    first = f"{code(*FIRST, stubs=True)}\n{own.format(1)}\n".replace("X @ w", "scale() * X @ w")
    second = code(*SECOND, stubs=True).replace("return w[:-1]", "return scale() * w[:-1]")
    second = second.replace("    w = np", "    predict(X, np.zeros(X.shape[1]), 0)\n    w = np")
    files = {"part1.py": first, "part2.py": second}
    assert_full(handed_in(files), "taken from")
    files["part2.py"] += f"\n{own.format(2)}\n"
    result = handed_in(files)
    assert check_of(result, "predict.batch").points > 0
    assert check_of(result, "fit.quality").points < 1


@pytest.mark.parametrize("stubs", [True, False])
def test_what_is_taken_calls_what_is_written_in_the_graded_file(
    handed_in,  # noqa: F811
    stubs,
):
    files = {"mini.py": code(0, *SECOND), "rest.ipynb": cells(1, 2, stubs=stubs)}
    assert_full(handed_in(files), "half_mse and gradients were taken from rest.ipynb")


SHARED = "EPS = 0.0"
USES_IT = code(*SECOND).replace("def root(x):", "def root(x, eps=EPS):")
ONE_NEEDS_THE_OTHER = {
    "run": {
        "part1.ipynb": notebook(SHARED, *code(*FIRST).split("\n\n\n")),
        "part2.ipynb": notebook("%run part1.ipynb", "SCALE = 1.0 + EPS", USES_IT),
    },
    "imported": {
        "part1.ipynb": notebook(SHARED, *code(*FIRST).split("\n\n\n")),
        "part2.ipynb": notebook("from part1 import EPS", USES_IT),
    },
    "run by its spelling": {
        "part-1.ipynb": notebook(SHARED, *code(*FIRST).split("\n\n\n")),
        "part 2.ipynb": notebook('%run "part-1.ipynb"', USES_IT),
    },
}


@pytest.mark.parametrize("files", ONE_NEEDS_THE_OTHER.values(), ids=ONE_NEEDS_THE_OTHER)
def test_a_part_that_a_notebook_runs_or_imports_gives_it_its_values(handed_in, files):  # noqa: F811
    result = handed_in(files)
    assert_full(result, "taken from ")
    told = "left out", "handed in nor", "not graded"
    assert not any(words in note for note in result.submission.notes for words in told)


def test_two_modules_that_a_notebook_writes_are_all_that_is_asked_for(handed_in):  # noqa: F811
    first, second = (f"%%writefile part{n}.py\n{code(*of)}" for n, of in ((1, FIRST), (2, SECOND)))
    result = handed_in({"nb.ipynb": notebook(first, second, "from part1 import *")})
    assert_full(result, "taken from nb.ipynb")
    assert not any("is written yet" in note for note in result.submission.notes)


def test_exercises_that_are_written_in_another_module_count(handed_in):  # noqa: F811
    files = {"mini.py": code(*FIRST), "second_half.py": f"import matplotlib\n{code(*SECOND)}"}
    assert_full(handed_in(files), "solve, root, noise and fit were taken from second_half.py")


def test_a_file_for_each_exercise_is_read_as_one(handed_in):  # noqa: F811
    needing = f"{IMPORT}\nfrom q0 import predict"
    files = {f"q{n}.py": code(n, head=needing) for n in range(1, 7)}
    assert_full(handed_in({"q0.py": code(0), **files}), "taken from q")


def test_a_stub_in_the_graded_file_gives_way_to_what_is_written_elsewhere(handed_in):  # noqa: F811
    files = {"mini.py": code(0, 1, 2, 3, 5, 6, stubs=True), "mine.py": code(4)}
    assert_full(handed_in(files), "root was taken from mine.py")


def test_another_module_that_does_not_end_costs_what_it_defines_alone(
    handed_in,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr(interview, "_LOAD_SECONDS", 0.6)
    files = {"mini.py": code(0, 1, 2, 3, 4, 5), "mine.py": f"while True: pass\n{code(6)}"}
    assert_full(handed_in(files, 0.6), "fit was taken from mine.py")


@pytest.mark.parametrize("name", ["numpy.py", "random.py", "token.py"])
def test_a_module_that_is_named_like_another_is_taken_for_the_file(handed_in, name):  # noqa: F811
    result = handed_in({"mini.py": code(*FIRST), name: code(*SECOND)})
    assert_full(result, f"taken from {name}")


NUMBERS = {
    "a mean": "root = np.mean(np.ones(3))",
    "a share": "root = np.ones(3).sum() / 3",
    "what a call returns": "def result(): return 0.9\nroot = result()",
    "an item": "root = {'root': 0.9}['root']",
    "nothing": "root = print('done')",
    "a name": "result = 3\nroot = result",
}
"""What is no function, once it has run."""
ROOT = NAMES.index("root")
OTHERS = [n for n in range(7) if n != ROOT]


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("name", ["analysis.py", "part1.py", "aa.ipynb"])
@pytest.mark.parametrize("stub", [True, False])
def test_a_number_in_one_file_takes_nothing_from_a_function_in_another(
    handed_in,  # noqa: F811
    number,
    name,
    stub,
):
    text = f"import numpy as np\n{number}\n"
    files = {
        "mini.py": code(*OTHERS, stubs=stub),
        name: notebook(text) if name.endswith("ipynb") else text,
        "work.py": code(ROOT),
    }
    assert_full(handed_in(files), "root was taken from work.py")


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("other", ["work.py", "work.ipynb", "src/work.py"])
def test_a_number_in_the_file_itself_takes_nothing_either(handed_in, number, other):  # noqa: F811
    work = code(ROOT)
    files = {
        "mini.py": f"{code(*OTHERS)}\n{number}\n",
        other: notebook(work) if other.endswith("ipynb") else work,
    }
    result = handed_in(files)
    assert_full(result, f"root was taken from {other}")
    assert not any(
        "mini.py counts for it" in note.replace("counts for it, unless", "")
        for note in result.submission.notes
    )


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_stub_is_not_written_though_a_script_gives_its_name_a_number(
    handed_in,  # noqa: F811
    number,
):
    script = f"import numpy as np\n{number}\n"
    result = handed_in({"mini.py": code(*OTHERS, stubs=True), "train.py": script})
    for check in result.checks:
        if check.exercise == "root" and check.check != "purity":
            assert check.status == "missing" and "root is not written yet" in check.message
    assert not any("root was taken" in note for note in result.submission.notes)


WRONG_ROOT = f"{IMPORT}\ndef root(*given):\n    return 0\n"
ASIDE = ["test_a.py", "test_root.py", "demo.py", "experiments.py", "a_old.py", "plot_root.py"]


@pytest.mark.parametrize("aside", ASIDE)
@pytest.mark.parametrize("other", ["zz.py", "work.ipynb", "parts/work.py"])
@pytest.mark.parametrize("stub", [True, False])
def test_tests_and_trials_are_asked_last(handed_in, aside, other, stub):  # noqa: F811
    work = code(ROOT)
    files = {
        "mini.py": code(*OTHERS, stubs=stub),
        aside: WRONG_ROOT,
        other: notebook(work) if other.endswith("ipynb") else work,
    }
    result = handed_in(files)
    assert_full(result, f"both {other} and {aside} define root; {other} counts for it")
    assert not any("asks for other names" in note for note in result.submission.notes)


def test_a_file_that_the_graded_one_imports_from_is_asked_first(handed_in):  # noqa: F811
    files = {
        "mini.py": f"{code(*OTHERS)}\nfrom zz import helper\n",
        "aa.py": WRONG_ROOT,
        "zz.py": f"{code(ROOT)}\ndef helper(): pass\n",
    }
    assert_full(handed_in(files), "both zz.py and aa.py define root; zz.py counts for it")


def test_of_two_files_that_are_equally_good_it_is_told_which_counts(handed_in):  # noqa: F811
    files = {"mini.py": code(*OTHERS), "part1.py": code(ROOT), "part3.ipynb": notebook(WRONG_ROOT)}
    notes = handed_in(files).submission.notes
    assert any(note.startswith("both part") and "define root; part" in note for note in notes)


def test_a_notebook_that_adds_nothing_is_told_in_true_words(handed_in):  # noqa: F811
    files = {"mini.py": code(*range(7)), "extra.ipynb": notebook("x = 1")}
    (note,) = handed_in(files).submission.notes
    assert note == "extra.ipynb was not graded: the assignment asks for other names"
