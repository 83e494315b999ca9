"""Which of the files that were handed in an import means.

What lies beside the file that imports comes first, then what lies above it, as Python finds them.
Then the same name in any other folder, the nearest first: a student's ``sys.path`` led there. Then
a near name, such as ``helper-1.py`` or ``helper (2).py``, which platforms and browsers make.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.files.unpack.opening import is_archive
from grader.submissions.candidates import Candidates
from grader.submissions.likeness import likeness, numbers_in, word_rank
from grader.submissions.names import stems
from grader.submissions.tree import Entry, Tree, ancestors
from grader.worker.packages import is_package

_ENDINGS = (".py", "/__init__.py", ".ipynb")
_CODE = (".py", ".py.txt", ".ipynb")
_MAX_FOUND = 200
"""Imports of a kind in one text that are looked at."""
_MAX_COMPARED = 50_000
"""Names, and KiB of texts, that are compared while modules are looked for in other folders."""
_FROM = re.compile(
    rb"^[ \t]*from[ \t]+(\.{0,20})([\w.]{0,200})[ \t]+import\b[ \t]*\(?([^\r\n#]{0,500})",
    re.MULTILINE,
)
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+([\w., \t]{1,500})", re.MULTILINE)
_BY_CALL = re.compile(rb"(?:\bimport_module|__import__)\([ \t]*[\"']([\w.]{1,200})[\"']")
_WORD = re.compile(rb"[^\W\d]\w*")
IN_A_PATH = re.compile(rb"[\"'/\\]([\w.\-]+)(?=[\"'/\\])")
"""What stands in quotes, or is a part of a path in them."""


@dataclass(frozen=True)
class Imported:
    """An import that stands in a text.

    Attributes
    ----------
    level
        How many dots stand before the module.
    module
        Its dotted name; "" in ``from . import name``.
    names
        What is taken from it; none where it is imported as a whole, or all of it.
    """

    level: int
    module: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Module:
    """A file that an import means.

    Attributes
    ----------
    name
        The name under which it has to lie, such as ``utils/maths.py``.
    is_exact
        Whether it lies where Python would look for it, beside the importing file or above.
    """

    entry: Entry
    name: str
    is_exact: bool


class Modules:
    """Finds modules among the files of one submission."""

    def __init__(self, tree: Tree, candidates: Candidates) -> None:
        self._tree, self._candidates = tree, candidates
        self._left = _MAX_COMPARED
        self._known: dict[tuple[str, Imported, Entry | None], Module | None] = {}

    def find(self, folder: str, imported: Imported, importer: Entry | None = None) -> Module | None:
        """The file that an import in a folder means.

        Parameters
        ----------
        importer
            The file that holds the import: it never means itself.
        """
        asked = folder, imported, importer
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, folder: str, imported: Imported, importer: Entry | None) -> Module | None:
        path = imported.module.replace(".", "/")
        if not path or (not imported.level and is_package(imported.module)):
            return None
        folders = [*ancestors(folder)]
        level = imported.level
        for where in folders[level - 1 : level] if level else folders:
            for ending in _ENDINGS:
                entry = self._by_place.get(joined(where, f"{path}{ending}"))
                if entry is not None and entry != importer:
                    return Module(entry, _name(path, ending), is_exact=True)
        names = imported.names
        found = self._elsewhere(folder, path, importer) or self._by_near_name(folder, path, names)
        found = found or self._without_its_folder(folder, path, names)
        if found is None or found == importer:
            return None
        ending = _ENDINGS[found.name == "__init__.py"]
        return Module(found, _name(path, ending), is_exact=False)

    def named(self, place: str) -> Entry | None:
        """The file of this place."""
        return self._by_place.get(place)

    def nearest(
        self, folder: str, paths: Collection[str], importer: Entry | None = None
    ) -> Entry | None:
        """The nearest file whose place ends with one of these paths.

        Of several the one whose folder the importing text names, as in ``sys.path.append("b")``.
        """
        leaves = {path.rpartition("/")[2] for path in paths}
        found = [
            (entry, ending)
            for leaf in leaves
            for entry in self._some(self._by_name.get(leaf, ()))
            for ending, path in enumerate(paths)
            if entry.place == path or entry.place.endswith(f"/{path}")
        ]
        if importer is not None and len({entry.folder for entry, _ in found}) > 1:
            text = self._candidates.read(importer).main_content or b""
            said = set(IN_A_PATH.findall(text))
            named = [one for one in found if one[0].folder.rpartition("/")[2].encode() in said]
            found = named or found
        return min(found, key=lambda one: (*_far(folder, one[0]), one[1]), default=(None,))[0]

    @cached_property
    def _by_place(self) -> dict[str, Entry]:
        return {entry.place: entry for entry in self._tree.entries}

    @cached_property
    def _by_name(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self._tree.entries:
            found.setdefault(entry.name, []).append(entry)
        return found

    @cached_property
    def _by_stem(self) -> dict[str, list[Entry]]:
        """Files by what is left of their names when marks of copies are taken off."""
        found: dict[str, list[Entry]] = {}
        for entry in self._tree.entries:
            ending = next((one for one in _CODE[::-1] if entry.name.lower().endswith(one)), "")
            for stem in stems(entry.name, ending) if ending else ():
                found.setdefault(stem, []).append(entry)
        return found

    def _elsewhere(self, folder: str, path: str, importer: Entry | None = None) -> Entry | None:
        found = self.nearest(folder, [f"{path}{ending}" for ending in _ENDINGS], importer)
        if found is not None or "/" not in path:
            return found
        # The one folder that all files of an archive lie in is not there once it is unpacked.
        leaf = path.rpartition("/")[2]
        packed = [
            entry
            for ending in _ENDINGS
            for entry in self._some(self._by_name.get(f"{leaf}{ending}", ()))
            if is_archive(entry.folder)
        ]
        return min(packed, key=lambda one: _far(folder, one), default=None)

    def _by_near_name(self, folder: str, path: str, names: Collection[str]) -> Entry | None:
        package, _, leaf = path.rpartition("/")
        wanted = stems(f"{leaf}.py", ".py")
        copies = [one for stem in wanted for one in self._some(self._by_stem.get(stem, ()))]
        found = [one for one in copies if _is_in(one, package)] or [
            one
            for one in self._some(self._tree.entries if names else ())
            if _is_in(one, package) and self._is_like(one, leaf, names)
        ]
        return min(found, key=lambda one: (*_far(folder, one), *later_first(one)), default=None)

    def _without_its_folder(self, folder: str, path: str, names: Collection[str]) -> Entry | None:
        """A module of a package that was handed in without the package: some platforms do so."""
        leaf = path.rpartition("/")[2]
        if leaf == path or not names:
            return None
        found = self._elsewhere(folder, leaf) or self._by_near_name(folder, leaf, names)
        return found if found is not None and self._has(found, names) else None

    def _some(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """As many of some files as may still be looked at."""
        chosen = entries[: max(self._left, 0)]
        self._left -= len(chosen)
        return chosen

    def _is_like(self, entry: Entry, leaf: str, names: Collection[str]) -> bool:
        """Whether a name says more than the module's, and the file has what is imported."""
        if leaf.casefold() not in entry.name.casefold() or not entry.name.endswith(_CODE):
            return False
        if likeness(entry.name, (f"{leaf}.py",), "") is None:
            return False
        return self._has(entry, names)

    def _has(self, entry: Entry, names: Collection[str]) -> bool:
        """Whether the text of a file speaks of all these names."""
        content = self._candidates.read(entry).main_content or b""
        self._left -= len(content) >> 10  # to look through a long text is more than one name
        return all(re.search(rb"\b%s\b" % re.escape(one.encode()), content) for one in names)


def imports_in(content: bytes) -> Iterator[Imported]:
    """The imports of a text, wherever they stand; by its lines alone, nothing is parsed."""
    lines = [line for line in content.splitlines() if b"import" in line]
    content = b"\n".join(lines)  # patterns take a hundred times as long to find nothing
    yield from dict.fromkeys(_all_imports(content))


def _all_imports(content: bytes) -> Iterator[Imported]:
    for dots, module, rest in _FROM.findall(content)[:_MAX_FOUND]:
        names = () if b"*" in rest else _names(rest)
        yield from _imported(len(dots), module, names)
    for several in _IMPORT.findall(content)[:_MAX_FOUND]:
        for part in several.split(b","):
            yield from _imported(0, (part.split() or [b""])[0])
    for module in _BY_CALL.findall(content)[:_MAX_FOUND]:
        yield from _imported(0, module)


def written_in_a_folder(names: Iterable[str], module: str) -> str | None:
    """The module that a notebook wrote into a folder from which it is imported by this name."""
    path = module.replace(".", "/")
    endings = (f"/{path}.py", f"/{path}/__init__.py")
    found = [one for one in names if one.endswith(endings)]
    return min(found, key=lambda one: one.count("/"), default=None)


def joined(folder: str, path: str) -> str:
    """The place of a path that begins in a folder."""
    return f"{folder}/{path}" if folder else path


def _imported(level: int, module: bytes, names: tuple[str, ...] = ()) -> Iterator[Imported]:
    dotted = module.decode("utf-8", "replace")
    if dotted and not all(map(str.isidentifier, dotted.split("."))):
        return
    if dotted:
        yield Imported(level, dotted, names)
    elif level:
        yield from (Imported(level, name) for name in names)


def _names(rest: bytes) -> tuple[str, ...]:
    """The names of ``import a, b as c``; those in further lines are not looked at."""
    words = [_WORD.findall(part) for part in rest.split(b",")]
    return tuple(one[0].decode("utf-8", "replace") for one in words if one)


def _name(path: str, ending: str) -> str:
    return f"{path}{'.py' if ending == '.ipynb' else ending}"


def _is_in(entry: Entry, package: str) -> bool:
    return not package or entry.folder == package or entry.folder.endswith(f"/{package}")


def _far(folder: str, entry: Entry) -> tuple[bool, int]:
    """How far a file lies from a folder; those that are named as old ones come last."""
    here, there = (one.split("/") if one else [] for one in (folder, entry.folder))
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return word_rank(entry.place) < 0, len(here) + len(there) - 2 * common


def later_first(entry: Entry) -> tuple[int, list[int], str]:
    """The later of two copies first."""
    return -word_rank(entry.name), [-one for one in numbers_in(entry.name)], entry.place
