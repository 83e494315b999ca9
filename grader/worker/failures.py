"""An exception of the student's code, as plain text and the student's own frames."""

from __future__ import annotations

import errno
import linecache
import os
import re
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

_Frame = tuple[str, int, str]
"""Path, line, and the function by its qualified name, where that is known."""

MAX_MESSAGE = 500
MAX_FRAMES = 6
MAX_NAME = 200
"""Characters of a name: a class may be called as its author likes."""
_MAX_BEHIND = 5
_TRACED = "in user code:"
"""How TensorFlow begins the message of what was raised while it traced a function."""
_MAX_TRACED = 2**16
_TRACED_FRAME = re.compile(r'File "([^"\n]+)", line (\d+), in (\w+)')
_CAUSE, _CONTEXT = vars(BaseException)["__cause__"], vars(BaseException)["__context__"]
"""As Python sets them: a hostile class may have attributes of these names."""
_LIMITS = {
    errno.ENOSPC: "temporary files",
    errno.EDQUOT: "temporary files",
    errno.EFBIG: "file size",
    errno.EMFILE: "open files",
    errno.ENFILE: "open files",
    errno.EAGAIN: "threads",
    errno.EPERM: "not allowed",
    errno.EROFS: "not allowed",
    errno.ENOSYS: "not allowed",
}


def describe_exception(error: BaseException, folder: Path) -> dict[str, Any]:
    """Describe `error` without running more of the student's code than its `__str__`.

    Returns
    -------
    dict
        ``chain``: the class and its bases, dotted, most derived first; ``message``: bounded
        text; ``cause``: that of the exception it was raised from, or ""; ``frames``: the frames
        that lie in `folder`, innermost last; ``limit``: which of the worker's limits the exception
        comes from, or "".
    """
    chain = [_dotted_name(kind)[:MAX_NAME] for kind in type(error).__mro__[:-1]]
    message = _message_of(error)
    cause = _CAUSE.__get__(error)
    return {
        "chain": chain[:20],
        "message": message,
        "cause": "" if cause is None else _message_of(cause),
        "frames": _own_frames(error, folder),
        "limit": _limit_behind(error),
    }


def _dotted_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _message_of(error: BaseException) -> str:
    try:
        text = str(error)
        if text.startswith(_TRACED):  # frames, mostly TensorFlow's own, then what is the matter
            text = text.rpartition("\n\n")[2].strip().partition(": ")[2] or text
        if isinstance(error, ImportError) and type(error.path) is str:
            text = text.removesuffix(f" ({error.path})")  # where a module lies is the machine's
        return text[:MAX_MESSAGE]
    except BaseException as second:  # a hostile or broken __str__ must not hide the error
        return f"(its message could not be read: {type(second).__name__})"


def _limit_behind(error: BaseException) -> str:
    if isinstance(error, RuntimeError) and error.args == ("can't start new thread",):
        return "threads"
    if any(_is_of_the_network(one) for one in _behind(error)):
        return "network"
    return _LIMITS.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error and those that led to it, up to a few."""
    found: BaseException | None = error
    for _ in range(_MAX_BEHIND):
        if found is None:
            return
        yield found
        cause = _CAUSE.__get__(found)
        found = _CONTEXT.__get__(found) if cause is None else cause


def _is_of_the_network(error: BaseException) -> bool:
    """Whether a download failed; known by name, since few workers have loaded the modules."""
    return type(error).__module__ == "urllib.error" or type(error).__name__ == "gaierror"


def _own_frames(error: BaseException, folder: Path) -> list[dict[str, Any]]:
    traced = _traced_frames(error, str(folder) + os.sep)
    return own_frames(traceback.walk_tb(error.__traceback__), folder, traced)


def own_frames(
    walked: Iterable[tuple[FrameType, int | None]], folder: Path, traced: Sequence[_Frame] = ()
) -> list[dict[str, Any]]:
    """The first and the last of the frames that lie in `folder`, with the source of their lines.

    Parameters
    ----------
    traced
        Further frames, inside of those that were walked: path, line and function.
    """
    own = str(folder) + os.sep
    frames = [
        (path, line or 0, frame.f_code.co_qualname)
        for frame, line in walked
        if (path := frame.f_code.co_filename).startswith(own)
    ]
    return _as_records([*frames, *traced], own)


def _as_records(frames: list[_Frame], own: str) -> list[dict[str, Any]]:
    return [
        {
            "file": path.removeprefix(own),
            "line": line,
            "function": _last_name(function)[:100],
            "owner": function.partition(".")[0][:100],
            "code": linecache.getline(path, line).strip()[:200],
        }
        for path, line, function in _kept(frames)
    ]


def _kept(frames: list[_Frame]) -> list[_Frame]:
    """A few frames from which one still sees who called whom; the last stays the last."""
    if len(frames) <= MAX_FRAMES:
        return frames
    by_function: dict[tuple[str, str], _Frame] = {}
    for path, line, function in frames[:-1]:
        by_function.setdefault((path, function), (path, line, function))
    kept = [*by_function.values(), frames[-1]]
    half = MAX_FRAMES // 2
    return kept if len(kept) <= MAX_FRAMES else [*kept[:half], *kept[-half:]]


def _last_name(function: str) -> str:
    return function.rpartition(".")[2]


def _traced_frames(error: BaseException, own: str) -> list[_Frame]:
    """The student's frames while TensorFlow traced: its message alone still names them."""
    try:
        text = str(error)
    except BaseException:
        return []
    if not text.startswith(_TRACED):
        return []
    found = _TRACED_FRAME.findall(text[:_MAX_TRACED])
    return [(path, int(line), function) for path, line, function in found if path.startswith(own)]
