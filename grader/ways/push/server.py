"""The warm server: takes pushes off the queue and grades them until it is told to stop."""

from __future__ import annotations

import logging
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.store import StoreError
from grader.files.unpack.items import Refused
from grader.ways.push.git import GitProblem
from grader.ways.push.grading import PushGrader, sweep
from grader.ways.push.install import HookProblem
from grader.ways.push.place import serving
from grader.ways.push.queue import (
    DONE,
    FAILED,
    MAX_ATTEMPTS,
    SET_ASIDE,
    PushJob,
    Queue,
    set_aside_report,
)

if TYPE_CHECKING:  # drawing needs a large library, and not every server draws
    from grader.judge.processes import DiagnosisLog
    from grader.ways.push.pages import Pages

_PAUSE = 0.03
_LOOK = 1.0
_AFTER_TROUBLE = 5.0
_LATER = "It stays in the queue and is graded again; nobody loses points because of this."
_log = logging.getLogger("grader.ways.push")


def serve(
    grader: PushGrader,
    stop: threading.Event,
    *,
    jobs: int,
    warm: tuple[str, ...] = (),
    pages: Pages | None = None,
    log: DiagnosisLog | None = None,
) -> None:
    """Grade pushes with `jobs` threads until `stop` is set; those begun are ended first.

    Parameters
    ----------
    warm
        Assignments that are prepared before the first push.
    pages
        Where each report is kept as a web page, too.
    log
        What diagnoses fail is told as soon as it is in there.

    Raises
    ------
    HookProblem
        When the course has a server already.
    """
    course = grader.directory.path
    with serving(course) as ours:
        if not ours:
            raise HookProblem(f"A server grades the pushes of {course} already; one is enough.")
        sweep(course)
        queue = Queue(course)
        again = queue.recover()
        queue.publish(pages.base if pages else "")
        for job in queue.set_aside():
            _log.warning("%s, %s is set aside: see grader hook status", job.student, job.assignment)
        queue.close()
        if again:
            _log.info("%d pushes that were not finished are queued again", again)
        for name in warm:
            grader.warm(name)
        threads = [
            threading.Thread(target=_work, args=(grader, stop), name=f"grader-{number}")
            for number in range(jobs)
        ]
        if pages is not None:
            threads.append(threading.Thread(target=pages.keep_written, args=(stop,), name="pages"))
        for thread in threads:
            thread.start()
        _log.info("ready")
        told = 0
        while not stop.wait(_LOOK) and any(thread.is_alive() for thread in threads):
            told = _tell(log, told)
        _note_stop(course)
        for thread in threads:
            thread.join()
        _tell(log, told)


def _tell(log: DiagnosisLog | None, told: int) -> int:
    """Say that diagnoses failed, when more did than were told of; return how many did."""
    if log is not None and log.failed > told:
        _log.warning("%s", log.sentence())
    return told if log is None else log.failed


def _note_stop(course: Path) -> None:
    """What kills the server after it was told to stop is its impatient caller, not a push."""
    try:
        queue = Queue(course)
        try:
            queue.stopping()
        finally:
            queue.close()
    except (sqlite3.Error, OSError) as error:
        _log.error("the queue of %s cannot be used: %s", course, error)


def _work(grader: PushGrader, stop: threading.Event) -> None:
    """Take and grade one job after the other; a database in trouble is tried again later."""
    course = grader.directory.path
    while not stop.is_set():
        try:
            queue = Queue(course)
            try:
                _take_jobs(queue, grader, stop)
            finally:
                queue.close()
        except (sqlite3.Error, OSError) as error:
            _log.error("the queue of %s cannot be used: %s", course, error)
            stop.wait(_AFTER_TROUBLE)


def _take_jobs(queue: Queue, grader: PushGrader, stop: threading.Event) -> None:
    while not stop.is_set():
        job = queue.claim()
        if job is None:
            stop.wait(_PAUSE)
            continue
        outcome = _outcome(grader, job)
        _finish(queue, job, outcome, stop)
        _log.info("%s, %s, %s: %s", job.student, job.assignment, job.commit_id[:10], outcome.state)


@dataclass(frozen=True)
class _Outcome:
    """How a job ended: its state, what its pusher reads, and how many servers failed on it."""

    state: str
    report: str
    failures: int = 0


def _finish(queue: Queue, job: PushJob, outcome: _Outcome, stop: threading.Event) -> None:
    """Keep how a job ended, as soon as the disk takes it: what looks running is waited for."""
    while True:
        try:
            return queue.finish(job.id, outcome.state, outcome.report, failures=outcome.failures)
        except sqlite3.Error as error:
            _log.error("how job %d ended cannot be kept: %s", job.id, error)
            if stop.wait(_AFTER_TROUBLE):
                return


def _outcome(grader: PushGrader, job: PushJob) -> _Outcome:
    """Grade a job; a failure of ours is written down and tried again by the next server.

    What may be the push's own doing is tried by `MAX_ATTEMPTS` servers; a disk that takes nothing
    and a repository that cannot be read are not, and cost no more than a look.
    """
    try:
        result, report = grader.grade(job)
    except GitProblem as problem:
        return _Outcome(
            FAILED,
            f"This push was not graded: {problem} If a later push took its commit back, that one "
            "counts; earlier results stay.",
            job.failures,
        )
    except Refused as reason:
        return _Outcome(
            FAILED,
            f"This push was not graded: the name that its student has here {reason}. Tell your "
            "instructor: grader hook install gives another with --student. Results stay.",
            job.failures,
        )
    except (OSError, StoreError) as problem:
        _log.error("job %d: %s", job.id, problem)  # it names folders, which are the server's own
        return _Outcome(
            FAILED,
            f"The grader failed on this push: its machine could not read or write a file. {_LATER}",
            job.failures,
        )
    except Exception as error:
        _log.exception("grading of job %d failed", job.id)
        return _failed(job, f"The grader failed on this push ({type(error).__name__}).", " ")
    if result.has_grader_error:
        return _failed(job, report, "\n")
    return _Outcome(DONE, report)


def _failed(job: PushJob, report: str, separator: str) -> _Outcome:
    """The outcome of a push that the grader failed on, and what becomes of it now."""
    failures = job.failures + 1
    if failures < MAX_ATTEMPTS:
        return _Outcome(FAILED, f"{report}{separator}{_LATER}", failures)
    _log.warning("%s, %s is set aside: see grader hook status", job.student, job.assignment)
    return _Outcome(SET_ASIDE, f"{report}{separator}{set_aside_report('failed')}", failures)
