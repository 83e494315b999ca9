"""A course's only place for a server: who has it, and whether anybody has.

The hook imports this in the time of a push, so it needs the standard library alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.files.private_folder import FILE_MODE, FOLDER, private_folder

if sys.platform != "win32":
    import fcntl

_LOCK = "server.lock"


@contextmanager
def serving(course: Path) -> Iterator[bool]:
    """Hold the course's only place for a server; False when another process has it.

    The kernel gives the place back however its holder ends.
    """
    lock = private_folder(course) / _LOCK
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        got = False
        for pause in (0.05, 0.2, 0.5, 0.0):  # a hook that asks `is_served` holds it for a moment
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                got = True
                break
            except BlockingIOError:
                time.sleep(pause)
        yield got
    finally:
        os.close(descriptor)


def is_served(course: Path) -> bool:
    """Whether a server grades this course's pushes now."""
    try:
        descriptor = os.open(course / FOLDER / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
