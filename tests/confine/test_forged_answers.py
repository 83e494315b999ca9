"""Whatever stands in a field of an answer, it is an answer or it is malformed: nothing raises."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.left_out import left_out_of
from grader.confine import Lost, Silence
from grader.confine.answers import _FIELDS
from grader.confine.conversation import ConversingWorker
from grader.confine.fork_server import Ends
from grader.confine.forked_worker import ForkedWorker
from grader.judge.answers import lost_verdict, reply_of
from grader.judge.loading import Loading
from grader.submissions.places import Places
from grader.wire.budget import WHOLE, Effort
from grader.wire.encoding import Opaque, Ref, Rng, decode, encode

ODD = {
    "no items": np.zeros(0),
    "one item": np.ones(1),
    "three items": np.zeros(3),
    "0-d": np.array(1.0),
    "square": np.ones((2, 2), bool),
    "numpy scalar": np.float32(1),
    "long double": np.longdouble("nan"),
    "complex": 1j,
    "tuple": ("answered",),
    "list of arrays": [np.zeros(3), np.ones((2, 2)), np.zeros(0)],
    "list of lists": [[], [[]], {}],
    "dict of arrays": {"message": np.zeros(3), "chain": np.zeros(3), "line": np.zeros(2)},
    "dict of lists": {"chain": [np.zeros(3)], "frames": [{"line": np.zeros(3), "file": []}]},
    "nothing": None,
    "true": True,
    "one": 1,
    "large": 10**1_000,
    "float": float("nan"),
    "bytes": b"answered",
    "text": "late",
    "reference": Ref("x"),
    "generator": Rng(3),
    "opaque": Opaque("x"),
}


class Scripted(ConversingWorker):
    """A worker that says what the test says."""

    def __init__(self, answer):
        self.answer_bytes = WHOLE.bytes
        self.answer = answer

    def close(self):
        pass

    def _send(self, data, deadline):
        number, _ = decode(data)
        self.answer = {"id": number, "outcome": "answered", "values": encode([1.0])} | self.answer

    def _read(self, deadline, limit):
        return encode(self.answer)

    def _ending(self):
        raise AssertionError


def read_by_everybody(answer):
    """All that the judge makes of an answer to any question."""
    reply_of(answer, Places())
    loading = Loading("x.py", 10.0, {"f": "h"})
    loading.take(answer)
    loading.learn(Lost(Silence.TIMEOUT, "late", told=answer))
    lost_verdict(Lost(Silence.TIMEOUT, "late", told=answer), Places())
    if answer["outcome"] != "answered" or answer.get("last"):
        return


def asked(answer):
    try:
        read_by_everybody(Scripted(answer).ask(b"question", 5))
    except Lost as lost:
        lost_verdict(lost, Places())
        return lost
    return None


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", [*_FIELDS, "cost", "more"])
def test_an_odd_field_is_read_or_malformed(field, odd):
    lost = asked({field: ODD[odd]})
    assert lost is None or lost.silence in {Silence.MALFORMED, Silence.TIMEOUT}
    if type(ODD[odd]) not in _FIELDS.get(field, ()):
        assert lost is not None and lost.silence is Silence.MALFORMED


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["taken", "left_out", "refused", "rebound", "count", "as_script"])
def test_an_odd_report_of_a_loading_is_read(name, odd):
    for value in (ODD[odd], [ODD[odd]], [{"file": ODD[odd], "line": ODD[odd], "error": ODD[odd]}]):
        assert asked({"values": [{name: value}]}) is None


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["statement", "error", "problem", "file", "line", "reason"])
def test_an_odd_statement_is_read(name, odd):
    left_out_of({name: ODD[odd]}, Places())
    assert asked({"outcome": "late", "statement": [ODD[odd], ODD[odd]]}).silence is Silence.TIMEOUT


@pytest.mark.parametrize("answer", [1, [], None, {}, {"id": 1}, {"outcome": "answered"}])
def test_what_is_no_answer_is_malformed(answer):
    worker = Scripted({})
    worker._read = lambda deadline, limit: encode(answer)
    with pytest.raises(Lost) as caught:
        worker.ask(b"question", 5)
    assert caught.value.silence is Silence.MALFORMED


def test_a_closed_worker_is_lost_whatever_is_done_with_it():
    import socket

    mine, theirs = socket.socketpair()
    leash, other = socket.socketpair()
    with theirs, other:
        worker = ForkedWorker(Ends(mine, leash, {}))
        worker.answer_bytes = WHOLE.bytes
        worker.close()
        worker.announce([])
        for _ in range(2):
            with pytest.raises(Lost) as caught:
                worker.ask(b"question", 5)
            assert caught.value.silence is Silence.LEFT_ALONE
        worker.closed = False  # as when the machine took its sockets
        with pytest.raises(Lost):
            worker.ask(b"question", 5)


def test_what_the_answers_of_one_worker_cost_costs_no_other():
    one, other = Scripted({}), Scripted({})
    one.effort.left -= 1
    assert other.effort.left == Effort().left
