"""Whether a failing import would be caught: as Python would do it, seen from the text."""

import sys

import pytest

from grader.worker.handlers import catches_import_error


def guarded(kind, body="ask()"):
    """A `try` around a call that asks, or around another body."""
    return f"try:\n    {body}\nexcept{kind}:\n    pass\n"


CAUGHT = {
    "bare": guarded(""),
    "ImportError": guarded(" ImportError"),
    "a tuple": guarded(" (KeyError, ModuleNotFoundError)"),
    "dotted": "import builtins\n" + guarded(" builtins.Exception as error"),
    "the second handler": guarded(" KeyError") + "except Exception:\n    pass\n",
    "suppress": "from contextlib import suppress\nwith suppress(ImportError):\n    ask()\n",
    "around a call": "def f():\n    ask()\n" + guarded(" ImportError", "f()"),
    "nested": guarded(" Exception", "try: ask()\n    except KeyError: pass"),
    "in a function": "def f():\n    try: ask()\n    except Exception: pass\nf()\n",
    "beside what does not parse": guarded(" ImportError") + "print 'x'\n",
}
NOT_CAUGHT = {
    "no handler": "ask()\n",
    "another error": guarded(" KeyError"),
    "in the handler": "try:\n    1 / 0\nexcept Exception:\n    ask()\n",
    "in the else": guarded(" Exception", "0") + "else:\n    ask()\n",
    "in the finally": "try:\n    pass\nfinally:\n    ask()\n",
    "defined inside, called outside": guarded(" Exception", "def f(): ask()") + "f()\n",
    "another context": "import io\nwith io.StringIO():\n    ask()\n",
}


def answer(tmp_path, text):
    path = tmp_path / "student.py"
    path.write_text(text, encoding="utf-8")
    answers = []

    def ask():
        answers.append(catches_import_error(sys._getframe(1), str(tmp_path)))

    running = text.partition("print 'x'")[0]
    exec(compile(running, str(path), "exec"), {"ask": ask})
    return answers


@pytest.mark.parametrize("name", CAUGHT)
def test_it_would_be_caught(tmp_path, name):
    assert answer(tmp_path, CAUGHT[name]) == [True]


@pytest.mark.parametrize("name", NOT_CAUGHT)
def test_it_would_not(tmp_path, name):
    assert answer(tmp_path, NOT_CAUGHT[name]) == [False]
