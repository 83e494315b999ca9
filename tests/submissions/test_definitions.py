"""What a text defines is told by its lines, cheaply, and agrees with Python's own reading."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.submissions.definitions import MAX_SCANNED, definitions
from grader.worker.source import inspect_source

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("assignments/*/*.py"), *ROOT.glob("solutions/*/*.py")])
SOURCES += sorted(ROOT.glob("grader/*/*.py"))


def scan(text: str) -> tuple[set[str], set[str]]:
    found = definitions(text.encode())
    return set(found.written), set(found.stubs)


def test_the_scan_agrees_with_the_parser_on_the_courses_files() -> None:
    assert len(SOURCES) > 200
    for path in SOURCES:
        found = definitions(path.read_bytes())
        described = inspect_source(path, forbidden={})["definitions"]
        stubs = {name for name, one in described.items() if one["stub"]}
        assert found.stubs == stubs, path
        assert found.written >= described.keys() - stubs, path


@pytest.mark.parametrize(
    ("text", "written", "stubs"),
    [
        ("def f(x):\n    return x\n", {"f"}, set()),
        ("async def f(x): return x\n", {"f"}, set()),
        ("def f(x): raise NotImplementedError\n", set(), {"f"}),
        ("def f(x):\n    '''doc'''\n    pass\n", set(), {"f"}),
        ("def f(x):\n    ...\n", set(), {"f"}),
        ("def f(x):\n    if x: raise NotImplementedError('l3')\n    return x\n", {"f"}, set()),
        (
            "def f(\n    x={1: ':'},\n    *, y: int = 1,\n) -> dict[str, int]:\n    pass\n",
            set(),
            {"f"},
        ),
        ("f = lambda x: x\n", {"f"}, set()),
        ("f: object = 1\n", set(), set()),
        ("f == 1\n", set(), set()),
        ("class A:\n    def m(self):\n        return 1\n", {"A"}, set()),
        ("class A:\n    def m(self):\n        raise NotImplementedError\n", set(), {"A"}),
        (
            "class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        pass\n",
            {"A"},
            set(),
        ),
        ("def f(x):\n    def g():\n        return 1\n    return g\n", {"f"}, set()),
        ("'''\ndef f(x):\n    return x\n'''\n", set(), set()),
        ("# def f(x): return x\n", set(), set()),
        (
            "s = '#'\ndef f():\n    return '\"\"\"'\ndef g():\n    return 1\n",
            {"f", "g"},
            set(),
        ),
        ("##'''\ndef f():\n    return 1\n", {"f"}, set()),
        ("try:\n    import x\nexcept ImportError:\n    def f():\n        return 1\n", {"f"}, set()),
        ("if True:\n\tdef f():\n\t\treturn 1\n", {"f"}, set()),
        ("x = (1,\ndef f():\n    return 1\n", {"f"}, set()),
        ("def f():\n    pass\ndef f():\n    return 1\n", {"f"}, set()),
        ("def f():\r\n    return 1\r\n", {"f"}, set()),
        ("def größe(x):\n    return x\n", {"größe"}, set()),
        ("plot(\n    f=g,\n)\n", set(), set()),
        ("def g():\n    f = h\n    return f\n", {"g"}, set()),
        ("f = g = h\n", {"f", "g"}, set()),
        ("f = \\\n    h\n", {"f"}, set()),
        ("a.f = h\nb[f] = h\n", set(), set()),
        ("for f in h:\n    print(f)\n", set(), set()),
        ("with h as f:\n    pass\n", set(), set()),
        ("if __name__ == '__main__':\n    f = g(x)\n", set(), set()),
    ],
    ids=range(32),
)
def test_what_is_written_and_what_is_a_stub(text: str, written: set[str], stubs: set[str]) -> None:
    assert scan(text) == (written, stubs)


def test_imports_are_told_by_module() -> None:
    text = "from a.b import (x,\n    y as z)\nfrom c import *\nfrom .d import e\nimport f\n"
    found = definitions(text.encode()).imports
    assert found == {"a.b": {"x": "x", "z": "y"}, "c": {"*": "*"}, ".d": {"e": "e"}}


@pytest.mark.parametrize(
    "unit",
    [
        "'",
        '"""',
        "'''\"",
        "(",
        "def f(",
        "\\",
        "#",
        "from x import (",
        "class A:\n",
        "\\\n",
        "a=",
        "a,",
        "a ",
        "; ",
        "if __name__",
    ],
)
def test_any_text_is_scanned_once(unit: str) -> None:
    """A text of a megabyte; anything but linear time would be noticed by whoever waits."""
    found = definitions((unit * MAX_SCANNED)[: MAX_SCANNED + 5].encode())
    assert len(found.names) <= 2


def test_source_that_exhausts_the_compiler_is_only_lines_here() -> None:
    text = "x = " + "(" * 100_000 + ")" * 100_000 + "\ndef f():\n    return 1\n"
    with pytest.raises((MemoryError, RecursionError, SyntaxError)):
        ast.parse(text)
    assert scan(text)[0] == {"f"}
