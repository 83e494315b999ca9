"""Files that a student's code opens: tables, settings, scripts that it runs by their names.

They are taken as they are, to where the code would find them from the folder that it lies in, or
from the one at the top. A file is taken when the code says its name, or that of its folder.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.submissions.modules import IN_A_PATH, joined, later_first
from grader.submissions.names import is_near_miss, shown, stems
from grader.submissions.regular import Unreadable, read_regular
from grader.submissions.tree import Entry, Tree, ancestors
from grader.submissions.within_limits import MAX_DATA, MAX_FILE, MAX_FILES, MAX_TOTAL, Taken
from grader.worker.packages import is_package
from grader.worker.private import private_folder

_TOKEN = re.compile(rb"[\w.\-]+")
_RUN = re.compile(rb"  # %run [^\r\n]*")
_MAX_COMPARED, _MAX_TOLD = 50, 3
"""Files of one name that are compared, and those that are told."""
_FILE_NAME = re.compile(rb"[\"'/]([\w\-][\w .()\-]{0,99}\.[A-Za-z]\w{0,7})[\"']")
_MAX_NAMES = 200
"""Names of files that are looked for under near names."""
_NAME_TOKEN = re.compile(r"[\w.\-]+")


def take_opened(
    tree: Tree, folders: Sequence[str], taken: Taken, expected: Collection[str] = ()
) -> None:
    """Take the files that were handed in and that the code which was taken speaks of.

    Parameters
    ----------
    folders
        Those of the graded files.
    expected
        Names that no file gets here which does not have it: they are graded.
    """
    others = [
        *tree.data,
        *tree.archives,
        *(one for one in tree.entries if _may_be_opened(one, taken)),
    ]
    if not others:
        return
    names = {name.casefold() for name in taken.files}
    packages = {part for name in names for part in _above(name)}
    left = MAX_DATA, MAX_FILES
    texts = [(name, text) for name, text in taken.files.items() if name.endswith(".py")]
    contents: dict[Entry, bytes | None] = {}
    passed_over = []
    claims = sorted(_claims(others, texts, folders, taken), key=lambda one: one.rank)
    near = _near_claims(others, claims, texts, folders, taken)
    for claim in [*claims, *(one for one in near if one.place not in expected)]:
        entry, place = claim.entry, claim.place
        folded = place.casefold()
        if folded in names | packages or not names.isdisjoint(_above(place)):
            place = _own_place(claim, texts, taken)
            if not place:
                passed_over.append(claim)
                continue
            folded = place.casefold()
        if entry not in contents:
            contents[entry] = _content(entry, taken)
        content = contents[entry]
        if content is None:
            continue
        left = left[0] - len(content), left[1] - 1
        if min(left) < 0 or len(content) + sum(map(len, taken.files.values())) > MAX_TOTAL:
            taken.notes.append(
                f"{shown(entry.place)} and what else the code may open was left out: "
                f"{MAX_FILES} files and {MAX_DATA // 2**20} MB together are the limit"
            )
            return
        taken.take_data(place, entry.place, content)
        if claim.is_near:
            taken.notes.append(f"{shown(entry.place)} was taken as {shown(place)}")
        names.add(folded)
        packages.update(_above(folded))
    _tell_passed_over(passed_over, contents, texts, taken)


@dataclass(frozen=True)
class _Claim:
    """A file that a text seems to open, and where it would find it.

    Attributes
    ----------
    rank
        How many folders above the code the place begins, and which text it is: of several files
        for one place the first counts.
    is_said
        Whether the name stands in quotes or in a path.
    is_near
        Whether the file has only nearly the name, as platforms and browsers change it.
    """

    rank: tuple[int, int]
    entry: Entry
    place: str
    is_said: bool
    is_near: bool = False


def _claims(
    others: Iterable[Entry],
    texts: Sequence[tuple[str, bytes]],
    folders: Sequence[str],
    taken: Taken,
) -> Iterator[_Claim]:
    read = [(_folder_of(name, folders, taken), text, _tokens(text)) for name, text in texts]
    for entry in others:
        if not _is_plain(entry.place):
            continue
        wanted = {one.encode("utf-8", "replace") for one in _NAME_TOKEN.findall(entry.name)}
        last = entry.folder.rpartition("/")[2].encode("utf-8", "replace")
        for number, (folder, text, (tokens, parts)) in enumerate(read):
            if not (wanted <= tokens or last in parts):
                continue
            # Seen from the folder of the code, else from the nearest above; and as it is said.
            is_said = last in parts or entry.name.encode() in parts
            seen = list(_seen(entry, folder))
            for above, place in [*seen[:1], *(one for one in seen[1:] if one[1].encode() in text)]:
                yield _Claim((above, number), entry, place, is_said)


def _own_place(claim: _Claim, texts: Sequence[tuple[str, bytes]], taken: Taken) -> str:
    """Where a text alone finds what lies beside it, if another file has the name; else ""."""
    above, number = claim.rank
    known = taken.sources.get(claim.place)
    if above or not claim.is_said or known in (None, claim.entry.place):
        return ""
    own = taken.sources.get(texts[number][0], "")
    if known == own:
        return ""  # a cell of the same notebook writes it
    place = f"{private_folder(texts[number][0])}/{claim.place}"
    beside = joined(own.rpartition("/")[0], claim.place)
    return place if beside == claim.entry.place and place not in taken.files else ""


def _near_claims(
    others: Iterable[Entry],
    claims: Iterable[_Claim],
    texts: Sequence[tuple[str, bytes]],
    folders: Sequence[str],
    taken: Taken,
) -> list[_Claim]:
    """Files such as ``config-1.json`` for names that the code says and that no file has."""
    there = {one.entry.name for one in claims}
    there |= {name.rpartition("/")[2] for name in taken.files}
    wanted = [
        (number, name)
        for number, (_, text) in enumerate(texts)
        for name in dict.fromkeys(_FILE_NAME.findall(text)[:_MAX_NAMES])
    ]
    wanted = [pair for pair in wanted if pair[1].decode("utf-8", "replace") not in there]
    if not wanted:
        return []
    by_stem: dict[tuple[str, str], list[Entry]] = {}
    for entry in others:
        ending = _ending(entry.name)
        for stem in stems(entry.name, ending) if ending and _is_plain(entry.place) else ():
            by_stem.setdefault((stem, ending), []).append(entry)
    found = []
    for number, said in wanted[:_MAX_NAMES]:
        name = said.decode("utf-8", "replace")
        folder = _folder_of(texts[number][0], folders, taken)
        ending = _ending(name)
        for stem in stems(name, ending):
            for entry in by_stem.get((stem, ending), ())[:_MAX_COMPARED]:
                if is_near_miss(entry.name, name):
                    above, place = next(_seen(entry, folder), (0, ""))
                    place = joined(place.rpartition("/")[0], name)
                    found.append(_Claim((above, number), entry, place, False, True))
    return sorted(found, key=lambda one: (*one.rank, *later_first(one.entry)))


def _ending(name: str) -> str:
    stem, dot, ending = name.casefold().rpartition(".")
    return f"{dot}{ending}" if stem else ""


def _seen(entry: Entry, folder: str) -> Iterator[tuple[int, str]]:
    """The place of a file from a folder and from those above, by how many these are above."""
    for above, one in enumerate(ancestors(folder)):
        start = joined(one, "")
        if entry.place.startswith(start):
            yield above, entry.place.removeprefix(start)


def _content(entry: Entry, taken: Taken) -> bytes | None:
    try:
        return read_regular(entry.path, MAX_FILE)[0]
    except Unreadable as error:
        taken.notes.append(f"{shown(entry.place)} was left out: it {error}")
        return None


def _tell_passed_over(
    claims: Iterable[_Claim],
    opened: Container[Entry],
    texts: Sequence[tuple[str, bytes]],
    taken: Taken,
) -> None:
    """Name files that the code may have meant, and that differ from those that it opens."""
    places = {name.casefold(): name for name in taken.files}
    names: dict[str, list[str]] = {}
    for name, source in taken.sources.items():
        names.setdefault(source, []).append(name)
    told: set[Entry] = set()
    compared = 0
    for claim in claims:
        name = places.get(claim.place.casefold(), "")
        winner = taken.sources.get(name)
        place = claim.entry.place
        if not claim.is_said or winner is None or winner == place or claim.entry in told:
            continue
        compared += 1
        if compared > _MAX_COMPARED:
            return
        if any(
            (claim.entry not in opened and one.endswith(".py"))
            or any(one.encode() in text for _, text in texts)
            for one in names.get(place, ())
        ):
            continue  # it is found under another name
        try:
            content = read_regular(claim.entry.path, MAX_FILE)[0]
        except Unreadable:
            continue
        if content.strip() != taken.files[name].strip():
            told.add(claim.entry)
            taken.notes.append(
                f"of the files that the code may open as {shown(claim.place)}, {shown(winner)} "
                f"counts, not {shown(place)}"
            )
            if len(told) == _MAX_TOLD:
                return


def _folder_of(name: str, folders: Sequence[str], taken: Taken) -> str:
    """The folder that is the worker's current one, as seen from a file that was taken."""
    place = taken.sources.get(name)
    if place is None:
        return folders[0]
    folder = place.rpartition("/")[0]
    inside = name.rpartition("/")[0]
    return folder.removesuffix(inside).rstrip("/") if inside else folder


def _tokens(text: bytes) -> tuple[set[bytes], set[bytes]]:
    """What may be names of files in a text, and what are parts of paths."""
    text = _RUN.sub(b"", text)  # an import says what is meant
    tokens = {one.strip(b".-") or one for one in set(_TOKEN.findall(text))}
    return tokens, set(IN_A_PATH.findall(text))


def _may_be_opened(entry: Entry, taken: Taken) -> bool:
    """Whether it is a file that code reads by its name and that no import would find instead."""
    if entry.place in taken.files or entry.name.lower().endswith(".ipynb"):
        return False
    stem, _, ending = entry.name.rpartition(".")
    return ending != "py" or not (is_package(stem) or stem in sys.builtin_module_names)


def _is_plain(place: str) -> bool:
    """Whether every system can write a file of this name."""
    try:
        place.encode()
    except UnicodeEncodeError:
        return False
    return place.isprintable() and "\\" not in place


def _above(place: str) -> set[str]:
    """The folders that a place lies in."""
    return {one for one in ancestors(place.rpartition("/")[0]) if one}
