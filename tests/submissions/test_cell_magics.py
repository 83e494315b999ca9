"""Cell magics: which leave Python behind, which another language, which write a file."""

from __future__ import annotations

import pytest

from grader.submissions.cell_magics import read_cell
from grader.submissions.magics import LEFT_OUT

BODY = ["def f():", "    return 1"]

_MAGICS = """bash sh ! script·bash script·--bg·bash cmd powershell html HTML javascript js latex
markdown svg SVG perl ruby R R·-i·df sql sql·rows·<< bigquery·df cython cython·--annotate cpp c++
cu cuda sqlite·a.db julia shell mermaid script·false sx system skip"""
OTHER_MAGICS = [magic.replace("·", " ") for magic in _MAGICS.split()]


@pytest.mark.parametrize(
    "headers",
    [
        ["%%time"],
        ["", "%%timeit -n 1"],
        ["%%capture output --no-stderr", "%%time"],
        ["%%capture", "", "# quick", "%%timeit"],
        ["#@title Sigmoid", "%%time"],
        ["%%script python3"],
        ["%%script /usr/bin/python"],
        ["%%python3"],
    ],
)
def test_known_magics_over_python_keep_it(headers: list[str]) -> None:
    cell = read_cell(headers + BODY)
    assert cell.lines[len(headers) :] == BODY
    assert all(line.lstrip()[:1] in {"", "#"} for line in cell.lines[: len(headers)])
    assert not cell.left_out and not cell.writes


@pytest.mark.parametrize("magic", ["%%memory", "%%heat", "%%spark", "%%ipytest -q", "%%ipytest%%"])
def test_unknown_magics_keep_what_is_below_them(magic: str) -> None:
    cell = read_cell([magic, *BODY])
    assert cell.lines == [f"# left out: {magic}", *BODY]
    name = magic[2:].split()[0]
    assert cell.notes == [f"%%{name} is not known here; the code below it was taken as Python"]


def test_a_magic_without_a_name_or_with_an_odd_one_shows_nothing_odd() -> None:
    for magic in ("%%", "%% Load the data", "%%\x1b[2J", "%%" + "x" * 10_000):
        cell = read_cell([magic, *BODY])
        assert cell.lines[1:] == BODY
        assert cell.notes[0].isprintable() and len(cell.notes[0]) < 120


@pytest.mark.parametrize(
    "magic",
    OTHER_MAGICS,
)
def test_another_language_is_left_out(magic: str) -> None:
    cell = read_cell([f"%%{magic}", "rm = 1"])
    assert cell.left_out
    assert cell.notes == [f"%%{magic.split()[0]} is not Python and was left out"]


def test_another_language_below_a_magic_over_python_is_left_out() -> None:
    assert read_cell(["%%capture", "%%bash", "ls"]).left_out
    assert read_cell(["%%time", "", "%%html", "<b>"]).left_out


@pytest.mark.parametrize(
    ("header", "name", "appends"),
    [
        ("%%writefile mlp.py", "mlp.py", False),
        ("%%writefile -a mlp.py", "mlp.py", True),
        ("%%writefile mlp.py -a", "mlp.py", True),
        ("%%writefile --append mlp.py", "mlp.py", True),
        ("%%writefile 'my file.py'", "my file.py", False),
        ('%%writefile -a "mlp.py"', "mlp.py", True),
        ("%%file src/utils.py", "src/utils.py", False),
        (r"%%writefile src\utils.py", r"src\utils.py", False),
        ("%%capture\n%%writefile mlp.py", "mlp.py", False),
        ("#@title Solution\n%%writefile mlp.py", "mlp.py", False),
    ],
)
def test_a_written_file_is_named(header: str, name: str, appends: bool) -> None:
    cell = read_cell([*header.split("\n"), *BODY])
    assert (cell.writes, cell.appends) == (name, appends)
    assert cell.lines[-2:] == BODY
    assert len(cell.lines) == len(header.split("\n")) + 2


def test_what_is_written_into_a_file_may_look_like_another_magic() -> None:
    cell = read_cell(["%%writefile mlp.py", "%%bash", "x = 1"])
    assert cell.writes == "mlp.py"
    assert cell.lines == ["# left out: %%writefile mlp.py", "# left out: %%bash", "x = 1"]


def test_a_file_without_a_name_is_an_unknown_magic() -> None:
    cell = read_cell(["%%writefile -a", *BODY])
    assert not cell.writes and cell.lines[1:] == BODY


def test_help_on_a_magic_is_no_cell_magic() -> None:
    cell = read_cell(["%%bash?", *BODY])
    assert cell.lines == ["# left out: %%bash?", *BODY] and cell.notes == [LEFT_OUT]
