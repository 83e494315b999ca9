"""Judges for many submissions: each in a process of its own, and what its end means."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from grader.checks import Verdict
from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment
from grader.judge.processes.limits import JudgeLimits
from grader.judge.processes.slate import Slate
from grader.judge.processes.work import Past, Work, order_of, read_order
from grader.judge.records import check_result, out_of_memory
from grader.result import CheckResult, Status

if TYPE_CHECKING:
    from grader.judge.processes.process import Ending, JudgeProcess

CAN_FORK = sys.platform == "linux"
"""Elsewhere a submission is judged in this process: what confines workers is Linux alone, too."""
_TRIES = 2
"""What a machine may have done to a judge is tried once more."""
_LEAST_CPU_SECONDS = 2.0
"""So much a judge has who goes on where another used up what a submission may take."""


class JudgesClosed(Exception):
    """The judges were closed while this submission was judged; there is no result."""


class Judges:
    """Judges submissions, each in a process of its own; may be used from several threads.

    A fork copies pages for longer than an ordinary submission takes to judge. So a judge that
    has ended one, and has not grown, takes another of those that it knows.

    Parameters
    ----------
    launcher
        Starts the workers; its fork servers serve all judges.
    known
        Works that are known before the first judge is forked.
    """

    def __init__(
        self, launcher: Launcher, limits: JudgeLimits | None = None, known: Sequence[Work] = ()
    ) -> None:
        self.launcher, self.limits = launcher, limits or JudgeLimits()
        self._known = {id(work): work for work in known}
        self._lock = threading.Lock()
        self._running: set[JudgeProcess] = set()
        self._idle: list[JudgeProcess] = []
        self._closed = False

    def judge(self, work: Work) -> bytes:
        """Judge one submission; whatever its answers do, a result is delivered.

        A check whose answers cost its judge the memory or the time that it may take has that as
        its status, and another judge begins anew without that check. A judge that was killed, or
        broke, is the machine's or the grader's fault: after a second one the result says so.

        Returns
        -------
        What the work's own `deliver` says of the result.

        Raises
        ------
        JudgesClosed
            When `close` was called meanwhile.
        """
        if not CAN_FORK:
            return _judge_here(work, self.launcher)
        past, tries, cpu_seconds = Past(), _TRIES, self.limits.cpu_seconds
        while True:
            started = time.monotonic()
            try:
                ending = self._run(work, past, cpu_seconds)
            except OSError as error:
                reason = f"No process could be started for the judge: {error}."
                return work.deliver(work.ungraded(reason))
            if ending.said is not None:
                return ending.said
            if self._closed:
                raise JudgesClosed
            cpu_seconds = max(_LEAST_CPU_SECONDS, cpu_seconds - ending.cpu_seconds)
            verdict, noted = self._verdict_of(ending), ending.noted
            if verdict is not None and noted is not None and noted.check is not None:
                check = _result_of(noted.check, work.assignment, verdict)
                past = past.with_check(noted.attempt, check, time.monotonic() - started)
            else:  # another begins as if nothing had happened, and does no more than it must
                if not past.only_grade:
                    cpu_seconds = self.limits.cpu_seconds
                past = replace(past, only_grade=True)
                tries -= 1
                if not tries:
                    return work.deliver(work.ungraded(_reason(ending)))

    def running(self) -> list[int]:
        """The processes of the judges that are at work."""
        with self._lock:
            return [process.number for process in self._running]

    def close(self) -> None:
        """End the judges that are at work, and begin no other."""
        with self._lock:
            self._closed = True
            for process in self._running:
                process.kill()
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def __enter__(self) -> Self:
        """Return the judges."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self.close()

    def _run(self, work: Work, past: Past, cpu_seconds: float) -> Ending:
        process = self._take(work)
        try:
            ending = process.carry_out(order_of(id(work), past), cpu_seconds)
        finally:
            with self._lock:
                self._running.discard(process)
                fits = not (self._closed or process.is_spent) and id(work) in self._known
                if fits:
                    self._idle.append(process)
        if not fits and ending.said is not None:
            process.end()
        return ending

    def _take(self, work: Work) -> JudgeProcess:
        """A judge that knows the work: an idle one, or else a fresh one."""
        from grader.judge.processes.process import JudgeProcess

        works = self._known if id(work) in self._known else {id(work): work}

        def task(launcher: Launcher, slate: Slate, order: bytes) -> bytes:
            number, past = read_order(order)
            chosen = works[number]
            return chosen.deliver(chosen.judge(launcher, slate, past))

        with self._lock:
            if self._closed:
                raise JudgesClosed
            if works is self._known and self._idle:
                process = self._idle.pop()
            else:
                process = JudgeProcess(task, self.launcher, self.limits)
            self._running.add(process)
            return process

    def _verdict_of(self, ending: Ending) -> Verdict | None:
        """The verdict on the check that was judged; None where the machine may be to blame."""
        from grader.judge.processes.process import OUT_OF_MEMORY, SIGKILL, SIGXCPU

        if ending.code == OUT_OF_MEMORY:
            return out_of_memory()
        if ending.code == -SIGXCPU:
            text = (
                "Comparing the answers of this submission took the grader longer than the "
                f"{self.limits.cpu_seconds:g} s that it may take. Return a value of the size and "
                "type that the exercise asks for."
            )
            return Verdict(Status.TIMEOUT, message=text)
        if ending.code < 0 and ending.code != -SIGKILL:
            text = (
                f"The process that compared this answer was ended by signal {-ending.code}. Return "
                "a value of the size and type that the exercise asks for."
            )
            return Verdict(Status.CRASHED, message=text)
        return None


def _result_of(
    name: tuple[str, str], assignment: PreparedAssignment, verdict: Verdict
) -> CheckResult:
    """The result of the check that the judge could not end."""
    check = next(one for one in assignment.checks if (one.exercise, one.name) == name)
    file = assignment.exercise(check.exercise).file
    return check_result(check, assignment, verdict, file=file)


def _reason(ending: Ending) -> str:
    how = f"signal {-ending.code}" if ending.code < 0 else f"exit code {ending.code}"
    return (
        f"The grader's own process for this submission ended early, twice ({how}). Run the same "
        "command again; if it happens again, tell the instructor."
    )


def _judge_here(work: Work, launcher: Launcher) -> bytes:
    return work.deliver(work.judge(launcher, Slate(), Past()))
