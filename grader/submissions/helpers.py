"""The student's own modules and packages: what the graded files may import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from grader.submissions.candidates import Candidates
from grader.submissions.likeness import is_notebook_name, is_test
from grader.submissions.modules import (
    Imported,
    Module,
    Modules,
    imports_in,
    joined,
    written_in_a_folder,
)
from grader.submissions.names import is_importable, nearest, shown
from grader.submissions.nothing import left_out_as_theirs
from grader.submissions.opened import take_opened
from grader.submissions.run_files import RunFile, run_files
from grader.submissions.tree import Entry, Tree, ancestors
from grader.submissions.within_limits import MAX_FILES, Taken
from grader.worker.packages import is_package
from grader.worker.private import private_folder

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_OF_A_CELL = re.compile(rb"\A# %% cell [^\n]*\n# left out: %%[^\n]*\n")
_SHOWN = 3
_LIBRARIES = {
    "jax",
    "keras",
    "matplotlib",
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "tensorflow",
    "torch",
}
"""A folder of such a name holds a part of the submission, and is not what is imported."""


class Helpers:
    """Takes modules under the names that they are imported by, such as ``utils/maths.py``.

    Those beside a graded file are taken as they are. Those in packages, those in folders above
    it, and those beside a supplement are taken when a file that was taken names them. What a file
    imports and none of these is may lie anywhere: see `grader.submissions.modules`.

    Parameters
    ----------
    graded
        The files that were taken for what the assignment asks for.
    supplements
        Those that were taken for the exercises that these leave open.
    foreign
        Places of files that look like another assignment's: taken only where they are imported.
    """

    def __init__(
        self,
        tree: Tree,
        graded: Sequence[Entry],
        supplements: Sequence[Entry],
        candidates: Candidates,
        taken: Taken,
        foreign: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self._tree, self._foreign = tree, foreign or {}
        self._graded = [*graded, *supplements]
        self._folders = list(dict.fromkeys(entry.folder for entry in graded)) or [""]
        self._candidates, self._taken = candidates, taken
        self._modules = Modules(tree, candidates)
        self._expected = candidates.expected.files
        self._folded = {name.casefold() for name in (*self._expected, *taken.files)}
        self._places: dict[str, str] = {}
        self._words: set[bytes] = set()
        self._odd: list[Entry] = []
        self._left_out: list[tuple[Entry, str]] = []
        self.is_complete = True
        """Whether all that is imported was found, apart from packages."""

    def take(self) -> None:
        """Take what there is, within the limits."""
        self._take_what_is_run()
        self._take_modules()
        waiting = list(self._taken.files)
        for name in waiting:  # grows while it is walked
            for one in imports_in(self._taken.files.get(name, b"")):
                waiting += self._take_import(name, one)
        take_opened(self._tree, self._folders, self._taken, self._expected)
        self._tell_the_rest()

    def _take_modules(self) -> None:
        modules = [one for one in self._tree.entries if one.name.endswith(".py")]
        if all(one in self._graded and one.place in self._expected for one in modules):
            return  # as nearly always
        for content in self._taken.files.values():
            self._words.update(_WORD.findall(content))
        beside = {
            one.name: one for folder in self._folders for one in reversed(self._beside(folder))
        }
        self._take_all(sorted(beside.items(), key=lambda pair: (not self._named(pair[0]), pair[0])))
        folders = dict.fromkeys([*self._folders, *(entry.folder for entry in self._graded)])
        above = dict.fromkeys(one for folder in folders for one in ancestors(folder))
        others = [pair for one in above for pair in self._below(one)]
        while True:  # what was taken may name more
            named = [pair for pair in others if self._named(pair[0])]
            others = [pair for pair in others if not self._named(pair[0])]
            if not named:
                return
            self._take_all(named)

    def _take_import(self, importer: str, imported: Imported) -> list[str]:
        """Take what a file imports; return under which names."""
        place = self._taken.sources.get(importer)
        folder = self._folders[0] if place is None else place.rpartition("/")[0]
        own = None if place is None else self._modules.named(place)
        found = self._modules.find(folder, imported, own)
        if (found is None or not found.is_exact) and self._is_written(imported):
            return []  # its own imports were followed where it lies
        taken = self._take_module(importer, imported, found) if found is not None else []
        is_there = found is not None
        if found is None or found.entry.name == "__init__.py":
            for name in imported.names:  # they may be modules of a package
                inner = replace(imported, module=f"{imported.module}.{name}", names=())
                part = self._modules.find(folder, inner, own)
                if part is not None:
                    is_there = True
                    taken += self._take_module(importer, inner, part)
        if not (is_there or is_package(imported.module) or self._is_taken(imported.module)):
            self.is_complete = False
        return taken

    def _is_written(self, imported: Imported) -> bool:
        """Take a module that a notebook wrote into a folder, where that is what is imported."""
        module = imported.module
        if imported.level or is_package(module) or self._is_taken(module):
            return False
        written = [one for one in self._taken.files if self._cells_write(one)]
        found = written_in_a_folder(written, module)
        if found is None or len(self._taken.files) >= MAX_FILES:
            return False
        path = module.replace(".", "/")
        name = f"{path}/__init__.py" if found.endswith("/__init__.py") else f"{path}.py"
        if name.casefold() not in self._folded:
            self._folded.add(name.casefold())
            self._taken.copy(found, name)
        return True

    def _cells_write(self, name: str) -> bool:
        """Whether a notebook wrote a module that was taken."""
        source = self._modules.named(self._taken.sources.get(name, ""))
        if source is None or not is_notebook_name(source.name):
            return False
        candidate = self._candidates.read(source)
        return name in candidate.modules and name != candidate.main

    def _is_taken(self, module: str) -> bool:
        path = module.replace(".", "/")
        return any(one == f"{path}.py" or one.startswith(f"{path}/") for one in self._taken.files)

    def _take_module(self, importer: str, imported: Imported, found: Module) -> list[str]:
        """Take a module where the importing file will look for it; return under which names."""
        packages = importer.split("/")[:-1]
        base = packages[: len(packages) + 1 - imported.level] if imported.level else []
        names = {"/".join([*base, found.name]): found.entry}
        for entry, path in self._first_files_of(found):
            names["/".join([*base, path])] = entry
        own = f"{'/'.join([*base, found.name])}"
        if self._is_another(own, found):
            if imported.level and packages:
                return []
            folder = private_folder(importer)
            names = {f"{folder}/{name}": entry for name, entry in names.items()}
            own = f"{folder}/{own}"
        taken = []
        for name, entry in names.items():
            if name not in self._taken.files and name.casefold() not in self._folded:
                self._take_as(name, entry)
                taken += [name] if name in self._taken.files else []
        if own not in self._taken.files and len(self._taken.files) < 2 * MAX_FILES:
            # What was handed in must not be called missing by those who import it.
            why = f"{shown(found.entry.place)} was handed in, but it was left out"
            text = f"raise ImportError({why!r})\n".encode()
            self._taken.take_data(own, found.entry.place, text)
        if own in taken and (not found.is_exact or is_notebook_name(found.entry.name)):
            note = f"{shown(found.entry.place)} was taken as the module {imported.module}"
            if own.startswith(f"{private_folder(importer)}/"):
                note += f" of {shown(self._taken.sources.get(importer, importer))}"
            self._taken.notes.append(note)
        return taken

    def _is_another(self, name: str, found: Module) -> bool:
        """Whether another file than the one that is meant has the name already."""
        if name in self._expected or name.casefold() not in self._folded:
            return False
        if self._places.get(name) == found.entry.place:
            return False
        known = self._taken.sources.get(name)
        if known is None or name not in self._taken.files:
            return name not in self._taken.files
        if known == found.entry.place or known.rpartition("/")[0] == found.entry.folder:
            return False
        return self._candidates.read(found.entry).main_content != self._taken.files[name]

    def _first_files_of(self, found: Module) -> Iterator[tuple[Entry, str]]:
        """The files that make packages of the folders through which a module is imported."""
        *packages, _ = found.name.split("/")
        folder = found.entry.folder
        for depth in range(len(packages), 0, -1):
            entry = self._modules.named(joined(folder, "__init__.py"))
            if entry is not None and entry != found.entry:
                yield entry, "/".join([*packages[:depth], "__init__.py"])
            folder = folder.rpartition("/")[0]

    def _take_as(self, name: str, entry: Entry) -> None:
        """Take a file under the name by which another one means it."""
        given = [one for one, place in self._taken.sources.items() if place == entry.place]
        given = [one for one in given if one not in self._expected and "/" not in one]
        if not given or "/" in name:
            self._take_all([(name, entry)])
        elif name.casefold() not in self._folded:
            self._folded.add(name.casefold())
            self._places[name] = entry.place
            self._taken.rename(given[0], name)

    def _take_what_is_run(self) -> None:
        """Take the files and notebooks that ``%run`` names, and what these run in turn."""
        folders = list(dict.fromkeys(entry.folder for entry in self._graded)) or [""]
        waiting = list(self._taken.files.values())
        for content in waiting:  # grows while it is walked
            for run in run_files(content):
                entry = self._run(run, folders)
                if entry is None or run.file in self._taken.files:
                    continue
                self._take_as(run.file, entry)
                waiting += [self._taken.files[run.file]] if run.file in self._taken.files else []

    def _run(self, run: RunFile, folders: Sequence[str]) -> Entry | None:
        """The file that is run: where its path leads, else the nearest that has such a place."""
        places = (place for folder in folders for place in run.places(folder))
        found = next((one for place in places if (one := self._modules.named(place))), None)
        return found or self._modules.nearest(folders[0], run.tails)

    def _beside(self, folder: str) -> list[Entry]:
        """The modules in a folder that holds a graded file."""
        found = []
        for entry in self._tree.entries:
            if entry.folder != folder or not entry.name.endswith(".py") or entry in self._graded:
                continue
            if entry.place in self._places.values():
                continue  # taken already, since it is run
            if entry.place in self._foreign and not self._is_imported(entry):
                whose = self._foreign[entry.place]
                self._taken.notes.append(
                    left_out_as_theirs(shown(entry.place), *whose, self._candidates.expected)
                )
                continue
            if is_importable(entry.name):
                if not is_test(entry.name) or self._named(entry.name):
                    found.append(entry)
            elif (
                nearest(entry.name, self._expected) is None
                and self._candidates.likeness(entry) is None
            ):
                self._odd.append(entry)
        return found

    def _below(self, folder: str) -> Iterator[tuple[str, Entry]]:
        """All modules in a folder and in the packages in it, by the name for importing them."""
        start = f"{folder}/" if folder else ""
        for entry in self._tree.entries:
            name = entry.place.removeprefix(start)
            if not entry.place.startswith(start) or not name.endswith(".py"):
                continue
            *packages, _ = name.split("/")
            if packages and packages[0] in _LIBRARIES:
                continue
            if is_importable(entry.name) and all(map(str.isidentifier, packages)):
                yield name, entry

    def _is_imported(self, entry: Entry) -> bool:
        stem = entry.name.removesuffix(".py")
        return any(
            stem == found.module.partition(".")[0]
            for content in self._taken.files.values()
            for found in imports_in(content)
        )

    def _named(self, name: str) -> bool:
        """Whether a file that was taken says the name of a module, or of its package."""
        return name.partition("/")[0].removesuffix(".py").encode() in self._words

    def _take_all(self, pairs: Sequence[tuple[str, Entry]]) -> None:
        for name, entry in pairs:
            folded = name.casefold()
            if folded in self._folded:
                self._pass_over(name, entry)
                continue
            if len(self._taken.files) >= MAX_FILES:
                self._taken.notes.append(
                    f"there are more than {MAX_FILES} files; {shown(name)} and those after it "
                    "were left out"
                )
                return
            self._folded.add(folded)
            self._places[name] = entry.place
            content = self._taken.take_helper(name, self._candidates.read(entry))
            self._words.update(_WORD.findall(content))

    def _pass_over(self, name: str, entry: Entry) -> None:
        """Two files cannot have one name; some file systems ignore case, too."""
        taken = entry in self._graded or self._places.get(name) == entry.place
        if name in self._expected or taken:
            return
        content = self._candidates.read(entry).main_content or b""
        if name not in self._taken.files:
            why = "another file's name differs only in upper and lower case"
        elif content.strip() == _OF_A_CELL.sub(b"", self._taken.files[name]).strip():
            return
        elif name not in self._taken.sources:
            return  # a cell of the running notebook wrote it
        elif self._cells_write(name):
            notebook = shown(self._taken.sources[name])
            why = f"{notebook} writes the module {shown(name.removesuffix('.py'))}"
        else:
            why = f"{shown(self._taken.sources.get(name, name))} has the same name"
        self._left_out.append((entry, f"{shown(entry.place)} was left out: {why}"))

    def _tell_the_rest(self) -> None:
        """What lies beside the graded files and was taken under no name."""
        taken = set(self._taken.sources.values())
        told = "\n".join(self._taken.notes)
        odd = [one for one in self._odd if one.place not in taken and shown(one.place) not in told]
        others = [shown(entry.name) for entry in odd]
        if others:
            more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
            why = (
                "was left out: it cannot be imported by that name"
                if len(others) == 1
                else "were left out: they cannot be imported by these names"
            )
            self._taken.notes.append(f"{', '.join(others[:_SHOWN])}{more} {why}")
        self._taken.notes += [note for entry, note in self._left_out if entry.place not in taken]
