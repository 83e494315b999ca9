"""What one exercise leaves behind costs no other: doubtful verdicts come from a fresh worker."""

from __future__ import annotations

import time

import pytest

from grader.confine import LimitBook, Limits, Lost
from grader.judge import asking
from grader.judge.asking import Deadline
from grader.judge.grading import GradingOptions
from grader.judge.interview import FileInterview
from grader.result import Status
from tests.conftest import grade_text, strongest
from tests.mini import REFERENCE, check_of, mini, replaced

HEAD = """
import collections, ctypes, decimal, functools, gc, importlib, importlib.machinery, json, math
import numbers, os, random, resource, signal, string, sys, threading
import builtins
KEPT = []
"""
LEFT = {
    "a dictionary of a module": ("vars(np)['max'] = len", "assert np.max([1, 7]) == 7"),
    "its update": ("np.__dict__.update(amin=len)", "assert np.amin([1, 7]) == 1"),
    "builtins": ("vars(builtins)['sum'] = len", "assert sum([7]) == 7"),
    "code": (
        "np.linalg.norm._implementation.__code__ = "
        "(lambda x, ord=None, axis=None, keepdims=False: 0.0).__code__",
        "assert np.linalg.norm(np.ones(4)) == 2",
    ),
    "defaults": (
        "np.isclose._implementation.__defaults__ = (1e9, 1e9, False)",
        "assert not np.isclose(1.0, 2.0)",
    ),
    "keyword defaults": (
        "json.dumps.__kwdefaults__['indent'] = 7",
        "assert json.dumps([1]) == '[1]'",
    ),
    "a class in Python": (
        "collections.Counter.most_common = lambda *_: []",
        "assert collections.Counter('a').most_common(1)",
    ),
    "its method": ("np.poly1d.__call__ = lambda *_: 1 / 0", "assert np.poly1d([1, 0])(2) == 2"),
    "a class of random": (
        "random.Random.random = lambda _: 0.5",
        "assert random.Random(1).random() != 0.5",
    ),
    "how modules are found": (
        "importlib.machinery.PathFinder.find_spec = lambda *_: None",
        "import colorsys, sched",
    ),
    "a formatter": (
        "string.Formatter.vformat = lambda *_: ''",
        "assert string.Formatter().format('{}', 1) == '1'",
    ),
    "a table": ("np.typecodes['All'] = ''", "np.typecodes['All'][0]"),
    "an empty table": ("np.sctypeDict.clear()", "assert np.sctypeDict"),
    "a context": ("decimal.DefaultContext.prec = 1", "assert decimal.Context().prec == 28"),
    "a registered class": (
        "numbers.Number.register(str)",
        "assert not isinstance('', numbers.Number)",
    ),
    "no module": ("sys.modules['itertools'] = None", "import itertools"),
    "another module": (
        "sys.modules['fractions'] = math",
        "from fractions import Fraction; Fraction(1, 2)",
    ),
    "an audit hook": (
        "KEPT or sys.addaudithook(lambda *_: 1 / 0); KEPT.append(1)",
        "import statistics, colorsys",
    ),
    "blocked signals": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))",
        "assert not signal.pthread_sigmask(signal.SIG_BLOCK, [])",
    ),
    "no permissions": (
        "os.umask(0o777)",
        "name = f'/tmp/{len(os.listdir(\"/tmp\"))}'; open(name, 'w').close(); open(name).close()",
    ),
    "threads that are watched": (
        "threading.setprofile(lambda *_: 1 / 0); threading.settrace(lambda *_: 1 / 0)",
        "t = threading.Thread(target=lambda: KEPT.append(7)); t.start(); t.join(); KEPT.pop()",
    ),
    "the dictionary of a built-in type": (
        "gc.get_referents(np.ndarray.__dict__)[0]['sum'] = lambda *_, **__: 9.0;"
        " ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))",
        "assert np.ones(3).sum() == 3",
    ),
    "open files": (
        "try:\n    while True: KEPT.append(os.dup(0))\nexcept OSError: pass",
        "open('/tmp/x', 'w').close()",
    ),
    "files": (
        "try:\n    for i in range(3):\n        with open(f'/tmp/f{i}', 'wb') as file:\n"
        "            for _ in range(31): file.write(b'x' * 2**20)\nexcept OSError: pass",
        "with open('/tmp/y', 'w') as file: file.write('hello' * 10_000)",
    ),
    "output": (
        "os.write(1, b'x' * 2**22)\nos.write(1, b'x' * 2**22)",
        "os.write(1, b'x' * 2**22)",
    ),
    "a loop": ("vars(np)['max'] = lambda *_: [0 for _ in iter(int, 1)]", "np.max([1, 7])"),
    "memory": (
        "try:\n    while True: KEPT.append(np.ones(2**24))\nexcept MemoryError: pass",
        "np.ones(2**24)",
    ),
}


def text_with(left: str, used: str) -> str:
    """`predict` leaves something behind, and `solve`, which is right, has a use for it."""
    text = replaced("import numpy as np\n", f"import numpy as np\n{HEAD}")
    for before, code in (("    return X @ w + b", left), ("    return np.linalg.solve", used)):
        lines = "".join(f"    {line}\n" for line in code.splitlines())
        text = text.replace(before, lines + before)
    return text


def graded(text, **options):
    return grade_text(mini(), {"mini.py": text}, strongest(), **options)


@pytest.fixture
def confirmed(monkeypatch):
    """The exercises that are confirmed, as they are."""
    found = []
    alone = FileInterview.alone

    def noted(interview, exercise):
        found.append(exercise)
        return alone(interview, exercise)

    monkeypatch.setattr(FileInterview, "alone", noted)
    return found


@pytest.mark.parametrize("name", LEFT)
def test_what_one_exercise_leaves_behind_costs_no_other(name):
    limits = Limits(seconds=4, cpu_seconds=2, numpy_megabytes=768)
    result = graded(text_with(*LEFT[name]), limits=LimitBook(limits))
    assert result.points == result.max_points, [one for one in result.checks if one.message]


@pytest.mark.parametrize("name", ["code", "no module", "open files"])
def test_so_it_is_on_a_students_own_machine(name):
    result = grade_text(mini(), {"mini.py": text_with(*LEFT[name])})
    assert result.points == result.max_points


COUNTING = "global calls\n    calls = calls + 1\n    if calls > {}:\n        return {}\n    "
"""What is right the first times that it is called."""


@pytest.mark.parametrize("times", [0, 1])
def test_what_is_wrong_from_some_call_on_gains_nothing(confirmed, times):
    solve = "return np.linalg.solve(X.T @ X, X.T @ y)"
    mse = "return np.mean((predict(X, w, b) - y) ** 2) / 2"
    text = f"calls = 0\n{REFERENCE}"
    text = text.replace(solve, COUNTING.format(0, "np.zeros(X.shape[1])") + solve)
    text = text.replace(mse, COUNTING.format(times, "0.5") + mse)
    assert COUNTING.format(times, "0.5") in text
    result = graded(text)
    assert "half_mse" in confirmed or "solve" in confirmed
    assert check_of(result, "half_mse.value").status is not Status.PASSED


def test_everything_at_once_costs_no_other(confirmed):
    """All of it is used by an exercise that calls none of the others."""
    names = [one for one in LEFT if one not in {"memory", "a loop", "an audit hook", "files"}]
    left, used = ("\n".join(LEFT[one][part] for one in names) for part in (0, 1))
    text = text_with("pass", used)
    assert graded(text).points == 20
    text += f"\ndef root(x):\n{''.join(f'    {line}{chr(10)}' for line in left.splitlines())}"
    text += "    if x < 0:\n        raise ValueError(f'Expected x >= 0. Received: {x}')\n"
    text += "    return np.sqrt(x)\n"
    result = graded(text)
    assert check_of(result, "solve.solution").status is Status.PASSED, result


def test_what_crashes_by_itself_is_charged_to_its_author():
    text = text_with("sys.addaudithook(lambda *_: os._exit(3)); import colorsys", "pass")
    result = graded(text)
    assert check_of(result, "predict.batch").status is Status.CRASHED
    assert check_of(result, "solve.solution").status is Status.PASSED


def test_what_is_wrong_stays_wrong_and_is_confirmed_once(confirmed):
    text = text_with("vars(np)['max'] = len", "pass").replace(
        "return np.linalg.solve(X.T @ X, X.T @ y)", "return np.zeros(X.shape[1])"
    )
    result = graded(text.replace("return rng.normal(size=n)", "return rng.normal(size=n) + np.max"))
    assert confirmed == ["solve", "noise"]
    assert check_of(result, "solve.solution").status is Status.FAILED
    assert check_of(result, "noise.moments").status is Status.ERROR


@pytest.mark.parametrize(
    ("code", "status", "times"),
    [
        ("return np.zeros(X.shape[1])", Status.FAILED, 0),
        ("return 1 / 0", Status.ERROR, 0),
        ("while True: pass", Status.TIMEOUT, 0),
        ("return np.ones(2**40)", Status.OUT_OF_MEMORY, 1),
        ("raise OSError(24, 'too many')", Status.ERROR, 1),
        ("return ctypes.string_at(0)", Status.CRASHED, 1),
    ],
)
def test_code_that_stays_within_is_confirmed_only_where_something_was_used_up(
    confirmed, code, status, times
):
    text = replaced("return np.linalg.solve(X.T @ X, X.T @ y)", code)
    if "ctypes" in code:
        text = f"from ctypes import string_at\n{text}".replace("ctypes.string_at", "string_at")
    result = graded(text, limits=LimitBook(Limits(seconds=3, cpu_seconds=1)))
    assert check_of(result, "solve.solution").status is status
    assert len(confirmed) == times
    assert result.points == 17


def test_right_code_is_never_asked_again(confirmed):
    assert graded(f"{HEAD}{REFERENCE}").points == 20
    assert graded(text_with("vars(np)['max'] = len", "pass")).points == 20
    assert confirmed == []


def test_each_check_is_told_once_in_order_and_for_good():
    told = []
    text = text_with("vars(np)['max'] = len", "assert np.max([1, 7]) == 7")
    result = graded(text, on_check=told.append)
    assert told == result.checks
    assert result.points == 20


def test_what_asks_only_whether_any_point_is_lost_confirms_nothing(confirmed):
    text = text_with("vars(np)['max'] = len", "assert np.max([1, 7]) == 7")
    assert graded(text, until_lost=True).checks[-1].exercise == "solve"
    assert confirmed == []


def test_confirming_has_its_own_time_and_ends(monkeypatch):
    monkeypatch.setattr(asking, "_SECONDS_TO_CONFIRM", 0.1)
    deadline = Deadline(0.4)
    assert deadline.can_confirm()
    with deadline.confirming(), deadline.counted():
        assert deadline.within(9) == 9
        time.sleep(0.11)
    assert not deadline.can_confirm()
    assert deadline.within(9) == 0.4
    with deadline.counted():
        time.sleep(0.41)
    with pytest.raises(Lost, match=r"the 0\.4 s"):
        deadline.within(9)


def test_nothing_is_confirmed_without_time(confirmed):
    options = GradingOptions(limits=LimitBook(Limits(submission_seconds=1e-9)))
    text = text_with("vars(np)['max'] = len", "assert np.max([1, 7]) == 7")
    result = graded(text, limits=options.limits)
    assert confirmed == []
    assert result.points == 0
