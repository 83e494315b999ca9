"""HTML that is put together by hand; pages come from templates, which escape by themselves."""

from __future__ import annotations

import html

NOT_TYPESET = "tex2jax_ignore mathjax_ignore"
"""Classes of an element in which MathJax 2 and 3 typeset nothing: a formula may hold links."""


def escaped(text: str) -> str:
    """Text that a page shows letter by letter, between tags and in quoted attributes."""
    return html.escape(text, quote=True)
