"""The notes that tell what was left out of a file, or taken for something else, when it ran."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.checks.left_out import LeftOut
from grader.loading import Loading, Refused

Origins = Mapping[str, Mapping[int, str]]
"""By file, where in a notebook its lines stand."""
_MAX_SHOWN = 8


@dataclass(frozen=True)
class Shared:
    """What another file of the assignment makes of the same text: one notebook may serve both.

    Attributes
    ----------
    imports
        Packages that the other file may import.
    loading
        How the other file was loaded; None when it was not, or not yet.
    """

    imports: Collection[str]
    loading: Loading | None = None


def notes_of(loading: Loading, origins: Origins, shared: Sequence[Shared] = ()) -> list[str]:
    """A note for each liberty that was taken with a file.

    What another file of the assignment needs, where one text serves both, is no reason for a note.
    """
    elsewhere = {package for one in shared for package in one.imports}
    refused = [one for one in loading.refused if one.package not in elsewhere]
    notes = [_of_import(one, origins) for one in refused]
    left_out = [one for one in loading.left_out if all(_is_left_out(one, two) for two in shared)]
    forbidden = [one for one in left_out if one.reason == "forbidden"]
    if forbidden:
        found = [_place(one.file, one.line, origins) for one in forbidden]
        places, verb = _listing(found), "was" if len(set(found)) == 1 else "were"
        notes.append(f"{places} {verb} left out: a package is used there that may not be imported")
    others = [one for one in left_out if one.reason != "forbidden"]
    notes += [
        f"{_place(one.file, one.line, origins)} was left out: {one.text}"
        for one in others[:_MAX_SHOWN]
    ]
    more = max(0, len(others) - _MAX_SHOWN) + max(0, loading.count - len(loading.left_out))
    if more:
        what = "1 more statement" if more == 1 else f"{more:,} more statements"
        notes.append(f"{what} of {loading.file} could not be run either")
    return notes


def _of_import(one: Refused, origins: Origins) -> str:
    place = _place(one.file, one.line, origins)
    if one.taken_as:
        return f"{place}: {one.package} was taken as {one.taken_as}"
    return f"{place}: {one.package} may not be imported here; only what uses it loses points"


def _is_left_out(one: LeftOut, other: Shared) -> bool:
    """Whether the other file has to do without this statement, too."""
    if other.loading is None:
        return one.reason != "forbidden" and not one.text.startswith("NameError")
    return any(two.line == one.line for two in other.loading.left_out)


def _place(file: str, line: int, origins: Origins) -> str:
    cell = origins.get(file, {}).get(line)
    return cell or f"{file}, line {line}"


def _listing(places: Iterable[str]) -> str:
    unique = list(dict.fromkeys(places))
    more = len(unique) - _MAX_SHOWN
    shown = "; ".join(unique[:_MAX_SHOWN])
    return f"{shown}; and {more} more places" if more > 0 else shown
