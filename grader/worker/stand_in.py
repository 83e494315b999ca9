"""What an import binds that an assignment does not allow: harmless until it is used.

A file may import a plotting library that no graded function needs. So the import itself does
not fail. What uses the name fails, with the package, the line of the import and what may be
imported instead, and only the exercises that use it lose points.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from types import ModuleType
from typing import Any, NoReturn

_MAX_LOOKED_AT = 1_000


class ForbiddenUse(Exception):
    """Graded code used what is not allowed.

    Parameters
    ----------
    refusal
        The sentence that says so.
    used
        The package or function, or "" where the sentence says all.
    by_exercise
        Whether one exercise forbids it, rather than the whole file.
    """

    _keras_call_info_injected = True
    """Else Keras raises another in its place, which says at length what a layer was called with."""

    def __init__(self, refusal: str, used: str = "", *, by_exercise: bool = False) -> None:
        super().__init__(refusal)
        self.used, self.by_exercise = used, by_exercise


class StandIn(BaseException):
    """Stands for a package, or a name in it; every use of it raises `ForbiddenUse`.

    It is an exception so that ``raise`` finds it out as well.

    Parameters
    ----------
    refusal
        The sentence that every use raises.
    used
        The package that was refused.
    parts
        Names in it that may be reached without using it: ``import a.b`` binds ``a``, whose
        ``b`` is a stand-in or, where only a part of a package is allowed, the real thing.
    """

    def __init__(
        self, refusal: str, used: str = "", parts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(refusal)
        vars(self).update(parts or {})
        vars(self).update(_refusal=refusal, _used=used)

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse every name that is not among the parts."""
        _refuse(self)

    def __repr__(self) -> str:
        """The refusal: to print it is no use of it."""
        return f"<{vars(self)['_refusal']}>"

    def __format__(self, form: str) -> str:
        """To print it is no use of it, but ``f"{pi:.2f}"`` asks for the number."""
        return _refuse(self) if form else repr(self)

    __str__ = __repr__
    __hash__ = object.__hash__


def _refuse(self: StandIn, *_: Any, **__: Any) -> NoReturn:
    raise ForbiddenUse(vars(self)["_refusal"], vars(self)["_used"])


def what_was_used(use: ForbiddenUse | StandIn, folder: str) -> dict[str, Any]:
    """What `use` is about: ``used`` and ``by_exercise``, see `ForbiddenUse`, and ``received``.

    That is whether the function of the student's that used it does not name it: it was given it.
    """
    names = vars(use)
    used = names.get("_used" if isinstance(use, StandIn) else "used", "")
    by_exercise = names.get("by_exercise") is True
    received = bool(used) and not by_exercise and _is_received(use, used, folder)
    return {"used": used, "by_exercise": by_exercise, "received": received}


def _is_received(use: BaseException, used: str, folder: str) -> bool:
    """Whether no name in the last function that lies in `folder` stands for what was used."""
    frames, place = [], use.__traceback__
    while place is not None:
        if place.tb_frame.f_code.co_filename.startswith(folder):
            frames.append(place.tb_frame)
        place = place.tb_next
    for frame in reversed(frames):
        there, code = frame.f_globals, frame.f_code
        for name in (*code.co_names, *code.co_freevars):
            if isinstance(there.get(name), StandIn) or name.partition(".")[0] in used.split("."):
                return False
        if not code.co_name.startswith("<"):  # a comprehension belongs to what stands around it
            return not code.co_freevars
    return False


_BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or"
_OTHERS = """
    eq ne lt le gt ge bool len iter next reversed contains getitem setitem delitem setattr delattr
    call enter exit aenter aexit await aiter anext int float complex index round trunc floor ceil
    neg pos abs invert dir bytes fspath mro_entries instancecheck subclasscheck array array_ufunc
    array_function copy deepcopy reduce reduce_ex getstate
"""
for _name in _BINARY.split():
    for _prefix in ("", "r", "i"):
        setattr(StandIn, f"__{_prefix}{_name}__", _refuse)
for _name in _OTHERS.split():
    setattr(StandIn, f"__{_name}__", _refuse)


class Holder(ModuleType):
    """What `from package import names` reads its names from; nobody else sees it."""

    __all__: list[str] = []

    def __init__(self, names: Mapping[str, Any]) -> None:
        super().__init__("holder")
        vars(self).update(names)


def refuse_stand_ins(answer: Any) -> None:
    """Raise `ForbiddenUse` for a stand-in that is handed on as an answer, or near its surface."""
    waiting, seen = [answer], 0
    while waiting and seen < _MAX_LOOKED_AT:
        value = waiting.pop()
        seen += 1
        if isinstance(value, StandIn):
            _refuse(value)
        if isinstance(value, list | tuple):
            waiting += value[:_MAX_LOOKED_AT]
        elif isinstance(value, dict):
            waiting += itertools.islice(value.values(), _MAX_LOOKED_AT)
