"""Ends a worker whose time is up, and says where its code was.

The judge's own clock is the one that nobody can hold; it runs out a moment later. This one knows
the line of the loop that does not end, and what was printed so far.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from time import monotonic, process_time
from typing import Any

_end_process = os._exit
_frames_of = sys._current_frames
_ENDED = 71
_LONGEST_SLEEP = 3_600.0
_NEVER = float("inf")
_ALARM_SECONDS = 1
WAITING = 1 / 200
"""Code that computes for less than this part of the time waits for something. On a machine that was
short of memory and had ten processes for two cores, a question got a fortieth."""
_LOOKS_AGAIN = 1.0
_HAS_ALARM = hasattr(signal, "alarm")
"""Windows has none."""


class Stopwatch:
    """Watches the thread that makes it, from a thread of its own.

    Most workers live for less than a second and never get that thread, since making it costs a
    twentieth of grading a file: an alarm asks for it. While nobody's time is up it sleeps until the
    first limit that it was told of could be reached, and then looks which one holds by now.

    Where the wall clock may run for longer than the code may compute, that is for a busy machine:
    code that only waits may do so no longer than it might compute.

    Parameters
    ----------
    time_is_up
        Called with the frame in which the watched thread is, the seconds that it was given to
        compute, and whether it used them up computing; afterwards the process ends.
    """

    def __init__(self, time_is_up: Callable[[Any, float, bool], None]) -> None:
        self._watched = threading.get_ident()
        self._time_is_up = time_is_up
        self._change = threading.Lock()
        self._wake = threading.Event()
        self._deadline = self._cpu_deadline = _NEVER
        self._started = self._cpu_started = 0.0
        self._wakes_at: float | None = None
        """When the thread looks next; None before there is one."""
        self._seconds = self._cpu_seconds = 0.0
        self._is_set = False
        if _HAS_ALARM:
            signal.signal(signal.SIGALRM, self._rings)
            atexit.register(signal.alarm, 0)  # nobody answers it while Python takes itself down

    def start(self, seconds: float, cpu_seconds: float) -> None:
        """Watch from now on; another start takes the place of the one before."""
        with self._change:
            self._seconds, self._cpu_seconds = seconds, cpu_seconds
            self._started, self._cpu_started = monotonic(), process_time()
            self._cpu_deadline = self._cpu_started + cpu_seconds
            self._deadline = self._started + seconds
        if self._wakes_at is None:
            if not _HAS_ALARM or seconds < 2 * _ALARM_SECONDS:
                self._begin()
            elif not self._is_set:
                self._is_set = True
                signal.alarm(_ALARM_SECONDS)
        elif min(seconds, cpu_seconds) < self._wakes_at - monotonic():
            self._wake.set()

    def stop(self) -> None:
        """Watch no longer; does not return when the process is about to end."""
        with self._change:
            self._deadline = self._cpu_deadline = _NEVER

    def count_threads(self) -> int:
        """How many threads it has made."""
        return int(self._wakes_at is not None)

    def _rings(self, *_: Any) -> None:
        """A second has passed; the lock may be held by the code that this interrupts."""
        self._is_set = False
        if self._wakes_at is None and self._deadline < _NEVER:
            self._begin()

    def _begin(self) -> None:
        self._wakes_at = self._deadline
        _thread.start_new_thread(self._watch, ())

    def _watch(self) -> None:
        while True:
            with self._change:
                left = self._left()
                if left <= 0:
                    self._end()
            self._wakes_at = monotonic() + left
            self._wake.wait(min(left, _LONGEST_SLEEP))
            self._wake.clear()

    def _left(self) -> float:
        now, cpu_now = monotonic(), process_time()
        left = min(self._deadline - now, self._cpu_deadline - cpu_now)
        passed, computed = now - self._started, cpu_now - self._cpu_started
        if left == _NEVER or passed < self._cpu_seconds:
            return min(left, self._cpu_seconds - passed) if left < _NEVER else left
        return min(left, _LOOKS_AGAIN) if computed >= WAITING * passed else 0.0

    def _end(self) -> None:
        frame = _frames_of().get(self._watched)
        computing = process_time() >= self._cpu_deadline
        try:
            self._time_is_up(frame, self._cpu_seconds, computing)
        finally:
            _end_process(_ENDED)
