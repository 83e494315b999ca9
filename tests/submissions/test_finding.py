"""The right file is found under whatever name and in whatever container it is handed in."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.submissions import Submission, candidates, read_path
from grader.submissions.expected import Expected

FILE, KERAS = "logistic_regression.py", "keras_logistic_regression.py"
EXPECTED = Expected(
    (FILE, KERAS),
    {FILE: ("sigmoid", "sigmoid_grad", "softmax"), KERAS: ("build_model", "F1Score")},
    lambda: {
        "a3_mlp": {"mlp.py": ("relu", "Dense", "softmax", "MLP")},
        "a4_cnn": {"cnn.py": ("conv2d_forward", "LeNet")},
    },
)
CODE = b"""import numpy as np


def sigmoid(z):
    d = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, d) / (1.0 + d)


def sigmoid_grad(z):
    s = sigmoid(z)
    return s * (1.0 - s)
"""
SOFTMAX = b"\n\ndef softmax(z):\n    return z\n"
STUB = b'''import numpy as np


def sigmoid(z):
    """Logistic function.

def sigmoid(z): not this one
    """
    raise NotImplementedError("sigmoid is yours to write")


def sigmoid_grad(z):
    raise NotImplementedError("sigmoid_grad is yours to write")
'''
KERAS_CODE = b"import keras\n\n\ndef build_model(n):\n    return keras.Sequential()\n"
JUNK = b"\0\5\x16\7Mac OS X" + b"\0" * 20
MLP = b"def relu(x):\n    return x\n\n\nclass MLP:\n    def __init__(self):\n        self.w = 1\n"

Files = dict[str, bytes]


def notebook(*sources: bytes) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": one.decode()} for one in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def zipped(files: Files, year: int = 2026) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (year, 3, 1, 12, 0, 0))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def lay(folder: Path, files: Files, modified: dict[str, float] | None = None) -> Path:
    """Write files below a folder, all with the same time where none is given."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = (modified or {}).get(name, 1_000_000.0)
        os.utime(path, (moment, moment))
    return folder


def read(path: Path, expected: Expected = EXPECTED) -> Submission:
    return read_path(path, expected, student="ada", assignment="a2_logistic_regression")


EXACT: dict[str, Files] = {
    "exact": {FILE: CODE},
    "notebook of the right name": {"logistic_regression.ipynb": notebook(CODE)},
    "notebook named like the assignment": {"a2_logistic_regression.ipynb": notebook(CODE)},
    "__MACOSX beside": {FILE: CODE, f"__MACOSX/._{FILE}": JUNK, f"._{FILE}": JUNK},
    "checkpoint beside": {FILE: CODE, f".ipynb_checkpoints/{FILE}": STUB},
    "virtual environment beside": {
        FILE: CODE,
        "venv/pyvenv.cfg": b"home = /usr",
        f"venv/lib/python3.11/site-packages/other/{FILE}": STUB,
        f"venv/{FILE}": STUB,
    },
    "libraries beside": {FILE: CODE, f"node_modules/x/{FILE}": STUB, f"site-packages/{FILE}": STUB},
    "the course's own cases and tests": {
        FILE: CODE,
        "public/checks.json": b"{}",
        f"public/{FILE}": STUB,
        "test_a2.py": STUB,
        "conftest.py": STUB,
    },
    "compiled": {FILE: CODE, "__pycache__/logistic_regression.cpython-311.pyc": JUNK},
}
LIBERTIES: dict[str, Files] = {
    "deeper": {f"hw2/src/{FILE}": CODE},
    "case": {"Logistic_Regression.py": CODE},
    "capitals": {"LOGISTIC_REGRESSION.PY": CODE},
    "space": {"Logistic Regression.py": CODE},
    "hyphen": {"logistic-regression.py": CODE},
    "no separator": {"LogisticRegression.py": CODE},
    "student's name before": {"ada_lovelace_logistic_regression.py": CODE},
    "number before": {"1234567-logistic_regression.py": CODE},
    "student's name behind": {"logistic_regression_AdaLovelace.py": CODE},
    "final": {"logistic_regression_final_v2.py": CODE},
    "numbered copy": {"logistic_regression (2).py": CODE},
    "copy": {"logistic_regression copy.py": CODE},
    "Copy of": {"Copy of logistic_regression.py": CODE},
    "Kopie": {"logistic_regression - Kopie.py": CODE},
    "py.txt": {"logistic_regression.py.txt": CODE},
    "txt": {"logistic_regression.txt": CODE},
    "sole file of another name": {"submission.py": CODE},
    "other name beside others": {"main.py": CODE, "plot.py": b"x = 1\n", "README.md": b"hi"},
    "notebook of any name": {"Untitled.ipynb": notebook(CODE)},
    "notebook of any name beside a file": {"Untitled.ipynb": notebook(CODE), "plot.py": b"x = 1\n"},
    "ipynb.txt": {"logistic_regression.ipynb.txt": notebook(CODE)},
    "ipynb.json": {"logistic_regression.ipynb.json": notebook(CODE)},
    "notebook saved as py": {FILE: notebook(CODE)},
    "file renamed to ipynb": {"logistic_regression.ipynb": CODE},
    "UTF-16": {FILE: CODE.decode().encode("utf-16")},
    "zip": {"submission.zip": zipped({FILE: CODE})},
    "tar.gz": {"submission.tar.gz": tarred({FILE: CODE})},
    "tgz": {"submission.tgz": tarred({FILE: CODE})},
    "tar.bz2": {"submission.tar.bz2": tarred({FILE: CODE}, "w:bz2")},
    "tar.xz": {"submission.tar.xz": tarred({FILE: CODE}, "w:xz")},
    "tar": {"submission.tar": tarred({FILE: CODE}, "w")},
    "tar named zip": {"submission.zip": tarred({FILE: CODE})},
    "folders in a zip": {"hw2.zip": zipped({f"hw2/src/deep/{FILE}": CODE, "hw2/notes.md": b"."})},
    "zip in zip": {"hw2.zip": zipped({"inner.zip": zipped({FILE: CODE})})},
    "zip in zip in zip": {"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({FILE: CODE})})})},
    "zip in a folder": {"hw2/submission.zip": zipped({FILE: CODE})},
    "zip from a Mac": {"hw2.zip": zipped({f"hw2/{FILE}": CODE, f"__MACOSX/hw2/._{FILE}": JUNK})},
    "zip with an environment": {
        "hw2.zip": zipped(
            {f"hw2/{FILE}": CODE, "hw2/venv/pyvenv.cfg": b""}
            | {f"hw2/venv/lib/m{number}.py": STUB for number in range(1_500)}
        )
    },
    "other name in a zip": {"hw2.zip": zipped({"main.py": CODE, "plot.py": b"x = 1\n"})},
    "stub beside the real one": {FILE: STUB, "submission.py": CODE},
    "stub beside its notebook": {FILE: STUB, "logistic_regression.ipynb": notebook(CODE)},
    "stub beside a near name": {FILE: STUB, "logistic_regression_final.py": CODE},
    "stub beside a deeper one": {FILE: STUB, f"src/{FILE}": CODE},
    "stub beside a zip": {FILE: STUB, "submission.zip": zipped({FILE: CODE})},
    "stub notebook and a renamed one": {
        "logistic_regression.ipynb": notebook(STUB),
        FILE: STUB,
        "my work.ipynb": notebook(CODE),
    },
    "empty file beside the real one": {FILE: b"", "solution.py": CODE},
    "named like a test": {"test_logistic_regression.py": CODE, "conftest.py": b""},
    "a test beside a package's mark": {
        "test_hw2.py": CODE,
        "__init__.py": b"",
        "plot.py": b"x = 1",
    },
    "in a package's mark": {"hw2/__init__.py": CODE},
    "a notebook in which a string stays open": {
        "hw2.ipynb": notebook(b'text = """an open one\nx = 1', CODE),
        "data/notes.ipynb": notebook(b"x = 1"),
    },
    "homework of a whole term": {
        "a.py": CODE + MLP + b"def Dense(x): return x\n\n\ndef softmax(z): return z\n",
        "b.py": b"x = 1\n",
    },
    "old one beside": {"old_logistic_regression.py": STUB, "ada_logistic_regression.py": CODE},
}


def is_code(content: bytes) -> bool:
    """Whether the right text was taken, from a file or out of a notebook."""
    return CODE.strip() in content


@pytest.mark.parametrize("files", EXACT.values(), ids=EXACT)
def test_an_exact_name_needs_no_note(tmp_path: Path, files: Files) -> None:
    found = read(lay(tmp_path, files))
    assert is_code(found.files[FILE])
    assert set(found.files) == {FILE}
    assert (found.problems, found.notes, found.nothing_to_grade) == ({}, (), "")


@pytest.mark.parametrize("files", LIBERTIES.values(), ids=LIBERTIES)
def test_every_liberty_finds_the_file_and_is_told(tmp_path: Path, files: Files) -> None:
    found = read(lay(tmp_path, files))
    assert is_code(found.files[FILE])
    assert KERAS not in found.files
    assert found.problems == {}
    assert found.nothing_to_grade == ""
    assert len(found.notes) == 1
    assert found.notes[0].isprintable()


@pytest.mark.parametrize("name", ["zip", "tar.gz", "zip in zip", "space", "txt", "ipynb.txt"])
def test_the_path_may_be_the_file_itself(tmp_path: Path, name: str) -> None:
    ((file, content),) = LIBERTIES[name].items()
    found = read(lay(tmp_path, {file: content}) / file)
    assert is_code(found.files[FILE])
    assert len(found.notes) == 1


def test_two_students_with_the_same_content_are_read_alike(tmp_path: Path) -> None:
    one = read(lay(tmp_path / "one", {"hw.py": CODE}))
    two = read(lay(tmp_path / "two", {"hw.py": CODE}))
    assert one == two
    assert is_code(one.files[FILE])


DAY = 86_400.0


@pytest.mark.parametrize(
    ("names", "modified", "right", "why"),
    [
        (["v1.py", "v2.py"], {"v1.py": 3 * DAY, "v2.py": DAY}, "v1.py", "the newest"),
        (["v9.py", "v10.py"], {}, "v10.py", "its name has the higher number"),
        (["v9.py", "v10.py"], {"v9.py": 30.0, "v10.py": 0.0}, "v10.py", "higher number"),
        (["a.py", "b.py"], {}, "a.py", "its name comes first"),
    ],
)
@pytest.mark.parametrize("stem", ["", "logistic_regression_"])
def test_of_two_that_fit_equally(
    tmp_path: Path, stem: str, names: list[str], modified: dict[str, float], right: str, why: str
) -> None:
    files = {f"{stem}{name}": CODE + f"WHO = '{name}'\n".encode() for name in names}
    found = read(lay(tmp_path, files, {f"{stem}{name}": at for name, at in modified.items()}))
    assert f"WHO = '{right}'".encode() in found.files[FILE]
    assert any(why in note and f"{stem}{right}" in note for note in found.notes)


def test_without_times_and_numbers_the_fuller_of_two_counts(tmp_path: Path) -> None:
    fuller = CODE + b"def softmax(z):\n    return z\n"
    found = read(
        lay(tmp_path, {"ada_logistic_regression.py": CODE, "bob_logistic_regression.py": fuller})
    )
    assert found.files[FILE] == fuller
    assert any("it has more exercises" in note for note in found.notes)


def test_the_times_of_a_checkout_are_no_times(tmp_path: Path) -> None:
    files = {"logistic_regression_1.py": b"#1\n" + CODE, "logistic_regression_2.py": CODE}
    lay(tmp_path, files, {"logistic_regression_1.py": 9 * DAY})
    found = read_path(tmp_path, EXPECTED, student="", assignment="a2", dated=False)
    assert found.files[FILE] == CODE


def test_the_times_in_an_archive_are_times(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, year in (("logistic_regression_1.py", 2026), ("logistic_regression_2.py", 2025)):
            info = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            archive.writestr(info, CODE + f"YEAR = {year}\n".encode())
    found = read(lay(tmp_path, {"work.zip": stream.getvalue()}))
    assert b"YEAR = 2026" in found.files[FILE]
    assert found.submitted_at == "1970-01-12T13:46:40+00:00"  # the zip's own, which came here


def test_two_archives_are_compared_file_by_file(tmp_path: Path) -> None:
    files = {
        "v1.zip": zipped({FILE: CODE + b"OLD = 1\n"}, 2025),
        "v2.zip": zipped({FILE: CODE}, 2026),
    }
    found = read(lay(tmp_path, files))
    assert found.files == {FILE: CODE}
    assert found.sources == {FILE: f"v2.zip/{FILE}"}


def test_one_notebook_serves_both_files_with_one_note(tmp_path: Path) -> None:
    content = notebook(b"import numpy as np\nimport keras", CODE, KERAS_CODE)
    found = read(lay(tmp_path, {"logistic_regression.ipynb": content}))
    assert found.files[KERAS] == found.files[FILE]
    assert found.line_origins[KERAS] == found.line_origins[FILE]
    assert len(found.notes) == 1
    assert "logistic_regression.ipynb defines 1 of the 2 exercises" in found.notes[0]


def test_one_file_serves_both_although_the_other_stub_lies_beside_it(tmp_path: Path) -> None:
    stub = b"def build_model(n):\n    raise NotImplementedError\n"
    found = read(lay(tmp_path, {FILE: CODE + KERAS_CODE, KERAS: stub}))
    assert found.files == {FILE: CODE + KERAS_CODE, KERAS: CODE + KERAS_CODE}
    assert len(found.notes) == 1


def test_parts_in_folders_of_their_own(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {"numpy/hw.py": CODE, "keras/hw.py": KERAS_CODE}))
    assert found.files == {FILE: CODE, KERAS: KERAS_CODE}
    assert set(found.sources.values()) == {"numpy/hw.py", "keras/hw.py"}


def test_a_file_that_takes_everything_from_another_is_not_empty(tmp_path: Path) -> None:
    own = b"from functions import *\nVERSION = 2\n"
    found = read(lay(tmp_path, {FILE: own, "functions.py": CODE}))
    assert found.files == {FILE: own, "functions.py": CODE}
    assert found.notes == ()


def test_helpers_are_not_mistaken_for_the_file(tmp_path: Path) -> None:
    files = {
        "ada_logistic_regression.py": b"from logistic_regression_tools import stable\n" + CODE,
        "logistic_regression_tools.py": b"def stable(z):\n    return z\n",
    }
    found = read(lay(tmp_path, files))
    assert is_code(found.files[FILE])
    assert "logistic_regression_tools.py" in found.files


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"report.pdf": b"%PDF", "submission.rar": b"Rar!"},
            "found: report.pdf, submission.rar; hand in .py or .ipynb",
        ),
        ({}, "the folder is empty"),
        ({"a/b/page.html": b"<html>", "x.docx": b"PK"}, "x.docx, a/b/page.html"),
        ({"work.7z": b"7z"}, "pack them as .zip"),
        ({FILE: b"\n"}, f"{FILE} is empty"),
        (
            {"timestamp.txt": b"2026", "a.pdf": b"%PDF"},
            "found: a.pdf; hand in .py or .ipynb.",
        ),
        ({"work.zip": b"Rar!\x1a\x07"}, "work.zip is a RAR archive"),
        ({"work.zip": zipped({"report.pdf": b"%PDF"})}, "report.pdf"),
        ({"mlp.py": MLP}, "mlp.py, and this looks like a3's mlp.py"),
        ({FILE: MLP}, f"{FILE}, and this looks like a3's mlp.py"),
        ({"hw.ipynb": notebook(MLP)}, "this looks like a3's mlp.py"),
        ({"a.py": b"x = 1\n", "b.py": b"y = 1\n"}, "No exercise of"),
        ({f"__MACOSX/._{FILE}": JUNK}, "nothing was found but __MACOSX"),
        ({f"a/b/c/d/e/f/g/{FILE}": CODE}, "more than 6 folders deep (a/b/c/d/e/f/g)"),
        ({"test_a2.py": b"def test_it(): pass\n"}, "found: test_a2.py"),
        ({"__init__.py": b"x = 1\n", "conftest.py": b""}, "found: __init__.py, conftest.py"),
    ],
    ids=range(16),
)
def test_nothing_to_grade_is_said_in_words(tmp_path: Path, files: Files, said: str) -> None:
    found = read(lay(tmp_path, files))
    assert said in found.nothing_to_grade
    assert found.nothing_to_grade.startswith("There is nothing to grade here")
    assert found.nothing_to_grade.endswith(".")


@pytest.mark.parametrize("in_notebook", [True, False])
def test_of_a_file_and_its_notebook_the_one_with_more_exercises_counts(
    tmp_path: Path, in_notebook: bool
) -> None:
    part = CODE.partition(b"def sigmoid_grad")[0]
    python, cells = (part, CODE) if in_notebook else (CODE, part)
    found = read(lay(tmp_path, {FILE: python, f"{FILE[:-3]}.ipynb": notebook(cells)}))
    assert b"def sigmoid_grad" in found.files[FILE]
    assert any("because it has more exercises" in note for note in found.notes) is in_notebook


def test_a_file_with_some_exercises_of_both_assignments_is_ours(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {"hw.py": CODE + b"def softmax(z):\n    return z\n", "b.py": b""}))
    assert is_code(found.files[FILE])
    assert found.nothing_to_grade == ""


def test_the_other_assignments_are_not_read_without_need(tmp_path: Path) -> None:
    def asked() -> dict:
        raise AssertionError("nobody needs to know")

    asking = replace(EXPECTED, others=asked)
    assert is_code(read(lay(tmp_path, {FILE: CODE, "tools.py": b""}), asking).files[FILE])


def test_untouched_stubs_can_be_graded_and_are_told(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {FILE: STUB, "report.pdf": b"%PDF"}))
    assert found.files == {FILE: STUB}
    assert found.nothing_to_grade == ""
    assert found.notes == (
        f"nothing that is asked for is written yet: {FILE} holds the stubs as they were given",
    )


def test_what_else_could_hold_the_missing_part_is_named(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {FILE: CODE, "keras.rar": b"Rar!", "report.pdf": b"%PDF"}))
    assert found.notes == ("keras.rar cannot be opened here; hand in .py, .ipynb or .zip",)


def test_an_archive_beside_the_files_is_not_opened_and_told(tmp_path: Path) -> None:
    whole = {FILE: CODE + SOFTMAX, KERAS: KERAS_CODE + b"\n\nclass F1Score:\n    x = 1\n"}
    found = read(lay(tmp_path, whole | {"backup.zip": zipped({FILE: STUB})}))
    assert found.files == whole
    assert found.notes == (
        "backup.zip was not opened, because all that is asked for lies beside it",
    )


@pytest.mark.parametrize("inside", ["", "some/where/"])
def test_five_thousand_files_are_bounded(
    tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few of them are read, and the one that is imported is among these."""
    read_files = []
    original = candidates.read_regular

    def counted(path: Path, limit: int) -> tuple[bytes, float]:
        read_files.append(path)
        return original(path, limit)

    monkeypatch.setattr(candidates, "read_regular", counted)
    many = {f"{inside}part{number:04}.py": b"" for number in range(5_000)}
    many[f"{inside}logistic regression.py"] = b"import part4999\n" + CODE
    found = read(lay(tmp_path, many))
    assert is_code(found.files[FILE])
    assert "part4999.py" in found.files
    assert len(found.files) == 200
    assert len(found.notes) <= 41
    assert len(read_files) < 600


def test_more_files_than_anybody_looks_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.submissions import tree

    monkeypatch.setattr(tree, "MAX_ENTRIES", 50)
    many = {f"sub/part{number:04}.py": b"" for number in range(200)}
    found = read(lay(tmp_path, many | {FILE: CODE}))
    assert is_code(found.files[FILE])
    assert "there are more than 50 files; the others were not looked at" in found.notes


def test_a_bomb_inside_a_submission_costs_the_archive(tmp_path: Path) -> None:
    bomb = zipped({FILE: b"#" * (32 * 2**20)})
    found = read(lay(tmp_path, {"work.zip": bomb, "main.py": CODE}))
    assert is_code(found.files[FILE])
    assert any("work.zip was not opened: it holds a zip bomb" in note for note in found.notes)


def test_a_zip_in_a_zip_without_end(tmp_path: Path) -> None:
    content = zipped({FILE: CODE})
    for _ in range(20):
        content = zipped({"again.zip": content})
    found = read(lay(tmp_path, {"work.zip": content}))
    assert FILE not in found.files
    assert "work.zip" in found.nothing_to_grade
    assert any("3 is the limit" in note for note in found.notes)


def test_links_in_folders_are_not_followed(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", {FILE: CODE})
    folder = tmp_path / "submission"
    folder.mkdir()
    try:
        (folder / "linked").symlink_to(outside)
    except OSError:
        pytest.skip("this account may not make links")
    assert read(folder).files == {}
