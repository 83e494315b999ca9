"""The right file is found under whatever name and in whatever container it is handed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.submissions.handing_in import (
    CODE,
    FILE,
    JUNK,
    KERAS,
    MLP,
    STUB,
    Files,
    is_code,
    lay,
    notebook,
    read,
    tarred,
    zipped,
)

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


def test_exercises_that_a_notebook_writes_into_modules_are_not_called_unwritten(
    tmp_path: Path,
) -> None:
    first, second = CODE.split(b"\n\n\ndef sigmoid_grad")
    cells = [
        b"%%writefile part1.py\n" + first,
        b"%%writefile part2.py\nfrom part1 import sigmoid\n\n\ndef sigmoid_grad" + second,
        b"from part1 import *\nfrom part2 import *",
    ]
    found = read(lay(tmp_path, {"nb.ipynb": notebook(*cells)}))
    assert {"part1.py", "part2.py"} <= found.files.keys()
    assert not any("nothing that is asked for" in note for note in found.notes), found.notes
    lay(tmp_path, {"nb.ipynb": notebook(b"x = 1")})
    assert any("nothing that is asked for" in note for note in read(tmp_path).notes)


@pytest.mark.parametrize(
    "name",
    [
        FILE.removesuffix(".py"),
        f"{FILE}.docx",
        f"{FILE}.md",
        f"{FILE}.bak",
        f"{FILE}~",
        "Logistic Regression",
        "ada_logistic_regression_final.py.doc",
        "homework",
        "work.ipynb.html",
    ],
)
def test_the_content_counts_where_the_ending_is_odd(tmp_path: Path, name: str) -> None:
    content = notebook(CODE) if "ipynb" in name else CODE
    assert is_code(read(lay(tmp_path, {name: content, "README": b"A text.\n"})).files[FILE])


def test_a_name_that_is_code_beats_an_odd_one(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {f"{FILE}~": STUB, f"{FILE}.bak": STUB, FILE: CODE}))
    assert is_code(found.files[FILE])
