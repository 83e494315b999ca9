"""Pushes to a git server with the hook: how soon a report comes, and a hundred at once.

``python -m benchmarks.pushes [--students 100] [--rounds 7] [--pages]``

Everything is real: bare repositories, clones, ``git push``, one warm server, which is killed
in the middle of the hundred and started again. With ``--pages`` it writes each report as a web
page, too.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from benchmarks.common import ROOT, listed
from grader.authoring.demo_class import write_class
from grader.batch.store import ResultStore
from grader.course.catalogue import load_live
from grader.ways.push.install import Installation, install
from grader.ways.push.queue import Queue, is_served

ASSIGNMENT = "a2_logistic_regression"
FILE = "logistic_regression.py"


def git(folder: Path, *arguments: str) -> str:
    """Run git as a student."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    command = ["git", *identity, "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(
        command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stdout}")
    return done.stdout


def enrol(base: Path, course: Path, student: str, seconds: float | None) -> Path:
    """Make a bare repository, with the hook if `seconds` is given, and a clone of it."""
    bare = base / "git" / f"{student}.git"
    bare.mkdir(parents=True)
    git(bare, "init", "-q", "--bare")
    if seconds is not None:
        install(Installation(course, bare, student, (ASSIGNMENT,), "main", seconds))
    (base / "homes").mkdir(exist_ok=True)
    git(base / "homes", "clone", "-q", str(bare), student)
    clone = base / "homes" / student
    git(clone, "checkout", "-q", "-B", "main")
    return clone


def commit(clone: Path, text: str) -> None:
    """Commit a version of the NumPy part."""
    file = clone / "assignments" / ASSIGNMENT / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "work")


def timed_push(clone: Path) -> tuple[float, str]:
    """Seconds of a push, and what it printed."""
    started = time.perf_counter()
    output = git(clone, "push", "origin", "main")
    return time.perf_counter() - started, output


class Server:
    """`grader hook serve` in a process of its own, and the most memory it ever took."""

    def __init__(self, course: Path, pages: Path | None) -> None:
        self.course, self.pages = course, pages
        self.peak = self.peak_with_children = 0
        self.start()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", "grader", "hook", "serve", "--course", str(self.course)]
        if self.pages is not None:
            command += ["--pages", str(self.pages), "--link", "https://git.example.edu/reports"]
        self.log = self.course / "server.log"
        before = self.log.read_text().count(" ready") if self.log.exists() else 0
        self.process = subprocess.Popen(
            [*command, "--warm", ASSIGNMENT], cwd=ROOT, stderr=self.log.open("a")
        )
        while self.log.read_text().count(" ready") <= before:
            if self.process.poll() is not None:
                raise SystemExit(self.log.read_text())
            time.sleep(0.05)
        assert is_served(self.course)
        threading.Thread(target=self._measure, args=(self.process.pid,), daemon=True).start()

    def _measure(self, number: int) -> None:
        try:
            process = psutil.Process(number)
            while True:
                own = process.memory_info().rss
                below = sum(_private(one) for one in process.children(recursive=True))
                self.peak = max(self.peak, own)
                self.peak_with_children = max(self.peak_with_children, own + below)
                time.sleep(0.2)
        except psutil.Error:
            return

    def end(self, how: int) -> None:
        """Kill or stop it."""
        self.process.send_signal(how)
        self.process.wait()


def _private(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().uss
    except psutil.Error:
        return 0


def latency(base: Path, course: Path, text: str, rounds: int) -> None:
    """Print how long a push takes with the hook and without it."""
    hooked, bare = enrol(base, course, "hooked", 60), enrol(base, course, "bare", None)
    with_hook, without = [], []
    for number in range(rounds + 1):
        for clone, times in ((hooked, with_hook), (bare, without)):
            commit(clone, f"# {number}\n{text}")
            seconds, output = timed_push(clone)
            if clone is hooked and "points" not in output:
                raise SystemExit(f"No report came: {output}")
            if number:  # the first push of all starts the fork server
                times.append(seconds)
    median, plain = statistics.median(with_hook), statistics.median(without)
    print(f"  git push with its report    {median:6.2f} s, median of {listed(with_hook)}")
    print(f"  git push without the hook   {plain:6.2f} s, median of {listed(without)}")
    print(f"  ratio                       {median / plain:6.1f}")


def crowd(base: Path, course: Path, texts: list[str], server: Server) -> None:
    """Let everybody push at once, one student five times, and kill the server in the middle."""
    students = [f"student{number:03}" for number in range(len(texts))]
    clones = {student: enrol(base, course, student, 0) for student in students}
    for student, text in zip(students, texts, strict=True):
        commit(clones[student], text)
    flood = students[0]
    started = time.perf_counter()

    def push(student: str) -> None:
        timed_push(clones[student])
        for number in range(4 if student == flood else 0):
            commit(clones[student], f"# {number}\n{texts[0]}")
            timed_push(clones[student])

    with ThreadPoolExecutor(len(students)) as pool:  # every ``git push`` runs at the same moment
        pushing = [pool.submit(push, student) for student in students]
        while graded(course) < len(students) // 4:
            time.sleep(0.02)
        server.end(signal.SIGKILL)
        for one in pushing:
            one.result()
        pushed = time.perf_counter() - started
    before = states(course)
    server.start()
    while states(course)["queued"] or states(course)["running"]:
        time.sleep(0.1)
    seconds = time.perf_counter() - started
    report(course, students, before, pushed, seconds, server)
    if server.pages is not None:
        while due(course):
            time.sleep(0.1)
        written = time.perf_counter() - started
        pages = len(list(server.pages.rglob("*.html"))) - 1  # the one of `latency`
        print(f"  pages                       {pages:6} of {len(students)}, after {written:.1f} s")


def due(course: Path) -> int:
    """How many pages are still to be written."""
    queue = Queue(course)
    try:
        return len(queue.due())
    finally:
        queue.close()


def states(course: Path) -> Counter[str]:
    """How many of the crowd's jobs are in each state."""
    return Counter(one.state for one in jobs(course))


def graded(course: Path) -> int:
    """How many of the crowd's jobs are done."""
    return states(course)["done"]


def jobs(course: Path) -> list:
    """The crowd's jobs."""
    queue = Queue(course)
    try:
        found = queue._select("WHERE student LIKE 'student%' ORDER BY id")
        return list(found)
    finally:
        queue.close()


def report(course, students, before, pushed, seconds, server) -> None:
    """Print and check what became of every push."""
    every = jobs(course)
    done = Counter(one.student for one in every if one.state == "done")
    log = server.log.read_text().splitlines()
    ended = Counter(line.rpartition(" ")[0].split(" ", 2)[2] for line in log if "student" in line)
    store = ResultStore(course / "results" / ASSIGNMENT)
    results = sum(store.read(student) is not None for student in students)
    print(f"  all pushes accepted after   {pushed:6.1f} s, all graded after {seconds:.1f} s")
    print(f"  at the kill                 {dict(before)}")
    print(f"  at the end                  {dict(Counter(one.state for one in every))}")
    print(f"  students with a result      {results:6} of {len(students)}")
    print(f"  graded more than once       {sum(count > 1 for count in ended.values()):6}")
    print(f"  lost                        {len(students) - len(done):6}")
    order = [line.split(" ", 2)[2].partition(",")[0] for line in log if "student" in line]
    first = {student: order.index(student) for student in students}
    places = [place for place, student in enumerate(order) if student == students[0]]
    again = [one.id for one in every if (one.student, one.state) == (students[0], "done")]
    passed = [
        one.student
        for place, identity in list(zip(places, again, strict=True))[1:]
        for one in every
        if one.id < identity and first[one.student] > place
    ]
    print(f"  overtaken by a later push of the flooder {len(passed):4}")
    print(f"  server's peak memory        {server.peak / 1e6:6.0f} MB;", end=" ")
    print(f"with its workers {server.peak_with_children / 1e6:.0f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--pages", action="store_true", help="write web pages, too")
    given = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["GIT_CONFIG_GLOBAL"] = os.devnull
    live = load_live(ROOT / "solutions" / ASSIGNMENT)
    with tempfile.TemporaryDirectory(prefix="pushes-") as folder:
        base = Path(folder)
        course = base / "course"
        course.mkdir()
        (base / "made").mkdir()
        write_class(live, base / "made", students=given.students, seed=5)
        texts = [
            path.read_text(encoding="utf-8") if path.exists() else live.references[FILE]
            for student in sorted((base / "made" / "submitted").iterdir())
            if (path := student / ASSIGNMENT / FILE)
        ]
        random.Random(5).shuffle(texts)
        server = Server(course, base / "pages" if given.pages else None)
        with_pages = ", with web pages" if given.pages else ""
        print(f"{ASSIGNMENT}, {FILE} alone{with_pages}; {os.cpu_count()} cores")
        try:
            latency(base, course, live.references[FILE], given.rounds)
            print(f"{given.students} students push at once, one of them five times:")
            crowd(base, course, texts, server)
        finally:
            server.end(signal.SIGTERM)


if __name__ == "__main__":
    main()
