"""Changed definitions answer one case, one after the other, and leave the module as it was."""

import contextlib
from types import ModuleType, SimpleNamespace

import numpy as np

from grader.wire.encoding import decode, encode
from grader.worker.attempts import Attempts
from grader.worker.steps import CORE

TEXT = "def f(x):\n    x += 1\n    return x * 2\n"


def session_of(folder, text):
    (folder / "file.py").write_text(text)
    module = ModuleType("file")
    exec(text, vars(module))
    nothing = SimpleNamespace(
        begin=lambda: None, undo=lambda: True, undo_assignments=lambda: None, reset=lambda: None
    )
    nothing.caught, nothing.used, nothing.during = [], [], lambda _: contextlib.nullcontext()
    return SimpleNamespace(
        folder=folder,
        modules={"file.py": module},
        max_bytes=2**20,
        operations=CORE,
        convert=lambda value: value,
        reseed=lambda: None,
        while_guarded=contextlib.nullcontext,
        stopwatch=SimpleNamespace(start=lambda *_: None),
        surroundings=nothing,
        traces=nothing,
        functions=nothing,
    )


def answers(session, pairs, text=TEXT, whose=("f", "", 1)):
    """The answers to pairs of what is replaced and what stands there then."""
    call = {"op": "call", "save": "r", "target": "f", "args": [np.ones(2)], "options": {}}
    changes = [[0, text.index(a), text.index(a) + len(a), b] for a, b in pairs]
    attempts = Attempts(
        session,
        {
            "file": "file.py",
            "steps": encode([call]),
            "returns": ["r"],
            "forbid": [],
            "eagerly": True,
            "each": 1.0,
            "budget": [2**16, 1_000],
            "of_each": [2**12, 100],
            "definitions": [[*whose, text]],
            "changes": changes,
        },
    )
    found = decode(attempts.answer()["values"])[0]
    assert attempts.tried == len(pairs)
    return [None if one is None else decode(one["values"])[0].tolist() for one in found]


def test_each_gets_its_own_arguments_and_the_old_definition_comes_back(tmp_path):
    session = session_of(tmp_path, TEXT)
    before = session.modules["file.py"].f
    assert answers(session, [("* 2", "* 3"), ("+= 1", "+= 2"), ("* 2", "* 3")]) == [
        [6.0, 6.0],
        [6.0, 6.0],
        [6.0, 6.0],
    ]
    assert session.modules["file.py"].f is before


def test_what_raises_does_not_parse_or_ends_the_program_is_no_answer(tmp_path):
    session = session_of(tmp_path, TEXT)
    pairs = [("* 2", "* y"), ("* 2", "*"), ("* 2", "+ exit()"), ("* 2", "")]
    assert answers(session, pairs) == [None, None, None, [2.0, 2.0]]


def test_what_the_file_imports_of_the_future_holds_for_a_change(tmp_path):
    head = "from __future__ import annotations\n"
    text = "def f(x):\n    def g(y: nowhere): return y\n    return g(x) * 2\n"
    assert answers(session_of(tmp_path, head + text), [("* 2", "* 3")], text) == [[3.0, 3.0]]


def test_a_changed_method_is_put_into_its_own_class(tmp_path):
    method = "    def g(self, x):\n        return x * 2\n"
    text = f"class C:\n{method}\ndef f(x):\n    return C().g(x)\n"
    session = session_of(tmp_path, text)
    kept = session.modules["file.py"].C
    before = kept.g
    assert answers(session, [("* 2", "* 3"), ("x)", "y)")], method, ("g", "C", 2)) == [
        [3.0, 3.0],
        None,
    ]
    assert session.modules["file.py"].C is kept
    assert kept.g is before
