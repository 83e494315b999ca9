"""What code finds where a person sits before it: `get_ipython()`, `display` and `help`.

Exported notebooks hold their magics as calls. Those that hold Python code run it, the others do
nothing, since graded code has no screen and no packages to install.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

_PYTHON_MAGICS = {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "memray"}
"""Cell magics whose body is Python that belongs to the module."""
_STATEMENT_MAGICS = {"time", "prun", "memit"}
"""Line magics that run the statement after them once, with its assignments."""


class Shell:
    """Stands in for IPython's shell.

    Parameters
    ----------
    run
        Runs a text of Python in the module that is loaded.
    """

    def __init__(self, run: Callable[[str], None]) -> None:
        self._run = run

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Run the body of a cell magic that holds Python; pass over all others."""
        if name in _PYTHON_MAGICS:
            self._run(cell)

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> None:
        """Run the statement behind `%time` and its like; pass over all others."""
        if name in _STATEMENT_MAGICS:
            self._run(line)

    def magic(self, text: str, *_: Any, **__: Any) -> None:
        """Run what older exports call a magic: its name and what follows in one text."""
        words = text.lstrip("%").split(maxsplit=1)
        self.run_line_magic(*[*words, "", ""][:2])

    def run_cell(self, cell: str, *_: Any, **__: Any) -> None:
        """Run a cell."""
        self._run(cell)

    ex = run_cell

    def __getattr__(self, name: str) -> Callable[..., None]:
        """Offer every other method of IPython's shell, to no effect."""
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing: there is no screen to show it on, and nobody to ask."""


def offer_shell(run: Callable[[str], None]) -> None:
    """Let code find a notebook's own names, and `help`, which Python without `site` lacks."""
    shell = Shell(run)
    builtins.get_ipython = lambda: shell  # type: ignore[attr-defined]
    builtins.display = _nothing  # type: ignore[attr-defined]
    builtins.help = _nothing  # type: ignore[assignment]
