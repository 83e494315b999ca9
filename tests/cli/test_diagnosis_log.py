"""What a diagnosis that failed leaves for whoever teaches: a log, and a sentence that names it."""

from __future__ import annotations

import json
import logging
import os
import re
import stat
import subprocess

import pytest

from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.cli import main
from grader.course import frozen, slip_recorder
from grader.judge import grading as judge
from grader.judge.grading import GradingOptions
from grader.judge.processes import DiagnosisLog, records_name
from grader.judge.processes.diagnosis_log import MAX_BYTES, NAME
from grader.judge.records import failure_of
from grader.submissions import CourseDirectory
from grader.ways.push.server import _tell
from tests.batch.mini_class import hand_in
from tests.conftest import strongest
from tests.mini import REFERENCE, body, mini, publishable

CHECKS = "from tests.mini import mini_course\n\nassignment = mini_course().assignment\n"
WRONG = body("return -(X @ w + b)")
SECRET = "a hidden value\x1b[2J\n::error::"


def run(*arguments):
    """Run the command in this process, whose judges inherit what a test has planted."""
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    return end.value.code or 0


@pytest.fixture
def broken(monkeypatch):
    def diagnose(*_):
        raise ValueError(SECRET)

    monkeypatch.setattr("grader.checks.examine.diagnose", diagnose)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one small assignment, with two students who are wrong and one who is right."""
    solutions = tmp_path / "solutions" / "m1_mini"
    solutions.mkdir(parents=True)
    (solutions / "checks.py").write_text(CHECKS, encoding="utf-8")
    (solutions / "mini.py").write_text(REFERENCE, encoding="utf-8")
    hand_in(tmp_path, {"ada": WRONG, "bob": f"# 2\n{WRONG}", "cid": REFERENCE})
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def batch(course, *arguments):
    return run("batch", "m1", "--course", course, "--unconfined", "--no-report", *arguments)


def test_a_batch_keeps_the_tracebacks_and_says_how_many_and_where(course, broken, capfd):
    assert batch(course, "--jobs", "2") == 0  # a search for public inputs diagnoses nothing
    said = "".join(capfd.readouterr())
    log = course / ".grader" / NAME
    text = log.read_text(encoding="utf-8")
    records = re.findall(r"^\d{4}-.* (\w+), m1_mini: The diagnosis of (\S+) failed$", text, re.M)
    assert {student for student, _ in records} == {"ada", "bob"}
    assert ("ada", "predict.batch") in records and len(records) == len(set(records))
    assert text.count("Traceback") == len(records) and "a hidden value" in text
    assert "\x1b" not in text and "Traceback" not in said
    assert f"{len(records)} diagnoses failed" in said and str(log) in said
    assert said.rstrip().endswith(str(log))
    if os.name == "posix":
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    result = json.loads((course / "results" / "m1_mini" / "ada.json").read_bytes())
    told = [one["diagnosis"]["id"] for one in result["checks"] if one["diagnosis"]]
    assert all(one.startswith("generic.repair.") for one in told), "a repair needs no diagnosis"


def test_a_batch_in_which_none_fails_says_nothing_and_makes_no_log(course, capfd):
    assert batch(course) == 0
    assert "failed;" not in "".join(capfd.readouterr())
    assert not (course / ".grader" / NAME).exists()


def test_a_preview_tells_it_too(course, broken, capfd):
    assert batch(course, "--changed") == 0
    assert str(course / ".grader" / NAME) in "".join(capfd.readouterr())


def test_slips_that_cannot_be_loaded_cost_a_batch_and_a_copy_no_more(course, monkeypatch, capfd):
    monkeypatch.setattr(slip_recorder, "with_slips", lambda *_: "1 / 0")
    assert batch(course) == 0
    assert "1 diagnosis failed" in "".join(capfd.readouterr())
    assert "No slips are recorded for mini.py" in (course / ".grader" / NAME).read_text("utf-8")
    for name, text in {"mini.py": publishable(), "handout.md": "# Mini\n"}.items():
        (course / "solutions" / "m1_mini" / name).write_text(text, encoding="utf-8")
    assert run("freeze", "m1") == 0
    said = "".join(capfd.readouterr())
    assert said.count("No slips are recorded for mini.py") == 1 and "Traceback" not in said
    assert not frozen.load(course / "assignments" / "m1_mini" / "public").slips


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A student's copy of the small assignment, wrong, on a server."""
    folder = tmp_path / "assignments" / "m1_mini"
    frozen.save(mini(public=True), folder / "public")
    (folder / "mini.py").write_text(WRONG, encoding="utf-8")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in [name for name in os.environ if name.startswith(("GITHUB", "GITLAB", "CI"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_on_a_ci_server_the_tracebacks_tell_no_values(checkout, broken, capfd):
    assert run("ci", "m1", "--output", "report") == 1
    said = "".join(capfd.readouterr())
    text = (checkout / "report" / NAME).read_text(encoding="utf-8")
    assert "The diagnosis of predict.batch failed" in text
    assert "ValueError" in text and "in diagnose" in text
    assert "a hidden value" not in text + said and "Traceback" not in said
    assert re.search(r"\d+ diagnoses failed", said)
    summary = (checkout / "report" / "summary.md").read_text(encoding="utf-8")
    assert "diagnoses failed" in summary


def test_on_a_ci_server_the_log_of_an_earlier_run_goes(checkout):
    (checkout / "report").mkdir()
    (checkout / "report" / NAME).write_text("old", encoding="utf-8")
    assert run("ci", "m1", "--output", "report") == 1
    assert not (checkout / "report" / NAME).exists()


@pytest.fixture
def failing(monkeypatch):
    """A grader that fails on one check."""
    judge_check = judge.judge_check

    def fails_on_one(check, interview):
        if check.exercise == "root":
            raise KeyError(SECRET)
        return judge_check(check, interview)

    monkeypatch.setattr(judge, "judge_check", fails_on_one)


def message_of(result):
    (message,) = {one["message"] for one in result["checks"] if one["status"] == "grader_error"}
    return message


def test_a_grade_that_fails_names_the_log_which_holds_the_traceback(tmp_path, failing):
    hand_in(tmp_path, {"cid": REFERENCE})
    store = ResultStore(tmp_path / "results" / "m1_mini")
    with DiagnosisLog.of_course(tmp_path) as log:
        plan = plan_batch(CourseDirectory(tmp_path), mini(), store)
        run_batch(plan, mini(), store, strongest(), GradingOptions(), jobs=1)
    text = (tmp_path / ".grader" / NAME).read_text(encoding="utf-8")
    assert "cid, m1_mini: The grader failed on this check root." in text
    assert "in fails_on_one" in text and "KeyError" in text
    said = log.sentence()  # each is tried twice
    assert "The grader itself failed 2 times" in said and str(log.path) in said
    assert "diagnos" not in said
    result = json.loads(store.path_of("cid").read_bytes())
    assert message_of(result).startswith("The grader failed on this check (KeyError: ")
    assert message_of(result).endswith(f"The traceback is in .grader/{NAME}.")


def test_a_student_has_a_log_of_their_own(checkout, failing, capfd):
    assert run("check", "m1", "--json", "own.json") == 1
    assert "Traceback" not in "".join(capfd.readouterr())
    log = checkout / "assignments" / "m1_mini" / ".grader" / NAME
    assert "in fails_on_one" in log.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
    result = json.loads((checkout / "own.json").read_bytes())
    assert message_of(result).endswith(f"The traceback is in .grader/{NAME}.")


def test_what_is_kept_nowhere_is_named_nowhere(tmp_path, capfd):
    with DiagnosisLog(tmp_path / "none" / NAME, called="x.log") as lost:
        said = failure_of("The grader failed", ValueError("x"))
    assert said == "The grader failed (ValueError: x)."
    assert "The grader itself failed once" in lost.sentence() and "are lost" in lost.sentence()
    (tmp_path / ".grader").write_text("in the way", encoding="utf-8")
    with DiagnosisLog.of_course(tmp_path) as lost:
        assert failure_of("The grader failed", ValueError("x")) == said
    assert lost.failed == 1 and "".join(capfd.readouterr()) == ""


LOGGER = logging.getLogger("grader.diagnose")


def fail(count=1, problem=""):
    for number in range(count):
        try:
            raise ValueError(problem)
        except ValueError:
            LOGGER.exception("Number %d", number)


def test_records_of_many_processes_are_whole_and_all_counted(tmp_path):
    if not hasattr(os, "fork"):
        pytest.skip("forks")
    with DiagnosisLog(tmp_path / NAME) as log:
        children = []
        for child in range(4):
            number = os.fork()
            if number == 0:
                with records_name(f"student {child}"):
                    fail(25, "x" * 3_000)
                os._exit(0)
            children.append(number)
        for number in children:
            os.waitpid(number, 0)
    assert log.failed == 100
    text = (tmp_path / NAME).read_text(encoding="utf-8")
    assert len(re.findall(r"^\d{4}.* student \d: Number \d+\nTraceback .*$", text, re.M)) == 100
    assert len(re.findall(r"^ValueError: x{3000}$", text, re.M)) == 100


def test_a_long_record_is_shortened_and_a_full_log_put_aside(tmp_path):
    (tmp_path / NAME).write_bytes(b"old\n" * (MAX_BYTES // 4))
    with DiagnosisLog(tmp_path / NAME) as log:
        fail(1, "y" * 10**6)
    assert log.failed == 1 and (tmp_path / NAME).stat().st_size < 25_000
    assert (tmp_path / f"{NAME}.old").stat().st_size == MAX_BYTES


def test_what_cannot_be_written_is_counted_and_disturbs_nobody(tmp_path, capfd):
    with DiagnosisLog(tmp_path / "none" / NAME) as log:
        fail(3)
    assert "3 diagnoses failed" in log.sentence() and "lost" in log.sentence()
    assert "".join(capfd.readouterr()) == ""


def test_a_link_in_its_place_is_not_followed(tmp_path):
    (tmp_path / "other").write_text("kept", encoding="utf-8")
    (tmp_path / NAME).symlink_to(tmp_path / "other")
    with DiagnosisLog(tmp_path / NAME) as log:
        fail()
    assert log.failed == 1 and (tmp_path / "other").read_text(encoding="utf-8") == "kept"


def test_a_server_tells_it_once_for_each_that_fails(tmp_path, caplog):
    with DiagnosisLog(tmp_path / NAME) as log:
        told = _tell(log, 0)
        fail()
        told = _tell(log, told)
        told = _tell(log, told)
        fail()
        _tell(log, told)
    said = [one.getMessage() for one in caplog.records if one.name == "grader.ways.push"]
    assert len(said) == 2 and "1 diagnosis failed" in said[0] and str(tmp_path / NAME) in said[1]
