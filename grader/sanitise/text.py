"""What students wrote, made safe once: bounded, printable, whole.

Names, messages, exception texts and output pass through one of these functions when a
`Result` is built. Each renderer still escapes for its own medium.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from grader.sanitise.printed import as_shown, without_sequences

MAX_TEXT = 8_000
"""Characters kept of any one text in a result."""
_MAX_READ = 16 * MAX_TEXT
"""Characters read of a text of which a terminal would show less than was printed."""

MAX_SHOWN = 2_000
"""Characters kept of what a terminal would show of output that writes over itself."""
_MAX_NAME = 100
_PLAIN = re.compile(r"[\n\t -~]*")
"""What nearly every text is, and nothing needs to be done for."""
_KEPT_CONTROLS = {"\n", "\t"}
_REMOVED_CATEGORIES = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Also what ends a line for some programs and not for others."""
_BIDIRECTIONAL = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe_text(text: object, limit: int = MAX_TEXT) -> str:
    """Return `text` without control characters, lone surrogates, separators and reordering marks.

    Parameters
    ----------
    text
        Anything; only an exact `str` is read, since a subclass could run code.
    limit
        Characters kept; the rest is replaced by a note of how many were cut.
    """
    if type(text) is not str:
        return f"<{type(text).__name__}>"
    if len(text) <= limit and _PLAIN.fullmatch(text):
        return text
    cut = len(text) - limit
    kept = "".join(map(_safe_character, text[:limit]))
    return f"{kept} … ({cut:,} more characters)" if cut > 0 else kept


def safe_output(text: object) -> str:
    """Return what code printed as a terminal would show it, and as safe as `safe_text` makes it.

    What a terminal would show is cut, not what was printed: of a progress bar that is little.
    """
    shown = _read_with(as_shown, text)
    if shown is text or type(shown) is not str or len(shown) <= MAX_SHOWN:
        return safe_text(shown)
    line = shown.rfind("\n", 0, MAX_SHOWN) + 1
    end = line if line > MAX_SHOWN // 2 else MAX_SHOWN  # no line is torn, unless it is very long
    return f"{safe_text(shown[:end])} … ({len(shown) - end:,} more characters)"


def safe_sentence(text: object) -> str:
    """Return a text of ours that quotes a student: terminal sequences removed, then `safe_text`."""
    return safe_text(_read_with(without_sequences, text))


def _read_with(read: Callable[[str], str], text: object) -> object:
    if type(text) is not str or _PLAIN.fullmatch(text[:_MAX_READ]):
        return text
    cut = len(text) - _MAX_READ
    shown = read(text[:_MAX_READ])
    return f"{shown} … ({cut:,} more characters)" if cut > 0 else shown


def shown(name: str) -> str:
    """A file name as a message may show it: bounded, in one line."""
    return " ".join(safe_text(name, _MAX_NAME).split())


def _safe_character(character: str) -> str:
    if " " <= character <= "~" or character in _KEPT_CONTROLS:
        return character
    if character in _BIDIRECTIONAL or unicodedata.category(character) in _REMOVED_CATEGORIES:
        return "\N{REPLACEMENT CHARACTER}"
    return character
