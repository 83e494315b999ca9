"""How the judge learns what to leave out, from workers that were lost."""

import pytest

from grader.confine import TIME_IS_UP, Lost, Silence
from grader.judge.loading import Loading
from grader.wire.encoding import decode


def lost(silence=Silence.TIMEOUT, **told):
    return Lost(silence, TIME_IS_UP, told=told)


def asked(loading):
    return [decode(one) for one in loading.questions()]


def pieces(loading):
    return [(one["first"], one["end"]) for one in asked(loading)[1:]]


def test_a_statement_that_the_worker_names_is_passed_over_next_time():
    loading = Loading("mini.py", 10.0)
    assert loading.learn(lost(statement=["mini.py", 4], seconds=10.0))
    (question,) = asked(loading)
    assert question["passed_over"] == [["mini.py", 4]]
    assert question["spent"] == 10.0


def test_the_clock_on_the_wall_is_patient_and_what_counts_is_computing():
    loading = Loading("mini.py", 10.0, patience=3.0)
    (question,) = asked(loading)
    assert (question["seconds"], question["cpu_seconds"]) == (60.0, 20.0)
    assert loading.wall_seconds() == 30.0
    assert loading.learn(lost(statement=["mini.py", 4], seconds=10.0))
    assert asked(loading)[0]["spent"] == 10.0


def test_where_nobody_names_it_the_statements_are_asked_for_in_pieces():
    loading = Loading("mini.py", 10.0)
    assert loading.learn(lost(Silence.CRASHED))
    questions = loading.questions()
    assert decode(next(questions))["end"] == 0
    loading.take({"values": [{"statements": 3}]})
    assert [(decode(one)["first"], decode(one)["end"]) for one in questions] == [(0, 1), (1, 3)]
    assert loading.learn(lost(Silence.CRASHED))
    assert pieces(loading) == [(0, 1), (1, 2), (2, 3)]
    assert loading.learn(lost(Silence.CRASHED))
    assert asked(loading)[0]["passed_over"] == [["mini.py", 2]]


def test_thousands_of_statements_take_few_questions_and_no_more_than_the_limit(monkeypatch):
    loading = Loading("mini.py", 10.0)
    assert loading.learn(lost())
    loading.take({"values": [{"statements": 20_000}]})
    found = pieces(loading)
    assert len(found) < 200
    assert [one for one, _ in found[1:]] == [end for _, end in found[:-1]]
    assert found[-1][1] == 20_000
    now = iter(range(10**6))
    monkeypatch.setattr("grader.judge.loading.monotonic", lambda: float(next(now)))
    found = pieces(loading)
    assert len(found) < 14 and found[-1][1] == 20_000
    assert not loading.learn(lost())


@pytest.mark.parametrize("silence", [Silence.NOT_STARTED, Silence.LEFT_ALONE])
def test_a_failure_of_the_machine_leaves_nothing_out(silence):
    assert not Loading("mini.py", 10.0).learn(lost(silence, statement=["mini.py", 4]))


def test_the_same_statement_is_lost_once_only():
    loading = Loading("mini.py", 10.0)
    assert loading.learn(lost(statement=["mini.py", 4], seconds=10.0))
    assert not loading.learn(lost(statement=["mini.py", 4], seconds=5.0))


def test_all_that_do_not_end_have_twice_the_limit_together():
    loading, given = Loading("mini.py", 10.0), 0.0
    for number in range(12):
        left = (20.0 - given) / 2
        assert loading.learn(lost(statement=["mini.py", number], seconds=left))
        given += left
    assert given < 20
    assert not loading.learn(lost(statement=["mini.py", 99], seconds=0.1))


@pytest.mark.parametrize(
    "report",
    [
        None,
        [],
        [7],
        [{"statements": "many", "left_out": {}, "refused": [1, {"package": 3}], "count": -1}],
        [{"statements": 2**80, "left_out": [{"error": {"chain": [[]], "message": 1}}]}],
        [{"left_out": [{"problem": {"message": b"x", "line": "1"}}], "count": 1.5}],
    ],
)
def test_what_a_hostile_worker_reports_is_trusted_in_no_type(report):
    loading = Loading("mini.py", 10.0)
    loading.take({"values": report})
    assert loading.count == 0
    assert all(isinstance(one.text, str) and one.line == 0 for one in loading.left_out)


def test_a_hostile_place_is_a_place_all_the_same():
    loading = Loading("mini.py", 10.0)
    assert loading.learn(lost(statement=[{"x": 1}, "four"], seconds="long"))
    assert loading.learn(lost(statement=["x" * 10**6, 2**70], seconds=-1.0))
    assert len(asked(loading)[0]["passed_over"][1][0]) == 200
