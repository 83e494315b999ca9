"""What a worker sees: an allow-list of files, put together by bubblewrap.

The interpreter and its standard library, the packages that the assignment may import,
`grader.wire` and `grader.worker`. No `solutions/`, no other part of `grader`, no data sets, no
course directory, no home. Everything is read-only but a small scratch in memory.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import grader
from grader.confine.engine import Engine
from grader.confine.packages import installed_files
from grader.confine.spawned import INTERPRETER_OPTIONS, common_environment

SCRATCH = "/tmp"
UNPRIVILEGED = 65_534
"""User and group of workers that root starts: nobody's, with a right to nothing."""

_OWN_SCRATCH = 2**20
"""Bytes; each worker covers it with a scratch of its own size."""
_CODE = "/worker/code"
_PACKAGES = "/worker/packages"
_LIBRARIES = ("/lib", "/lib64", "/lib32", "/usr/lib64", f"/usr/lib/{sys.implementation._multiarch}")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/full")
_LOADER = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")


class Sandbox:
    """The arguments of bubblewrap for one backend and the packages that may be imported."""

    def __init__(self, backend: str, packages: frozenset[str], engine: Engine) -> None:
        self.engine = engine.serving(packages)
        keras_backend = self.engine.keras_backend if backend == "keras" else None
        self.packages = installed_files(packages, keras_backend)

    @property
    def identity(self) -> tuple[int, int]:
        """User and group of the worker: an unprivileged one where we are root."""
        if os.getuid() == 0:
            return UNPRIVILEGED, UNPRIVILEGED
        return os.getuid(), os.getgid()

    @contextmanager
    def command(
        self, module: str, arguments: Sequence[str], *, is_server: bool
    ) -> Iterator[tuple[list[str], int]]:
        """The command that runs a module inside, and a descriptor that it must inherit.

        The options travel over the descriptor: a command line could be read from `/proc`.

        Parameters
        ----------
        is_server
            A server needs `/proc`, to map its children's users, and hears of the judge's end by
            itself. A worker has of `/proc` what TensorFlow insists on reading, and the kernel
            ends it with the judge's thread.
        """
        options = [*self._isolation, *self._files, *self._environment]
        if is_server:
            options += ["--proc", "/proc"]
        else:
            options += ["--cap-add", "CAP_SYS_ADMIN"]  # given up with the rest after that mount
            options += ["--die-with-parent", "--perms", "0755", "--dir", "/proc"]
            options += ["--perms", "0755", "--dir", "/proc/self"]
            options += ["--symlink", _interpreter(), "/proc/self/exe"]
            options += ["--symlink", os.devnull, "/proc/self/cmdline"]
        options += ["--size", str(_OWN_SCRATCH), "--perms", "1777", "--tmpfs", SCRATCH]
        options += ["--chdir", SCRATCH, "--remount-ro", "/"]
        program = [_interpreter(), "-s", "-S", *INTERPRETER_OPTIONS, "-m", module, *arguments]
        descriptor = os.memfd_create("arguments", 0)
        try:
            os.write(descriptor, b"\0".join(map(os.fsencode, options)))
            os.lseek(descriptor, 0, os.SEEK_SET)
            yield [bubblewrap(), "--args", str(descriptor), "--", *program], descriptor
        finally:
            os.close(descriptor)

    @cached_property
    def _isolation(self) -> list[str]:
        options = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
        options += ["--unshare-cgroup-try", "--hostname", "worker", "--new-session"]
        options += ["--cap-drop", "ALL"]
        if os.getuid() == 0:
            # Bubblewrap reads files that only root can reach; then Python leaves root for good,
            # and these two capabilities with it, before it opens anything of a student's.
            return [*options, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        return ["--unshare-user", *options]

    @cached_property
    def _files(self) -> list[str]:
        options: list[str] = []
        for folder in ("/usr", "/usr/lib", "/dev", "/etc", f"{_CODE}/grader", _PACKAGES):
            options += _parents(Path(folder, "any"))
        for library in _LIBRARIES:
            options += _as_it_is(library)
        for file in _LOADER:
            options += ["--ro-bind-try", file, file]
        for device in _DEVICES:
            options += ["--dev-bind-try", device, device]
        for path in _interpreter_files():
            options += [*_parents(path), "--ro-bind", str(path), str(path)]
        for path in _site_folders():
            options += ["--perms", "0555", "--size", "4096", "--tmpfs", str(path)]
        for path in self.packages:
            options += ["--ro-bind-try", str(path), f"{_PACKAGES}/{path.name}"]
        code = Path(grader.__file__).parent
        for name in ("__init__.py", "wire", "worker"):
            options += ["--ro-bind", str(code / name), f"{_CODE}/grader/{name}"]
        return options

    @cached_property
    def _environment(self) -> list[str]:
        variables = common_environment(SCRATCH, self.engine) | {
            "PYTHONPATH": f"{_CODE}:{_PACKAGES}"
        }
        options = ["--clearenv"]
        for name, value in variables.items():
            options += ["--setenv", name, value]
        return options


def bubblewrap() -> str:
    """The path of bubblewrap's command; raises FileNotFoundError."""
    found = shutil.which("bwrap")
    if found is None:
        raise FileNotFoundError("bwrap was not found")
    return found


def _interpreter() -> str:
    """The interpreter itself: that of a virtual environment is a link to it."""
    return os.path.realpath(sys.executable)


def _interpreter_files() -> list[Path]:
    """The interpreter, its standard library and, where it is shared, its own library."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    folders = [sysconfig.get_path(name, vars=base) for name in ("stdlib", "platstdlib")]
    files = [Path(_interpreter()), *map(Path, dict.fromkeys(folders))]
    shared = sysconfig.get_config_var("INSTSONAME") or ""
    library = Path(sys.base_prefix) / "lib" / shared
    if ".so" in shared and library.is_file():
        files.append(library)
    return files


def _site_folders() -> list[Path]:
    """Folders inside the standard library that hold what else is installed."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    stdlib = Path(sysconfig.get_path("stdlib", vars=base))
    candidates = [stdlib / "site-packages", stdlib / "dist-packages"]
    return [path for path in candidates if path.is_dir()]


def _as_it_is(path: str) -> list[str]:
    """Bind a folder, or make the same symbolic link."""
    if os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind", path, path] if os.path.isdir(path) else []


def _parents(path: Path) -> list[str]:
    """Make the folders above a path; bubblewrap would copy the rights of the real ones."""
    options: list[str] = []
    for parent in reversed(path.parents[:-1]):
        options += ["--perms", "0755", "--dir", str(parent)]
    return options
