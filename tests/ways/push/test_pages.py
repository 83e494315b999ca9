"""Pages of what was pushed: at an address that the pusher is told, and nobody else can guess."""

import logging
import re
import sqlite3
import stat
import subprocess
import sys
import threading
import urllib.request

import pytest

from grader.batch.store import ResultStore
from grader.render.html import student_page
from grader.result import Example
from grader.submissions import CourseDirectory
from grader.ways.push.install import HookProblem
from grader.ways.push.pages import Pages
from grader.ways.push.queue import DONE, FAILED, PushJob, Queue
from tests.mini import REFERENCE, replaced
from tests.render.small_class import small_class
from tests.render.test_examples import FOUND, with_example
from tests.ways.push.university import NAME, University, push, stop, wait_until, write

WRONG = replaced("return X @ w + b", "return X @ w")


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """A folder and a web server that hands out its files; yields both and the address."""
    folder = tmp_path_factory.mktemp("web") / "reports"
    folder.mkdir()
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"]
    with subprocess.Popen(
        [*command, "--directory", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        address = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())[0]
        yield folder, address
        server.terminate()


@pytest.fixture(scope="module")
def reporting(university, web, tmp_path_factory):
    """A university whose server writes pages; the fixture it takes skips where none can run."""
    made = University(tmp_path_factory.mktemp("reporting"))
    process = made.start("--pages", str(web[0]), "--link", web[1])
    yield made
    assert stop(process) == 0, made.log()


def read(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read().decode()


def link_in(output):
    return re.search(r"http://\S+", output)[0]


def shows(address, text):
    try:
        return text in read(address)
    except urllib.error.HTTPError:
        return False


def test_a_push_that_does_not_wait_is_told_where_its_report_will_stand(reporting, web):
    _, clone = reporting.enrol("ada", seconds=0)
    write(clone, WRONG)
    output = push(clone)
    assert "is not graded yet after 0 s" in output and "Its report will stand at http" in output
    address = link_in(output)
    wait_until(lambda: shows(address, "Commit"), reporting)
    result = reporting.result("ada")
    page = read(address)
    assert f"<b>{result.points:g}</b>of {result.max_points:g} points" in page
    assert "Graded on hidden cases" in page and "index.html" not in page


def test_the_next_push_stands_at_the_same_address(reporting):
    _, clone = reporting.enrol("grace")
    write(clone, WRONG)
    first = push(clone)
    assert "In full, with plots: http" in first
    write(clone, REFERENCE)
    second = push(clone)
    assert link_in(first) == link_in(second)
    commit = re.search(r"commit (\w{10})", second)[1]
    wait_until(lambda: shows(link_in(second), f"Commit {commit}, pushed 20"), reporting)


def test_who_does_not_know_an_address_finds_nothing(reporting, web):
    addresses = []
    for student in ("alan", "alonzo"):
        _, clone = reporting.enrol(student)
        write(clone, REFERENCE)
        addresses.append(link_in(push(clone)))
    wait_until(lambda: all(shows(one, "points") for one in addresses), reporting)
    assert len(set(addresses)) == 2
    for one in addresses:
        assert re.fullmatch(rf"{web[1]}/[0-9a-f]{{32}}/{NAME}\.html", one)
    for folder in web[0].iterdir():
        assert stat.S_IMODE(folder.stat().st_mode) & 0o066 == 0
        assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o644}


def test_pages_that_were_due_before_are_written_by_the_next_server(university, web, tmp_path):
    made = University(tmp_path / "later")
    _, clone = made.enrol("barbara")
    write(clone, REFERENCE)
    process = made.start()
    assert "http" not in push(clone)
    stop(process)
    process = made.start("--pages", str(web[0]), "--link", web[1])
    output = push(clone)
    assert "changed no assignment" in output
    wait_until(lambda: shows(link_in(output), "Commit"), made)
    stop(process)
    process = made.start()
    assert "http" not in push(clone)
    stop(process)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--pages", "reports"), "--pages and --link belong together"),
        (("--link", "https://example.org"), "--pages and --link belong together"),
        (("--pages", "reports", "--link", "example.org/x"), "--link expects an address"),
        (("--pages", "file/reports", "--link", "https://example.org"), "cannot be made: Not a"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, given, said):
    made = University(tmp_path)
    (tmp_path / "file").write_text("")
    ended = made.grader("serve", "--course", str(made.course), *given)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split()) and "Traceback" not in ended.stderr


def job(student):
    return PushJob(0, student, NAME, "/r", "c" * 40, "d" * 40, 1.0)


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    return folder


def written(course, folder, seen):
    """Let the pages be written until `seen` holds."""
    ended = threading.Event()
    pages = Pages(CourseDirectory(course), folder, "https://example.org/r/")
    thread = threading.Thread(target=pages.keep_written, args=(ended,))
    thread.start()
    for _ in range(3_000):
        if seen():
            break
        ended.wait(0.02)
    ended.set()
    thread.join()
    assert seen()


def finished(course, **outcomes):
    """Queue and end a push for each student; return the places of their pages."""
    queue = Queue(course)
    link = queue.publish("https://example.org/r/")
    for student, state in outcomes.items():
        queue.add(job(student))
        queue.finish(queue.claim().id, state, f"what {student} reads")
    return {one: link.place(one, NAME) for one in outcomes}, queue


def test_a_push_without_a_result_has_a_page_that_says_why(course, tmp_path):
    places, queue = finished(course, ada=FAILED)
    written(course, tmp_path / "pages", lambda: not queue.due())
    page = (tmp_path / "pages" / places["ada"]).read_text()
    assert "what ada reads" in page and "Commit cccccccccc" in page


def test_one_page_that_cannot_be_written_does_not_stop_the_others(course, tmp_path, caplog):
    places, queue = finished(course, ada=FAILED, grace=FAILED)
    (tmp_path / "pages").mkdir()
    in_the_way = (tmp_path / "pages" / places["ada"]).parent
    in_the_way.write_text("")
    with caplog.at_level(logging.ERROR):
        written(course, tmp_path / "pages", lambda: len(queue.due()) == 1)
    assert (tmp_path / "pages" / places["grace"]).is_file()
    assert "the page of job 1 cannot be written" in caplog.text
    in_the_way.unlink()
    written(course, tmp_path / "pages", lambda: not queue.due())
    assert (tmp_path / "pages" / places["ada"]).is_file()


def test_one_page_that_cannot_be_made_does_not_stop_the_others(
    course, tmp_path, caplog, monkeypatch
):
    places, queue = finished(course, ada=DONE, grace=DONE)
    results = small_class("+", "+")
    store = ResultStore(course / "results" / NAME)
    for result, student in zip(results, places, strict=True):
        store.write(result.model_copy(update={"student": student}))

    def broken(result, **options):
        assert result.student != "ada"
        return student_page(result, **options)

    monkeypatch.setattr("grader.render.html.report.student_page", broken)
    with caplog.at_level(logging.ERROR):
        written(course, tmp_path / "pages", lambda: not queue.due())
    assert (tmp_path / "pages" / places["grace"]).is_file()
    assert "the page of job 1 cannot be made" in caplog.text


def test_the_file_of_an_example_lies_beside_the_page_until_the_next_push(course, tmp_path):
    places, queue = finished(course, ada=DONE)
    store = ResultStore(course / "results" / NAME)
    for example, files in ((FOUND, 1), (Example(), 0)):
        result = with_example(example).model_copy(update={"student": "ada"})
        store.write(result)
        written(course, tmp_path / "pages", lambda: not queue.due())
        page = tmp_path / "pages" / places["ada"]
        found = list(page.parent.glob("*.npz"))
        assert len(found) == files and all(
            f'href="{one.name}"' in page.read_text() for one in found
        )
        assert all(stat.S_IMODE(one.stat().st_mode) == 0o644 for one in found)
        queue.add(job("ada"))
        queue.finish(queue.claim().id, DONE, "")


def test_a_folder_that_cannot_be_made_is_told(course, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HookProblem, match="Not a directory"):
        Pages(CourseDirectory(course), tmp_path / "file" / "pages", "https://example.org")


def test_a_queue_of_before_pages_goes_on(course):
    queue = Queue(course)
    queue.close()
    with sqlite3.connect(course / ".grader" / "queue.db") as database:
        database.executescript("DROP TABLE due; DROP TABLE link; PRAGMA user_version = 1")
    queue = Queue(course)
    assert queue.link() is None
    queue.add(job("ada"))
    queue.finish(queue.claim().id, DONE, "")
    assert [one.student for one in queue.due()] == ["ada"]


def test_the_key_outlives_the_address(course):
    queue = Queue(course)
    first = queue.publish("https://old.example.org/")
    assert queue.publish("") and queue.link() is None
    assert queue.publish("https://new.example.org").place("ada", NAME) == first.place("ada", NAME)
    assert first.address("ada", NAME) == f"https://old.example.org/{first.place('ada', NAME)}"
