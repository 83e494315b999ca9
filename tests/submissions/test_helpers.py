"""A student's own modules and packages come along, under the names that they are imported by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.submissions.beside import taken_beside
from tests.submissions.handing_in import (
    CODE,
    EXPECTED,
    FILE,
    KERAS,
    KERAS_CODE,
    SOFTMAX,
    STUB,
    lay,
    read,
)

USING = b"from utils.maths import stable\nimport tools\n" + CODE
MATHS = b"def stable(z):\n    return z\n"


@pytest.mark.parametrize("package", ["utils/__init__.py", "utils/readme.md"])
def test_a_package_with_or_without_its_first_file(tmp_path: Path, package: str) -> None:
    files = {FILE: USING, "tools.py": b"t = 1\n", "utils/maths.py": MATHS, package: b"# first\n"}
    found = read(lay(tmp_path, files))
    expected = {FILE, "tools.py", "utils/maths.py", package}
    assert set(found.files) == {name for name in expected if name.endswith(".py")}
    assert found.files["utils/maths.py"] == MATHS
    assert found.notes == ()


def test_what_no_file_names_stays_behind(tmp_path: Path) -> None:
    files = {FILE: CODE, "experiments/run.py": b"x = 1\n", "data/train.csv": b"1,2\n"}
    assert set(read(lay(tmp_path, files)).files) == {FILE}


def test_a_package_that_a_helper_names(tmp_path: Path) -> None:
    files = {FILE: b"import tools\n" + CODE, "tools.py": b"import deep.inner\n"}
    files |= {
        "deep/inner.py": b"from deep import other\n",
        "deep/other.py": b"from last import x\n",
    }
    files |= {"last/__init__.py": b"x = 1\n"}
    assert set(read(lay(tmp_path, files)).files) == set(files)


def test_a_deeper_file_sees_what_lies_beside_it_and_above_it(tmp_path: Path) -> None:
    files = {
        f"hw2/src/{FILE}": b"import beside, above\nimport src.beside\nimport pkg.part\n" + CODE,
        "hw2/src/beside.py": b"b = 1\n",
        "hw2/above.py": b"a = 1\n",
        "hw2/pkg/part.py": b"p = 1\n",
        "hw2/not_named.py": b"n = 1\n",
    }
    found = read(lay(tmp_path, files))
    assert set(found.files) == {
        FILE,
        "beside.py",
        "above.py",
        "pkg/part.py",
        "src/beside.py",
        f"src/{FILE}",
    }
    assert found.sources["above.py"] == "hw2/above.py"


def test_the_nearest_of_two_modules_of_one_name_counts(tmp_path: Path) -> None:
    files = {
        f"src/{FILE}": b"import tools\n" + CODE,
        "src/tools.py": b"near = 1\n",
        "tools.py": b"far = 1\n",
    }
    found = read(lay(tmp_path, files))
    assert found.files["tools.py"] == b"near = 1\n"
    assert "tools.py was left out: src/tools.py has the same name" in found.notes


def test_folders_named_like_libraries_do_not_stand_in_for_them(tmp_path: Path) -> None:
    files = {f"numpy/{FILE}": CODE, f"keras/{KERAS}": KERAS_CODE, "numpy/__init__.py": b""}
    found = read(lay(tmp_path, files))
    assert set(found.files) == {FILE, KERAS, "__init__.py"}


def test_helpers_come_out_of_an_archive_as_well(tmp_path: Path) -> None:
    from tests.submissions.handing_in import zipped

    inside = {f"hw2/{FILE}": USING, "hw2/tools.py": b"", "hw2/utils/maths.py": MATHS}
    found = read(lay(tmp_path, {"work.zip": zipped(inside)}))
    assert set(found.files) == {FILE, "tools.py", "utils/maths.py"}


def test_a_module_that_was_graded_under_another_name_can_still_be_imported(tmp_path: Path) -> None:
    keras = b"from submission import sigmoid\n" + KERAS_CODE
    found = read(lay(tmp_path, {"submission.py": CODE, KERAS: keras}))
    assert found.files[FILE] == found.files["submission.py"] == CODE


def test_a_file_named_like_a_test_comes_along_when_it_is_imported(tmp_path: Path) -> None:
    importing = b"from test_tools import stable\n" + CODE
    beside = {"test_tools.py": b"def stable(z): return z\n", "test_a2.py": STUB}
    assert set(read(lay(tmp_path, {FILE: importing, **beside})).files) == {FILE, "test_tools.py"}


def test_names_that_cannot_be_imported_and_course_files_stay_behind(tmp_path: Path) -> None:
    files = {
        FILE: b"import my, sitecustomize, utils\n" + CODE,
        "my-package/x.py": b"",
        "sitecustomize.py": b"",
        "test_utils.py": STUB,
        "utils/conftest.py": b"",
    }
    assert set(read(lay(tmp_path, files)).files) == {FILE}


def notebook(*cells: str) -> bytes:
    made = [{"cell_type": "code", "source": one} for one in cells]
    return json.dumps({"cells": made}).encode()


RUN = {
    "a notebook": ("other.ipynb", "other.py", notebook("import os", MATHS.decode())),
    "a notebook of another spelling": (
        "My Helpers-2.ipynb",
        "My_Helpers_2.py",
        notebook(MATHS.decode()),
    ),
    "a notebook in a folder": ("lib/other.ipynb", "lib/other.py", notebook(MATHS.decode())),
    "a module": ("helpers.py", "helpers.py", MATHS),
    "a module of another spelling": ("my-helpers.py", "my_helpers.py", MATHS),
}


@pytest.mark.parametrize("kind", RUN)
@pytest.mark.parametrize("folder", ["", "deep/er/"])
def test_a_file_that_is_run_comes_along(tmp_path: Path, kind: str, folder: str) -> None:
    place, name, content = RUN[kind]
    main = notebook(f'%run "{place}"\n', CODE.decode())
    files = {f"{folder}{FILE.replace('.py', '.ipynb')}": main, f"{folder}{place}": content}
    found = read(lay(tmp_path, files))
    assert set(found.files) == {FILE, name}
    assert b"def stable" in found.files[name]
    module = name.removesuffix(".py").replace("/", ".")
    told = [note for note in found.notes if note.endswith(f"was taken as from {module} import *")]
    assert len(told) == 1 and f'%run "{place}"' in told[0]
    assert not any("not graded" in note or "left out" in note for note in found.notes)
    if place.endswith(".ipynb"):
        line = found.files[name].decode().split("\n").index("def stable(z):") + 1
        cell = 2 if kind == "a notebook" else 1
        assert found.line_origins[name][line] == f"{folder}{place}, cell {cell}, line 1"


@pytest.mark.parametrize("line", ["import utils", "from utils import stable", "import os, utils"])
def test_a_notebook_that_is_imported_comes_along_and_is_noted(tmp_path: Path, line: str) -> None:
    files = {FILE: f"{line}\n".encode() + CODE, "utils.ipynb": notebook(MATHS.decode())}
    found = read(lay(tmp_path, files))
    assert set(found.files) == {FILE, "utils.py"}
    assert found.notes == ("utils.ipynb was taken as the module utils",)


@pytest.mark.parametrize("name", ["random", "numpy", "other"])
def test_a_notebook_stands_in_for_no_module_of_python_and_for_none_unasked(
    tmp_path: Path, name: str
) -> None:
    code = b"import random\nimport numpy\n# no import other\n" + CODE
    found = read(lay(tmp_path, {FILE: code, f"{name}.ipynb": notebook(MATHS.decode())}))
    assert set(found.files) == {FILE}


def test_what_is_run_may_run_more_and_itself(tmp_path: Path) -> None:
    files = {
        FILE.replace(".py", ".ipynb"): notebook("%run a.ipynb", CODE.decode()),
        "a.ipynb": notebook("%run b.ipynb\n%run a.ipynb\nx = 1"),
        "b.ipynb": notebook("%run a.ipynb", MATHS.decode()),
        "c.ipynb": notebook("y = 1"),
    }
    assert set(read(lay(tmp_path, files)).files) == {FILE, "a.py", "b.py"}


def test_what_is_run_and_is_not_there_costs_nothing_when_it_is_read(tmp_path: Path) -> None:
    main = notebook("%run missing.ipynb\n%run ../secret.py", CODE.decode())
    found = read(lay(tmp_path, {FILE.replace(".py", ".ipynb"): main}))
    assert set(found.files) == {FILE}
    assert any("%run missing.ipynb was taken as" in note for note in found.notes)


def test_a_notebook_may_write_a_module_into_a_folder(tmp_path: Path) -> None:
    using = f"from src.deep.helper import X\n{CODE.decode()}"
    cells = "%%writefile src/deep/helper.py\nX = 1\n", using
    found = read(lay(tmp_path, {"hw.ipynb": notebook(*cells)}))
    assert b"X = 1" in found.files["src/deep/helper.py"]


NOTEBOOK = "logistic_regression.ipynb"


@pytest.mark.parametrize(
    ("written", "line", "name"),
    [
        ("src/helper.py", b"from helper import stable\n", "helper.py"),
        ("lib/deep/helper.py", b"import helper\n", "helper.py"),
        ("src/tools/maths.py", b"from tools.maths import stable\n", "tools/maths.py"),
    ],
)
def test_a_module_that_a_notebook_wrote_into_a_folder(
    tmp_path: Path, written: str, line: bytes, name: str
) -> None:
    cells = f"%%writefile {written}\n{MATHS.decode()}", (line + CODE).decode()
    found = read(lay(tmp_path, {NOTEBOOK: notebook(*cells)}))
    assert set(found.files) == {FILE, written, name}
    assert found.files[name] == found.files[written]
    assert found.line_origins[name] == found.line_origins[written]


def test_an_exercise_that_a_notebook_wrote_into_a_folder(tmp_path: Path) -> None:
    using = "from acts import sigmoid, sigmoid_grad\n" + SOFTMAX.decode()
    cells = "%%writefile src/acts.py\n" + CODE.decode(), using
    files = {NOTEBOOK: notebook(*cells), "old_try.py": b"def sigmoid(z):\n    return 0\n"}
    found = read(lay(tmp_path, files))
    assert "acts.py" in found.files
    assert not any("taken from old_try.py" in note for note in found.notes)


def test_what_lies_beside_a_notebook_that_writes_it_too(tmp_path: Path) -> None:
    using = "from helper import stable\n" + CODE.decode()
    cells = "%%writefile helper.py\n" + MATHS.decode(), using
    files = {NOTEBOOK: notebook(*cells), "helper.py": MATHS + b"\n"}
    assert not any("left out" in note for note in read(lay(tmp_path, files)).notes)
    files["helper.py"] = b"def stable(z):\n    return 0\n"
    note = f"helper.py was left out: {NOTEBOOK} writes the module helper"
    assert note in read(lay(tmp_path, files)).notes


def test_a_running_notebook_wrote_what_lies_beside_it(tmp_path: Path) -> None:
    lay(tmp_path, {"helper.py": MATHS})
    own = {FILE: b"from helper import stable\n" + CODE, "helper.py": b"\n# cell\n" + MATHS}
    assert not taken_beside(tmp_path, own, EXPECTED, "a2_logistic_regression").notes


OPENING = b"K = float(open('k.txt').read())\n" + CODE


def test_of_files_of_one_name_the_one_beside_the_code_is_opened(tmp_path: Path) -> None:
    files = {f"hw/{FILE}": OPENING, "hw/k.txt": b"2", "k.txt": b"3", "a/k.txt": b"4"}
    found = read(lay(tmp_path, files))
    assert found.files["k.txt"] == b"2"
    assert "of the files that the code may open as k.txt, hw/k.txt counts, not k.txt" in found.notes
    lay(tmp_path, {"k.txt": b"2\n"})  # the same
    assert not any("may open" in note for note in read(tmp_path).notes)


def test_of_files_of_one_name_the_one_of_the_graded_file_is_opened(tmp_path: Path) -> None:
    softmax = b"K = float(open('k.txt').read())\n" + SOFTMAX
    files = {"q1/a.py": softmax, "q1/k.txt": b"1", "q2/b.py": OPENING, "q2/k.txt": b"2"}
    found = read(lay(tmp_path, files))
    graded = found.sources[FILE].partition("/")[0]
    assert found.sources["k.txt"] == f"{graded}/k.txt"
    other = {"q1": "q2", "q2": "q1"}[graded]
    private = [one for one in found.files if one.endswith("-modules/k.txt")]
    assert [found.sources[one] for one in private] == [f"{other}/k.txt"]
    assert not any("k.txt" in note for note in found.notes)


def test_only_one_file_of_a_name_lies_above(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {f"hw/{FILE}": OPENING, "k.txt": b"3"}))
    assert found.files["k.txt"] == b"3"
    assert not any("k.txt" in note for note in found.notes)


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("config.json", "config-1.json"),
        ("config.json", "config (1).json"),
        ("D.CSV", "d.csv"),
        ("helper.py", "helper-1.py"),
        ("helper.py", "helper (2).py"),
    ],
)
def test_a_file_that_is_opened_has_nearly_the_name(tmp_path: Path, said: str, given: str) -> None:
    files = {FILE: f"T = open('{said}').read()\n".encode() + CODE, given: b"1"}
    found = read(lay(tmp_path, files))
    assert found.files[said] == b"1"
    assert found.notes == (f"{given} was taken as {said}",)
    lay(tmp_path, {said: b"2"})
    assert read(tmp_path).files[said] == b"2"


def test_of_near_names_the_later_one_is_opened(tmp_path: Path) -> None:
    files = {FILE: b"T = open('k.txt').read()\n" + CODE, "k-1.txt": b"1", "k-2.txt": b"2"}
    assert read(lay(tmp_path, files)).files["k.txt"] == b"2"
