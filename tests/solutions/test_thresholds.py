"""Thresholds are fair, handouts state them, and the table tells the truth about both."""

import pytest

from grader.authoring.thresholds import rows_of, table
from grader.authoring.trials import read_trials, train_checks
from grader.cli.thresholds import BEGIN, END, TABLE_FILE, TRIALS_FILE
from tests.conftest import ASSIGNMENTS, ROOT, live

SEEDS = 20
MARGIN = 0.01
"""The worst trial clears the graded threshold by this part of its way from the baseline."""

TRIALS = read_trials(ROOT / TRIALS_FILE)
TRAIN_CHECKS = [
    pytest.param(name, check, id=f"{name}-{check.exercise}-{check.name}")
    for name in ASSIGNMENTS
    for _, check in train_checks(live(name))
]


def rows_for(name, check):
    """The rows of a check: one for each case."""
    found = [
        row
        for row in rows_of(live(name), TRIALS)
        if (row.exercise, row.check.name) == (check.exercise, check.name)
    ]
    assert found
    return found


@pytest.mark.parametrize(("name", "check"), TRAIN_CHECKS)
def test_right_solutions_clear_the_graded_threshold_on_twenty_seeds(name, check):
    for row in rows_for(name, check):
        assert len(row.reference) >= SEEDS and len(row.honest) >= SEEDS
        baseline, threshold, _ = row.bounds
        assert row.margin >= MARGIN * (abs(threshold - baseline) + row.margin)


@pytest.mark.parametrize(("name", "check"), TRAIN_CHECKS)
def test_no_trivial_model_earns_anything_on_twenty_seeds(name, check):
    for row in rows_for(name, check):
        assert row.earned == 0
        assert not row.trivial or len({one.seed for one in row.trivial}) >= SEEDS


@pytest.mark.parametrize(("name", "check"), TRAIN_CHECKS)
def test_every_trial_ended_within_the_limit(name, check):
    limit = check.settings["cpu_seconds"]
    for row in rows_for(name, check):
        assert all(trial.cpu_seconds < limit for trial in (*row.reference, *row.honest))


@pytest.mark.parametrize(("name", "check"), TRAIN_CHECKS)
def test_the_handout_states_a_threshold_a_little_stricter_than_the_graded_one(name, check):
    handout = (ROOT / "solutions" / name / "handout.md").read_text(encoding="utf-8")
    for row in rows_for(name, check):
        baseline, graded, stated = row.bounds
        assert abs(stated - baseline) > abs(graded - baseline)
        assert any(text in handout for text in (f"{stated:g}", f"{stated:.2f}"))


def test_the_table_is_what_the_trials_say():
    rows = [row for name in ASSIGNMENTS for row in rows_of(live(name), TRIALS)]
    page = (ROOT / TABLE_FILE).read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0].strip() == table(rows)
