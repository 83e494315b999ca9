"""Exercises that a student wrote in another module than the one that is graded for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_MAX_INSPECTED = 20
_DEFINED = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


Places = list[tuple[str, dict[str, Any]]]
"""Files in which an exercise is written, the best first, and what the source shows of it."""


def exercises_elsewhere(
    wanted: Iterable[str],
    files: Mapping[str, bytes],
    own: str,
    inspect: Callable[[str], Mapping[str, Any]],
) -> dict[str, Places]:
    """Where exercises are written that are missing in their own file, or open there.

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
        By exercise, modules' files and what the source shows of the definition: all up to the
        first in which it surely can be called. What a call returned may be a number.
    """
    missing = list(wanted)
    found: dict[str, Places] = {}
    modules = [name for name in files if name != own and is_module(name)]
    for name in modules[:_MAX_INSPECTED]:
        mentioned = [one for one in missing if one.encode() in files[name]]
        definitions = inspect(name).get("definitions", {}) if mentioned else {}
        for one in mentioned:
            facts = definitions.get(one)
            if type(facts) is dict and is_written(facts) and not facts.get("imported"):
                found.setdefault(one, []).append((name, in_another_file(one, definitions)))
                if is_certain(facts):
                    missing.remove(one)
    return found


def unreadable_elsewhere(
    wanted: Iterable[str],
    files: Mapping[str, bytes],
    own: str,
    inspect: Callable[[str], Mapping[str, Any]],
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Of exercises that are nowhere to be read, the other module that holds them, and its problem.

    The parameters are those of `exercises_elsewhere`.
    """
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    missing = set(wanted)
    modules = [name for name in files if name != own and name.endswith(".py")]
    for file in modules[:_MAX_INSPECTED]:
        named = {name.decode("utf-8", "replace") for name in _DEFINED.findall(files[file])}
        for name in sorted((missing - found.keys()) & named):
            shown = inspect(file)
            facts = shown.get("definitions", {}).get(name)
            problem = shown.get("problem") or (facts if type(facts) is dict else {}).get("problem")
            if type(problem) is dict:
                found[name] = file, problem
    return found


def is_module(file: str) -> bool:
    """Whether a file is a module at the top, which can be imported by its name."""
    return file.endswith(".py") and file.removesuffix(".py").isidentifier()


def is_written(facts: Mapping[str, Any]) -> bool:
    """Whether what the source shows of a definition is all of it, and no part of a stub."""
    return not any(facts.get(key) for key in ("stub", "half", "problem", "inside"))


def is_certain(facts: Mapping[str, Any]) -> bool:
    """Whether what is written surely can be called."""
    return facts.get("certain") is not False


def in_another_file(name: str, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a definition of another file: its lines, and the helpers it calls, are there."""
    calls = _reached(name, definitions)
    perhaps = [
        one for helper in (name, *calls) for one in names_in(definitions.get(helper), "perhaps")
    ]
    shown = {"line": None, "end_line": None, "calls": calls, "perhaps": perhaps}
    return definitions[name] | shown


def _reached(name: str, definitions: Mapping[str, Any]) -> list[str]:
    """What a definition calls, directly or through others of its file; the nearest first."""
    found = [name]
    for one in found:  # grows while it is walked
        found += [call for call in names_in(definitions.get(one), "calls") if call not in found]
    return found[1:]


def names_in(facts: Any, key: str) -> list[str]:
    """A list of names in what a worker shows of a definition; no type of a worker's is trusted."""
    found = facts.get(key) if type(facts) is dict else None
    return [one for one in found if type(one) is str] if type(found) is list else []


def imported_from(facts: Any) -> tuple[str, str]:
    """The student's file that a name is imported from, and its name there; "" where there is none.

    No type of a worker's is trusted.
    """
    found = facts.get("imported") if type(facts) is dict else None
    if type(found) is list and len(found) == 2 and all(type(one) is str for one in found):
        return found[0], found[1]
    return "", ""
