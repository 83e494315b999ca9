"""The queue between hook and server: one SQLite file that outlives both.

The hook imports this in the time of a push, so it needs the standard library alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.files.private_folder import FILE_MODE, private_folder
from grader.ways.push.link import Link
from grader.ways.push.tables import prepare

DATABASE = "queue.db"
"""Below the course's private folder, beside the prepared hidden cases."""
QUEUED, RUNNING, DONE = "queued", "running", "done"
SUPERSEDED, FAILED = "superseded", "failed"
SET_ASIDE = "set aside"
"""The server died of it, or failed on it, again and again: it waits until somebody asks."""
MAX_ATTEMPTS = 2
"""As many servers may die while they grade one push, or fail on it."""


def set_aside_report(what: str) -> str:
    """What the pusher of a push that was set aside is told; ``what`` happened so many times."""
    return (
        f"This push was set aside: the grader {what} {MAX_ATTEMPTS} times while it was graded, so "
        "it is not tried again by itself. Nobody loses points because of this, and results of "
        "earlier pushes stay. Tell your instructor, who can have it graded once more (grader hook "
        "retry), or push a changed version: that one is graded as always."
    )


_PATIENCE = 30.0
_KEY_BYTES = 32


@dataclass(frozen=True)
class PushJob:
    """One student's push of one assignment.

    Attributes
    ----------
    tree
        The id of the assignment's folder in the commit.
    pushed_at
        Seconds since 1970 by the server's clock; a commit's own date is the student's word.
    failures
        How many servers failed on it in a way that may be its own doing.
    """

    id: int
    student: str
    assignment: str
    repository: str
    commit_id: str
    tree: str
    pushed_at: float
    state: str = QUEUED
    report: str = ""
    failures: int = 0


_COLUMNS = (
    "id, student, assignment, repository, commit_id, tree, pushed_at, state, report, failures"
)


def _write_ahead(database: sqlite3.Connection) -> None:
    """Keep a write-ahead log; wait for another who begins one, which SQLite itself does not."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


class Queue:
    """Jobs on disk; each thread and each process has a `Queue` of its own.

    Raises
    ------
    sqlite3.Error
        Here and in the methods, when the file cannot be used (a full disk, say).
    """

    def __init__(self, course: Path) -> None:
        file = private_folder(course) / DATABASE
        with contextlib.suppress(FileExistsError):  # SQLite's files beside it take its mode
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
        self._database = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
        _write_ahead(self._database)
        self._database.execute("PRAGMA synchronous = FULL")  # a queued push outlives power
        prepare(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, job: PushJob) -> int:
        """Queue a push; an older one that waits for the same assignment is superseded."""
        with self._transaction():
            self._database.execute(
                "UPDATE jobs SET state = 'superseded' WHERE state IN ('queued', 'set aside')"
                " AND student = ? AND assignment = ?",
                (job.student, job.assignment),
            )
            return self._insert(job)

    def _insert(self, job: PushJob) -> int:
        cursor = self._database.execute(
            "INSERT INTO jobs (student, assignment, repository, commit_id, tree, pushed_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                job.student,
                job.assignment,
                job.repository,
                job.commit_id,
                job.tree,
                job.pushed_at,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def job(self, identity: int) -> PushJob:
        """A job as it is now."""
        return next(self._select("WHERE id = ?", identity))

    def latest(self, student: str, assignment: str) -> PushJob | None:
        """The newest push of an assignment."""
        where = "WHERE student = ? AND assignment = ? ORDER BY id DESC LIMIT 1"
        return next(self._select(where, student, assignment), None)

    def waiting(self) -> list[PushJob]:
        """All jobs that are to be graded or are being graded or failed, oldest first."""
        return list(self._select("WHERE state IN ('queued', 'running', 'failed') ORDER BY id"))

    def set_aside(self) -> list[PushJob]:
        """All jobs that are graded no more until somebody asks, oldest first."""
        return list(self._select("WHERE state = 'set aside' ORDER BY id"))

    def retry(self, job: PushJob) -> None:
        """Queue what was set aside; if it goes wrong once more, it is set aside again."""
        self._database.execute(
            "UPDATE jobs SET state = 'queued', report = '', attempts = ?, failures = ?"
            " WHERE id = ? AND state = 'set aside'",
            (MAX_ATTEMPTS - 1, MAX_ATTEMPTS - 1, job.id),
        )

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        return dict(self._database.execute("SELECT state, count(*) FROM jobs GROUP BY state"))

    def claim(self) -> PushJob | None:
        """Take the next job: of the student who was served longest ago, the oldest one.

        Nobody has two jobs running, so many pushes of one student take one turn at a time. A job
        that was running when a server died runs alone: if this one dies too, it is known of what.
        """
        found = self._database.execute("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1")
        if found.fetchone() is None:  # the usual case takes no lock
            return None
        with self._transaction():
            row = self._database.execute(
                "SELECT jobs.id, jobs.student, attempts FROM jobs LEFT JOIN turns USING (student)"
                " WHERE state = 'queued' AND student NOT IN"
                " (SELECT student FROM jobs WHERE state = 'running')"
                " ORDER BY coalesce(turn, 0), jobs.id LIMIT 1"
            ).fetchone()
            if row is None or not self._may_begin(row[2]):
                return None
            identity, student, _ = row
            self._database.execute(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = ?",
                (identity,),
            )
            self._database.execute(
                "INSERT OR REPLACE INTO turns VALUES"
                " (?, (SELECT coalesce(max(turn), 0) + 1 FROM turns))",
                (student,),
            )
        return self.job(identity)

    def _may_begin(self, attempts: int) -> bool:
        """Whether a job with so many attempts may run beside what is running."""
        count, most = self._database.execute(
            "SELECT count(*), max(attempts) FROM jobs WHERE state = 'running'"
        ).fetchone()
        return count == 0 or (attempts == 0 and most <= 1)

    def stopping(self) -> None:
        """Note that the server is told to stop: what ends it from now on is no running job."""
        self._database.execute(
            "UPDATE jobs SET attempts = max(0, attempts - 1) WHERE state = 'running'"
        )

    def finish(self, identity: int, state: str, report: str, *, failures: int = 0) -> None:
        """Keep how a job ended, which the server outlived; its page is due then.

        Parameters
        ----------
        failures
            How many servers failed on it, with this one, where that may be its own doing.
        """
        with self._transaction():
            self._end("WHERE id = ?", state, report, identity)
            self._database.execute(
                "UPDATE jobs SET failures = ? WHERE id = ?", (failures, identity)
            )

    def _end(self, where: str, state: str, report: str, *values: Any) -> None:
        """Put jobs into a state that is told; their pages are due."""
        self._database.execute(
            "INSERT OR REPLACE INTO due"
            f" SELECT student, assignment, id FROM jobs {where} ORDER BY id",
            values,
        )
        self._database.execute(
            f"UPDATE jobs SET state = ?, report = ?, attempts = 0 {where}",
            (state, report, *values),
        )

    def due(self) -> list[PushJob]:
        """Jobs whose page is to be written, the newest of each student and assignment."""
        return list(self._select("WHERE id IN (SELECT job FROM due) ORDER BY id"))

    def published(self, job: PushJob) -> None:
        """Note that a page is written; a newer one of the same assignment stays due."""
        self._database.execute("DELETE FROM due WHERE job = ?", (job.id,))

    def publish(self, base: str) -> Link:
        """Say where pages are to be read, nowhere if `base` is empty; the key stays the same."""
        self._database.execute(
            "INSERT INTO link VALUES (1, ?, ?) ON CONFLICT (only) DO UPDATE SET base = ?",
            (base, secrets.token_bytes(_KEY_BYTES), base),
        )
        return Link(*self._database.execute("SELECT base, key FROM link").fetchone())

    def link(self) -> Link | None:
        """Where pages are to be read; None where no server writes them."""
        row = self._database.execute("SELECT base, key FROM link WHERE base <> ''").fetchone()
        return row and Link(*row)

    def recover(self) -> int:
        """Queue again what a dead server left running and what failed; return how many.

        What a newer push has replaced in the meantime is superseded, and what was running when
        `MAX_ATTEMPTS` servers died is set aside.
        """
        newer = (
            "EXISTS (SELECT 1 FROM jobs AS other WHERE other.student = jobs.student"
            " AND other.assignment = jobs.assignment AND other.id > jobs.id)"
        )
        broken = "state IN ('running', 'failed')"
        with self._transaction():
            self._database.execute(
                f"UPDATE jobs SET state = 'superseded' WHERE {broken} AND {newer}"
            )
            self._end(
                "WHERE state = 'running' AND attempts >= ?",
                SET_ASIDE,
                set_aside_report("died"),
                MAX_ATTEMPTS,
            )
            return self._database.execute(
                f"UPDATE jobs SET state = 'queued' WHERE {broken}"
            ).rowcount

    def _select(self, where: str, *values: Any) -> Iterator[PushJob]:
        rows = self._database.execute(f"SELECT {_COLUMNS} FROM jobs {where}", values)
        return (PushJob(*row) for row in rows.fetchall())

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
