"""Which way to start workers: the strongest that works here, found out by trying."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from grader.confine.engine import Engine
from grader.confine.interface import Launcher, Lost, Silence, WorkerSettings
from grader.confine.spawned import SpawnedLauncher
from grader.problems import GraderProblem

_PROBE = b"def double(x):\n    return 2 * x\n"


class CannotConfine(GraderProblem):
    """No worker can be confined here; the message says why and how to fix it."""


def launcher(name: str = "auto", engine: Engine | None = None) -> Launcher:
    """Return the way to start workers that goes by `name`.

    Parameters
    ----------
    name
        `spawned` confines nothing; `confined` puts each worker into bubblewrap; `forked` forks
        them from servers in bubblewrap; `auto` takes forked or else confined, whichever starts a
        worker here and gets an answer from it; `account` gives each a user of its own, where root
        grades one student's work alone.
    engine
        What workers of Keras files compute with. A GPU's driver cannot be confined: it needs its
        devices, its files and system calls that the filter refuses.

    Raises
    ------
    CannotConfine
        When that way does not work here.
    """
    if name == "spawned":
        return SpawnedLauncher(engine)
    if engine is not None and engine.device == "gpu":
        raise CannotConfine("Code that computes on a GPU cannot be confined.")
    if name == "auto":
        try:
            return _working(_forked, engine)
        except CannotConfine:
            return _working(_confined, engine)
    makers = {"forked": _forked, "confined": _confined, "account": _account}
    if name not in makers:
        known = ", ".join(("auto", "spawned", *makers))
        raise ValueError(f"Expected one of {known}. Received: {name!r}")
    return _working(makers[name], engine)


def lone_launcher(engine: Engine | None = None) -> Launcher:
    """Return the strongest way for a machine that holds one student's work and no other's.

    Raises
    ------
    CannotConfine
        When neither namespaces nor another account keep a worker away from the judge.
    """
    try:
        return launcher("auto", engine)
    except CannotConfine as problem:
        try:
            return launcher("account", engine)
        except CannotConfine:
            raise problem from None


def quickest_launcher(engine: Engine | None = None) -> Launcher:
    """Return the quickest way that works here, for code that the author trusts.

    Forking is both the strongest and the quickest way; where nothing can be confined, plain
    child processes serve.
    """
    try:
        return launcher("auto", engine)
    except CannotConfine:
        return launcher("spawned", engine)


def _forked(engine: Engine | None) -> Launcher:
    from grader.confine.forked import ForkedLauncher

    return ForkedLauncher(engine)


def _confined(engine: Engine | None) -> Launcher:
    from grader.confine.confined import ConfinedLauncher

    return ConfinedLauncher(engine)


def _account(engine: Engine | None) -> Launcher:
    from grader.confine.account import AccountLauncher

    return AccountLauncher(engine)


def _working(make: Callable[[Engine | None], Launcher], engine: Engine | None) -> Launcher:
    """Make the launcher, start a worker and ask it something."""
    missing = _not_root() if make is _account else _missing()
    if missing:
        raise CannotConfine(missing)
    from grader.confine.syscalls import FilterUnavailable

    try:
        chosen = make(engine)
    except FilterUnavailable as problem:
        raise CannotConfine(f"{str(problem)[:1].upper()}{str(problem)[1:]}.") from None
    try:
        double_in(chosen)
    except Lost:
        try:
            double_in(chosen)  # once more: an accident is no reason for a weaker way
        except Lost as lost:
            if make is _account:
                raise CannotConfine(
                    f"A worker does not start under another account: {lost.detail}. Everybody "
                    f"must be allowed to run {sys.executable} and to read its packages."
                ) from None
            raise CannotConfine(_advice(lost.detail)) from None
    finally:
        chosen.close()  # what the probe needed; a launcher starts anew when it is asked to
    return chosen


def double_in(chosen: Launcher, backend: str = "numpy") -> dict[str, str]:
    """Start a worker and let it double a number; return its versions.

    Raises
    ------
    Lost
        When no worker starts, or it does not answer.
    """
    settings = WorkerSettings({"probe.py": _PROBE}, backend, ("numpy",))  # type: ignore[arg-type]
    worker = chosen.start(settings)
    try:
        worker.ask({"kind": "load", "file": "probe.py"}, 30)
        step = {"op": "call", "save": "r", "target": "double", "args": [21.0]}
        question = {"kind": "ask", "file": "probe.py", "steps": [step], "returns": ["r"]}
        answer = worker.ask(question, 30)
    finally:
        worker.close()
    if answer.get("values") != [42.0]:
        raise Lost(Silence.MALFORMED, f"a wrong answer came: {str(answer)[:200]}")
    return worker.versions


def _missing() -> str | None:
    """What is missing for any confinement at all, and how to get it."""
    if not sys.platform.startswith("linux"):
        return (
            f"Graded code can be confined on Linux alone, and this is {platform.system()}. Grade "
            "in a Linux virtual machine or container"
            + (" (WSL 2, say)." if sys.platform == "win32" else ".")
        )
    if shutil.which("bwrap") is None:
        return f"Bubblewrap is not installed. {_how_to_install()}"
    return None


def _not_root() -> str | None:
    """Why no worker can have another account here."""
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        return "Only root, on Linux, can start workers under another account."
    return None


def _how_to_install() -> str:
    managers = {
        "apt-get": "apt-get install bubblewrap",
        "dnf": "dnf install bubblewrap",
        "pacman": "pacman -S bubblewrap",
        "zypper": "zypper install bubblewrap",
        "apk": "apk add bubblewrap",
    }
    for command, line in managers.items():
        if shutil.which(command):
            return f"Install it: {line} (as root)."
    return "Install the package bubblewrap of your system."


def _advice(detail: str) -> str:
    """From what went wrong to how it is fixed."""
    text = f"A confined worker does not start: {detail.rstrip('.')}."
    if _is_on("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"):
        return (
            f"{text} AppArmor restricts user namespaces here (Ubuntu since 23.10). Allow them for "
            "bubblewrap: sudo apt-get install apparmor-profiles && sudo ln -s "
            "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo "
            "systemctl reload apparmor; or for all: sudo sysctl -w "
            "kernel.apparmor_restrict_unprivileged_userns=0"
        )
    if _is_on("/proc/sys/kernel/unprivileged_userns_clone", "0"):
        return (
            f"{text} User namespaces are switched off. Allow them: "
            "sudo sysctl -w kernel.unprivileged_userns_clone=1"
        )
    if _is_on("/proc/sys/user/max_user_namespaces", "0"):
        return (
            f"{text} User namespaces are switched off. Allow them: "
            "sudo sysctl -w user.max_user_namespaces=10000"
        )
    if _in_container():
        return (
            f"{text} This looks like a container that allows no namespaces. Start it with "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined (Docker, Podman)."
        )
    return text


def _is_on(file: str, value: str) -> bool:
    try:
        return Path(file).read_text(encoding="ascii").strip() == value
    except OSError:
        return False


def _in_container() -> bool:
    return any(Path(file).exists() for file in ("/.dockerenv", "/run/.containerenv"))
