"""What a worker's answer is made of: which fields it may have, and of which exact types.

Whoever patches the worker can send anything that the wire carries: an array has no truth value,
and compares to an array. So an answer is looked at once, as it comes; what reads it later need
not ask whether a field is of its type, only what lies within the lists and dicts.
"""

from __future__ import annotations

from typing import Any

from grader.wire.encoding import WireError

_REAL = (int, float)
_FIELDS: dict[str, tuple[type, ...]] = {
    "id": (int,),
    "outcome": (str,),
    "values": (bytes, list),
    # a worker that is ready
    "versions": (dict,),
    # what went with the values, or happened in their place
    "cpu_seconds": _REAL,
    "last": (bool,),
    "mutated": (list,),
    "warnings": (list,),
    "forbidden": (list,),
    "printed": (str,),
    "error": (dict,),
    "name": (str,),
    "nearest": (list,),
    "left_out": (dict,),
    # a worker whose time was up
    "seconds": _REAL,
    "computing": (bool,),
    "frames": (list,),
    "statement": (list, tuple, type(None)),
    "tried": (int,),
}


def checked_answer(message: Any, number: int) -> dict[str, Any]:
    """Return a message that is an answer to the question of this number.

    Raises
    ------
    WireError
        When it is none, or one of its fields is unknown or of another type.
    """
    if type(message) is not dict:
        raise WireError("it has no fields")
    for name, value in message.items():
        if type(value) not in _FIELDS.get(name, ()):
            raise WireError("it has a field that no answer has, or one of another type")
    if message.get("id") != number or "outcome" not in message:
        raise WireError("it does not belong to the question")
    return message
