"""An exception of the student's code, as plain text and the student's own frames."""

from __future__ import annotations

import errno
import linecache
import os
import traceback
from pathlib import Path
from typing import Any

MAX_MESSAGE = 500
MAX_FRAMES = 6
_LIMITS = {
    errno.ENOSPC: "temporary files",
    errno.EFBIG: "file size",
    errno.EMFILE: "open files",
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
        text; ``frames``: the frames that lie in `folder`, innermost last; ``limit``: which of the
        worker's limits the exception comes from, or "".
    """
    chain = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__[:-1]]
    try:
        message = str(error)[:MAX_MESSAGE]
    except BaseException as second:  # a hostile or broken __str__ must not hide the error
        message = f"(its message could not be read: {type(second).__name__})"
    return {
        "chain": chain[:20],
        "message": message,
        "frames": _own_frames(error, folder),
        "limit": _limit_behind(error),
    }


def _limit_behind(error: BaseException) -> str:
    if isinstance(error, RuntimeError) and error.args == ("can't start new thread",):
        return "threads"
    return _LIMITS.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def _own_frames(error: BaseException, folder: Path) -> list[dict[str, Any]]:
    frames = []
    own = str(folder) + os.sep
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        if path.startswith(own):
            frames.append((path, line or 0, frame.f_code.co_name))
    return [
        {
            "file": path.removeprefix(own),
            "line": line,
            "function": function[:100],
            "code": linecache.getline(path, line).strip()[:200],
        }
        for path, line, function in frames[-MAX_FRAMES:]
    ]
