"""The judge reads no more of an answer than its budget, and looks once more before it gives up."""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import threading
import time

import pytest

from grader.confine import Announced, Lost, Silence
from grader.confine.fork_server import Ends
from grader.confine.forked_worker import ForkedWorker
from grader.confine.spawned import SpawnedWorker
from grader.wire.budget import BESIDE, WHOLE, Budget, Effort
from grader.wire.encoding import Opaque, decode, encode, frame, read_frame

SMALL = Budget(1_000, 100)


class OtherEnd:
    """What a worker would say, said by the test."""

    def __init__(self, answers):
        mine, self.conversation = socket.socketpair()
        leash, self.leash = socket.socketpair()
        self.worker = ForkedWorker(Ends(mine, leash, {}))
        self.worker.answer_bytes = WHOLE.bytes
        self.thread = threading.Thread(target=self._answer, args=(answers,), daemon=True)
        self.thread.start()

    def _answer(self, answers):
        # The judge may hang up before it has read everything.
        with contextlib.suppress(OSError), self.conversation.makefile("rb") as questions:
            for answer in answers:
                number, _ = decode(read_frame(questions))
                message = {"id": number, "outcome": "answered", "values": encode(answer)}
                self.conversation.sendall(frame(encode(message)))

    def close(self):
        self.worker.close()
        self.conversation.close()
        self.leash.close()


@pytest.fixture
def other_end():
    made = []

    def make(*answers):
        made.append(OtherEnd(answers))
        return made[-1].worker

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize(
    "answer", [[bytes(BESIDE.bytes + 2_000)], [[0] * 101]], ids=["bytes", "items"]
)
@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_beyond_its_budget_is_none(other_end, answer, announced):
    worker = other_end(answer)
    if announced:
        worker.announce([Announced(b"question", 5, SMALL)])
    with pytest.raises(Lost) as caught:
        worker.ask(b"question", 5, SMALL)
    assert caught.value.silence is Silence.MALFORMED


def test_an_answer_within_its_budget_tells_its_cost(other_end):
    answer = other_end([[0.0] * 50]).ask(b"question", 5, SMALL)
    assert answer["values"] == [[0.0] * 50] and answer["cost"] > 450 + 64 * 50


def test_answers_that_came_early_are_kept_up_to_a_size(other_end, monkeypatch):
    monkeypatch.setattr("grader.confine.forked_worker._MAX_EARLY_BYTES", 500_000)
    answers = [[bytes(200_000)] for _ in range(6)]
    worker = other_end(*answers)
    questions = [str(number).encode() for number in range(6)]
    worker.announce([Announced(one, 5) for one in questions])
    worker.ask(questions[-1], 5)
    assert list(worker.early) == questions[3:5]


class EmptyAtFirst:
    """A socket in which nothing has come when it is first looked at."""

    def __init__(self, real):
        self.real, self.looked_at = real, False

    def __getattr__(self, name):
        return getattr(self.real, name)

    def recv(self, count):
        if not self.looked_at:
            self.looked_at = True
            raise BlockingIOError
        return self.real.recv(count)


def test_an_answer_that_is_there_counts_after_the_deadline(other_end):
    """The judge was stopped between looking for an answer and waiting for it."""
    worker = other_end([1.0])
    worker.announce([Announced(b"question", 5)])
    number = worker.waiting[b"question"][0]
    select.select([worker.conversation], [], [], 10)
    worker.conversation = EmptyAtFirst(worker.conversation)
    assert worker._answer(number, time.monotonic() - 100)["values"] == [1.0]


def test_an_answer_that_is_not_there_is_late(other_end):
    worker = other_end()
    with pytest.raises(Lost) as caught:
        worker.ask(b"question", -100)
    assert caught.value.silence is Silence.TIMEOUT


def test_what_a_spawned_process_says_unasked_is_not_read():
    code = "import sys\nwhile True: sys.stdout.buffer.write(b'\\xe8\\x03\\0\\0' + bytes(1000))"
    worker = SpawnedWorker([sys.executable, "-c", code], {})
    try:
        worker.answer_bytes = WHOLE.bytes
        worker._send(b"", time.monotonic() + 5)
        worker._read(time.monotonic() + 5, 1_000)
        time.sleep(0.2)
        assert worker.answers.empty()
        with pytest.raises(Exception, match="1,000 bytes was announced"):
            worker._read(time.monotonic() + 5, 999)
    finally:
        worker.close()


MANY = [[1.0]] * 5_000
"""10,002 items with the list of values around it."""


def test_what_the_answers_have_together_is_bounded(other_end):
    """Small answers and those of the size that is asked for are read whatever came before."""
    rest = [[0.5], [1, MANY], [[2.0] * 3_000]]
    worker = other_end(*[[MANY]] * 4, *rest)
    worker.effort = Effort(25_000)
    budget = Budget(2**20, 100_000, free=3_500)
    seen = [worker.ask(bytes([number]), 5, budget)["values"] for number in range(7)]
    assert seen[:2] == [[MANY]] * 2
    for (one,), most in zip(seen[2:4], ("4,996", "3,500"), strict=True):
        assert one.type == f"a value of more than {most} items" and "too large" in one.detail
    assert seen[4] == [0.5] and seen[6] == [[2.0] * 3_000]
    assert [type(one) for one in seen[5]] == [Opaque, Opaque]


def test_without_a_size_that_is_free_nothing_is_counted(other_end):
    worker = other_end(*[[MANY]] * 3)
    worker.effort = Effort(0)
    for number in range(3):
        assert worker.ask(bytes([number]), 5)["values"] == [MANY]
