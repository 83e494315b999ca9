"""Limits are set again only where one changes, and whoever else changes one is noticed."""

import pytest

from grader.worker import limits

resource = pytest.importorskip("resource")


@pytest.fixture
def asked(monkeypatch):
    """What the system is asked to limit."""
    found = []
    monkeypatch.setattr(limits, "_set_limit", lambda number, pair: found.append((number, pair[0])))
    monkeypatch.setattr(limits, "process_time", lambda: 1.25)
    return found


def test_questions_within_a_second_share_a_limit(asked):
    limit = limits.CpuLimit()
    limit.allow(10.0)
    limit.allow(10.0)
    assert asked == [(resource.RLIMIT_CPU, 13)]


def test_another_limit_is_set(asked):
    limit = limits.CpuLimit()
    limit.allow(10.0)
    limit.allow(30.0)
    assert [seconds for _, seconds in asked] == [13, 33]


def test_a_limit_that_code_has_changed_is_set_again(asked, monkeypatch):
    limit = limits.CpuLimit()
    limit.allow(10.0)
    monkeypatch.setattr(limits, "_changes", [limits.changes_of_limits() + 1])
    limit.allow(10.0)
    assert len(asked) == 2


def test_who_changes_a_limit_is_counted():
    before = limits.changes_of_limits()
    counted = limits._counted(resource.getrlimit)
    counted(resource.RLIMIT_NOFILE)
    assert limits.changes_of_limits() == before + 1


def test_who_is_counted_is_called_as_before():
    hooks = []
    counted = limits._counted(lambda hook: hooks.append(hook))
    counted(hook=print)
    assert hooks == [print]
