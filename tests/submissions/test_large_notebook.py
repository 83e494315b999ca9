"""Notebooks of a hundred megabytes: their code is graded, their outputs are not kept in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.submissions import Submission, read_path
from grader.submissions import large_notebook as large_notebook_module
from tests.submissions.test_notebook import EXPECTED, code, module_of, notebook_bytes, text

MEGABYTE = 2**20
pytest.importorskip("ijson")


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_notebook_module, "MAX_NOTEBOOK", 0)


def read(folder: Path, content: bytes) -> Submission:
    (folder / "mlp.ipynb").write_bytes(content)
    return read_path(folder, EXPECTED, student="alice", assignment="a3_mlp")


CELLS = (
    text("# Title"),
    code(["import math\n", "def f():\n", "    return '两'"], outputs=[{"data": [1, [{}], "x"]}]),
    code("x = f()", metadata={"nbgrader": {"grade_id": "cell-x", "points": 1.5, "n": None}}),
    {"cell_type": "markdown", "source": "![](a:b)", "attachments": {"a": {"outputs": 1}}},
    code("outputs = {'cells': 1}", id="same"),
    code("y = 2", id="same"),
    7,
    code(None),
)


def test_large_and_small_notebooks_are_read_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (
        notebook_bytes(*CELLS),
        b"\xef\xbb\xbf" + notebook_bytes(*CELLS),
        notebook_bytes(*CELLS).decode().encode("utf-16"),
        notebook_bytes(*CELLS).decode().encode("utf-16-be"),
        notebook_bytes(*CELLS).decode().encode("utf-32-le"),
        json.dumps({"metadata": {"cells": [code("z = 1")]}, "cells": [code("x = 1")]}).encode(),
        json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]}).encode(),
        json.dumps({"cells": []}).encode(),
        json.dumps({"cells": 3}).encode(),
        json.dumps([code("x = 1")]).encode(),
        b"17",
    ):
        monkeypatch.setattr(large_notebook_module, "MAX_NOTEBOOK", 0)
        large = read(tmp_path, content)
        monkeypatch.setattr(large_notebook_module, "MAX_NOTEBOOK", 25 * MEGABYTE)
        small = read(tmp_path, content)
        assert replace(small, submitted_at=None) == replace(large, submitted_at=None)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"\0" * 100, "is not valid JSON"),
        (notebook_bytes(code("x"))[:-2], "is not valid JSON"),
        (notebook_bytes(code("x")) + b"}", "is not valid JSON"),
        (b'{"cells": [{"source": "\xff"}]}', "is not valid JSON"),
        (b'{"cells": ' + b"[" * 1_000_000, "is not valid JSON"),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "cannot be read as JSON"),
        (notebook_bytes(code("#" * 11 * MEGABYTE)), "10 MB even without its outputs"),
        (
            notebook_bytes(*[code("x", metadata=[1] * 999)] * 5_000),
            "10 MB even without its outputs",
        ),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    found = read(tmp_path, content)
    assert message in found.problems["mlp.py"] and not found.files


def test_too_many_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_notebook_module, "MAX_EVENTS", 1_000)
    found = read(tmp_path, notebook_bytes(code("x = 1", outputs=[[]] * 1_000)))
    assert "more than 1,000 values; clear its outputs" in found.problems["mlp.py"]


def test_beyond_all_limits(tmp_path: Path) -> None:
    with (tmp_path / "mlp.ipynb").open("wb") as stream:
        stream.truncate(300 * MEGABYTE)
    found = read_path(tmp_path, EXPECTED, student="alice", assignment="a3_mlp")
    assert found.problems["mlp.py"].endswith(
        "is 300 MB, the limit is 256 MB; clear its outputs and save it again"
    )


def test_without_the_library_large_notebooks_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ijson", None)
    monkeypatch.setattr(large_notebook_module, "MAX_NOTEBOOK", MEGABYTE)
    assert module_of(read(tmp_path, notebook_bytes(code("x = 1")))).x == 1
    found = read(tmp_path, notebook_bytes(code("x = 1", outputs="x" * 2 * MEGABYTE)))
    assert "the limit is 1 MB; clear its outputs" in found.problems["mlp.py"]


_MEASURED = """
import resource, sys
from pathlib import Path
from grader.submissions import read_path
resource.setrlimit(resource.RLIMIT_DATA, (400 * 2**20,) * 2)
found = read_path(Path(sys.argv[1]), ["mlp.py"], student="ada", assignment="a3_mlp")
print(found.problems, found.files["mlp.py"].decode().splitlines()[1:])
"""


@pytest.mark.parametrize("kind", ["plots", "brackets"])
@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_a_hundred_megabytes_in_little_memory(tmp_path: Path, kind: str) -> None:
    """In the memory that the interpreter and the libraries take; read whole it would take more."""
    output = '"' + "A" * 10 * MEGABYTE + '"' if kind == "plots" else "[]," * 4_000_000 + "[]"
    with (tmp_path / "mlp.ipynb").open("w") as stream:
        stream.write('{"cells": [{"cell_type": "code", "source": "x = 1", "outputs": [')
        stream.write(",".join([output] * 10) if kind == "plots" else output)
        if kind == "brackets":
            stream.write(" " * 90 * MEGABYTE)
        stream.write("]}]}")
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(tmp_path)], capture_output=True, text=True
    )
    assert ended.stdout.strip() == "{} ['x = 1']", ended.stderr
