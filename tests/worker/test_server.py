"""What a fork server learns of one worker, no later worker inherits."""

import pytest

from grader.confine import Limits, WorkerSettings, launcher
from tests.conftest import strongest
from tests.hostile.memory import SCAN

pytestmark = pytest.mark.skipif(
    strongest().confinement != "forked", reason="no fork server works here"
)

PROBE = f"""
import ctypes, os, sys
libc = ctypes.CDLL(None)
kept = []
{SCAN}
def say(first, second, times):
    return os.write(2, (first + second) * times)
def keep(first, second):
    kept.append((first + second) * 100)
"""
MARK = b"NOBODY-SAYS-", b"THIS-BUT-ME-91c4"


def said(worker, target, *arguments):
    step = {"op": "call", "save": "r", "target": target, "args": list(arguments)}
    question = {"kind": "ask", "file": "probe.py", "steps": [step], "returns": ["r"]}
    (value,) = worker.ask(question, 20)["values"]
    return value


@pytest.fixture
def start():
    with launcher("forked") as chosen:
        files, modules = {"probe.py": PROBE.encode()}, ("ctypes", "os", "sys")

        def start():
            settings = WorkerSettings(files, "numpy", modules, limits=Limits())
            worker = chosen.start(settings)
            worker.ask({"kind": "load", "file": "probe.py"}, 10)
            return worker

        yield start


def test_what_one_wrote_to_the_raw_output_is_in_no_memory_of_another(start):
    loud = start()
    for times in (1, 50, 5_000):  # less than what is kept of it, about that, much more
        assert said(loud, "say", *MARK, times) > 0
    others = [start() for _ in range(3)]  # while it runs, and when it has ended
    loud.close()
    others += [start() for _ in range(2)]
    for other in others:
        assert said(other, "memory_holds", *MARK) is False
    # The same search finds what is there.
    said(others[0], "keep", *MARK)
    assert said(others[0], "memory_holds", *MARK) is True
    for other in others:
        other.close()
