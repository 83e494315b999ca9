"""Generated parts of pages that people write."""

from __future__ import annotations


def placed(text: str, begin: str, end: str, page: str) -> str:
    """Return a page with this text between the lines `begin` and `end`.

    A page without these lines is replaced by the text.
    """
    before, found_begin, rest = page.partition(begin + "\n")
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        return text
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
