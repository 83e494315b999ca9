"""Notebooks: which code they hold, for which file, and where each line stood."""

from __future__ import annotations

import json
import os
import types
from pathlib import Path
from typing import Any

import pytest

from grader.submissions import Submission, read_path
from grader.submissions import notebook as notebook_module
from grader.worker.parts import parts_of
from grader.worker.source import inspect_source
from tests.submissions.loaded import run

EXPECTED = ["mlp.py", "keras_mlp.py"]
EXACT = {"mlp.ipynb", "keras_mlp.ipynb", "a3_mlp.ipynb"}


def code(source: Any, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def notebook_bytes(*cells: Any) -> bytes:
    notebook = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook).encode()


def read(folder: Path, *cells: Any, name: str = "mlp.ipynb") -> Submission:
    (folder / name).write_bytes(notebook_bytes(*cells))
    return read_path(folder, EXPECTED, student="alice", assignment="a3_mlp")


def module_of(submission: Submission, name: str = "mlp.py") -> types.ModuleType:
    module = types.ModuleType(name.removesuffix(".py"))
    run(submission.files[name], module, name)
    return module


def test_code_cells_in_order_with_their_origins(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        text("# Title"),
        code(["import math\n", "\n", "def area(r):\n", "    return math.pi * r\n"]),
        code(""),
        text("Now *right*."),
        code("def area(r):\n    return math.pi * r * r"),
    )
    assert list(found.files) == ["mlp.py"]
    assert module_of(found).area(2) == pytest.approx(12.566370614)  # the last definition wins
    lines = found.files["mlp.py"].decode().splitlines()
    origins = found.line_origins["mlp.py"]
    assert origins[lines.index("import math") + 1] == "cell 2, line 1"
    assert origins[lines.index("    return math.pi * r") + 1] == "cell 2, line 4"
    assert origins[lines.index("    return math.pi * r * r") + 1] == "cell 5, line 2"
    assert origins.get(1) is None  # the mark of the first cell
    assert origins.get(0) is None
    assert origins.get(1_000) is None
    assert len(origins) == 6
    assert list(origins) == [2, 3, 4, 5, 7, 8]


def test_every_line_of_every_cell_finds_its_way_back(tmp_path: Path) -> None:
    sources = [["a = 1", "", "b = 2"], ["%time", "c = 3"], ['"""x', "", "", '"""'], ["d = 4"]]
    found = read(tmp_path, *(code("\n".join(source)) for source in sources))
    lines = found.files["mlp.py"].decode().split("\n")
    seen = {}
    for line, origin in found.line_origins["mlp.py"].items():
        seen[origin] = lines[line - 1]
    expected = {
        f"cell {cell}, line {number}": one if one != "%time" else "# left out: %time"
        for cell, source in enumerate(sources, start=1)
        for number, one in enumerate(source, start=1)
    }
    assert seen == expected


def test_a_cell_names_another_file(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        code("x = 1"),
        code("\n# file: keras_mlp.py\ny = 2"),
        code("z = 3"),
        code("#file: mlp.py\nw = 4"),
        code("# file: tools.py\nv = 5"),
        code("# file: ../../evil.py\nu = 6"),
        code("# file: Keras_MLP.py\nt = 7"),
    )
    assert vars(module_of(found)).keys() >= {"x", "w"}
    assert {"y", "z", "t"} <= vars(module_of(found, "keras_mlp.py")).keys()
    assert {"v", "u"} <= vars(module_of(found, "tools.py")).keys()
    assert set(found.files) == {"mlp.py", "keras_mlp.py", "tools.py"}
    assert found.notes == (
        "mlp.ipynb, cell 5: the assignment does not ask for the file tools.py",
        "mlp.ipynb, cell 6: `# file: ../../evil.py` is no name of a module; ignored",
        "mlp.ipynb, cell 7: `# file: Keras_MLP.py` was taken as keras_mlp.py",
    )
    assert found.line_origins["keras_mlp.py"][4] == "cell 2, line 3"


def test_a_broken_cell_costs_that_cell_alone(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        code("def first():\n    return 1"),
        code("def broken(:\n    '''"),
        code("def second():\n    return 2"),
        code("unknown_name"),
        code("def third():\n    return 3 3"),
        code("def fourth():\n    return 4"),
    )
    path = tmp_path / "mlp.py"
    path.write_bytes(found.files["mlp.py"])
    described = inspect_source(path, forbidden={})
    assert described["problem"] is None
    broken = {name for name, facts in described["definitions"].items() if "problem" in facts}
    assert broken == {"broken", "third"}
    assert set(described["definitions"]) - broken == {"first", "second", "fourth"}
    line = described["definitions"]["fourth"]["line"]
    assert found.line_origins["mlp.py"][line] == "cell 6, line 1"
    assert module_of(found).fourth() == 4


def test_a_cell_cannot_pose_as_the_start_of_another(tmp_path: Path) -> None:
    found = read(tmp_path, code('doc = """\n# %% cell 9\n"""\x0c# %% cell 8\n'), code("after = 1"))
    assert all(part.node is not None for part in parts_of(found.files["mlp.py"]))
    assert module_of(found).after == 1


def test_a_declared_encoding_does_not_count(tmp_path: Path) -> None:
    found = read(tmp_path, code("# -*- coding: latin-1 -*-\nname = 'é'"), code("x = 1"))
    path = tmp_path / "mlp.py"
    path.write_bytes(found.files["mlp.py"])
    assert inspect_source(path, forbidden={})["problem"] is None
    assert b"latin" not in found.files["mlp.py"]
    assert module_of(found).name == "é"


@pytest.mark.parametrize("magic", ["%%time", "%%capture output", "%%timeit -n 1"])
def test_cell_magic_over_python_keeps_the_code(tmp_path: Path, magic: str) -> None:
    found = read(tmp_path, code(f"\n{magic}\ndef f():\n    return 1"))
    assert module_of(found).f() == 1
    assert found.line_origins["mlp.py"][4] == "cell 1, line 3"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("mlp.ipynb", "mlp.py"),
        ("a3_mlp.ipynb", "mlp.py"),
        ("a3_mlp (1).ipynb", "mlp.py"),
        ("MLP.ipynb", "mlp.py"),
        ("keras_mlp.ipynb", "keras_mlp.py"),
    ],
)
def test_the_name_of_a_notebook_says_which_file_it_supplies(
    tmp_path: Path, name: str, target: str
) -> None:
    in_folder = read(tmp_path, code("x = 1"), name=name)
    alone = read_path(tmp_path / name, EXPECTED, student="alice", assignment="a3_mlp")
    assert list(in_folder.files) == [target]
    assert alone.files == in_folder.files
    assert alone.line_origins == in_folder.line_origins
    told = () if name in EXACT else (f"{name} was taken as {target}",)
    assert in_folder.notes == alone.notes == told


def test_the_only_notebook_of_a_folder_is_taken_whatever_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, code("x = 1"), name="Untitled.ipynb")
    assert list(found.files) == ["mlp.py"]
    assert found.notes == ("Untitled.ipynb was taken for mlp.py",)


def test_notebooks_of_other_names_beside_the_right_one_are_noted(tmp_path: Path) -> None:
    (tmp_path / "Untitled.ipynb").write_bytes(notebook_bytes(code("wrong = 1")))
    found = read(tmp_path, code("x = 1"))
    assert b"wrong" not in found.files["mlp.py"]
    assert found.notes == ("Untitled.ipynb was not graded: the assignment asks for other names",)


def test_newest_of_two_notebooks(tmp_path: Path) -> None:
    for name, when in (("mlp (1).ipynb", 2_000), ("mlp (2).ipynb", 1_000)):
        (tmp_path / name).write_bytes(notebook_bytes(code(f"when = {when}")))
        os.utime(tmp_path / name, (when, when))
    found = read_path(tmp_path, EXPECTED, student="alice", assignment="a3_mlp")
    assert module_of(found).when == 2_000
    assert (
        "of two notebooks for mlp.py, mlp (1).ipynb counts, because it is the newest" in found.notes
    )


STUB = "def f():\n    raise NotImplementedError\ndef g():\n    raise NotImplementedError\n"
HALF = "def f():\n    return 1\ndef g():\n    raise NotImplementedError\n"
WHOLE = "def f():\n    return 1\ndef g():\n    return 2\n"


@pytest.mark.parametrize(
    ("in_file", "in_notebook", "from_notebook", "noted"),
    [
        (STUB, WHOLE, True, True),
        (STUB, HALF, True, True),
        (WHOLE, STUB, False, False),
        (STUB, STUB, False, False),
        (WHOLE, WHOLE, False, True),
    ],
)
def test_of_a_file_and_a_notebook_the_one_that_was_worked_on_counts(
    tmp_path: Path, in_file: str, in_notebook: str, from_notebook: bool, noted: bool
) -> None:
    (tmp_path / "mlp.py").write_text(in_file, encoding="utf-8")
    found = read(tmp_path, code(in_notebook))
    assert ("mlp.py" in found.line_origins) is from_notebook
    assert (found.files["mlp.py"] == in_file.encode()) is not from_notebook
    assert bool(found.notes) is noted


def test_a_notebook_stands_in_for_a_file_that_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "mlp.py").mkdir()
    found = read(tmp_path, code("x = 1"))
    assert found.problems == {}
    assert module_of(found).x == 1
    assert "mlp.py is a directory" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b'{"cells": [', "is not valid JSON: it ends in the middle, after line 1"),
        (b'{"cells": [{\n"source": "x', "is not valid JSON: it ends in the middle, after line 2"),
        (b'{"cells": [\n{},\n]}', "is not valid JSON: line 2 ends with a comma that nothing"),
        (b'{"cells": [],\n}', "is not valid JSON: line 1 ends with a comma that nothing"),
        (b'{"cells": []}\n{"cells": []}', "is not valid JSON (line 2). It was changed outside"),
        (b"{'cells': []}", "is not valid JSON (line 1). It was changed outside"),
        (
            b'{"cells": [\n<<<<<<< HEAD\n],\n=======\n]}\n>>>>>>> main\n',
            "holds the marks of a merge conflict (<<<<<<< in line 2); resolve",
        ),
        (b"<!DOCTYPE html>\n<html>", "is a web page, not text; hand in the code itself"),
        (b"PK\x03\x04\0\0", "is a zip archive or an Office document"),
        (b"\0" * 100, "holds nothing but null bytes"),
        ("{}".encode("utf-16"), "has no list of cells"),
        (b"[]", "is JSON but not a notebook"),
        (b"null", "is JSON but not a notebook"),
        (b"{}", "has no list of cells"),
        (b'{"cells": {}}', "has no list of cells"),
        (b'{"cells": null, "worksheets": [1]}', "has no list of cells"),
        (b'{"cells": []}', "has no cell with Python code"),
        (notebook_bytes(text("only words"), code("%time")), ""),
        (notebook_bytes(code("%%bash\nls")), "has no cell with Python code; cell 1: %%bash"),
        (notebook_bytes(text("only words"), code("  \n")), "has no cell with Python code"),
        (b"[" * 200_000, "cannot be read as JSON"),
        (b'{"cells": [' + b"9" * 5_000 + b"]}", "cannot be read as JSON"),
    ],
    ids=range(24),
)
def test_what_is_no_notebook_is_a_problem_in_words(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "mlp.ipynb").write_bytes(content)
    found = read_path(tmp_path, EXPECTED, student="alice", assignment="a3_mlp")
    if not problem:
        assert found.problems == {}
        return
    assert found.files == {}
    assert found.problems["mlp.py"].startswith(f"the notebook mlp.ipynb {problem}")


def test_damaged_cells_are_left_out_and_noted(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        7,
        code(None),
        code(["x = 1", 2]),
        {"cell_type": 3, "source": "y = 1"},
        {"source": "y = 1"},
        code("z = 1", outputs="wrong", metadata=[]),
    )
    assert module_of(found).z == 1
    assert found.notes == ("mlp.ipynb, cells 1, 2, 3, 4 and 5: damaged and left out",)


def test_lone_surrogates_carriage_returns_and_a_byte_order_mark(tmp_path: Path) -> None:
    content = notebook_bytes(code("a = '\ud800'\r\nb = 2\rc = 3"))
    (tmp_path / "mlp.ipynb").write_bytes(b"\xef\xbb\xbf" + content)
    found = read_path(tmp_path, EXPECTED, student="alice", assignment="a3_mlp")
    assert module_of(found).c == 3
    assert found.line_origins["mlp.py"][4] == "cell 1, line 3"


def test_outputs_do_not_count_as_code(tmp_path: Path) -> None:
    output = {"output_type": "stream", "text": "x" * 8 * 2**20}
    assert module_of(read(tmp_path, code("x = 1", outputs=[output]))).x == 1


def test_too_much_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook_module, "MAX_SOURCE", 2**20)
    found = read(tmp_path, code("# file: keras_mlp.py\n#" + "x" * 2**20), code("x = 1"))
    assert found.problems["mlp.py"].endswith("holds 1.0 MB of code, the limit is 1 MB")


def test_nested_too_deeply_for_the_compiler_is_not_compiled_here(tmp_path: Path) -> None:
    bomb = "(" * 100_000 + ")" * 100_000
    assert bomb.encode() in read(tmp_path, code(bomb)).files["mlp.py"]


@pytest.mark.parametrize("version", [3, 4])
def test_reads_what_nbformat_writes(tmp_path: Path, version: int) -> None:
    nbformat = pytest.importorskip("nbformat")
    modern = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Title"),
            nbformat.v4.new_code_cell("def f():\n    return '两'"),
            nbformat.v4.new_code_cell("x = f()\n"),
        ]
    )
    path = tmp_path / "mlp.ipynb"
    nbformat.write(nbformat.convert(modern, version), str(path))
    found = read_path(path, EXPECTED, student="alice", assignment="a3_mlp")
    assert module_of(found).x == "两"
    cells = nbformat.read(str(path), as_version=4).cells
    origins = found.line_origins["mlp.py"]
    lines = found.files["mlp.py"].decode().split("\n")
    for number, cell in enumerate(cells, start=1):
        if cell.cell_type == "code":
            mine = [lines[at - 1] for at, where in origins.items() if f"cell {number}," in where]
            assert mine == cell.source.splitlines()
