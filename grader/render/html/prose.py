"""Our sentences on a page: what stands between backticks is code."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`\n]+)`")


def prose(text: str, begins_with: str = "") -> Markup:
    """Escape a sentence and show its code as code.

    Parameters
    ----------
    begins_with
        A name that is code where the sentence begins with it.
    """
    if begins_with and re.match(rf"{re.escape(begins_with)}\b", text):
        text = f"`{begins_with}`{text.removeprefix(begins_with)}"
    pieces = _CODE.split(text)  # sentences and code by turns
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )
