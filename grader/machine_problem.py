"""What a machine refuses, which is nobody's mistake in a call: a full disk, a read-only folder."""

from __future__ import annotations

import errno


class MachineProblem(Exception):
    """The machine did not do what was asked; the message says what happened and how to fix it."""


def is_wrong_place(error: OSError) -> bool:
    """Whether there is no such place: a wrong call, where the caller named it."""
    return error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}


def advice(error: OSError) -> str:
    """How to fix what an error of the operating system says, as the beginning of a sentence."""
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", None)}:
        return "Free some space"
    if error.errno == errno.EFBIG:
        return "Raise the limit on the size of files (ulimit -f)"
    if error.errno in {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}:
        return "Move away what is in the way"
    return "Make the folder writable"
