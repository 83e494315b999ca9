"""Files that hold what the chosen one leaves open come along, as modules of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.submissions.handing_in import (
    CODE,
    FILE,
    KERAS,
    KERAS_CODE,
    MLP,
    SOFTMAX,
    STUB,
    lay,
    notebook,
    read,
)
from tests.submissions.handing_in import zipped as zip_of

NUMPY = b"import numpy as np\n"
OTHER = NUMPY + SOFTMAX


@pytest.mark.parametrize(
    ("place", "module"),
    [
        ("part2.py", "part2.py"),
        ("part 2.py", "from_part_2_py.py"),
        ("part2.ipynb", "from_part2_ipynb.py"),
        ("numpy.ipynb", "from_numpy_ipynb.py"),
        ("deep/er/part2.py", "from_deep_er_part2_py.py"),
        (f"old/{FILE}", "from_old_logistic_regression_py.py"),
        ("Übung 2 (final).py", "from_Übung_2_final_py.py"),
    ],
)
def test_it_has_a_name_that_nothing_else_can_have(tmp_path: Path, place: str, module: str) -> None:
    content = notebook(OTHER) if place.endswith("ipynb") else OTHER
    found = read(lay(tmp_path, {FILE: CODE, place: content}))
    assert set(found.files) == {FILE, module}
    assert found.files[FILE] == CODE
    assert SOFTMAX.strip() in found.files[module]
    assert found.sources[module] == place
    assert not any("left out" in note or "not graded" in note for note in found.notes)


def test_two_of_one_name_have_two_names(tmp_path: Path) -> None:
    files = {
        FILE: b"def sigmoid(z):\n    return z\n",
        "a b.py": OTHER,
        "a-b.py": b"def sigmoid_grad(z):\n    return z\n",
    }
    found = read(lay(tmp_path, files))
    assert set(found.files) == {FILE, "from_a_b_py.py", "from_a_b_py_2.py"}


def test_a_cell_of_a_second_notebook_is_cited_with_its_name(tmp_path: Path) -> None:
    files = {f"{FILE[:-3]}.ipynb": notebook(CODE), "rest {2}.ipynb": notebook(b"", OTHER)}
    found = read(lay(tmp_path, files))
    (module,) = set(found.files) - {FILE}
    assert "rest {2}.ipynb, cell 2, line 1" in found.line_origins[module].values()
    assert "cell 1, line 1" in found.line_origins[FILE].values()


@pytest.mark.parametrize("rest", [STUB, b"x = 1\n", MLP + SOFTMAX, b"from x import softmax\n"])
def test_what_holds_nothing_that_is_open_stays_behind(tmp_path: Path, rest: bytes) -> None:
    assert set(read(lay(tmp_path, {FILE: CODE, "a b.ipynb": notebook(rest)})).files) == {FILE}


def test_what_is_complete_needs_no_other(tmp_path: Path) -> None:
    whole = CODE + SOFTMAX
    found = read(lay(tmp_path, {FILE: whole, "a b.ipynb": notebook(whole)}))
    assert found.files == {FILE: whole}


def test_the_newer_of_two_counts_before_the_older(tmp_path: Path) -> None:
    files = {FILE: CODE, "a.ipynb": notebook(OTHER), "b.ipynb": notebook(OTHER)}
    found = read(lay(tmp_path, files, {FILE: 0.0, "a.ipynb": 1e6, "b.ipynb": 9e6}))
    assert set(found.files) == {FILE, "from_b_ipynb.py"}


def test_what_is_open_is_looked_for_in_archives(tmp_path: Path) -> None:
    keras = KERAS_CODE + b"\n\nclass F1Score:\n    x = 1\n"
    files = {FILE: CODE, KERAS: keras, "rest.zip": zip_of({"rest.py": OTHER})}
    sources = read(lay(tmp_path, files)).sources
    assert sources == {
        FILE: FILE,
        KERAS: KERAS,
        "from_rest_zip_rest_py.py": "rest.zip/rest.py",
    }


def test_five_thousand_that_hold_it_are_one(tmp_path: Path) -> None:
    many = {f"much/more/part{number}.py": OTHER for number in range(5_000)}
    found = read(lay(tmp_path, many | {FILE: CODE}))
    assert len(found.files) == 2


def test_a_module_that_was_graded_keeps_the_name_that_another_imports_it_by(
    tmp_path: Path,
) -> None:
    files = {"part1.py": CODE, "part2.py": b"from part1 import sigmoid\n" + OTHER}
    found = read(lay(tmp_path, files))
    assert found.files == files | {FILE: CODE}
    assert KERAS not in found.files
