"""What the machine refuses is exit code 3, says how to fix it, and costs nothing else."""

import errno
import json
import os
from types import SimpleNamespace

import pytest
from rich.console import Console

from grader.batch import BatchPlan, BatchReport
from grader.batch.store import ResultStore, StoreError
from grader.cli import app
from grader.cli.problems import UsageProblem, cannot_write
from grader.cli.publisher import Publisher, Wishes
from grader.problems import MachineProblem
from grader.submissions import CourseDirectory
from grader.submissions.intake.collecting import CannotCollect
from grader.submissions.settings import CannotKeepSeed
from grader.ways.push.install import CannotWriteHook
from tests.stored import result


def error_of(number):
    return OSError(number, os.strerror(number), "/course/reports")


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EROFS, "Make the folder writable"),
        (errno.EACCES, "Make the folder writable"),
        (errno.ENOSPC, "Free some space"),
    ],
)
def test_a_machine_that_refuses_a_file_is_no_wrong_call(number, advice):
    problem = cannot_write("x.json", error_of(number), "The results are kept.")
    assert isinstance(problem, MachineProblem)
    assert str(problem) == (
        f"x.json cannot be written: {os.strerror(number)}. The results are kept. {advice} and "
        "run the same command again."
    )


def test_a_place_that_the_caller_named_and_that_is_none_is_a_wrong_call():
    assert isinstance(cannot_write("no/x.json", error_of(errno.ENOENT)), UsageProblem)
    assert isinstance(cannot_write("x", error_of(errno.ENOENT), named=False), MachineProblem)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (error_of(errno.EROFS), 3),
        (StoreError("results/ cannot be read."), 3),
        (CannotKeepSeed("x"), 3),
        (CannotCollect("x"), 3),
        (CannotWriteHook("x"), 3),
        (UsageProblem("x"), 2),
    ],
)
def test_whatever_a_command_raises_is_a_sentence_and_its_code(monkeypatch, capsys, problem, code):
    def application(arguments):
        def command(**more):
            raise problem

        return command

    monkeypatch.setattr(app, "_application", application)
    with pytest.raises(SystemExit) as ended:
        app.main(["batch"])
    assert ended.value.code == code
    assert "grader: " in capsys.readouterr().err


def test_a_report_that_cannot_be_written_costs_neither_results_nor_what_comes_after(
    tmp_path, capsys
):
    (tmp_path / "reports").write_text("in the way", encoding="utf-8")
    store = ResultStore(tmp_path / "results" / "a1")
    store.write(result())
    directory = CourseDirectory(tmp_path)
    wishes = Wishes(json=tmp_path / "all.json", gradebook=False)
    with Publisher(Console(width=200), wishes, directory) as publisher:
        prepared = SimpleNamespace(name="a1")
        outcome = BatchReport(store, students=["alice"])
        assert not publisher.leave(prepared, BatchPlan(), outcome)  # exit code 3
    said = capsys.readouterr().out
    assert "The report cannot be written to" in said and "The results are kept" in said
    assert json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))[0]["student"] == "alice"
