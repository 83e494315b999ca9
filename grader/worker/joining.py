"""Joins the modules over which a student's exercises are spread, once they are loaded."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from grader.worker.allowance import Allowance
from grader.worker.loading import Loader
from grader.worker.written import written_in

_MAX_ROUNDS = 10
"""How long a chain of names over several files may be."""


@dataclass
class Joined:
    """What came of it.

    Attributes
    ----------
    chosen
        By name, the file from which it is there; the graded one, too.
    unfit
        Names that are given only values which cannot be called, or stubs.
    borrowed
        Of each statement that was run again the ``name`` that it had not found, its ``file`` and
        ``line``, and the file that has the name (``origin``).
    """

    chosen: dict[str, str] = field(default_factory=dict)
    unfit: list[str] = field(default_factory=list)
    borrowed: list[dict[str, Any]] = field(default_factory=list)


def join(
    elsewhere: Mapping[str, Sequence[str]],
    own: str,
    module: ModuleType,
    loader: Loader,
    allowance: Allowance | None = None,
) -> Joined:
    """Bind names that other modules of the student's define.

    What one of these modules lacks it finds in the others: exercises call each other, and the
    student's own functions, wherever they are written. A statement outside of functions that did
    not find such a name is run again.

    Parameters
    ----------
    elsewhere
        By name, the files that may define it, the best first. The first in which it can be called
        once the file has run is taken.
    own, module
        The file that is graded.
    allowance
        See `Loader.complete`.
    """
    joining = _Joining(elsewhere, own, module, loader, allowance)
    for file in dict.fromkeys(files[0] for files in elsewhere.values()):
        joining.module_of(file)
    joined = Joined()
    origins: dict[str, str] = {}
    for _ in range(_MAX_ROUNDS):
        joining.note_origins(origins)  # before each has what it lacks from the others
        joining.bind(joined)
        joining.note_origins(origins)
        again = loader.try_again(lambda name: name in origins) if joining.others else []
        if not again:
            break
        joined.borrowed += [{**one, "origin": origins[one["name"]]} for one in again]
    return joined


class _Joining:
    """The modules of one submission; another file is loaded once it is needed."""

    def __init__(
        self,
        elsewhere: Mapping[str, Sequence[str]],
        own: str,
        module: ModuleType,
        loader: Loader,
        allowance: Allowance | None,
    ) -> None:
        self._elsewhere, self._own, self._module = elsewhere, own, module
        self._loader, self._allowance = loader, allowance
        self.others: dict[str, ModuleType] = {}

    def module_of(self, file: str) -> ModuleType:
        """The module that a file is."""
        if file == self._own:
            return self._module
        if file not in self.others:
            names = tuple(one for one, files in self._elsewhere.items() if file in files)
            self.others[file] = self._loader.module_of(file, names)
            self._loader.give_back(file, self.others[file])
            self._loader.complete(file, self.others[file], names, allowance=self._allowance)
        return self.others[file]

    def note_origins(self, origins: dict[str, str]) -> None:
        """Note which file has a name, of those that are not known yet."""
        for file, one in {self._own: self._module, **self.others}.items():
            for name in vars(one):
                origins.setdefault(name, file)

    def bind(self, joined: Joined) -> None:
        """Choose from where each name is taken, and bind it."""
        joined.chosen, joined.unfit = {}, []
        passed_over: set[str] = set()
        for name, files in self._elsewhere.items():
            for file in files:
                values = vars(self.module_of(file))
                if name in values and self._is_fit(name, values[name], self.module_of(file)):
                    joined.chosen[name] = file
                    break
                passed_over |= {file} if name in values else set()
            else:
                joined.unfit += [name] if any(map(passed_over.__contains__, files)) else []
        for name, file in joined.chosen.items():
            setattr(self._module, name, vars(self.module_of(file))[name])
        used = {
            file: one
            for file, one in self.others.items()
            if file not in passed_over or file in joined.chosen.values()
        }
        for one in used.values():
            _complete(self._module, vars(one))
        for file, one in used.items():
            written = written_in(self._loader.folder / file, self._loader.folder)
            _complete(one, vars(self._module), {name for name in written if not written[name]})

    def _is_fit(self, name: str, value: Any, module: ModuleType) -> bool:
        """Whether a value is what was asked for, as far as anybody can tell without calling it."""
        written = self._loader.written.get(module.__name__)
        return callable(value) and not (written is not None and written.is_stub(name, value))


def _complete(module: ModuleType, known: Mapping[str, Any], open_: Collection[str] = ()) -> None:
    """Bind what a module does not define, and the names that are still `open_` in it."""
    for name, value in known.items():
        if name in open_ or not (name in vars(module) or hasattr(builtins, name)):
            setattr(module, name, value)
