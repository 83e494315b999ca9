"""Every sign on our pages and in our tables is in the fonts that come with every system."""

from pathlib import Path

import pytest

from grader.render.html.page import TEMPLATES
from grader.render.summary import SYMBOLS
from grader.result import Status

COMMON = set("–—‘’“”…←→↑↓−∞▲▼ΣΔ") | set(map(chr, range(0xA0, 0x100)))
"""Latin-1 and what Windows calls WGL4, which fonts of all systems have."""
CHECK_MARKS = set("✓✗")
"""Dingbats: in the symbol fonts of Windows, macOS, Android and Linux alike."""


def rare(text: str) -> set[str]:
    return {letter for letter in text if not letter.isascii()} - COMMON - CHECK_MARKS


def test_signs_of_statuses_are_common_and_each_status_has_one() -> None:
    assert rare("".join(SYMBOLS.values())) == set() and set(SYMBOLS) == set(Status)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_have_common_signs_alone(path: Path) -> None:
    assert rare(path.read_text(encoding="utf-8")) == set()
