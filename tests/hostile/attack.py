"""One hostile submission: a file in which every answer is wrong, and an attack in `predict`.

Where an attack can succeed, the code returns the right answer if it did, so that any point
awarded is a hole. The whole standard library may be imported: it is the confinement that holds.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from grader.result import Status

PREAMBLE = """
import numpy as np
import ctypes
import os
import sys
import time
from importlib import import_module as load
libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {  # system calls of x86-64, as there is no name for them in Python
    "ptrace": 101, "syslog": 103, "mount": 165, "reboot": 169, "sethostname": 170,
    "init_module": 175, "keyctl": 250, "unshare": 272, "perf_event_open": 298, "setns": 308,
    "process_vm_readv": 310, "memfd_create": 319, "bpf": 321, "userfaultfd": 323,
    "pidfd_open": 434, "io_uring_setup": 425, "clone3": 435, "pidfd_getfd": 438, "chroot": 161,
    "shmget": 29, "msgget": 68, "semget": 64, "pivot_root": 155, "quotactl": 179,
    "settimeofday": 164, "swapoff": 168, "add_key": 248, "open_by_handle_at": 304,
    "kexec_load": 246, "fanotify_init": 300, "mq_open": 240, "socket": 41, "execve": 59,
    "move_mount": 429, "fsopen": 430, "open_tree": 428, "personality": 135, "process_madvise": 440,
    "landlock_create_ruleset": 444, "memfd_secret": 447, "seccomp": 317, "kcmp": 312,
}


def call(name, *arguments):
    return libc.syscall(NUMBERS[name], *arguments)


def works(action):
    try:
        return bool(action())
    except BaseException:
        return False

"""

_WRONG = """

def half_mse(X, y, w, b):
    return -1.0

def gradients(X, y, w, b):
    return np.ones(len(w)), 1.0

def solve(X, y):
    return np.zeros(X.shape[1])

def root(x):
    return -1.0

def noise(n, rng):
    return np.zeros(n)

def fit(X, y):
    return np.zeros(X.shape[1]), 0.0
"""


@dataclass(frozen=True)
class Attack:
    """A hostile submission and the status that its `predict` must get."""

    name: str
    statuses: frozenset[Status]
    code: str
    """The body of `predict(X, w, b)`."""
    module: str = ""
    """What the file does when it is imported."""
    words: str = ""
    """What the message must say."""

    @property
    def text(self) -> str:
        body = textwrap.indent(textwrap.dedent(self.code).strip(), "    ")
        module = textwrap.dedent(self.module)
        return f"{PREAMBLE}{module}\ndef predict(X, w, b):\n{body}\n{_WRONG}"


class Attacks(dict[str, Attack]):
    """Attacks by name."""

    def add(
        self,
        name: str,
        statuses: Status | set[Status],
        code: str,
        *,
        module: str = "",
        words: str = "",
    ) -> None:
        """Declare one."""
        assert name not in self
        several = statuses if isinstance(statuses, set) else {statuses}
        self[name] = Attack(name, frozenset(several), code, module, words)

    def escape(self, name: str, expression: str, *, module: str = "") -> None:
        """Declare one that succeeds when `expression` is true."""
        code = f"return X @ w + b if works(lambda: {expression}) else np.zeros(len(X))"
        self.add(name, Status.FAILED, code, module=module)
