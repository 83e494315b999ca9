"""The notes that tell what was left out of a file, or taken for something else, when it ran."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.checks.left_out import LeftOut
from grader.judge.loading import Found, Loading, Merged, Rebound, Refused
from grader.submissions.names import shown
from grader.submissions.places import Places

_MAX_SHOWN = 8
_REFUSED = {
    True: {"is": "may not be imported here", "are": "may not be imported here"},
    False: {
        "is": "is neither handed in nor a package that may be imported",
        "are": "are neither handed in nor packages that may be imported",
    },
}
"""Why an import was refused: it is a package, or it may be a module of the student's own."""


_NAMED_FIRST = re.compile(r"\w+")
"""With the package that was used a refusal begins."""


@dataclass(frozen=True)
class Shared:
    """What another file of the assignment makes of the same text: one notebook may serve both.

    Attributes
    ----------
    imports
        Packages that the other file may import.
    loading
        How the other file was loaded; None when it was not, or not yet, or when its part of the
        assignment is not graded now.
    """

    imports: Collection[str]
    loading: Loading | None = None

    @property
    def packages(self) -> set[str]:
        """What code for the other file imports: Keras is reached through TensorFlow as well."""
        return {*self.imports, *(["tensorflow"] if "keras" in self.imports else [])}


def note_on_own_forward(exercise: str) -> str:
    """Tell where a student's own forward pass was measured, and what the grade asks."""
    return (
        f"{exercise} was measured with your own forward pass. For the grade, the parameters that "
        "it returns are put into the course's own forward pass, and yours has to agree with it"
    )


def notes_of(
    loading: Loading,
    places: Places,
    shared: Sequence[Shared] = (),
) -> list[str]:
    """A note for each liberty that was taken with a file, and one for all of a kind.

    What another file of the assignment needs, where one text serves both, is no reason for a note.
    """
    elsewhere = {package for one in shared for package in one.packages}
    refused = [
        replace(one, line=line)
        for one in loading.refused
        if one.package not in elsewhere
        and (line := places.line_now(one.file, one.line, one.package)) is not None
    ]
    left_out = [
        one
        for one in loading.left_out
        if all(_is_left_out(one, two) for two in shared)
        and places.line_now(one.file, one.line) is not None
    ]
    notes = [
        *_of_merges(loading, places),
        *_of_imports(refused, places),
        *_of_statements(left_out, places),
    ]
    if loading.count > len(loading.left_out):
        # How many is not known: lines that are no Python need not be one statement each.
        notes.append("more statements could not be run either")
    line = places.line_now(loading.file, loading.as_script, "__main__")
    if loading.as_script and line is not None:
        place = places.line_of_file(loading.file, line)
        notes.append(f'{place}: what is defined below if __name__ == "__main__" was taken, too')
    notes += _of_unwritten([one for one in loading.rebound if one.kind == "unwritten"], places)
    notes += [_of_rebound(one, places) for one in loading.rebound if one.kind != "unwritten"]
    for script in loading.scripts:
        place = places.line_of_file(script.file, script.line)
        notes.append(f'{place}: what is defined below if __name__ == "__main__" was taken, too')
    notes += _of_what_was_found(loading, places)
    for file in dict.fromkeys(loading.taken.values()):
        names = [name for name, origin in loading.taken.items() if origin == file]
        verb = "was" if len(names) == 1 else "were"
        notes.append(f"{_series(names)} {verb} taken from {places.name(file)}")
    return notes


def _of_unwritten(rebound: Sequence[Rebound], places: Places) -> Iterator[str]:
    """One note for each statement that brings stubs of what is written."""
    by_place: dict[str, dict[str, None]] = {}
    for one in rebound:
        by_place.setdefault(places.line_of_file(one.file, one.line), {})[one.name] = None
    for place, names in by_place.items():
        stubs = "the stub" if len(names) == 1 else "the stubs"
        listed = _some_of(list(names))
        yield f"{place} brings {stubs} of {listed}; what is written above counts, and not {stubs}"


def _some_of(names: Sequence[str]) -> str:
    more = len(names) - _MAX_SHOWN
    return _series([*names[:_MAX_SHOWN], f"{more} more"] if more > 0 else names)


def _of_rebound(one: Rebound, places: Places) -> str:
    place = places.line_of_file(one.file, one.line)
    before = places.line(one.file, one.function_line)
    what = {
        "stub": f"a value, but a function is asked for; the stub of it stands in {before}",
        "import": f"another value; the import in {before} counts",
        "builtin": f"another value; Python's own {one.name} counts",
    }.get(one.kind, f"another value; the function in {before} counts")
    return f"{place} gives {one.name} {what}"


def _of_merges(loading: Loading, places: Places) -> Iterator[str]:
    """One note for each file in which Git left two versions, naming the lines of its marks."""
    by_file: dict[str, list[Merged]] = {}
    for one in loading.merged:
        by_file.setdefault(one.file, []).append(one)
    for file, found in by_file.items():
        said = []
        for is_upper, which in ((True, "upper"), (False, "lower")):
            of_them = [one for one in found if one.is_upper is is_upper]
            numbers = [n for one in of_them for n in (one.first, one.middle, one.last)]
            if numbers:
                where = _places([LeftOut(file, number, "", "") for number in numbers], places)
                two = "of the two versions between these marks of a merge"
                said.append(f"{where}: {two} the {which} one counts")
        yield "; ".join(said)


def _of_what_was_found(loading: Loading, places: Places) -> Iterator[str]:
    """What is not at the margin of a file, and was found all the same."""
    lines: dict[str, list[str]] = {}
    for one in loading.deleted:
        lines.setdefault(places.line_of_file(one.file, one.line), []).append(one.name)
    for place, names in lines.items():
        count = "it counts" if len(names) == 1 else "they count"
        yield f"{place} deletes {_series(names)}; {count} all the same"
    yield from _of_opened(loading.opened, places)
    holders: dict[tuple[str, str], list[Found]] = {}
    for one in loading.nested:
        holders.setdefault((one.file, one.where), []).append(one)
    for (file, where), found in holders.items():
        place = places.line_of_file(file, found[0].line)
        is_, count = ("is", "it counts") if len(found) == 1 else ("are", "they count")
        all_of_them = _series([one.name for one in found])
        how = f"as if inside of {where}" if where else "though nothing stands around"
        yield f"{place}: {all_of_them} {is_} indented {how}; {count} all the same"
    by_file: dict[tuple[str, str], list[Found]] = {}
    for one in loading.borrowed:
        by_file.setdefault((one.file, one.where), []).append(one)
    for (_, where), found in by_file.items():
        place = places.line_of_file(found[0].file, found[0].line)
        names = list(dict.fromkeys(one.name for one in found))
        verb = "was" if len(names) == 1 else "were"
        yield f"{place}: {_series(names)} {verb} taken from {places.name(where)}"


def _of_opened(found: Iterable[Found], places: Places) -> Iterator[str]:
    """One note for each statement that opens what lies elsewhere."""
    by_place: dict[str, dict[str, str]] = {}
    for one in found:
        name = places.name(one.where)
        name = one.where if name.endswith(".ipynb") else name  # a cell wrote the file
        by_place.setdefault(places.line_of_file(one.file, one.line), {})[shown(one.name)] = name
    for place, names in by_place.items():
        said, instead = _some_of(list(names)), _some_of(list(names.values()))
        if len(names) == 1:
            yield f"{place}: {said} is not here; {instead} was opened in its place"
        else:
            yield f"{place}: {said} are not here; {instead} were opened in their places"


def _of_imports(refused: Sequence[Refused], places: Places) -> Iterator[str]:
    for one in refused:
        if one.taken_as:
            place = places.line_of_file(one.file, one.line)
            yield f"{place}: {one.package} was taken as {one.taken_as}"
    for known, why in _REFUSED.items():
        found = [one for one in refused if one.known is known and not one.taken_as]
        names = [f"{one.package} ({places.line_of_file(one.file, one.line)})" for one in found]
        if names:
            verb, them = ("is", "it") if len(names) == 1 else ("are", "them")
            yield f"{_series(names)} {why[verb]}; only what uses {them} loses points"


def _of_statements(left_out: Sequence[LeftOut], places: Places) -> Iterator[str]:
    """What was left out because of what stands above it is one note: the cause has its own."""
    for one in left_out:
        if not one.line:
            yield f"{places.name(one.file)} could not be imported: {one.text}"
    left_out = [one for one in left_out if one.line]
    forbidden = [one for one in left_out if one.reason == "forbidden"]
    if forbidden:
        uses = "it uses" if _is_one(forbidden) else "they use"
        yield f"{_were_left_out(forbidden, places)}, because {uses} what may not be used here"
    by_text: dict[str, list[LeftOut]] = {}
    for one in left_out:
        if one.reason != "forbidden" and not one.needs:
            by_text.setdefault(one.text, []).append(one)
    for text, found in list(by_text.items())[:_MAX_SHOWN]:
        yield f"{_were_left_out(found, places)}: {text}"
    others = [one for found in list(by_text.values())[_MAX_SHOWN:] for one in found]
    if others:
        yield f"{_were_left_out(others, places)} for other reasons"
    needing = [one for one in left_out if one.needs and one.reason != "forbidden"]
    if needing:
        needs = "it needs" if _is_one(needing) else "they need"
        where = _were_left_out(needing, places)
        yield f"{where}, because {needs} something that was left out or not imported above"


def _were_left_out(found: Sequence[LeftOut], places: Places) -> str:
    return f"{_places(found, places)} {'was' if _is_one(found) else 'were'} left out"


def _is_one(found: Iterable[LeftOut]) -> bool:
    return len({(one.file, one.line) for one in found}) == 1


def _is_left_out(one: LeftOut, other: Shared) -> bool:
    """Whether the other file has to do without this statement, too."""
    if other.loading is None:
        if one.reason == "forbidden":
            used = _NAMED_FIRST.match(one.text)
            return used is None or used[0] not in other.packages
        return not one.text.startswith("NameError")
    return any(two.line == one.line for two in other.loading.left_out)


def _places(found: Iterable[LeftOut], places: Places) -> str:
    """The places of statements, the lines of a file or of a cell together."""
    unique = list(dict.fromkeys(places.line_of_file(one.file, one.line) for one in found))
    lines: dict[str, list[str]] = {}
    for place in unique[:_MAX_SHOWN]:
        where, _, number = place.rpartition(", line ")
        lines.setdefault(where, []).append(number)
    listed = [
        f"{where}, {'line' if len(numbers) == 1 else 'lines'} {_series(numbers)}"
        for where, numbers in lines.items()
    ]
    more = len(unique) - _MAX_SHOWN
    if more > 0:
        what = f"{more} more {'place' if more == 1 else 'places'}"
        return f"{'; '.join(listed)} (and {what})"
    return "; ".join(listed)


def _series(items: Sequence[str]) -> str:
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
