"""The settings of Python and NumPy that code can change for all that runs after it."""

from __future__ import annotations

import functools
import gc
import importlib
import os
import signal
import sys
import time
from _thread import _count as count_threads
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.random

from grader.worker.limits import changes_of_limits
from grader.worker.settings import Objects, Setting, entries_of

_SIGNALS = ("SIGALRM", "SIGINT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGFPE", "SIGSEGV", "SIGXCPU")
_TIMERS = ("ITIMER_VIRTUAL", "ITIMER_PROF")
"""Their signals would end the process; the third timer is the stopwatch's."""
_NAPS, _NAP_SECONDS = 25, 0.002


@functools.cache
def settings_of_python() -> tuple[Setting, ...]:
    """All settings but the threads, made once for a process and its forks."""
    legacy: Any = numpy.random
    lists: tuple[list[Any], ...] = (sys.path, sys.meta_path, sys.path_hooks, sys.argv, gc.callbacks)
    return (
        Setting(_environment, _set_environment),
        Setting(os.getcwd, os.chdir),
        *map(entries_of, lists),
        Setting(sys.getrecursionlimit, sys.setrecursionlimit),
        Setting(sys.getswitchinterval, sys.setswitchinterval),
        Setting(sys.get_int_max_str_digits, sys.set_int_max_str_digits),
        Objects(lambda: [sys.gettrace()], lambda kept: sys.settrace(*kept)),
        Objects(lambda: [sys.getprofile()], lambda kept: sys.setprofile(*kept)),
        Setting(gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
        Setting(gc.get_threshold, lambda kept: gc.set_threshold(*kept)),
        Setting(_locale, _set_locale),
        Objects(lambda: [legacy.get_bit_generator()], lambda kept: legacy.set_bit_generator(*kept)),
        _print_options(),
        _handlers(),
        _blocked_signals(),
        _timers(),
        Setting(_umask, _set_umask),
        Setting(changes_of_limits),
    )


def threads_of(own_threads: Callable[[], int]) -> Setting:
    """How many threads there are, beside so many of the grader's."""
    return _Threads(own_threads)


def modules_in_place(names: Iterable[str]) -> Setting:
    """That these names stand for the modules for which they stand now."""
    kept = [(name, sys.modules[name]) for name in names if name in sys.modules]

    def read() -> bool:
        return all(sys.modules.get(name) is module for name, module in kept)

    return Setting(read, lambda _: sys.modules.update(kept))


def _environment() -> dict[Any, Any]:
    """The variables as they are stored; to decode each of them would take longer than all else."""
    return dict(getattr(os.environ, "_data", os.environ))


def _set_environment(kept: dict[Any, Any]) -> None:
    wanted = {os.fsdecode(name): os.fsdecode(value) for name, value in kept.items()}
    for name in [name for name in os.environ if name not in wanted]:
        del os.environ[name]
    os.environ.update(wanted)
    if hasattr(time, "tzset"):
        time.tzset()


def _locale() -> Any:
    """The locale; only what has imported the module can have changed it."""
    module = sys.modules.get("_locale")
    return module.setlocale(module.LC_ALL) if module is not None else None


def _set_locale(kept: str | None) -> None:
    module = sys.modules["_locale"]
    module.setlocale(module.LC_ALL, "C" if kept is None else kept)


def _handlers() -> Setting:
    numbers = [int(getattr(signal, name)) for name in _SIGNALS if hasattr(signal, name)]
    # Without the names that `signal` gives to them, which would take longer than all else.
    handlers = importlib.import_module("_signal").getsignal

    def write(kept: list[Any]) -> None:
        for number, handler in zip(numbers, kept, strict=True):
            if handlers(number) is not handler:
                signal.signal(number, handler)

    return Objects(lambda: [handlers(number) for number in numbers], write)


def _print_options() -> Setting:
    names = list(np.get_printoptions())

    def write(kept: list[Any]) -> None:
        np.set_printoptions(**dict(zip(names, kept, strict=True)))

    return Objects(lambda: list(np.get_printoptions().values()), write)


def _blocked_signals() -> Setting:
    # Python's own gives a name to each signal, too.
    change = getattr(importlib.import_module("_signal"), "pthread_sigmask", None)
    if change is None:  # Windows
        return Setting(lambda: None)
    block, set_all = signal.SIG_BLOCK, signal.SIG_SETMASK
    return Setting(lambda: change(block, ()), lambda kept: change(set_all, kept))


_set_umask = os.umask


def _umask() -> int:
    """Which permissions new files lack; the system tells only who sets it."""
    mask = _set_umask(0o077)
    _set_umask(mask)
    return mask


def _timers() -> Setting:
    numbers = [getattr(signal, name) for name in _TIMERS if hasattr(signal, name)]

    def read() -> list[bool]:
        return [signal.getitimer(number)[0] > 0 for number in numbers]

    def write(_: list[bool]) -> None:
        for number in numbers:
            signal.setitimer(number, 0)

    return Setting(read, write)


class _Threads(Setting):
    """How many threads of a student's run. None can be ended from outside; some end in time."""

    def __init__(self, own_threads: Callable[[], int]) -> None:
        super().__init__(lambda: count_threads() - own_threads(), self._wait)

    def _wait(self, _: int) -> None:
        # Naps and no deadline: on a busy machine each of them gives a thread its turn.
        for _ in range(_NAPS):
            if self._is_kept():
                return
            time.sleep(_NAP_SECONDS)

    def _is_kept(self) -> bool:
        return bool(self.read() <= self.kept)
