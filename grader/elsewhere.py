"""Exercises that a student wrote in another module than the one that is graded for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_MAX_INSPECTED = 20


def exercises_elsewhere(
    wanted: Iterable[str],
    files: Mapping[str, bytes],
    own: str,
    inspect: Callable[[str], Mapping[str, Any]],
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Where exercises are written that are missing in their own file, or stubs there.

    Parameters
    ----------
    wanted
        Those exercises.
    files
        What was handed in; only modules at the top, which can be imported, are looked into.
    own
        Their own file.
    inspect
        Reads the source of a file, as `grader.worker.source.inspect_source` does.

    Returns
    -------
    dict
        By exercise, the module's file and what the source shows of the definition.
    """
    missing = list(wanted)
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    modules = [
        name
        for name in files
        if name != own and name.removesuffix(".py").isidentifier() and name.endswith(".py")
    ]
    for name in modules[:_MAX_INSPECTED]:
        mentioned = [one for one in missing if one not in found and one.encode() in files[name]]
        definitions = inspect(name).get("definitions", {}) if mentioned else {}
        for one in mentioned:
            facts = definitions.get(one)
            if type(facts) is dict and not facts.get("stub") and not facts.get("problem"):
                # Its lines are those of another file, and so are the helpers that it calls.
                calls = _reached(one, definitions)
                found[one] = name, {**facts, "line": None, "end_line": None, "calls": calls}
    return found


def _reached(name: str, definitions: Mapping[str, Any]) -> list[str]:
    """What a definition calls, directly or through others of its file; the nearest first."""
    found = [name]
    for one in found:  # grows while it is walked
        facts = definitions.get(one)
        calls = facts.get("calls") if type(facts) is dict else None
        found += [call for call in calls if call not in found] if type(calls) is list else []
    return found[1:]
