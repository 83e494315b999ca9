"""What students read is true: examples give what they say, and cited sections exist."""

from __future__ import annotations

import doctest
import importlib
import re
import sys

import pytest

from tests.conftest import ASSIGNMENTS, ROOT

TEXTS = sorted(
    path
    for name in ASSIGNMENTS
    for path in (ROOT / "solutions" / name).glob("*")
    if path.suffix in {".py", ".md"}
)
_SECTION = r"\d+(?:\.\d+)+"
_CITED = re.compile(rf"\b(N\d), sections?\s+({_SECTION}(?:[^;.\n`]*?(?:,|and|to)\s+{_SECTION})*)")
_LISTED = re.compile(r"^\| (N\d) \| ([\d., ]+) \|", re.MULTILINE)


def named_sections(text: str) -> set[tuple[str, str]]:
    return {(note, one) for note, ones in text for one in re.findall(_SECTION, ones)}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_examples_give_what_they_say(name, monkeypatch):
    """Those of the handout and of the docstrings, with the reference as the student's module."""
    short = name.partition("_")[2]
    module = importlib.import_module(f"solutions.{name}.{short}")
    monkeypatch.setitem(sys.modules, short, module)
    handout = (ROOT / "solutions" / name / "handout.md").read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(handout, {}, "handout.md", None, 0)
    assert examples.examples
    told: list[str] = []
    runner = doctest.DocTestRunner()
    for test in (examples, *doctest.DocTestFinder().find(module)):
        runner.run(test, out=told.append)
    assert not told, "".join(told)


def test_each_cited_section_is_one_that_the_list_of_notes_describes():
    """`docs/notes.md` says what each cited section is about; nothing is cited without its note."""
    listed = named_sections(_LISTED.findall((ROOT / "docs/notes.md").read_text(encoding="utf-8")))
    cited = set()
    for path in TEXTS:
        text = " ".join(path.read_text(encoding="utf-8").split())
        assert "course notes" not in text.lower(), path
        cited |= named_sections(_CITED.findall(text))
    assert cited and cited == listed
