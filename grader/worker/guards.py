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
from types import ModuleType
from typing import Any

from grader.worker.stand_in import ForbiddenUse

_WRAPPED_BY_KERAS = frozenset({"build", "quantize"})
"""Keras wraps these in each layer anew and reads their arguments there, with `self` if guarded.

Neither computes anything: what makes weights alone is of no use.
"""
_CONTAINERS = (dict, list, set)


class ForbiddenFunctions:
    """Guards functions and classes, to refuse them while a question forbids them.

    The guards are put in place before the student's module is imported, so an alias,
    `from … import … as …` and `getattr` all reach the guard. What it guards is in no closure,
    attribute or registry that can be reached from there.
    """

    def __init__(self, dotted_names: Iterable[str]) -> None:
        self.forbidden: frozenset[str] = frozenset()
        self.used: list[str] = []
        functions: dict[int, tuple[Any, Any]] = {}
        packages = set()
        for dotted in dotted_names:
            package = dotted.partition(".")[0]
            # One list serves all files, but only the workers of Keras files have Keras.
            if package in sys.modules or package in sys.stdlib_module_names:
                found = _named(dotted)
                if isinstance(found, type):
                    self._guard_class(found, dotted)
                elif found is not None and id(found) not in functions:
                    packages.add(package)
                    functions[id(found)] = found, _guard(found, self._refusing(dotted))
        if functions:
            _put_in_place(functions, packages)

    def _guard_class(self, original: type, dotted: str) -> None:
        """Guard what a class defines, not only how it is made.

        So what was made of it while the file was loaded, when nothing is forbidden, is of no use
        afterwards: an instance, or a class that inherits from it and has a beginning of its own.
        The class stays what it is, for `isinstance` and for whoever inherits from it, and by
        whatever road it was found.
        """
        first = original.__init__  # type: ignore[misc]
        refusal = self._refusing(dotted)
        for name, value in {"__init__": first, **vars(original)}.items():
            if name == "__init__" or (inspect.isfunction(value) and name not in _WRAPPED_BY_KERAS):
                setattr(original, name, _guard(value, refusal))

    def _refusing(self, dotted: str) -> Callable[[], ForbiddenUse | None]:
        def refusal() -> ForbiddenUse | None:
            if dotted not in self.forbidden:
                return None
            self.used.append(dotted)
            text = f"{dotted} is not allowed in this exercise"
            return ForbiddenUse(text, dotted, by_exercise=True)

        return _hidden(refusal)

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


def _hidden(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function behind a callable written in C.

    A function in Python shows its closure and its globals to everybody. A cache that keeps nothing
    calls what it was made of and shows nothing of it, once the attribute with it is gone.
    """
    hidden = functools.lru_cache(maxsize=0)(function)
    del hidden.__wrapped__
    return hidden


def _guard(
    original: Callable[..., Any], refusal: Callable[[], ForbiddenUse | None]
) -> Callable[..., Any]:
    """A function that refuses or calls the original, which neither it nor its frame shows."""

    def given() -> Callable[..., Any] | None:
        # Nothing is raised here: a traceback shows the frames that it came through.
        return original if sys._getframe(1).f_code is guarded.__code__ else None  # type: ignore[attr-defined]

    take = _hidden(given)

    @functools.wraps(original)
    def guarded(*args: Any, **options: Any) -> Any:
        refused = refusal()
        if refused is not None:
            raise refused
        return take()(*args, **options)

    # `wraps` keeps the original within reach as an attribute; it must not stay there. What
    # asks for the arguments by name, as Keras does of a layer, still gets them.
    with contextlib.suppress(ValueError, TypeError):  # some functions in C do not tell
        guarded.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    del guarded.__wrapped__  # type: ignore[attr-defined]
    return guarded


def _named(dotted: str) -> Any:
    """What a dotted name stands for; None for a private one that this version does not have."""
    first, *rest = dotted.split(".")
    found: Any = importlib.import_module(first)
    try:
        for name in rest:
            if isinstance(found, ModuleType) and not hasattr(found, name):
                importlib.import_module(f"{found.__name__}.{name}")
            found = getattr(found, name)
    except (AttributeError, ModuleNotFoundError):
        if any(name == "src" or name.startswith("_") for name in rest):
            return None
        raise
    return found


def _put_in_place(functions: dict[int, tuple[Any, Any]], packages: set[str]) -> None:
    """Put guards where the functions of these packages are named, in registries as well."""
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").partition(".")[0] not in packages:
            continue
        for name, value in list(vars(module).items()):
            if id(value) in functions:
                setattr(module, name, functions[id(value)][1])
            elif type(value) in _CONTAINERS and not name.startswith("__"):
                _put_into(value, functions)


def _put_into(container: Any, functions: dict[int, tuple[Any, Any]]) -> None:
    if isinstance(container, dict):
        for key, value in list(container.items()):
            if id(value) in functions:
                container[key] = functions[id(value)][1]
    elif isinstance(container, list):
        container[:] = [functions.get(id(one), (one, one))[1] for one in container]
    else:
        for one in [one for one in container if id(one) in functions]:
            container.remove(one)
            container.add(functions[id(one)][1])
