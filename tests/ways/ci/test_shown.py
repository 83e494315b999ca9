"""What a push to a CI server is told of hidden cases where nothing makes further inputs."""

from functools import lru_cache
from pathlib import Path

from grader.course.prepare import prepare
from grader.result import PUBLIC_SEED, Example, Visibility
from grader.submissions import Submission
from grader.ways.ci.grading import Graded
from tests.batch.test_examples import hidden_number, never
from tests.conftest import grade_text, strongest
from tests.mini import body, check_of, grade_mini, mini_course, replaced


@lru_cache
def public_assignment():
    return prepare(mini_course(), PUBLIC_SEED, Visibility.PUBLIC, strongest())


def shown(text):
    public, hidden = grade_text(public_assignment(), {"mini.py": text}), grade_mini(text)
    return Graded(Path(), Submission("me", "m1_mini", {}), public, hidden).shown, hidden


def test_what_fails_on_hidden_cases_alone_is_told_that_only_public_ones_were_tried():
    found, hidden = shown(never(hidden_number()))
    check = check_of(found, "predict.batch")
    assert check.example == Example(right=2, only_public=True)
    assert check.message == check_of(hidden, "predict.batch").message
    assert found.points == hidden.points


def test_what_fails_on_public_cases_shows_these():
    found, _ = shown(body("return X @ w"))
    check = check_of(found, "predict.batch")
    assert check.example is None and "expected: [" in check.message


def test_training_has_no_input_to_show():
    found, _ = shown(replaced("return w[:-1], w[-1]", "return w[:-1] * (len(X) != 30), w[-1]"))
    assert all(one.example is None for one in found.checks)
