"""A notebook's module, cell by cell, so that one broken cell costs that cell alone."""

from __future__ import annotations

import ast
from types import ModuleType

CELL_MARK = "# %% cell "
"""The line that starts each cell of a module that came from a notebook."""


def is_notebook(text: str) -> bool:
    """Whether a module's text was made from a notebook."""
    return text.startswith(CELL_MARK)


def without_broken_cells(text: str) -> str:
    """Blank the cells that do not parse, keeping the line numbers of the others."""
    kept = []
    for cell in _cells(text):
        try:
            ast.parse(cell)
        except (SyntaxError, ValueError):
            kept.append("\n" * cell.count("\n"))
        else:
            kept.append(cell)
    return "".join(kept)


def run_cells(text: str, module: ModuleType, path: str) -> list[str]:
    """Run every cell in the module's namespace; return one line for each that failed."""
    failures = []
    line = 0
    for cell in _cells(text):
        try:
            exec(compile("\n" * line + cell, path, "exec", dont_inherit=True), vars(module))
        except Exception as error:
            name = cell.partition("\n")[0].removeprefix("# %% ")
            failures.append(f"{name} failed: {type(error).__name__}: {str(error)[:200]}")
        line += cell.count("\n")
    return failures


def _cells(text: str) -> list[str]:
    cells: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith(CELL_MARK) or not cells:
            cells.append(line)
        else:
            cells[-1] += line
    return cells
