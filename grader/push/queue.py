"""The queue between hook and server: one SQLite file that outlives both.

The hook imports this in the time of a push, so it needs the standard library alone.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.push.link import Link

FOLDER = ".grader"
"""Below the course directory, beside the prepared hidden cases."""
QUEUED, RUNNING, DONE = "queued", "running", "done"
SUPERSEDED, FAILED = "superseded", "failed"
_PATIENCE = 30.0
_VERSION = 2
"""Of the tables; version 1 had no pages."""
_KEY_BYTES = 32
_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    student TEXT NOT NULL,
    assignment TEXT NOT NULL,
    repository TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    tree TEXT NOT NULL,
    pushed_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    report TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, student);
CREATE INDEX IF NOT EXISTS jobs_by_student ON jobs (student, assignment);
CREATE TABLE IF NOT EXISTS turns (student TEXT PRIMARY KEY, turn INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS due (
    student TEXT NOT NULL,
    assignment TEXT NOT NULL,
    job INTEGER NOT NULL,
    PRIMARY KEY (student, assignment)
);
CREATE TABLE IF NOT EXISTS link (
    only INTEGER PRIMARY KEY CHECK (only = 1), base TEXT NOT NULL, key BLOB NOT NULL
);
"""


@dataclass(frozen=True)
class PushJob:
    """One student's push of one assignment.

    Attributes
    ----------
    tree
        The id of the assignment's folder in the commit.
    pushed_at
        Seconds since 1970 by the server's clock; a commit's own date is the student's word.
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


_COLUMNS = "id, student, assignment, repository, commit_id, tree, pushed_at, state, report"


class Queue:
    """Jobs on disk; each thread and each process has a `Queue` of its own.

    Raises
    ------
    sqlite3.Error
        Here and in the methods, when the file cannot be used (a full disk, say).
    """

    def __init__(self, course: Path) -> None:
        folder = course / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        self._database = sqlite3.connect(
            folder / "queue.db", timeout=_PATIENCE, isolation_level=None
        )
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")  # a queued push outlives power
        if self._database.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            self._database.executescript(
                f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {_VERSION}; END"
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, job: PushJob) -> int:
        """Queue a push; an older one that waits for the same assignment is superseded."""
        with self._transaction():
            self._supersede("state = 'queued' AND student = ? AND assignment = ?", job)
            return self._insert(job)

    def _supersede(self, where: str, job: PushJob) -> None:
        self._database.execute(
            f"UPDATE jobs SET state = 'superseded' WHERE {where}", (job.student, job.assignment)
        )

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

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        return dict(self._database.execute("SELECT state, count(*) FROM jobs GROUP BY state"))

    def claim(self) -> PushJob | None:
        """Take the next job: of the student who was served longest ago, the oldest one.

        Nobody has two jobs running, so many pushes of one student take one turn at a time.
        """
        found = self._database.execute("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1")
        if found.fetchone() is None:  # the usual case takes no lock
            return None
        with self._transaction():
            row = self._database.execute(
                "SELECT jobs.id, jobs.student FROM jobs LEFT JOIN turns USING (student)"
                " WHERE state = 'queued' AND student NOT IN"
                " (SELECT student FROM jobs WHERE state = 'running')"
                " ORDER BY coalesce(turn, 0), jobs.id LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            identity, student = row
            self._database.execute("UPDATE jobs SET state = 'running' WHERE id = ?", (identity,))
            self._database.execute(
                "INSERT OR REPLACE INTO turns VALUES"
                " (?, (SELECT coalesce(max(turn), 0) + 1 FROM turns))",
                (student,),
            )
        return self.job(identity)

    def finish(self, identity: int, state: str, report: str) -> None:
        """Keep how a job ended; its page is due then."""
        with self._transaction():
            self._database.execute(
                "UPDATE jobs SET state = ?, report = ? WHERE id = ?", (state, report, identity)
            )
            self._database.execute(
                "INSERT OR REPLACE INTO due SELECT student, assignment, id FROM jobs WHERE id = ?",
                (identity,),
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

        What a newer push has replaced in the meantime is superseded.
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


@contextmanager
def serving(course: Path) -> Iterator[bool]:
    """Hold the course's only place for a server; False when another process has it.

    The kernel gives the place back however its holder ends.
    """
    folder = course / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        got = False
        for pause in (0.05, 0.2, 0.5, 0.0):  # a hook that asks `is_served` holds it for a moment
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                got = True
                break
            except BlockingIOError:
                time.sleep(pause)
        yield got
    finally:
        os.close(descriptor)


def is_served(course: Path) -> bool:
    """Whether a server grades this course's pushes now."""
    try:
        descriptor = os.open(course / FOLDER / "server.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
