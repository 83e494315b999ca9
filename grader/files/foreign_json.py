"""JSON that somebody else wrote: a student, a platform, a CI server, or whoever edited a file."""

from __future__ import annotations

import json
from typing import Any


def read_json(content: str | bytes) -> Any:
    """Return what JSON says; there is one kind of exception for all that it may be instead.

    Raises
    ------
    ValueError
        When it is no JSON, or too much: lists in lists in lists end Python's parser otherwise.
        What is no JSON is a `json.JSONDecodeError`, which knows the place.
    """
    try:
        return json.loads(content)
    except (RecursionError, MemoryError):
        raise ValueError("it is nested too deeply, or too large") from None
