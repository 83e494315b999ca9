"""Recording slips: what cannot be loaded costs them alone, and is told once."""

import logging

import pytest

from grader.confine import Lost, SpawnedLauncher
from grader.course import slip_recorder
from grader.course.prepare import prepare
from grader.result import Visibility
from tests.mini import mini, mini_course


class Counted(SpawnedLauncher):
    """Counts the workers that are started with slips; they are lost while they load, if wanted."""

    def __init__(self, *, loses=False):
        super().__init__()
        self.started, self.loses = 0, loses

    def start(self, settings, *others, **named):
        worker = super().start(settings, *others, **named)
        if slip_recorder._FILE in settings.files:
            self.started += 1
            if self.loses:
                worker.ask = self.lost
        return worker

    def lost(self, question, *_):
        raise Lost("crashed", "it was killed")


def recorded(chosen, jobs=2):
    course = mini_course()
    return prepare(course, "a seed", Visibility.PUBLIC, chosen, with_slips=True, jobs=jobs)


def broken(monkeypatch, ending):
    made = slip_recorder.with_slips
    monkeypatch.setattr(slip_recorder, "with_slips", lambda *given: made(*given) + ending)


def test_slips_are_recorded_where_they_can_be_loaded(caplog):
    prepared = recorded(Counted())
    assert prepared.slips and not caplog.records
    assert any(case.slips is not None for check in prepared.checks for case in check.cases)


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("\n1 / 0\n", "division by zero"),
        ("\ndef (:\n", "slips.py"),
        ("\nimport os\nos._exit(1)\n", "slips.py"),
    ],
    ids=["raises", "does not parse", "ends the process"],
)
def test_slips_that_cannot_be_loaded_cost_themselves_alone(monkeypatch, caplog, ending, said):
    broken(monkeypatch, ending)
    prepared = recorded(Counted())
    assert not prepared.slips
    told = [one for one in caplog.records if one.name == "grader.diagnose"]
    assert len(told) == 1 and told[0].levelno == logging.ERROR
    assert "mini.py" in told[0].getMessage() and said in told[0].getMessage()
    assert [len(one.cases) for one in prepared.checks] == [len(one.cases) for one in mini().checks]
    assert all(case.slips is None for one in prepared.checks for case in one.cases)


def test_a_worker_that_is_lost_while_it_loads_is_started_once_more():
    chosen = Counted(loses=True)
    assert not recorded(chosen, jobs=1).slips
    assert chosen.started == 2
