"""Which names the imports of a text bring: the rule of `grader.worker.written`, without parsing."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from grader.submissions.candidates import Candidates
from grader.submissions.definitions import mentions
from grader.submissions.modules import Imported, Modules, written_in_a_folder
from grader.submissions.tree import Entry, Tree, ancestors
from grader.worker.packages import is_package

_MAX_FILES = 20
"""Files that are looked into for what one file imports from them."""
_ENDINGS = (".py", "/__init__.py", ".ipynb")


class Imports:
    """Follows the imports of one submission's files."""

    def __init__(self, tree: Tree, candidates: Candidates) -> None:
        self._tree, self._candidates = tree, candidates
        self._by_place: dict[str, Entry] = {}
        self._modules = Modules(tree, candidates)

    def brought(
        self, entry: Entry, content: bytes, names: Collection[str], seen: Collection[Entry] = ()
    ) -> frozenset[str]:
        """Of some names those that a text imports from where they are written.

        Parameters
        ----------
        entry
            The file that holds the text.
        seen
            The files that ask for this one because they import it.
        """
        found: set[str] = set()
        seen = {*seen, entry}
        scanned = self._candidates.definitions(content)
        for module, bound in scanned.imports.items():
            pairs = {name: bound[name] for name in names if name in bound}
            if "*" in bound:
                pairs |= {name: name for name in names}
            if not pairs:
                continue
            own = next(self._sources(entry, module, tuple(set(pairs.values()))), None)
            if own is not None:
                there = self._written(*own, set(pairs.values()), seen)
                found |= {name for name, its_name in pairs.items() if its_name in there}
            elif is_package(module):
                found |= pairs.keys() & bound.keys() - scanned.shadowed
        return frozenset(found)

    def _written(
        self, entry: Entry, content: bytes | None, names: set[str], seen: set[Entry]
    ) -> set[str]:
        if content is None or not (mentions(content, names) or b"*" in content):
            return set()
        written = names & self._candidates.definitions(content).written
        if entry in seen or len(seen) >= _MAX_FILES:
            return written
        return written | self.brought(entry, content, names - written, seen)

    def _sources(
        self, entry: Entry, module: str, names: tuple[str, ...]
    ) -> Iterator[tuple[Entry, bytes | None]]:
        """The student's files that a module may be, the best first, and what they hold."""
        if not self._by_place:
            self._by_place = {one.place: one for one in self._tree.entries}
        place = module.lstrip(".").replace(".", "/")
        by_cells = self._candidates.read(entry).modules  # a notebook may write some
        if f"{place}.py" in by_cells:
            yield entry, by_cells[f"{place}.py"]
        folders = [*ancestors(entry.folder)]
        level = len(module) - len(module.lstrip("."))
        for folder in folders[level - 1 : level] if level else folders:
            path = f"{folder}/{place}" if folder and place else folder or place
            for ending in _ENDINGS:
                found = self._by_place.get(f"{path}{ending}")
                if found is not None:
                    yield found, self._candidates.read(found).main_content
        inside = None if level else written_in_a_folder(by_cells, module)
        if inside is not None:
            yield entry, by_cells[inside]
        imported = Imported(level, module.lstrip("."), names)
        elsewhere = self._modules.find(entry.folder, imported, entry)
        if elsewhere is not None:
            yield elsewhere.entry, self._candidates.read(elsewhere.entry).main_content
