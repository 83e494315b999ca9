"""The hook's own program: queue what was pushed, wait a while, print the report.

``python -m grader.ways.push.receive``. It runs in every push, so it imports the standard library
and little else; it never fails a push, which has been accepted already when it starts.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.sanitise.text import safe_text
from grader.ways.push.git import GitProblem, default_branch, folders, is_ancestor
from grader.ways.push.link import Link
from grader.ways.push.place import is_served
from grader.ways.push.queue import DONE, FAILED, SET_ASIDE, SUPERSEDED, PushJob, Queue

_PAUSE = 0.03
_SHOWN = 100
_MAX_NAMED = 5
_AGAIN = "git commit --allow-empty -m report, then git push, shows it."


@dataclass(frozen=True)
class Settings:
    """What `grader hook install` wrote into the hook."""

    course: Path
    repository: Path
    student: str
    assignments: tuple[str, ...]
    branch: str
    seconds: float


@dataclass(frozen=True)
class Update:
    """One line of what git tells the hook: a branch or tag that moved."""

    old: str
    new: str
    name: str

    @property
    def deletes(self) -> bool:
        """Whether the branch is gone now."""
        return not self.new.strip("0")

    @property
    def creates(self) -> bool:
        """Whether the branch was not there before."""
        return not self.old.strip("0")


def main(arguments: list[str] | None = None) -> None:
    """Run the hook; whatever goes wrong is one sentence, and exit code 0."""
    try:
        settings = _settings(arguments)
        lines = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").splitlines()
        _receive(settings, [Update(*line.split(" ", 2)) for line in lines])
    except (BrokenPipeError, KeyboardInterrupt):  # the pusher left; what is queued stays
        sys.stderr.close()
    except (sqlite3.Error, OSError) as error:
        _say(
            f"grader: the push arrived but could not be queued ({_reason(error)}), so it is not "
            "graded yet. Tell your instructor; later, an empty commit queues it: "
            "git commit --allow-empty -m again, then git push."
        )
    except GitProblem as error:
        _say(f"grader: the push arrived but is not graded: {error}")
    except Exception as error:
        _say(
            f"grader: the push arrived but is not graded: the hook failed ({type(error).__name__}: "
            f"{error}). Tell your instructor."
        )


def _settings(arguments: list[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="grader.ways.push.receive", allow_abbrev=False)
    for name in ("course", "repository"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--student", required=True)
    parser.add_argument("--assignment", action="append", required=True)
    parser.add_argument("--branch", default="")
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args(arguments)
    return Settings(
        given.course,
        given.repository,
        given.student,
        tuple(given.assignment),
        given.branch,
        given.seconds,
    )


def _receive(settings: Settings, updates: list[Update]) -> None:
    graded = settings.branch and f"refs/heads/{settings.branch}"
    graded = graded or default_branch(settings.repository)
    others = [_short(one.name) for one in updates if one.name != graded]
    for name in others[:_MAX_NAMED]:
        _say(f"grader: {name} was accepted; only {_short(graded)} is graded.")
    if len(others) > _MAX_NAMED:
        _say(f"grader: {len(others) - _MAX_NAMED} more were accepted and are not graded.")
    for one in updates:
        if one.name != graded:
            continue
        if one.deletes:
            _say(f"grader: {_short(graded)} was deleted. The results of earlier pushes stay.")
        else:
            _queue(settings, one)


def _queue(settings: Settings, update: Update) -> None:
    if not update.creates and not is_ancestor(settings.repository, update.old, update.new):
        _say(
            f"grader: this push took back commits of {_short(update.name)}. What it holds now "
            "counts; earlier results stay until then."
        )
    queue = Queue(settings.course)
    try:
        trees = _trees(settings, update.new)
        if not trees:
            places = " or ".join(dict(_places(settings.assignments[:1], settings.assignments)))
            _say(f"grader: this push holds no assignment. Expected a folder such as {places}.")
            return
        known = {name: queue.latest(settings.student, name) for name in trees}
        changed = [
            PushJob(
                0,
                settings.student,
                name,
                str(settings.repository),
                update.new,
                tree,
                time.time(),
            )
            for name, tree in trees.items()
            if (last := known[name]) is None or last.tree != tree
        ]
        if changed:
            wanted = [queue.add(job) for job in changed]
        else:
            _say("grader: this push changed no assignment. The report of your last change:")
            wanted = [max(job.id for job in known.values() if job is not None)]
        _wait(settings, queue, wanted)
    finally:
        queue.close()


def _trees(settings: Settings, commit: str) -> dict[str, str]:
    """The folder of each assignment that the commit holds, by name."""
    places = dict(_places(settings.assignments, settings.assignments))
    found = folders(settings.repository, commit, list(places))
    trees: dict[str, str] = {}
    for path, name in places.items():
        if path in found:
            trees.setdefault(name, found[path])
    return trees


def _places(names: tuple[str, ...], of: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Where an assignment may lie: as in the student edition, at the top, or as all there is."""
    for name in names:
        yield f"assignments/{name}", name
        yield name, name
        if len(of) == 1:
            yield "", name


def _wait(settings: Settings, queue: Queue, wanted: list[int]) -> None:
    """Print each report as it comes, until the time is over."""
    link = queue.link()
    left = _left(queue, wanted, link)
    if not left:
        return
    if not is_served(settings.course):
        _say(
            "grader: your push is queued, but no grader is running. Tell your instructor "
            f"(grader hook serve); later, {_AGAIN}"
        )
        return
    end = time.monotonic() + settings.seconds
    while left and time.monotonic() < end:
        time.sleep(_PAUSE)
        left = _left(queue, left, link)
    for identity in left:
        job = queue.job(identity)
        before = sum(one.id < identity for one in queue.waiting() if one.state != FAILED)
        later = (
            f"Its report will stand at {link.address(job.student, job.assignment)}"
            if link is not None
            else f"It will be: {_AGAIN}"
        )
        _say(
            f"grader: {job.assignment} is not graded yet after {settings.seconds:g} s "
            f"({before} pushes before yours). {later}"
        )


def _left(queue: Queue, wanted: list[int], link: Link | None) -> list[int]:
    """Print the reports that are there; return the jobs that have none yet."""
    left = []
    for identity in wanted:
        job = queue.job(identity)
        if job.state in (DONE, FAILED, SUPERSEDED, SET_ASIDE):
            _show(job, link)
        else:
            left.append(identity)
    return left


def _show(job: PushJob, link: Link | None) -> None:
    if job.state == SUPERSEDED:
        _say(f"grader: a newer push of {job.assignment} took the place of this one.")
        return
    _say(f"{job.assignment}, commit {job.commit_id[:10]}\n{job.report}")
    if link is not None and job.state == DONE:
        _say(f"In full, with plots: {link.address(job.student, job.assignment)}")


def _say(text: str) -> None:
    """Print to the pusher; git puts ``remote:`` before each line."""
    sys.stdout.buffer.write(safe_text(text, 60_000).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _short(name: str) -> str:
    """A branch as a sentence may show it."""
    return safe_text(name.removeprefix("refs/heads/"), _SHOWN)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


if __name__ == "__main__":
    main()
