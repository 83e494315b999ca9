"""Questions are encoded once for a batch, and never mistaken for one another."""

from dataclasses import replace

from grader.course.case import script
from grader.course.question import Questions, budget_of, question_of
from grader.course.step import step
from grader.wire.encoding import decode
from tests.mini import mini


def test_an_own_case_is_encoded_once():
    check = mini().checks[0]
    questions = Questions()
    first, second = (questions.encoded(check, check.cases[0], "f", (), 1.0, 1.0) for _ in range(2))
    assert first is second
    assert questions.encoded(check, check.cases[0], "f", (), 1.0, 2.0) != first
    assert questions.encoded(check, check.cases[1], "f", (), 1.0, 1.0) != first


def test_a_case_made_for_one_student_is_never_taken_for_another():
    check = mini().checks[0]
    questions = Questions()
    for number in range(2_000):  # the numbers of objects that are gone are given out again
        made = replace(check.cases[0], returns=(str(number),))
        asked = decode(questions.encoded(check, made, "f", (), 1.0, 1.0))
        assert asked["returns"] == question_of(made, "f")["returns"] == [str(number)]


def test_each_result_that_holds_a_model_may_be_a_large_one():
    made = {"model": step.call("build"), "before": step.kernels("model")}
    more = {"after": step.kernels("model"), "other": step.control(model=step.call("build"))}
    sizes = [
        budget_of(script("none", returns=("model",), model=made["model"])).bytes,
        budget_of(script("one", returns=("before",), **made)).bytes,
        budget_of(script("three", returns=("before",), **made, **more)).bytes,
    ]
    assert sizes == [2 * 2**20, 16 * 2**20, 48 * 2**20]
