"""Web pages of what was pushed, for those whose report came after their push had ended."""

from __future__ import annotations

import logging
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

from grader.batch.store import ResultStore
from grader.files.atomic import write_atomically
from grader.problems import advice, is_wrong_place
from grader.render.html import message_page, write_student_page
from grader.submissions import CourseDirectory
from grader.submissions.student_ids import student_id
from grader.ways.push.install import CannotWriteHook, HookProblem
from grader.ways.push.link import Link
from grader.ways.push.queue import DONE, PushJob, Queue

_PAUSE = 0.2
_AFTER_TROUBLE = 5.0
_NOT_TO_BE_LISTED = 0o711
"""A folder that others may enter, and not list: they need to know where they go."""
_READABLE = 0o644
_log = logging.getLogger("grader.ways.push")


class Pages:
    """Writes ``{code of the student}/{assignment}.html`` into a folder that a web server shows.

    Which pages are due stands in the queue, so the next server writes what this one did not.

    Parameters
    ----------
    base
        The address of the folder on the web.

    Raises
    ------
    HookProblem
        When the folder cannot be made.
    """

    def __init__(self, directory: CourseDirectory, folder: Path, base: str) -> None:
        self.base = base
        self._directory = directory
        self._folder = folder
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True)
                folder.chmod(_NOT_TO_BE_LISTED)
        except OSError as error:
            raise (HookProblem if is_wrong_place(error) else CannotWriteHook)(
                f"The folder of the pages, {folder}, cannot be made: {error.strerror}. "
                f"{advice(error)} and start the server again."
            ) from None

    def keep_written(self, stop: threading.Event) -> None:
        """Write what is due, until `stop` is set; what fails is told and tried again."""
        course = self._directory.path
        while not stop.is_set():
            try:
                queue = Queue(course)
                try:
                    link = queue.publish(self.base)
                    while not stop.wait(_PAUSE if self._write_due(queue, link) else _AFTER_TROUBLE):
                        pass
                finally:
                    queue.close()
            except (sqlite3.Error, OSError) as error:
                _log.error("the queue of %s cannot be used: %s", course, error)
                stop.wait(_AFTER_TROUBLE)

    def _write_due(self, queue: Queue, link: Link) -> bool:
        """Write what can be written; False where something is left to be tried again."""
        all_written = True
        for job in queue.due():
            try:
                path = self._folder / link.place(job.student, job.assignment)
                path.parent.mkdir(exist_ok=True)
                path.parent.chmod(_NOT_TO_BE_LISTED)  # whatever the umask: a web server reads it
                self._write(path, job)
            except OSError as error:
                _log.error("the page of job %d cannot be written: %s", job.id, error)
                all_written = False
                continue
            except Exception:  # one that cannot be made would fail again
                _log.exception("the page of job %d cannot be made", job.id)
            queue.published(job)
        return all_written

    def _write(self, path: Path, job: PushJob) -> None:
        """Write a page and the files of its examples, and remove those of an earlier push."""
        moment = datetime.fromtimestamp(job.pushed_at, UTC)
        which = f"Commit {job.commit_id[:10]}, pushed {moment:%Y-%m-%d %H:%M} UTC."
        store = ResultStore(self._directory.results / job.assignment)
        result = store.read(student_id(job.student)) if job.state == DONE else None
        if result is not None:
            written = write_student_page(path, result, back=None, notice=which, mode=_READABLE)
        else:
            title = f"{job.student}: {job.assignment}"
            page = message_page(title, f"{which}\n\n{job.report}")
            write_atomically(path, page.encode("utf-8"), mode=_READABLE)
            written = set()
        for other in path.parent.glob(f"{path.stem}-*.npz"):
            if other.name not in written:
                other.unlink(missing_ok=True)
