"""The filter of system calls: what it may never let through, and what it survives."""

import subprocess

import pytest

from grader.confine.syscalls import _ALLOWED_WHEN, ALLOWED, REFUSED, filter_program

pytest.importorskip("pyseccomp", exc_type=ImportError)

_NAMES = """
    accept accept4 acct add_key adjtimex bind bpf capset chmod chown chroot clock_adjtime
    clock_settime clone clone3 connect create_module delete_module execve execveat fanotify_init
    fanotify_mark fchown fchownat finit_module fork fsconfig fsmount fsopen fspick getpeername
    getsockname init_module inotify_init inotify_init1 io_setup io_submit io_uring_enter
    io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl
    landlock_create_ruleset lchown link linkat listen lookup_dcookie mbind memfd_create
    memfd_secret migrate_pages mknod mknodat mlock mlockall modify_ldt mount mount_setattr
    move_mount move_pages mq_open msgget name_to_handle_at nfsservctl open_by_handle_at
    open_tree openat2 perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal
    pivot_root prctl process_madvise process_mrelease process_vm_readv process_vm_writev ptrace
    quotactl quotactl_fd reboot recvfrom recvmmsg recvmsg remap_file_pages request_key seccomp
    semget sendmmsg sendmsg sendto set_mempolicy setdomainname setfsgid setfsuid setgid
    setgroups sethostname setns setregid setresgid setresuid setreuid setsid setsockopt
    settimeofday setuid shmat shmctl shmget socket socketpair splice stime swapoff swapon
    symlink symlinkat syncfs sysfs syslog tee umount umount2 unshare uselib userfaultfd ustat
    vfork vhangup vmsplice
"""
DANGEROUS = frozenset(_NAMES.split())


def test_nothing_dangerous_is_allowed_without_conditions():
    assert ALLOWED.isdisjoint(DANGEROUS)
    assert ALLOWED.isdisjoint(REFUSED)
    assert ALLOWED.isdisjoint(_ALLOWED_WHEN)


def test_every_call_of_this_kernel_is_known_or_denied():
    """What is neither named here nor allowed gets ENOSYS: a new kernel opens no door."""
    listing = subprocess.run(
        ["cpp", "-dM", "-include", "asm/unistd.h"], input="", capture_output=True, text=True
    )
    if listing.returncode != 0:
        pytest.skip("no kernel headers here")
    names = {
        line.split()[1].removeprefix("__NR_")
        for line in listing.stdout.splitlines()
        if line.startswith("#define __NR_")
    }
    assert len(names) > 300
    let_through = (ALLOWED | set(_ALLOWED_WHEN)) & names
    assert len(let_through) < len(names) / 2


def test_the_filter_is_made_even_where_a_call_is_unknown(monkeypatch):
    from grader.confine import syscalls

    monkeypatch.setattr(syscalls, "ALLOWED", ALLOWED | {"a_call_of_the_future"})
    filter_program.cache_clear()
    program = filter_program()
    filter_program.cache_clear()
    assert len(program) % 8 == 0 and len(program) > 800
