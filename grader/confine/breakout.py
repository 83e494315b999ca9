"""Ten ways out of a worker, tried for real: what `grader doctor` reports."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.confine.interface import Launcher, WorkerSettings

_SECONDS = 20.0
_PROBE = """
import ctypes, os, socket, subprocess, sys

libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None

def works(action):
    try:
        return bool(action())
    except BaseException:
        return False

def read_the_accounts_of_this_machine(course):
    return works(lambda: open("/etc/passwd").read())

def see_the_course(course):
    return works(lambda: os.listdir(course))

def read_the_environment_of_other_processes(course):
    def read(number):
        return open(f"/proc/{number}/environ", "rb").read()
    return works(lambda: any(
        works(lambda: read(number))
        for number in os.listdir("/proc") if number.isdigit() and int(number) != os.getpid()
    ))

def start_a_program(course):
    return works(lambda: subprocess.run([sys.executable, "-c", ""]).returncode == 0)

def fork_a_process(course):
    def fork():
        number = os.fork()
        if number == 0:
            os._exit(0)
        return os.waitpid(number, 0)
    return works(fork)

def open_a_network_socket(course):
    return works(lambda: socket.socket().bind(("127.0.0.1", 0)) is None)

def open_a_local_socket(course):
    return works(lambda: socket.socket(socket.AF_UNIX).bind("\\0grader-doctor") is None)

def write_outside_its_scratch(course):
    return any(
        works(lambda: open(file, "a")) for file in (os.__file__, __import__("numpy").__file__)
    )

def make_a_namespace(course):
    return works(lambda: libc.unshare(0x10000000) == 0)

def mount_a_file_system(course):
    return works(lambda: libc.mount(b"tmpfs", b"/usr", b"tmpfs", 0, None) == 0)
"""
WAYS_OUT = (
    "read_the_accounts_of_this_machine",
    "see_the_course",
    "read_the_environment_of_other_processes",
    "start_a_program",
    "fork_a_process",
    "open_a_network_socket",
    "open_a_local_socket",
    "write_outside_its_scratch",
    "make_a_namespace",
    "mount_a_file_system",
)


def open_ways_out(chosen: Launcher, course: Path) -> list[str]:
    """Start a worker, let it try every way out, and return those that it found open.

    Parameters
    ----------
    course
        A folder that a worker must not see.

    Raises
    ------
    Lost
        When the worker does not start or gives no answer.
    """
    settings = WorkerSettings(
        {"probe.py": _PROBE.encode()},
        "numpy",
        ("numpy", *sys.stdlib_module_names),
    )
    worker = chosen.start(settings)
    try:
        worker.ask({"kind": "load", "file": "probe.py"}, _SECONDS)
        found = []
        for name in WAYS_OUT:
            step = {"op": "call", "save": "open", "target": name, "args": [str(course)]}
            question = {"kind": "ask", "file": "probe.py", "steps": [step], "returns": ["open"]}
            # Whatever is not a plain "no" counts as open.
            if worker.ask(question, _SECONDS).get("values") != [False]:
                found.append(name.replace("_", " "))
        return found
    finally:
        worker.close()
