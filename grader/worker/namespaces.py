"""What names stand for and what containers hold: remembered, compared, and put back.

Everything is compared by identity: nothing of what a student's code put there is called.
"""

from __future__ import annotations

import collections
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter, is_, methodcaller
from types import FunctionType, ModuleType
from typing import Any

CONTAINERS = (dict, list, set, collections.defaultdict, collections.OrderedDict)
OUTSIDE = frozenset({"__dict__", "__weakref__", "__builtins__", "__warningregistry__"})
"""Names that Python sets by itself, or that cannot be set at all."""
_values_of = methodcaller("values")


class Kept(ABC):
    """Something that holds other things, and what it held.

    Attributes
    ----------
    held
        The thing itself, or a view of its names, which follows every change.
    kept
        A copy, which shares what it holds.
    """

    def __init__(self, held: Any) -> None:
        self.held = held
        plain = next((kind for kind in (list, set) if isinstance(held, kind)), dict)
        self.kept: Any = plain(held)

    def is_same(self) -> bool:
        """Whether it holds what it held."""
        now, kept = self.held, self.kept
        if len(now) != len(kept):
            return False
        if isinstance(kept, set):
            return set(map(id, now)) == set(map(id, kept))
        if isinstance(kept, list):
            return all(map(is_, now, kept))
        # A name that is taken out and put in again comes last.
        return all(map(is_, now.values(), kept.values())) and (
            not kept or next(reversed(now)) == next(reversed(kept))
        )

    def keep(self) -> None:
        """Let stand what it holds now."""
        self.kept = type(self.kept)(self.held)

    @abstractmethod
    def undo(self) -> bool:
        """Put back what it held; return whether something was let stand all the same."""

    def _changed(self) -> Iterator[tuple[str, Any]]:
        for name, value in list(self.kept.items()):
            if (name not in self.held or self.held[name] is not value) and name not in OUTSIDE:
                yield name, value

    def _added(self) -> list[str]:
        return [name for name in self.held if name not in self.kept and name not in OUTSIDE]


class Contents(Kept):
    """A list, a dict or a set, and the values of a thread: a student's file may change them."""

    def undo(self) -> bool:
        self.held.clear()
        if isinstance(self.kept, list):
            self.held.extend(self.kept)
        else:
            self.held.update(self.kept)
        return False


class Names(Kept):
    """The names of a module: a student's file may add some."""

    def keep(self) -> None:
        for name, value in self._changed():
            self.held[name] = value
        super().keep()

    def undo(self) -> bool:
        for name, value in self._changed():
            self.held[name] = value
        imported = False
        for name in self._added():
            value = self.held[name]
            if isinstance(value, ModuleType) and sys.modules.get(value.__name__) is value:
                self.kept[name], imported = value, True  # Python imports it once only
            else:
                del self.held[name]
        return imported


class Attributes(Kept):
    """The attributes of a class: a student's file may add some."""

    def __init__(self, kind: type) -> None:
        super().__init__(vars(kind))
        self._kind = kind

    def keep(self) -> None:
        for name, value in self._changed():
            type.__setattr__(self._kind, name, value)
        super().keep()

    def undo(self) -> bool:
        for name, value in self._changed():
            type.__setattr__(self._kind, name, value)
        for name in self._added():
            type.__delattr__(self._kind, name)
        return False


class Functions:
    """What functions run, and what they take where nothing is given."""

    def __init__(self) -> None:
        self._functions: list[FunctionType] = []
        self._kept: list[Any] = []

    def add(self, function: FunctionType) -> None:
        """Look at one more."""
        self._functions.append(function)
        self._kept += _parts_of(function)

    def undo(self) -> None:
        """Put back what was changed."""
        now = chain.from_iterable(map(_parts_of, self._functions))
        if all(map(is_, now, self._kept)):
            return
        parts = iter(self._kept)
        for function, *kept in zip(self._functions, parts, parts, parts, strict=True):
            if not all(map(is_, _parts_of(function), kept)):
                function.__code__, function.__defaults__, function.__kwdefaults__ = kept


_parts_of = attrgetter("__code__", "__defaults__", "__kwdefaults__")


class Together:
    """Compares many of them in one go, which takes a tenth of the time of one after the other."""

    def __init__(self, every: Iterable[Kept]) -> None:
        every = list(every)
        self._mappings = [one.held for one in every if isinstance(one.kept, dict)]
        self._lists = [one.held for one in every if isinstance(one.kept, list)]
        self._sets = [one for one in every if isinstance(one.kept, set)]
        self._lengths = [len(one.kept) for one in every if isinstance(one.kept, dict)]
        self._lengths += [len(one.kept) for one in every if isinstance(one.kept, list)]
        kept = [one.kept for one in every if isinstance(one.kept, dict)]
        self._last = [next(reversed(one)) for one in kept if one]
        self._items = list(chain.from_iterable(map(_values_of, kept)))
        self._items += chain.from_iterable(one.kept for one in every if isinstance(one.kept, list))

    def are_same(self) -> bool:
        """Whether all of them hold what they held."""
        lists, mappings = self._lists, self._mappings
        if list(map(len, chain(mappings, lists))) != self._lengths:
            return False
        if [next(reversed(one)) for one in mappings if one] != self._last:
            return False
        now = chain(chain.from_iterable(map(_values_of, mappings)), chain.from_iterable(lists))
        return all(map(is_, now, self._items)) and all(one.is_same() for one in self._sets)
