"""Characters that nobody sees and that Python refuses: between words, not in strings.

They come from web pages, chats and word processors, and a byte order mark stands in the middle
where two files were joined.
"""

from __future__ import annotations

import re

from grader.submissions.names import listed

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_NOTHING = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_ANY = re.compile(f"[{_SPACES}{_NOTHING}]+")
_SPACE = re.compile(f"[{_SPACES}]")
_NOTHING_SEEN = re.compile(f"[{_NOTHING}]+")
_SKIPPED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|#[^\n]*"
    rf"|([{_SPACES}{_NOTHING}]+)",
    re.DOTALL,
)
"""What is left as it is, strings and comments; the group is what is not."""
_MAX_LINES = 3


def without_invisible(text: str) -> tuple[str, str]:
    """The text with plain spaces, and without what nobody sees, outside strings and comments.

    Returns
    -------
    tuple
        The text, every line in its place, and a note that completes "x.py …", or "".
    """
    if text.isascii() or not _ANY.search(text):
        return text, ""
    places: list[int] = []

    def plain(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        places.append(found.start())
        return _SPACE.sub(" ", _NOTHING_SEEN.sub("", found[1]))

    made = _SKIPPED.sub(plain, text)
    if not places:
        return text, ""
    numbers = _lines_of(text, places)
    lines = f"line {numbers[0]}" if len(numbers) == 1 else f"lines {listed(numbers, _MAX_LINES)}"
    return made, (
        f"holds characters that cannot be seen and that Python refuses ({lines}); they were "
        "taken out or read as spaces"
    )


def _lines_of(text: str, places: list[int]) -> list[str]:
    """The lines of places, which ascend, each once."""
    numbers: dict[str, None] = {}
    line, before = 1, 0
    for place in places:
        line += text.count("\n", before, place)
        before = place
        numbers[str(line)] = None
    return list(numbers)
