"""Cell magics: ``%%time`` over Python, ``%%bash`` over something else, ``%%writefile name.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.submissions.magics import LEFT_OUT, clean, first_code_line, without_prompts
from grader.submissions.names import shown

_OVER_PYTHON = {"time", "timeit", "capture", "prun", "memit", "python", "python3", "ipython"}
"""Cell magics whose body is known to be Python; that they were left out is all there is to say."""

_OTHERS = """
    ! ai bash bigquery bq c c++ cat chat clojure cmd comment cpp csharp css csv cu cuda
    cypher cython d2 dot duckdb elixir erlang file_contents fish fortran fsharp gcc go graphql
    graphviz groovy haskell html ignore java javascript js json julia kotlin kql latex lua
    markdown math matlab md mermaid mojo mysql nodejs node nvcc ocaml octave perl pgsql php
    plantuml postgresql powershell prolog prompt pwsh r raw rmagic ruby rust sas scala
    script sed sh shell shellscript skip sparksql spl sql sqlite stata svg swift sx system tex
    text tikz toml ts typescript verilog vhdl xml yaml zsh
"""
OTHER_LANGUAGES = frozenset(_OTHERS.split())
"""What cell magics and the metadata of cells call a language other than Python 3, in lower case."""

_HEADER = re.compile(r"%%(?!\w+\?)(\S*)[ \t]*(.*)")
_ARGUMENT = re.compile(r"\"[^\"]*\"|'[^']*'|\S+")


@dataclass
class Cell:
    """What a code cell comes to.

    Attributes
    ----------
    lines
        As many as before, as Python.
    notes
        What was done to them, each once.
    left_out
        Whether it is no Python at all.
    writes
        The file that the cell writes, as it is named there, or "".
    appends
        Whether it is written behind what the file holds.
    body
        Of a cell that writes a file, its lines as they stand there.
    """

    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: bool = False
    writes: str = ""
    appends: bool = False
    body: list[str] = field(default_factory=list)


def read_cell(source: list[str]) -> Cell:
    """Understand a cell's lines as IPython does, where they are Python.

    A cell magic may stand below comments (Colab's ``#@title``) and above another one, as
    ``%%time`` under ``%%capture``.
    """
    cell = Cell()
    lines = without_prompts(source)
    headers = 0
    for index, name, arguments in _headers(lines):
        headers = index + 1
        folded = name.casefold()
        if folded in {"writefile", "file"} and _take_target(arguments, cell):
            break
        if folded in OTHER_LANGUAGES and not _is_python_script(folded, arguments):
            cell.notes.append(f"%%{shown(name[:30])} is not Python and was left out")
            cell.left_out = True
            return cell
        known = folded in _OVER_PYTHON
        unknown = f"%%{shown(name[:30])} is not known here; the code below it was taken as Python"
        cell.notes.append(LEFT_OUT if known else unknown)
    body = clean(lines[headers:] if headers else source)
    above = [f"# left out: {one}" if one.startswith("%%") else one for one in lines[:headers]]
    cell.lines = above + body.lines
    cell.body = source[headers:] if cell.writes else []
    cell.notes = list(dict.fromkeys(cell.notes + body.notes))
    return cell


def _headers(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """The cell magics at the top: index, name and what stands behind it."""
    start = 0
    while start < len(lines):
        index = start + first_code_line(lines[start:])
        header = _HEADER.match(lines[index])
        if header is None:
            return
        yield index, header[1], header[2]
        start = index + 1


def _take_target(arguments: str, cell: Cell) -> bool:
    """Read which file is written; whether one is named at all."""
    words = [word.strip("\"'") for word in _ARGUMENT.findall(arguments)]
    names = [word for word in words if word and not word.startswith("-")]
    cell.writes = names[0] if names else ""
    cell.appends = "-a" in words or "--append" in words
    return bool(names)


def _is_python_script(name: str, arguments: str) -> bool:
    return name == "script" and bool(re.match(r"(?:\S*/)?(?:python3?|ipython)\b", arguments))
