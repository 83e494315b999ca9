"""The tables of the queue, in the form that this version knows.

The hook imports this in the time of a push, so it needs the standard library alone.
"""

from __future__ import annotations

import sqlite3

VERSION = 4
"""Version 1 had no pages, version 2 counted no attempts, version 3 no failures."""
_COUNTS = ("attempts", "failures")
"""Columns that an older version may lack."""
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
    report TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0
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


def prepare(database: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older version up to this one.

    Hooks and servers may come at the same time: the first one does it, the others wait for it.
    A version that is killed in between leaves the older one whole.
    """
    if _version(database) >= VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        if _version(database) < VERSION:
            for statement in filter(str.strip, _TABLES.split(";")):
                database.execute(statement)
            columns = {row[1] for row in database.execute("PRAGMA table_info (jobs)")}
            for name in _COUNTS:
                if name not in columns:
                    added = f"ALTER TABLE jobs ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0"
                    database.execute(added)
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
