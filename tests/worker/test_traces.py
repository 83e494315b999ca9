"""What one question leaves behind in Python and NumPy is not there for the next one."""

import pytest

from tests.worker.sessions import answers_of

LOOK = """
class Equal:
    def __init__(self, other):
        self.other = other
    def __eq__(self, other):
        compared.append(other)
        return self.other is other or 1 / 0
    __hash__ = object.__hash__
    def __call__(self, *_):
        return self
class Name(str):
    refuses = False
    def __hash__(self):
        return 1 // (not self.refuses)
    def __eq__(self, other):
        return compared.append(other)
compared = []
import collections, copy, decimal, gc, locale, math, os, random, signal, string, sys, threading
import time, warnings
import builtins
import numpy as np
np.added_by_the_file = 3
math.pi = 3
sys.setrecursionlimit(1234)
def look():
    return repr([
        np.mean([1.0, 2.0]), np.random.rand(), random.random(), math.pi, len([1]),
        collections.Counter("aa"), copy.copy([1]), string.ascii_lowercase, np.added_by_the_file,
        hasattr(np, "added_by_a_question"), repr(np.array([1 / 3])), np.geterr(),
        decimal.Decimal(1) / 3, sys.getrecursionlimit(), sorted(os.environ.items()),
        os.getcwd(), sys.path, gc.isenabled(), gc.get_threshold(), locale.setlocale(locale.LC_ALL),
        signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_PROF),
        sys.modules["numpy"] is np, warnings.filters, sys.gettrace(), time.sleep, sys.exit,
        sys.getswitchinterval(), cache, hasattr(builtins, "new"), oct(os.umask(0o22)),
        signal.pthread_sigmask(signal.SIG_BLOCK, []), compared,
        [*map(id, sys.path + sys.meta_path)],
    ])
cache = []
"""
LEFT = {
    "a function": "np.mean = lambda *_: 7",
    "a function of the standard library": "copy.copy = string.ascii_lowercase = None",
    "a class": "collections.Counter = dict",
    "a name that was not there": "np.added_by_a_question = 1",
    "a name that is taken away": "del np.mean, np.added_by_the_file",
    "a builtin": "builtins.len = lambda _: 7",
    "the dictionary of builtins": "vars(builtins).update(len=print, vars=None, all=None, new=1);"
    " [builtins.__dict__.pop(name) for name in ('print', 'dict', 'list', 'map', 'isinstance')]",
    "a builtin that compares as it likes": "vars(builtins).update(len=Equal(len))",
    "a builtin that cannot be compared": "vars(builtins).update(len=Equal(None))",
    "a name of builtins that refuses": "vars(builtins)[Name('new')] = Name.refuses = True",
    "a path that compares as it likes": "sys.path[0] = Equal(sys.path[0])",
    "a finder that compares as it likes": "sys.meta_path[-1] = Equal(sys.meta_path[-1])",
    "a trace that compares as it likes": "sys.settrace(Equal(None))",
    "a handler that compares as it likes": "old = signal.getsignal(signal.SIGALRM);"
    " signal.signal(signal.SIGALRM, Equal(old))",
    "a word that compares as it likes": "np.set_printoptions(nanstr=Equal('nan'))",
    "permissions": "os.umask(0o777)",
    "blocked signals": "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])",
    "a seed": "np.random.seed(7); random.seed(7)",
    "another generator": "np.random.set_bit_generator(np.random.PCG64(7))",
    "how arrays are shown": "np.set_printoptions(precision=1)",
    "what NumPy raises": "np.seterr(all='raise')",
    "the precision of decimals": "decimal.getcontext().prec = 3",
    "a limit of recursion": "sys.setrecursionlimit(60_000)",
    "an environment": "os.environ.update(A='1'); os.environ.pop('PATH', None)",
    "the folder": "os.chdir('/')",
    "the path": "sys.path.insert(0, '/')",
    "a path of its own": "sys.path = []",
    "the collector": "gc.disable(); gc.set_threshold(1)",
    "a handler": "signal.signal(signal.SIGALRM, signal.SIG_IGN)",
    "a timer": "signal.setitimer(signal.ITIMER_PROF, 100)",
    "a module": "sys.modules['numpy'] = math",
    "filters of warnings": "warnings.simplefilter('error')",
    "a trace": "sys.settrace(lambda *_: None)",
    "no sleep": "time.sleep = print; sys.exit = print",
    "a switch interval": "sys.setswitchinterval(1)",
    "a locale": "locale.setlocale(locale.LC_ALL, 'C.UTF-8')",
}


def test_what_a_question_leaves_behind_is_gone_for_the_next(tmp_path):
    left = [f"def left_{n}():\n    {code}\n" for n, code in enumerate(LEFT.values())]
    names = ["look"] + [one for n in range(len(LEFT)) for one in (f"left_{n}", "look")]
    first, *answers = answers_of(tmp_path, LOOK + "".join(left), names)
    assert first[0] == "answered", first
    for name, did, looked in zip(LEFT, answers[::2], answers[1::2], strict=True):
        assert (did[0], did[2]) == ("answered", False), (name, did)
        assert looked == first, name


def test_what_the_file_adds_stays_and_what_it_overwrites_does_not(tmp_path):
    ((_, seen, _),) = answers_of(tmp_path, LOOK, ["look"])
    assert "1234" in seen
    assert "3.14159" in seen


def test_what_the_students_own_module_keeps_is_the_students(tmp_path):
    text = LOOK + "def keep():\n    cache.append(1)\n    return cache\n"
    answers = answers_of(tmp_path, text, ["keep", "keep"])
    assert answers[1][1] == "[[1, 1]]"


@pytest.mark.parametrize(
    ("code", "is_last"),
    [
        ("threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", True),
        ("one = threading.Thread(target=time.sleep, args=(0.01,)); one.start()", False),
        ("sys.addaudithook(lambda *_: None)", True),
        ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))", True),
    ],
)
def test_a_worker_ends_where_what_was_left_behind_cannot_be_undone(tmp_path, code, is_last):
    text = f"{LOOK}def leave():\n    {code}\n"
    assert answers_of(tmp_path, text, ["leave"])[0][::2] == ["answered", is_last]


def test_a_thread_that_the_file_itself_starts_costs_no_worker(tmp_path):
    text = f"{LOOK}threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    assert [one[2] for one in answers_of(tmp_path, text, ["look", "look"])] == [False, False]
