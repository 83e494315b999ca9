"""What a student's code may not use, guarded while it runs.

On a student's own machine these guards teach; against an attacker they are one layer
among others, and confinement is the one that holds.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grader.worker.stand_in import ForbiddenUse

_WRAPPED_BY_KERAS = frozenset({"build", "quantize"})
"""Keras wraps these in each layer anew and reads their arguments there, with `self` if guarded.

Neither computes anything: what makes weights alone is of no use.
"""


class ForbiddenFunctions:
    """Wraps functions, and the making of classes, to refuse while a question forbids them.

    The wrappers are put in place before the student's module is imported, so an alias,
    `from … import … as …` and `getattr` all reach the wrapper.
    """

    def __init__(self, dotted_names: Iterable[str]) -> None:
        self.forbidden: frozenset[str] = frozenset()
        self.used: list[str] = []
        for dotted in dotted_names:
            package = dotted.partition(".")[0]
            # One list serves all files, but only the workers of Keras files have Keras.
            if package in sys.modules or package in sys.stdlib_module_names:
                self._wrap(dotted)

    def _wrap(self, dotted: str) -> None:
        module_name, _, name = dotted.rpartition(".")
        module = importlib.import_module(module_name)
        original = getattr(module, name)
        if isinstance(original, type):
            self._wrap_class(original, dotted)
            return
        guarded = self._guarded(original, dotted)
        for holder in list(sys.modules.values()):
            if getattr(holder, "__name__", "").partition(".")[0] == module_name.partition(".")[0]:
                for attribute, value in list(vars(holder).items()):
                    if value is original:
                        setattr(holder, attribute, guarded)

    def _wrap_class(self, original: type, dotted: str) -> None:
        """Guard what a class defines, not only how it is made.

        So what was made of it while the file was loaded, when nothing is forbidden, is of no use
        afterwards: an instance, or a class that inherits from it and has a beginning of its own.
        The class stays what it is, for `isinstance` and for whoever inherits from it.
        """
        first = original.__init__  # type: ignore[misc]
        for name, value in {"__init__": first, **vars(original)}.items():
            if name == "__init__" or (inspect.isfunction(value) and name not in _WRAPPED_BY_KERAS):
                setattr(original, name, self._guarded(value, dotted))

    def _guarded(self, original: Callable[..., Any], dotted: str) -> Callable[..., Any]:
        @functools.wraps(original)
        def guarded(*args: Any, **options: Any) -> Any:
            if dotted in self.forbidden:
                self.used.append(dotted)
                text = f"{dotted} is not allowed in this exercise"
                raise ForbiddenUse(text, dotted, by_exercise=True)
            return original(*args, **options)

        # `wraps` keeps the original within reach as an attribute; it must not stay there. What
        # asks for the arguments by name, as Keras does of a layer, still gets them.
        with contextlib.suppress(ValueError):  # some functions in C do not tell
            guarded.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
        del guarded.__wrapped__  # type: ignore[attr-defined]
        return guarded

    @contextlib.contextmanager
    def during(self, dotted_names: Iterable[str]) -> Iterator[None]:
        """Forbid these functions for a while and remember which were tried."""
        self.forbidden, self.used = frozenset(dotted_names), []
        try:
            yield
        finally:
            self.forbidden = frozenset()


@functools.cache
def functions_for(dotted_names: tuple[str, ...]) -> ForbiddenFunctions:
    """The guards of these functions, put in place once for a process and its forks."""
    return ForbiddenFunctions(dotted_names)


def refuse_input(prompt: object = "") -> str:
    """Stand in for `input`: graded code has nobody to ask."""
    raise EOFError(
        "input() was called; graded code gets all its data as arguments, so take that call out"
    )
