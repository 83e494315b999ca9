"""Whatever is returned, a check is judged, and nothing is earned that a constant would not earn."""

from __future__ import annotations

import logging
import time

import pytest

from grader.course import frozen
from grader.judge.processes import JudgeLimits
from grader.result import Status
from tests.conftest import ASSIGNMENTS, ROOT
from tests.odd_values.told import FORMS, Told
from tests.odd_values.values import CONSTANTS, EXPRESSIONS, SAMPLE, value_of

MAX_CPU_SECONDS = JudgeLimits().cpu_seconds
"""CPU time for judging one value at every check of an assignment, with making its answers."""
MAX_GROWTH = 500
"""Megabytes by which this process may grow meanwhile; the largest value itself takes 62."""


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def told(request, tmp_path_factory):
    """One assignment with its public cases, whose messages show the most."""
    assignment = frozen.load(ROOT / "assignments" / request.param / "public")
    return Told(assignment, tmp_path_factory.mktemp(request.param))


class Baseline:
    """By check, what anybody earns who returns a constant; tried one by one, as far as needed."""

    def __init__(self, told):
        self.best: dict[tuple[str, str], float] = {}
        self.left = _graded(told, CONSTANTS)

    def covers(self, check):
        """Whether some constant earns as much."""
        key = check.exercise, check.check
        while check.points > self.best.get(key, 0.0):
            result = next(self.left, None)
            if result is None:
                return False
            for one in result.checks:
                found = one.exercise, one.check
                self.best[found] = max(self.best.get(found, 0.0), one.points)
        return True


@pytest.fixture(scope="module")
def baseline(told):
    return Baseline(told)


def _graded(told, expressions):
    for expression in expressions:
        value = value_of(expression)
        for form in FORMS:
            yield told.grade(form(value), by_form=True)


def _is_judged(told, baseline, caplog, name):
    memory, started = _megabytes(), time.process_time()
    with caplog.at_level(logging.ERROR, "grader.diagnose"):
        for result in _graded(told, [EXPRESSIONS[name]]):
            for check in result.checks:
                place = f"{name}, at {check.exercise}.{check.check}: {check.message}"
                assert check.status is not Status.GRADER_ERROR, place
                assert baseline.covers(check), f"{place} {check.points} points"
    assert not caplog.records, f"{name}: {caplog.text}"
    assert time.process_time() - started < MAX_CPU_SECONDS
    assert _megabytes() - memory < MAX_GROWTH


def _megabytes():
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_there_are_enough_odd_values():
    assert len(EXPRESSIONS) >= 200 and len(SAMPLE) >= 10 and set(SAMPLE) <= set(EXPRESSIONS)


def test_what_is_expected_passes(told):
    """Or the answers of all the others would prove nothing."""
    result = told.grade(lambda expected: expected, by_form=False)
    passed = [one for one in result.checks if one.status is Status.PASSED]
    assert len(passed) > len(result.checks) / 2


def test_every_check_judges_ten_odd_values(told, baseline, caplog):
    for name in SAMPLE:
        _is_judged(told, baseline, caplog, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(EXPRESSIONS) - set(SAMPLE)))
def test_every_check_judges_every_odd_value(told, baseline, caplog, name):
    _is_judged(told, baseline, caplog, name)
