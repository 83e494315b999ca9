"""Trivial models are read as text; each is another version of an exercise that trains."""

import ast

import pytest

from grader.authoring.trials import train_checks
from grader.course import trivial_model
from grader.course.trivial_model import trivial_models
from tests.conftest import ASSIGNMENTS, ROOT, live

TEXT = '''
from grader.course import trivial_model

@trivial_model("fit")
def the_mean(X, y):
    """predicts the mean

    for everybody"""
    return 0

def helper():
    pass
'''


def test_marked_definitions_are_read_without_running_the_file(tmp_path):
    (tmp_path / "trivial_models.py").write_text(TEXT + "raise SystemExit\n")
    (one,) = trivial_models(tmp_path)
    assert (one.exercise, one.name, one.phrase) == ("fit", "the_mean", "predicts the mean")
    assert ast.parse(one.source).body[0].name == "the_mean"
    assert trivial_models(tmp_path / "nothing") == ()


def test_the_mark_leaves_the_function_as_it_is():
    assert trivial_model("fit")(len) is len


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_trivial_model_stands_for_an_exercise_that_trains(name):
    trained = {check.exercise for _, check in train_checks(live(name))}
    assert {one.exercise for one in trivial_models(ROOT / "solutions" / name)} <= trained
