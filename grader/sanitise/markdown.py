"""Markdown: text that is shown letter by letter, on a line or as a block."""

from __future__ import annotations

import re

from grader.sanitise.text import safe_text

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BACKTICKS = re.compile("`+")
_SHORTEST = 3
_FENCED = re.compile(r"(`{3,})text\n(.*)\n\1", re.DOTALL)


def inline(text: str) -> str:
    """Text that Markdown shows letter by letter, on one line.

    Where a page typesets formulas only `fenced` is safe: an escaped dollar sign is one again.
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(safe_text(text).split()))


def fenced(text: str) -> str:
    """A block of text as it is: neither HTML nor a link in it is one, and no formula is typeset.

    The fence is longer than all backticks of the text together. The longest run of them would do,
    if no program between here and the page ever took a character out of the middle of two.
    """
    count = sum(len(run) for run in _BACKTICKS.findall(text))
    fence = "`" * max(_SHORTEST, count + 1)
    return f"{fence}text\n{text}\n{fence}"


def unfenced(text: str) -> str:
    """The text in a fence of `fenced`; any other text as it is."""
    found = _FENCED.fullmatch(text)
    return found[2] if found else text
