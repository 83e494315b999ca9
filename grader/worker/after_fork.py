"""From a fork of the server to a worker: namespaces are there, now walls go up inside them."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from typing import Any

from grader.worker import system

_SCRATCH = "/tmp"
_HIGHEST_DESCRIPTOR = 4_096
_BROKEN = 70


@dataclass(frozen=True)
class Birth:
    """What a worker is given on its way.

    Attributes
    ----------
    limits
        ``tmp_bytes`` and ``tmp_files``.
    identity
        User and group as they were outside: in a new user namespace nobody has a name yet.
    conversation
        The socket to the judge.
    output
        Where everything goes that code below Python's own `print` writes.
    """

    limits: dict[str, Any]
    identity: tuple[int, int]
    conversation: int
    output: int


def live(birth: Birth) -> None:
    """Live as a worker, to the end; never returns into the server's code."""
    try:
        os.dup2(birth.output, 1)
        os.dup2(birth.output, 2)
        _wall_in(birth)
        questions, answers = _keep_only(birth.conversation)
        from grader.worker.loop import serve

        serve(os.fdopen(questions, "rb"), os.fdopen(answers, "wb"))
        os._exit(0)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)  # into the output, which the judge quotes
    finally:
        os._exit(_BROKEN)


def _wall_in(birth: Birth) -> None:
    system.map_own_user(*birth.identity)
    # When the machine runs out of memory, the kernel takes a worker first.
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
    system.set_dumpable(False)
    size, files = birth.limits["tmp_bytes"], birth.limits["tmp_files"]
    system.mount_private(_SCRATCH, size=size, files=files, owner=birth.identity)
    _cover_proc(birth.identity)
    os.chdir(_SCRATCH)
    # Process 1 ignores signals that it does not handle, and this one is to end it.
    system.exit_on_cpu_limit()


def _cover_proc(identity: tuple[int, int]) -> None:
    """Leave of /proc what TensorFlow insists on reading; much of the rest helps who wants out."""
    program = os.readlink("/proc/self/exe")
    system.mount_private("/proc", size=4_096, files=8, owner=identity)
    os.mkdir("/proc/self")
    os.symlink(program, "/proc/self/exe")
    os.symlink(os.devnull, "/proc/self/cmdline")
    system.make_read_only("/proc")


def _keep_only(conversation: int) -> tuple[int, int]:
    """Close every descriptor but the three streams and the conversation; return its two ends."""
    os.setsid()
    high = os.dup2(conversation, _HIGHEST_DESCRIPTOR)
    questions, answers = os.dup2(high, 3), os.dup2(high, 4)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.closerange(5, _HIGHEST_DESCRIPTOR + 1)
    return questions, answers
