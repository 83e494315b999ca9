"""Names, classes, containers and values of a thread, put back as they were."""

import sys
import threading
from types import ModuleType

import pytest

from grader.worker.snapshots import Snapshot

_PACKAGE = """
import threading
class Kind:
    table = {"a": 1}
    def method(self): return "original"
def function(): return "original"
FLAG, STATE = "on", threading.local()
STATE.names = {"dense": 1}
LIST, SET, DICT = [1, 2], {1, 2}, {"relu": 1, "sgd": 2}
"""


@pytest.fixture
def package(monkeypatch):
    module = ModuleType("watched_package")
    monkeypatch.setitem(sys.modules, "watched_package", module)
    exec(_PACKAGE, vars(module))
    module.Kind.__module__ = "watched_package"
    return module


def seen(p):
    return repr(
        (
            (p.function(), p.Kind().method(), p.Kind.table, hasattr(p.Kind, "added")),
            (p.FLAG, vars(p.STATE), p.LIST, p.SET, p.DICT, hasattr(p, "added")),
        )
    )


class Hostile:
    """Raises, or lies, whenever somebody compares or counts it."""

    def __eq__(self, other):
        raise AssertionError

    def __hash__(self):
        raise AssertionError


CHANGES = {
    "a function": lambda p: setattr(p, "function", lambda: "another"),
    "past the module": lambda p: vars(p).update(FLAG="off"),
    "a name of its own": lambda p: setattr(p, "added", 1),
    "a name that is deleted": lambda p: delattr(p, "FLAG"),
    "a method": lambda p: setattr(p.Kind, "method", lambda _: "another"),
    "an attribute of its own": lambda p: setattr(p.Kind, "added", 1),
    "an attribute that is deleted": lambda p: delattr(p.Kind, "method"),
    "a table of a class": lambda p: p.Kind.table.clear(),
    "a registry": lambda p: p.DICT.update(relu=7),
    "an entry that comes last again": lambda p: p.DICT.update(adam=p.DICT.pop("relu")),
    "a list": lambda p: p.LIST.append(3),
    "a set": lambda p: p.SET.add(3),
    "a value of the thread": lambda p: setattr(p.STATE, "policy", "float16"),
    "a count": lambda p: p.STATE.names.update(dense=7),
    "a session that is cleared": lambda p: setattr(p, "STATE", threading.local()),
    "what cannot be compared": lambda p: p.DICT.update(relu=Hostile()) or p.LIST.append(Hostile()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_undone(package, name):
    snapshot, before = Snapshot(["watched_package"]), seen(package)
    CHANGES[name](package)
    snapshot.undo()
    assert seen(package) == before


def test_what_a_file_adds_is_kept_and_what_it_overwrites_is_not(package):
    snapshot = Snapshot(["watched_package"])
    package.added, package.function = 1, None
    package.DICT["own"], package.STATE.policy = 3, "eager"
    snapshot.keep()
    after = seen(package)
    assert package.function() == "original"
    package.added = package.DICT["own"] = package.STATE.policy = 7
    snapshot.undo()
    assert seen(package) == after
    assert (package.added, package.DICT["own"], package.STATE.policy) == (1, 3, "eager")


def test_a_module_that_was_imported_stays_in_its_package(package, monkeypatch):
    snapshot = Snapshot(["watched_package"])
    package.part = ModuleType("watched_package.part")
    monkeypatch.setitem(sys.modules, "watched_package.part", package.part)
    snapshot.undo()
    assert package.part is sys.modules["watched_package.part"]
