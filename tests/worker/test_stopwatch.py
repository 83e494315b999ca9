"""Which clock ends code: its own computing, its waiting, and the wall's at last."""

import pytest

from grader.worker import allowance, stopwatch


class Clocks:
    wall = cpu = 100.0


@pytest.fixture
def clocks(monkeypatch):
    monkeypatch.setattr(stopwatch, "monotonic", lambda: Clocks.wall)
    monkeypatch.setattr(stopwatch, "process_time", lambda: Clocks.cpu)
    monkeypatch.setattr(stopwatch, "_HAS_ALARM", False)
    monkeypatch.setattr(stopwatch._thread, "start_new_thread", lambda *_: None)
    Clocks.wall = Clocks.cpu = 100.0
    return Clocks


@pytest.mark.parametrize(
    ("passed", "computed", "is_up"),
    [
        (9.0, 0.0, False),  # nothing yet
        (10.0, 0.04, True),  # it waits
        (12.0, 0.25, False),  # a fiftieth of a core: the machine is busy
        (29.0, 6.0, False),
        (30.0, 6.0, True),  # the wall clock
        (11.0, 10.0, True),  # it computes
    ],
)
def test_a_busy_machine_ends_nothing_that_waiting_or_computing_would_not(
    clocks, passed, computed, is_up
):
    watch = stopwatch.Stopwatch(print)
    watch.start(30.0, 10.0)
    clocks.wall += passed
    clocks.cpu += computed
    assert (watch._left() <= 0) is is_up
    watch.stop()
    assert watch._left() == float("inf")


def test_a_wall_clock_below_the_time_to_compute_ends_all(clocks):
    watch = stopwatch.Stopwatch(print)
    watch.start(2.0, 10.0)
    clocks.wall += 1.9
    assert 0 < watch._left() <= 0.11
    clocks.wall += 0.1
    assert watch._left() <= 0


@pytest.mark.parametrize(
    ("passed", "computed", "left"),
    [
        (8.0, 0.03, 12.0),  # it waits: the wall clock counts
        (50.0, 4.0, 16.0),  # the machine is busy: computing counts
        (5.0, 9.0, 15.0),  # in two threads
    ],
)
def test_loading_on_a_busy_machine_counts_what_is_computed(
    clocks, monkeypatch, passed, computed, left
):
    monkeypatch.setattr(allowance, "monotonic", lambda: Clocks.wall)
    monkeypatch.setattr(allowance, "process_time", lambda: Clocks.cpu)
    of_a_file = allowance.Allowance(20.0, started=100.0, cpu_started=100.0)
    clocks.wall += passed
    clocks.cpu += computed
    assert of_a_file.left == pytest.approx(left)
