"""A message or a diagnosis that cannot be made leaves the verdict as it is, and is logged."""

from __future__ import annotations

import logging

import pytest

from grader.confine.spawned import SpawnedLauncher, SpawnedWorker
from grader.result import Status
from grader.wire.budget import Budget
from grader.wire.encoding import decode
from grader.worker.answering import sendable
from tests.mini import REFERENCE, body, check_of, grade_mini
from tests.odd_values.values import EXPRESSIONS, value_of


@pytest.mark.parametrize(
    ("what", "place"),
    [("message", "describe_mismatch"), ("diagnosis", "diagnose")],
)
@pytest.mark.parametrize("problem", [ValueError("odd"), RecursionError(), MemoryError()])
def test_the_verdict_stands_and_the_log_has_the_traceback(
    monkeypatch, caplog, capfd, what, place, problem
):
    def broken(*_):
        raise problem.with_traceback(None)

    monkeypatch.setattr(f"grader.checks.examine.{place}", broken)
    with caplog.at_level(logging.ERROR, "grader.diagnose"):
        check = check_of(grade_mini(body("return -(X @ w + b)")), "predict.batch")
    assert check.status is Status.FAILED and check.cases.run == 2
    assert "all 5 values differ" in check.message
    assert (check.diagnosis is None) == (what == "diagnosis")
    record = caplog.records[0]  # what depends on predict fails as well
    assert record.getMessage() == f"The {what} of predict.batch failed"
    assert record.exc_info[1] is problem
    assert "Traceback" not in "".join(capfd.readouterr())


FIELDS = ("values", "error", "mutated", "warnings", "printed", "name", "nearest", "left_out")
OF_ERRORS = ("chain", "message", "cause", "frames", "limit", "used")
OF_FRAMES = ("file", "line", "function", "owner", "code")


@pytest.mark.parametrize("outcome", ["answered", "raised", "missing", "forbidden", None])
@pytest.mark.parametrize("name", ["text in a ragged list", "bytes in a dict", "very long int"])
def test_no_field_of_an_answer_is_trusted(monkeypatch, outcome, name):
    """What a worker sends that the student's code has taken over."""
    (odd,) = decode(sendable([value_of(EXPRESSIONS[name])], Budget(2**20, 100_000)))
    frame = dict.fromkeys(OF_FRAMES, odd)
    error = dict.fromkeys(OF_ERRORS, odd) | {"frames": [frame, odd], "chain": ["builtins.E", odd]}
    forged = dict.fromkeys(FIELDS, odd) | {"outcome": outcome or odd, "error": error}
    if outcome == "raised":
        forged["left_out"] = {**frame, "error": error, "reason": odd, "needs": odd}
    real = SpawnedWorker.ask

    def ask(worker, question, seconds, budget):
        answer = real(worker, question, seconds, budget)
        return answer | forged if decode(question)["kind"] == "ask" else answer

    monkeypatch.setattr(SpawnedWorker, "ask", ask)
    result = grade_mini(REFERENCE, chosen=SpawnedLauncher())
    assert all(one.points == 0 for one in result.checks if one.check != "source")
    assert all(one.status is not Status.GRADER_ERROR for one in result.checks), result.checks
    assert all(len(one.message) < 10_000 for one in result.checks)
