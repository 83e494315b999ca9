"""Linux system calls that Python has no name for, through the C library.

Used on the student's side before the student's code is there: by the fork server, which
makes a set of namespaces for each worker, and by the worker, which locks itself in.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from functools import cache
from threading import get_native_id
from typing import NamedTuple

_NAMESPACES = (
    0x10000000  # user
    | 0x00020000  # mount
    | 0x20000000  # pid
    | 0x40000000  # network
    | 0x08000000  # interprocess communication
    | 0x04000000  # host name
    | 0x02000000  # cgroup
)


class _CloneCall(NamedTuple):
    """The number of `clone`, and whether the child's thread number comes before the TLS."""

    number: int
    number_first: bool

    def order(self, thread_number: ctypes.c_void_p) -> tuple[ctypes.c_void_p | None, ...]:
        return (thread_number, None) if self.number_first else (None, thread_number)


_CLONE_CALLS = {"x86_64": _CloneCall(56, True), "aarch64": _CloneCall(220, False)}
_CLONE_CHILD_SETTID, _CLONE_CHILD_CLEARTID = 0x01000000, 0x00200000
_MS_READ_ONLY, _MS_NO_SUID, _MS_NO_DEVICES, _MS_NO_EXECUTE = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND = 32, 4_096
_MOUNT_FLAGS = _MS_NO_SUID | _MS_NO_DEVICES | _MS_NO_EXECUTE
_PR_SET_DUMPABLE, _PR_SET_SECCOMP = 4, 22
_PR_SET_NO_NEW_PRIVS, _PR_GET_TID_ADDRESS = 38, 40
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def fork_into_namespaces() -> int:
    """Fork a child that is process 1 of its own namespaces; return its id, and 0 in the child.

    One `clone` in place of `unshare` and two forks: forking a process that has imported
    TensorFlow takes milliseconds each time. It does what the C library's `fork` does for a
    process of a single thread, which the caller must be: the child's thread learns its number.

    Raises
    ------
    OSError
        When the kernel does not let this user make namespaces.
    """
    call = _CLONE_CALLS.get(platform.machine())
    if call is None:
        raise OSError(f"the clone call of {platform.machine()} is not known")
    thread_number = _address_of_thread_number()
    # The GIL stays held across the call: in the child there is nobody to give it back.
    library = ctypes.PyDLL(None, use_errno=True)
    interpreter = ctypes.pythonapi
    flags = _NAMESPACES | _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID | signal.SIGCHLD
    arguments = (flags, None, None, *call.order(thread_number))
    interpreter.PyOS_BeforeFork()
    result = library.syscall(call.number, *arguments)
    if result == 0:
        interpreter.PyOS_AfterFork_Child()
        return 0
    interpreter.PyOS_AfterFork_Parent()
    return _check(result, "clone")


def _address_of_thread_number() -> ctypes.c_void_p:
    """Where the C library keeps the number of this thread: its locks compare by it.

    A child that went on with its parent's number would share it with one of its own threads.
    """
    address = ctypes.c_void_p()
    _check(_libc().prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0), "TID_ADDRESS")
    if not address.value or ctypes.c_int.from_address(address.value).value != get_native_id():
        raise OSError("the number of this thread was not found")
    return address


def exit_on_cpu_limit() -> None:
    """Let SIGXCPU end the process with the signal's number as exit code.

    The handler is the C library's own `_exit`: one in Python would wait for C code to return.
    """
    library = _libc()
    library.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
    library.signal(int(signal.SIGXCPU), ctypes.cast(library._exit, ctypes.c_void_p))


def map_own_user(user: int, group: int) -> None:
    """Keep one's own user and group inside a new user namespace."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def mount_private(path: str, *, size: int, files: int, owner: tuple[int, int]) -> None:
    """Mount an empty file system in memory over `path`, of at most `size` bytes."""
    user, group = owner
    options = f"size={size},nr_inodes={files},mode=0755,uid={user},gid={group}"
    result = _libc().mount(b"tmpfs", path.encode(), b"tmpfs", _MOUNT_FLAGS, options.encode())
    _check(result, f"mount over {path}")


def make_read_only(path: str) -> None:
    """Let nobody write into the file system that is mounted at `path`."""
    flags = _MOUNT_FLAGS | _MS_REMOUNT | _MS_BIND | _MS_READ_ONLY
    _check(_libc().mount(None, path.encode(), None, flags, None), f"remount of {path}")


def set_dumpable(dumpable: bool) -> None:
    """Let other processes of the same user read this one's memory and files, or not."""
    _check(_libc().prctl(_PR_SET_DUMPABLE, int(dumpable), 0, 0, 0), "DUMPABLE")


def drop_capabilities() -> None:
    """Give up every capability for good, those of the own user namespace included.

    No program that this process may start can bring one back.
    """
    library = _libc()
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(library.capset(header, nothing), "capset")
    _check(library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "NO_NEW_PRIVS")


def leave_root(user: int, group: int) -> None:
    """Become an unprivileged user for good; a process that is one already stays as it is."""
    if os.getuid() == 0 and user != 0:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        drop_capabilities()


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def install_filter(program: bytes) -> None:
    """Install a seccomp filter, given as instructions of 8 bytes; it cannot be taken off."""
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_program = _Program(len(program) // 8, ctypes.addressof(buffer))
    result = _libc().prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(filter_program), 0, 0
    )
    _check(result, "seccomp")
