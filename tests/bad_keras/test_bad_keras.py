"""Bad Keras input gets its own message, and costs neither other exercises nor other students."""

from functools import lru_cache
from importlib.util import find_spec

import pytest

from grader.confine import Engine, quickest_launcher
from grader.result import Status
from tests.bad_keras.submissions import BAD, FILE, NAME, model
from tests.conftest import exercises_of, grade_text, live, prepared, strongest

EVERYTHING = exercises_of(NAME, "keras")
BUILDING = frozenset({"build_model"})


def graded(text, only=EVERYTHING, chosen=None):
    return grade_text(prepared(NAME, "keras"), {FILE: text}, chosen or strongest(), only=only)


@lru_cache
def honest(only=EVERYTHING):
    """What the reference gets, before anything bad was graded."""
    return graded(live(NAME).references[FILE], only).comparable()


def checks(result, exercise="build_model"):
    return {one.check: one for one in result.checks if one.exercise == exercise}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_its_own_message(name):
    honest(BUILDING)
    bad = BAD[name]
    result = graded(bad.text)
    found = checks(result)
    if bad.check:
        wrong = found[bad.check]
        assert (wrong.status, bad.words in wrong.message) == (bad.status, True), wrong.message
        assert len(wrong.message) < 300
        assert wrong.points == 0
    else:
        assert {one.status for one in result.checks} == {Status.PASSED}
    assert not result.has_grader_error
    if "at import" not in name:
        others = [one for one in result.checks if one.exercise != "build_model"]
        assert {one.status for one in others} == {Status.PASSED}
    again = graded(live(NAME).references[FILE], only=BUILDING)
    assert again.comparable() == honest(BUILDING)


def test_after_all_of_it_the_reference_gets_what_it_got_before():
    """What bad input leaves behind in a server would stay there."""
    honest()
    for name in ("what is left behind", "settings of half precision", "saved files"):
        graded(BAD[name].text)
    assert graded(live(NAME).references[FILE]).comparable() == honest()


def test_public_cases_tell_what_keras_said():
    public = prepared(NAME, "keras", public=True)
    bad = BAD["compiled with a loss that does not exist"].text
    result = grade_text(public, {FILE: bad}, strongest(), only=frozenset({"build_model"}))
    assert "no_such_loss" in checks(result)["compiled"].message
    assert "no_such_loss" not in checks(graded(bad))["compiled"].message


@pytest.fixture(scope="module")
def on_jax():
    if find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    with quickest_launcher(Engine("jax")) as made:
        yield made


@pytest.mark.parametrize(
    ("first", "status", "words"),
    [
        (
            "import tensorflow as tf\n    tf.constant(1)",
            Status.FORBIDDEN,
            "may not be used in this file",
        ),
        ("ops.ones(3).numpy()", Status.ERROR, "AttributeError was raised in line"),
    ],
)
def test_functions_of_tensorflow_do_not_work_on_jax(on_jax, first, status, words):
    result = graded(model(first), only=frozenset({"build_model"}), chosen=on_jax)
    wrong = checks(result)["forward"]
    assert (wrong.status, words in wrong.message) == (status, True), wrong.message
