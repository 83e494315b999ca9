"""What answers without the work earn of the course's own assignments."""

from dataclasses import replace

import pytest

from grader.authoring.freeze import PUBLIC_SEED
from grader.authoring.unearned import (
    SEEDS,
    Mode,
    plan_unearned,
    read_by_nature,
    report_of,
    run_unearned,
)
from grader.authoring.unearned import plan as planning
from grader.authoring.unearned.sources import Answer
from grader.course import frozen
from grader.course.prepare import prepare
from grader.result import Visibility
from tests.conftest import ASSIGNMENTS, ROOT, live, strongest, untrained

SAMPLE = ["accuracy", "fit", "hinge_loss", "one_hot", "sigmoid_grad", "softmax"]


def public(name):
    return frozen.load(ROOT / "assignments" / name / "public")


def unearned(name, mode, hidden, exercises=()):
    tasks = plan_unearned(live(name), mode, public(name), hidden, exercises)
    graded = run_unearned(tasks, strongest(), jobs=2)
    listed = read_by_nature(ROOT / "solutions" / name)
    report = report_of(name, mode, graded, listed)
    assert report.failures == ()
    return report


@pytest.mark.parametrize("mode", [Mode.THOUGHTLESS, Mode.REPLAY])
def test_a_sample_of_exercises_gives_nothing_for_an_answer_without_the_work(mode, monkeypatch):
    few = {
        Mode.THOUGHTLESS: (Answer("zeros", "zeros"), Answer("first", "first")),
        Mode.REPLAY: (Answer("nearest", "replay"),),
    }
    monkeypatch.setattr(planning, "ANSWERS", few)
    name = "a2_logistic_regression"
    report = unearned(name, mode, {"a test seed": untrained(name).part("numpy")}, SAMPLE)
    assert report.rows == () and report.total.points > 20


def test_the_sample_can_earn_something(monkeypatch):
    """Without the rule that edges wait, zeros would earn what is easy to satisfy."""
    monkeypatch.setattr(planning, "ANSWERS", {Mode.THOUGHTLESS: (Answer("zeros", "zeros"),)})
    hidden = untrained("a2_logistic_regression").part("numpy")
    checks = (
        replace(one, settings={**one.settings, "edge": False}) if one.settings.get("edge") else one
        for one in hidden.checks
    )
    eager = replace(hidden, checks=tuple(checks))
    report = unearned("a2_logistic_regression", Mode.THOUGHTLESS, {"a test seed": eager}, SAMPLE)
    assert {row.exercise for row in report.rows} == {
        "accuracy",
        "fit",
        "hinge_loss",
        "sigmoid_grad",
    }


@pytest.mark.slow
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_no_answer_without_the_work_earns_anything(name, mode):
    assert PUBLIC_SEED == "public"
    seeds = [f"unearned {number}" for number in range(SEEDS[mode])]
    hidden = {
        seed: prepare(
            live(name),
            seed,
            Visibility.HIDDEN,
            strongest(),
            with_mistakes=False,
            with_training=False,
            jobs=2,
        )
        for seed in seeds
    }
    report = unearned(name, mode, hidden)
    assert report.is_good, report.rows
