"""What of an exception tells whether two programs made the same mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAX_MESSAGE = 200
_PUBLIC = re.compile(r"__|[^\W\d_]")
_CHANGING = re.compile(r"_\d+\b|\b0x[0-9a-f]+\b")
"""Numbers that Keras puts behind the names of layers, and addresses."""

_VARIABLES_IN_A_GRAPH = re.compile(
    r"tf\.function only supports singleton tf\.Variables|Creating variables on a non-first call"
)


def alike(message: str, place: str) -> tuple[str, str]:
    """The same message and place for what is said of one mistake in two ways.

    Which of its two sentences TensorFlow says of a variable that is made while a graph is traced,
    and whether with a line, depends on what it remembers of earlier graphs.
    """
    if _VARIABLES_IN_A_GRAPH.match(message):
        return "a variable is made while a graph is traced", ""
    return message, place


def raised_where(error: Mapping[str, Any]) -> tuple[str, str]:
    """What an exception says, without what differs from run to run, and where it was raised.

    That is the innermost function of the file whose name its author made public: a helper of
    one author is none of another's.
    """
    message, frames = error.get("message"), error.get("frames")
    names = [one.get("function") for one in frames or () if type(one) is dict]
    public = [str(name) for name in names if _PUBLIC.match(str(name))]
    plain = _CHANGING.sub("", str(message or ""))
    return plain[:_MAX_MESSAGE], public[-1] if public else ""
