"""A gradebook on a real PostgreSQL server, which also goes away in the middle."""

import os
import shutil
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.problems import GradebookError
from grader.ways.gradebook.sync import write_gradebook
from tests.mini import mini
from tests.ways.gradebook.course import NAME, course_in, right, wrong


def _programs():
    """Where initdb and pg_ctl lie: Debian keeps them off the PATH."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((one for one in reversed(folders) if (one / "initdb").exists()), None)


PROGRAMS = _programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="needs a PostgreSQL server's programs")


class Server:
    """A server of this test's own, as a user that may not be root."""

    def __init__(self, folder):
        self.data, self.log = folder / "data", folder / "log"
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.user = {}
        if os.getuid() == 0:
            import pwd

            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            for parent in folder.parents:  # it must reach its folder
                if parent.stat().st_mode & 0o001 == 0:
                    parent.chmod(parent.stat().st_mode | 0o001)
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._run("initdb", "--auth=trust", "--username=course", "--no-sync", "--encoding=UTF8")
        self.start()

    @property
    def url(self):
        return f"postgresql+psycopg://course:hidden@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "start", "-w", "-l", str(self.log), "-o", options)

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "stop", "-w", "-m", mode)

    def _run(self, program, *arguments):
        subprocess.run(
            [PROGRAMS / program, "-D", self.data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.data.parent,
            timeout=120,
            **self.user,
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("postgresql"))
    yield made
    made.stop()


@pytest.fixture
def course(server, tmp_path):
    return course_in(tmp_path, config=f"c.CourseDirectory.db_url = {server.url!r}")


def scores(course):
    with opened(course) as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(NAME)}


def renamed(result, count, prefix):
    return [result.model_copy(update={"student": f"{prefix}{n}"}) for n in range(count)]


def test_results_arrive(course):
    write_gradebook(course, mini(), [right("müller"), wrong("o'neill")], {})
    found = scores(course)
    assert found["müller"] == mini().points
    assert 0 < found["o'neill"] < mini().points


def test_a_server_that_goes_away_leaves_no_student_half_written(course, server):
    """It stops after the first transaction; the next run writes everybody."""
    results = renamed(right(), 450, "s")
    stopped = []

    def stop_once(count):
        if not stopped:
            server.stop()
            stopped.append(count)

    try:
        with pytest.raises(GradebookError, match="results are kept") as caught:
            write_gradebook(course, mini(), results, {}, stop_once)
    finally:
        server.start()
    assert "hidden" not in str(caught.value)
    found = {student: score for student, score in scores(course).items() if student[0] == "s"}
    assert len(found) == stopped[0] < len(results)
    assert set(found.values()) == {mini().points}
    assert write_gradebook(course, mini(), results, {}).written == 450
    assert sum(student[0] == "s" for student in scores(course)) == 450


def test_a_server_that_is_not_there_is_told(tmp_path):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"postgresql+psycopg://course:hidden@127.0.0.1:{port}/postgres"
    course = course_in(tmp_path, config=f"c.CourseDirectory.db_url = {url!r}")
    with pytest.raises(GradebookError) as caught:
        write_gradebook(course, mini(), [right()], {})
    assert "hidden" not in str(caught.value)
    assert "course:***@127.0.0.1" in str(caught.value)
