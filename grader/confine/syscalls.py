"""The system calls that a worker may make, as a seccomp filter.

Everything that is not named here does not exist for a worker: it gets ENOSYS, as on an
older kernel, and libraries fall back on what they do there. Calls that NumPy, Keras and
TensorFlow, JAX or PyTorch need are named; calls that open, inspect or change anything outside
of the process are not: no new process, no program, no socket, no mount, no namespace, no other
process's memory, no keys, no kernel objects that outlive the process.
"""

from __future__ import annotations

import errno
import tempfile
from functools import cache
from typing import Any

_FILES = """
    access chdir close close_range dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchdir
    fchmod fchmodat fdatasync fsync fstat fstatfs ftruncate getcwd getdents getdents64 lseek lstat
    mkdir mkdirat newfstatat open openat pread64 preadv preadv2 pwrite64 pwritev pwritev2 read
    readlink readlinkat readv rename renameat renameat2 rmdir stat statfs statx sync_file_range
    truncate umask unlink unlinkat utimensat write writev copy_file_range sendfile flock
"""
_MEMORY = "brk madvise mincore mmap mprotect mremap msync munmap membarrier"
_THREADS = """
    arch_prctl exit exit_group futex futex_waitv get_robust_list gettid set_robust_list
    set_tid_address rseq sched_getaffinity sched_getparam sched_get_priority_max
    sched_get_priority_min sched_getscheduler sched_setaffinity sched_yield getcpu
"""
_SIGNALS = """
    alarm kill pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
    rt_sigsuspend rt_sigtimedwait restart_syscall sigaltstack tgkill tkill
"""
_TIME = """
    clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time
    times timer_create timer_delete timer_getoverrun timer_gettime timer_settime
"""
_WAITING = """
    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2
    pipe pipe2 poll ppoll pselect6 select timerfd_create timerfd_gettime timerfd_settime
"""
_FACTS = """
    getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getrandom
    getresgid getresuid getrlimit getrusage getsid getuid prlimit64 setrlimit sysinfo uname
    wait4 waitid setpriority
"""
ALLOWED = frozenset(
    " ".join((_FILES, _MEMORY, _THREADS, _SIGNALS, _TIME, _WAITING, _FACTS)).split()
)

_CLONE_THREAD = 0x00010000
_TCGETS, _FIONREAD, _FIONBIO, _FIOCLEX = 0x5401, 0x541B, 0x5421, 0x5451
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_GETLK, _F_SETLK, _F_SETLKW = range(8)
_F_DUPFD_CLOEXEC = 1030
_PR_SET_NAME, _PR_GET_NAME, _PR_GET_DUMPABLE, _PR_GET_SECCOMP = 15, 16, 3, 21
_PR_SET_VMA, _PR_CAPBSET_READ, _PR_GET_NO_NEW_PRIVS = 0x53564D41, 23, 39

_ALLOWED_WHEN: dict[str, tuple[int, ...]] = {
    "ioctl": (_TCGETS, _FIONREAD, _FIONBIO, _FIOCLEX),
    "fcntl": (
        _F_DUPFD,
        _F_GETFD,
        _F_SETFD,
        _F_GETFL,
        _F_SETFL,
        _F_GETLK,
        _F_SETLK,
        _F_SETLKW,
        _F_DUPFD_CLOEXEC,
    ),
    "prctl": (
        _PR_SET_NAME,
        _PR_GET_NAME,
        _PR_GET_DUMPABLE,
        _PR_GET_SECCOMP,
        _PR_SET_VMA,
        _PR_CAPBSET_READ,
        _PR_GET_NO_NEW_PRIVS,
    ),
}
"""Calls that are harmless with some commands only, and those commands."""

REFUSED = frozenset(
    [
        "clone",
        "execve",
        "execveat",
        "fork",
        "vfork",
        "socket",
        "socketpair",
        "ptrace",
        "mount",
        "unshare",
        "setns",
        "memfd_create",
    ]
)
"""Calls that students may make by mistake: EPERM says "not permitted" where ENOSYS would puzzle.

`clone` makes threads, which is allowed, and processes, which is not."""


class FilterUnavailable(Exception):
    """The filter cannot be made here; the message says what is missing."""


@cache
def filter_program() -> bytes:
    """The filter as instructions for the kernel.

    Raises
    ------
    FilterUnavailable
        When libseccomp or its Python binding is missing.
    """
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:
        raise FilterUnavailable(
            f"the seccomp filter cannot be made ({error}): pip install 'pyseccomp', and libseccomp "
            "from the system's packages (Debian, Ubuntu: apt install libseccomp2)"
        ) from None
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ERRNO(errno.ENOSYS))
    for name in sorted(ALLOWED):
        _add(rules, pyseccomp.ALLOW, name)
    for name, commands in _ALLOWED_WHEN.items():
        argument = 0 if name == "prctl" else 1
        for command in commands:
            _add(rules, pyseccomp.ALLOW, name, pyseccomp.Arg(argument, pyseccomp.EQ, command))
    as_thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, _CLONE_THREAD)
    _add(rules, pyseccomp.ALLOW, "clone", as_thread)
    as_process = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0)
    _add(rules, pyseccomp.ERRNO(errno.EPERM), "clone", as_process)
    for name in sorted(REFUSED - {"clone"}):
        _add(rules, pyseccomp.ERRNO(errno.EPERM), name)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: Any, action: int, name: str, *arguments: Any) -> None:
    """Add a rule; a call that this libseccomp or this machine does not know needs none."""
    import pyseccomp

    try:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    except (ValueError, OSError):
        return
    if number >= 0:
        rules.add_rule(action, number, *arguments)
