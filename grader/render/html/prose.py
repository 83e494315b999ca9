"""Our sentences on a page: what is code is shown as code."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from grader.render.blocks import blocks, words


def prose(text: str, begins_with: str = "") -> Markup:
    """Escape a sentence and show its code as code.

    Parameters
    ----------
    begins_with
        A name that is code where the sentence begins with it.
    """
    if begins_with and re.match(rf"{re.escape(begins_with)}\b", text):
        text = f"`{begins_with}`{text.removeprefix(begins_with)}"
    return Markup("").join(
        Markup("<code>{}</code>").format(piece.text) if piece.is_code else escape(piece.text)
        for piece in words(text)
    )


def message(text: str) -> Markup:
    """Escape a message of several lines: sentences as paragraphs, indented lines as code."""
    return Markup("").join(
        Markup("<pre><code>{}</code></pre>").format(block.text)
        if block.is_code
        else Markup("<p>{}</p>").format(prose(block.text))
        for block in blocks(text)
    )
