"""The table of thresholds: what right solutions reach, beside what is asked of students."""

import pytest

from grader.authoring.thresholds import Row, table, worst
from grader.authoring.trials import REFERENCE, Trial, read_trials, run_trials, write_trials
from grader.checks.measures import MEASURES
from grader.confine import SpawnedLauncher
from grader.course.assignment import Check
from grader.course.prepare import PreparationError
from grader.result import Kind
from tests.conftest import live


def trial(quality, solution=REFERENCE, seconds=1.0):
    return Trial("a9_ninth", "fit", "digits", solution, "seed", quality, seconds)


def row(measure, reference, honest, threshold, stated, baseline):
    settings = {
        "measure": measure,
        "threshold": threshold,
        "stated": stated,
        "baseline": baseline,
        "cpu_seconds": 60,
    }
    check = Check("fit", "digits", Kind.TRAIN, "reads digits", 4, lambda rng: (), (), settings)
    return Row(
        "a9_ninth",
        "fit",
        check,
        [trial(quality) for quality in reference],
        [trial(quality, "loops", 7.25) for quality in honest],
    )


def test_the_margin_is_that_of_the_worst_trial_of_all():
    one = row("logits_accuracy", [0.97, 0.96], [0.99, 0.94], 0.9, 0.91, 0.1)
    assert one.margin == pytest.approx(0.04)


def test_a_margin_below_zero_means_that_a_right_solution_missed_the_threshold():
    assert row("logits_accuracy", [0.97], [0.89], 0.9, 0.91, 0.1).margin == pytest.approx(-0.01)


def test_where_less_is_better_the_largest_trial_is_the_worst():
    one = row("mean_squared_error", [0.001, 0.004], [0.002], 0.01, 0.008, 0.17)
    assert one.margin == pytest.approx(0.006)
    assert worst(one.reference, MEASURES["mean_squared_error"]) == 0.004


def test_the_table_shows_worst_and_median_and_the_slowest_trial():
    one = row("logits_accuracy", [0.97, 0.96, 0.98], [], 0.9, 0.91, 0.1)
    other = row("logits_accuracy", [0.97], [0.95], 0.9, 0.91, 0.1)
    first, second = table([one, other]).splitlines()[2:]
    assert "| 0.960 · 0.970 | — | 0.9 | 0.91 | 0.1 | 0.060 | 1.0 of 60 |" in first
    assert second.endswith("| 7.2 of 60 |")


def test_trials_are_read_as_they_were_written(tmp_path):
    trials = [trial(0.9712), trial(1e-05, "loops")]
    write_trials(tmp_path / "trials.csv", trials)
    assert read_trials(tmp_path / "trials.csv") == trials
    assert read_trials(tmp_path / "none.csv") == []


def test_a_trial_measures_on_held_out_data():
    course = live("a1_least_squares")
    (found,) = run_trials(course, REFERENCE, course.references, "some seed", SpawnedLauncher())
    assert (found.exercise, found.solution, found.seed) == ("fit", REFERENCE, "some seed")
    assert 0.3 < found.quality < 0.7 and found.cpu_seconds >= 0


def test_a_solution_that_does_not_train_is_named():
    course = live("a1_least_squares")
    texts = {"least_squares.py": "def fit(X, y):\n    raise RuntimeError('lost')\n"}
    with pytest.raises(PreparationError, match=r"fit\.\w+: a solution was expected to train.*lost"):
        run_trials(course, "broken", texts, "some seed", SpawnedLauncher())
