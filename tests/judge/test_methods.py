"""A class of which some methods are written earns what these can, and the others are named."""

from __future__ import annotations

import ast
import re

import pytest

from grader.course.expected import expected_of
from grader.judge.grading import grade
from grader.result import CheckResult, Status
from grader.student.checking import load_public
from grader.submissions import read_path
from tests.conftest import ROOT, strongest

TEXT = re.sub(
    r"[ \t]*### (BEGIN|END) SOLUTION\n", "", (ROOT / "solutions/a3_mlp/mlp.py").read_text()
)
RAISES = "        raise NotImplementedError"


@pytest.fixture(scope="module")
def launcher():
    with strongest() as chosen:
        yield chosen


@pytest.fixture
def checks_of(tmp_path, launcher):
    def checks_of(text: str, exercise: str) -> dict[str, CheckResult]:
        (tmp_path / "mlp.py").write_text(text)
        assignment = load_public(ROOT / "assignments/a3_mlp").part("numpy")
        handed_in = read_path(tmp_path, expected_of(assignment), student="ada", assignment="a3_mlp")
        result = grade(handed_in, assignment, launcher)
        return {one.check: one for one in result.checks if one.exercise == exercise}

    return checks_of


def without(name: str, methods: tuple[str, ...], body: str = RAISES) -> str:
    lines = TEXT.split("\n")
    (found,) = [one for one in ast.parse(TEXT).body if getattr(one, "name", "") == name]
    for method in reversed([one for one in found.body if isinstance(one, ast.FunctionDef)]):
        if method.name in methods:
            lines[method.body[0].lineno - 1 : method.end_lineno] = [body]
    return "\n".join(lines)


def test_written_methods_earn_their_points(checks_of):
    checks = checks_of(without("MLP", ("forward",)), "MLP")
    lost = {name: one for name, one in checks.items() if one.status != Status.PASSED}
    assert 0 < len(lost) < len(checks)
    assert {one.status for one in lost.values()} == {Status.MISSING}
    (said,) = {one.message.partition(":")[0] for one in lost.values()}
    assert said == "MLP.forward is not written yet"


@pytest.mark.parametrize(
    ("methods", "body"),
    [
        (("__init__",), RAISES),
        (("loss_and_gradients",), RAISES),
        (("loss_and_gradients",), f"        y_hat = self.forward(X)\n{RAISES}"),
        (("forward",), "        pass"),
        (("__init__",), "        pass"),
    ],
)
def test_the_method_that_is_not_written_is_named(checks_of, methods, body):
    lost = [
        one
        for one in checks_of(without("MLP", methods, body), "MLP").values()
        if one.status != Status.PASSED
    ]
    assert lost and lost[0].message.startswith(f"MLP.{methods[0]} is not written yet")


def test_so_it_is_where_another_exercise_calls_it(checks_of):
    checks = checks_of(without("MLP", ("loss_and_gradients",)), "gradient_norms")
    assert "gradient_norms calls MLP.loss_and_gradients, which is not written yet." in {
        one.message for one in checks.values()
    }


def test_a_class_without_written_methods_is_not_written(checks_of):
    methods = "__init__", "forward", "loss_and_gradients"
    checks = checks_of(without("MLP", methods), "MLP")
    assert {one.message for one in checks.values()} == {
        "MLP is not written yet. `grader hint MLP` helps."
    }
