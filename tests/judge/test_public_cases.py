"""Whether public cases fail, too, where hidden ones do: said in one bit, and of right code only."""

import pytest

from grader.course.examples import for_values
from grader.course.prepare import prepare
from grader.result import PUBLIC_SEED, Example, Visibility
from tests.conftest import grade_text, strongest
from tests.mini import REFERENCE, body, check_of, mini, mini_course, replaced, right_on_public_cases


@pytest.fixture(scope="module")
def public():
    made = prepare(mini_course(), PUBLIC_SEED, Visibility.PUBLIC, strongest(), with_training=False)
    return for_values(made)


def examples(text, public):
    result = grade_text(mini(), {"mini.py": text}, public=public)
    plain = grade_text(mini(), {"mini.py": text})
    assert (result.points, len(result.checks)) == (plain.points, len(plain.checks))
    return {f"{c.exercise}.{c.check}": c.example for c in result.checks if c.example is not None}


def test_what_fails_on_public_cases_is_said_and_nothing_of_what_the_code_says(public):
    text = body("print('hidden:', X)\nraise KeyError(str(X))")
    assert examples(text, public) == {"predict.batch": Example(seed="public")}


def test_what_passes_them_is_left_open_with_how_many_are_right(public):
    found = examples(right_on_public_cases("mini seed"), public)
    assert found == {"predict.batch": Example(right=2)}


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        "def broken(:\n",
        body("import os\nos._exit(1)"),
        replaced("np.linalg.solve(X.T @ X, X.T @ y)", "np.linalg.lstsq(X, y)[0]"),
        replaced("return w[:-1], w[-1]", "return 0 * w[:-1], w[-1]"),
        replaced("def root(x):", "def route(x):"),
    ],
    ids=["right", "no file", "crash", "forbidden", "training", "missing"],
)
def test_where_no_input_explains_anything_none_is_looked_for(public, text):
    assert not examples(text, public)


def test_code_that_reaches_beyond_its_names_is_left_to_a_fresh_worker(public):
    text = body("vars(np)['seen'] = X\nreturn X @ w")
    assert examples(text, public) == {"predict.batch": Example()}


def test_a_failure_of_ours_costs_an_explanation_alone(public, monkeypatch):
    monkeypatch.setattr("grader.judge.public_cases.failures_to_explain", lambda *_: 1 / 0)
    assert not examples(body("return X @ w"), public)


def test_a_public_case_that_does_not_end_leaves_it_open(public):
    number = float(public.checks[0].cases[0].arguments["X"][0, 0])
    text = body(f"while abs(X[0, 0] - {number!r}) < 1e-9:\n    pass\nreturn X @ w")
    result = grade_text(mini(), {"mini.py": text}, public=public)
    check = check_of(result, "predict.batch")
    assert (check.status, check.example) == ("failed", Example())
