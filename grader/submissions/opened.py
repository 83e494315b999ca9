"""Files that a student's code opens: tables, settings, scripts that it runs by their names.

They are taken as they are, to where the code would find them from the folder that it lies in, or
from the one at the top. A file is taken when the code says its name, or that of its folder.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from grader.submissions.modules import joined
from grader.submissions.names import shown
from grader.submissions.regular import Unreadable, read_regular
from grader.submissions.taking import MAX_DATA, MAX_FILE, MAX_FILES, MAX_TOTAL, Taken
from grader.submissions.tree import Entry, Tree, ancestors
from grader.worker.packages import is_package

_TOKEN = re.compile(rb"[\w.\-]+")
_IN_A_PATH = re.compile(rb"[\"'/\\]([\w.\-]+)(?=[\"'/\\])")
_RUN = re.compile(rb"  # %run [^\r\n]*")
_NAME_TOKEN = re.compile(r"[\w.\-]+")


def take_opened(tree: Tree, folders: Sequence[str], taken: Taken) -> None:
    """Take the files that were handed in and that the code which was taken speaks of.

    Parameters
    ----------
    folders
        Those of the graded files.
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
    for entry, places in _spoken_of(others, texts, folders, taken):
        free = [
            place
            for place in places
            if place.casefold() not in names | packages and names.isdisjoint(_above(place))
        ]
        if not free:
            continue
        try:
            content = read_regular(entry.path, MAX_FILE)[0]
        except Unreadable as error:
            taken.notes.append(f"{shown(entry.place)} was left out: it {error}")
            continue
        size = len(content) * len(free)
        left = left[0] - size, left[1] - len(free)
        if min(left) < 0 or size + sum(map(len, taken.files.values())) > MAX_TOTAL:
            taken.notes.append(
                f"{shown(entry.place)} and what else the code may open was left out: "
                f"{MAX_FILES} files and {MAX_DATA // 2**20} MB together are the limit"
            )
            return
        for place in free:
            taken.take_data(place, entry.place, content)
            names.add(place.casefold())
            packages.update(_above(place.casefold()))


def _spoken_of(
    others: Iterable[Entry],
    texts: Sequence[tuple[str, bytes]],
    folders: Sequence[str],
    taken: Taken,
) -> Iterator[tuple[Entry, list[str]]]:
    """The files of which a text speaks, and where it would find them."""
    read = [(_folder_of(name, folders, taken), text, _tokens(text)) for name, text in texts]
    for entry in others:
        wanted = {one.encode("utf-8", "replace") for one in _NAME_TOKEN.findall(entry.name)}
        last = entry.folder.rpartition("/")[2].encode("utf-8", "replace")
        places = []
        for folder, text, (tokens, parts) in read:
            if not (wanted <= tokens or last in parts):
                continue
            # Seen from the folder of the code, else from the nearest above; and as it is said.
            seen = [
                entry.place.removeprefix(joined(one, ""))
                for one in ancestors(folder)
                if entry.place.startswith(joined(one, ""))
            ]
            places += [*seen[:1], *(one for one in seen[1:] if one.encode() in text)]
        if places and _is_plain(entry.place):
            yield entry, list(dict.fromkeys(places))


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
    tokens = {one.strip(b".-") or one for one in _TOKEN.findall(text)}
    return tokens, set(_IN_A_PATH.findall(text))


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
