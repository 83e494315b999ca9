"""Settings of a process that are read and set by functions, and how they are put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Setting:
    """One of them.

    Attributes
    ----------
    read
        Returns what holds now, as a value that does not change with it.
    write
        Sets it; None where nobody can set it back. Then a change ends the worker.
    """

    read: Callable[[], Any]
    write: Callable[[Any], Any] | None = None
    kept: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Keep what holds now."""
        self.keep()

    def keep(self) -> None:
        """Let stand what holds now."""
        self.kept = self.read()

    def undo(self) -> bool:
        """Put back what was kept; return whether it holds again."""
        if self._is_kept():
            return True
        if self.write is not None:
            self.write(self.kept)
        return self._is_kept()

    def _is_kept(self) -> bool:
        return bool(self.read() == self.kept)


class Objects(Setting):
    """Objects that may be a student's, whose `__eq__` does as it likes: none is compared.

    Parameters
    ----------
    objects
        Returns those that are set now.
    restore
        Sets those that were kept.
    """

    def __init__(
        self, objects: Callable[[], list[Any]], restore: Callable[[list[Any]], Any]
    ) -> None:
        self._objects = objects
        super().__init__(lambda: list(map(id, objects())), lambda _: restore(self._held))

    def keep(self) -> None:
        self._held = self._objects()
        super().keep()


class Settings:
    """Several of them, which are mostly found unchanged and therefore looked at together."""

    def __init__(self, settings: Iterable[Setting]) -> None:
        self._settings = list(settings)
        self._reads = [one.read for one in self._settings]
        self.keep()

    def keep(self) -> None:
        """Let stand what holds now."""
        for setting in self._settings:
            setting.keep()
        self._kept = [one.kept for one in self._settings]

    def undo(self) -> bool:
        """Put all of them back; return whether each of them holds again."""
        try:
            is_kept = [read() for read in self._reads] == self._kept
        except Exception:  # a student's object may raise anything
            is_kept = False
        # A list: after one that cannot be put back, the others still are.
        return is_kept or all([_undo(one) for one in self._settings])


def _undo(setting: Setting) -> bool:
    try:
        return setting.undo()
    except Exception:
        return False


def entries_of(holder: list[Any]) -> Setting:
    """The entries of a list that stays the same object."""

    def write(kept: list[Any]) -> None:
        holder[:] = kept

    return Objects(lambda: list(holder), write)
