"""The table of thresholds: what right solutions reach, beside what is asked of students."""

import pytest

from grader.authoring.thresholds import Row, rows_of, table, worst
from grader.authoring.trials import (
    REFERENCE,
    TRIVIAL,
    Trial,
    read_trials,
    run_trials,
    write_trials,
)
from grader.checks.measures import MEASURES
from grader.confine import SpawnedLauncher
from grader.course import case
from grader.course.assignment import Check
from grader.course.prepare import PreparationError
from grader.result import Kind
from tests.conftest import live


def trial(quality, solution=REFERENCE, seconds=1.0):
    return Trial("a9_ninth", "fit", "digits", "ten rows", solution, "seed", quality, seconds)


def row(measure, reference, honest, threshold, stated, baseline, trivial=(), earned=0.0):
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
        case("ten rows"),
        True,
        [trial(quality) for quality in reference],
        [trial(quality, "loops", 7.25) for quality in honest],
        [trial(quality, f"{TRIVIAL}the_mean") for quality in trivial],
        earned,
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
    assert "| 0.960 · 0.970 | — | 0.9 | 0.91 | 0.1 | 0.060 | — | — | 1.0 of 60 |" in first
    assert second.endswith("| 7.2 of 60 |")


def test_the_table_shows_the_best_trivial_model_and_what_it_earns():
    one = row("mean_squared_error", [0.01], [], 0.1, 0.1, 1.0, trivial=[0.9, 0.4], earned=0.667)
    assert "| the mean 0.400 | 67% |" in table([one])


def fit_trials(solution, *qualities):
    """Trials of a1's `fit` on one seed: the patients' progression, and other targets of theirs."""
    labels = "142 held-out patients", "142 held-out patients, other targets"
    return [
        Trial("a1_least_squares", "fit", "held_out", label, solution, "seed", quality, 1.0)
        for label, quality in zip(labels, qualities, strict=True)
    ]


def test_a_trivial_model_earns_what_its_worst_case_earns():
    trials = fit_trials(REFERENCE, 0.5, 0.95) + fit_trials(f"{TRIVIAL}two_columns", 0.4, 0.815)
    first, second = rows_of(live("a1_least_squares"), trials)
    assert (first.bounds, second.bounds) == ((0.0, 0.28, 0.3), (0.75, 0.88, 0.9))
    assert first.margin == pytest.approx(0.22) and second.margin == pytest.approx(0.07)
    assert first.earned == second.earned == pytest.approx(0.5)
    assert "held out: 142 held-out patients, other targets" in second.cells()[1]


def test_trials_are_read_as_they_were_written(tmp_path):
    trials = [trial(0.9712), trial(1e-05, "loops")]
    write_trials(tmp_path / "trials.csv", trials)
    assert read_trials(tmp_path / "trials.csv") == trials
    assert read_trials(tmp_path / "none.csv") == []


def test_a_trial_measures_on_held_out_data():
    course = live("a1_least_squares")
    found = run_trials(course, REFERENCE, course.references, "some seed", SpawnedLauncher(), "fit")
    about = {(one.exercise, one.solution, one.seed) for one in found}
    assert about == {("fit", REFERENCE, "some seed")}
    patients, other = (one.quality for one in found)
    assert 0.3 < patients < 0.7 and 0.9 < other < 1.0
    assert all(one.cpu_seconds >= 0 for one in found)


def test_only_the_wanted_exercise_is_trained():
    course = live("a1_least_squares")
    assert run_trials(course, REFERENCE, course.references, "seed", SpawnedLauncher(), "sgd") == []


def test_a_solution_that_does_not_train_is_named():
    course = live("a1_least_squares")
    texts = {"least_squares.py": "def fit(X, y):\n    raise RuntimeError('lost')\n"}
    with pytest.raises(PreparationError, match=r"fit\.\w+: a solution was expected to train.*lost"):
        run_trials(course, "broken", texts, "some seed", SpawnedLauncher())
