"""Characters that nobody sees and that Python refuses: between words, not in strings.

They come from web pages, chats and word processors, and a byte order mark stands in the middle
where two files were joined.
"""

from __future__ import annotations

import re

from grader.submissions.names import listed

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef"
)
"""Some of these Python takes for letters: a name that holds one is another name."""
_ENDS = "\x0b\x1c-\x1e\x85\u2028\u2029"
"""What other programs take for the end of a line; a form feed Python takes for a space itself."""
_ASCII_ENDS = "\x0b\x1c\x1d\x1e"
_ANY = re.compile(f"[{_SPACES}{_NOTHING}{_ENDS}]")
_SPACE = re.compile(f"[{_SPACES}]")
_NOTHING_SEEN = re.compile(f"[{_NOTHING}]+")
_END = re.compile(f"[{_ENDS}]+")
_FIELD = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
"""What is code within a formatted string, and the doubled braces that are not."""
_SKIPPED = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|#[^\n]*"
    rf"|([{_SPACES}{_NOTHING}{_ENDS}]+)",
    re.DOTALL,
)
"""What is left as it is, strings and comments; the group is what is not."""
_MAX_LINES = 3


def without_invisible(text: str) -> tuple[str, str]:
    """The text with plain spaces, and without what nobody sees, outside strings and comments.

    What is a line's end to other programs alone is one here, too, unless it stands beside one.

    Returns
    -------
    tuple
        The text, and a note that completes "x.py …", or "".
    """
    if text.isascii() and not any(one in text for one in _ASCII_ENDS):
        return text, ""
    if not _ANY.search(text):
        return text, ""
    places: list[int] = []

    def plain(found: re.Match[str]) -> str:
        if found[1] is not None:
            places.append(found.start())
            return _plain(found)
        if found[0][0] == "#" or not _is_formatted(text, found.start()):
            return found[0]
        made = _FIELD.sub(lambda field: _without(field[0]), found[0])
        if made != found[0]:
            places.append(found.start())
        return made

    made = _SKIPPED.sub(plain, text)
    if not places:
        return text, ""
    numbers = _lines_of(text, places)
    lines = f"line {numbers[0]}" if len(numbers) == 1 else f"lines {listed(numbers, _MAX_LINES)}"
    return made, (
        f"characters that cannot be seen and that Python refuses ({lines}), which were taken out "
        "or read as spaces or line ends"
    )


def _plain(found: re.Match[str]) -> str:
    """What stands for a run of such characters."""
    text, run = found.string, found[1]
    before, after = (
        text[max(found.start() - 1, 0) : found.start()],
        text[found.end() : found.end() + 1],
    )
    beside = "" in (before, after) or before == "\n" or after in "\r\n"
    return _without(run, "" if beside else "\n")


def _without(text: str, end: str = " ") -> str:
    return _SPACE.sub(" ", _END.sub(end, _NOTHING_SEEN.sub("", text)))


def _is_formatted(text: str, quote: int) -> bool:
    """Whether the string that begins at a quote is one with code in braces."""
    prefix = text[max(quote - 2, 0) : quote].lower()
    return prefix[-1:] == "f" or prefix == "fr"


def _lines_of(text: str, places: list[int]) -> list[str]:
    """The lines of places, which ascend, each once."""
    numbers: dict[str, None] = {}
    line, before = 1, 0
    for place in places:
        line += text.count("\n", before, place)
        before = place
        numbers[str(line)] = None
    return list(numbers)
