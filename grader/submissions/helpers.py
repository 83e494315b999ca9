"""The student's own modules and packages: what the graded files may import."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from grader.submissions.candidates import Candidates
from grader.submissions.likeness import is_test
from grader.submissions.names import is_importable, nearest, shown
from grader.submissions.nothing import left_out_as_theirs
from grader.submissions.run_files import run_files
from grader.submissions.taking import MAX_FILES, Taken
from grader.submissions.tree import Entry, Tree, ancestors
from grader.worker.packages import KNOWN

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+\.?([\w.]{1,200})[ \t]+import\b|import[ \t]+([\w., \t]{1,500}))",
    re.MULTILINE,
)
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
    it, and those beside a supplement are taken when a file that was taken names them.

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
        self._expected = candidates.expected.files
        self._folded = {name.casefold() for name in (*self._expected, *taken.files)}
        self._places: dict[str, str] = {}
        self._words: set[bytes] = set()

    def take(self) -> None:
        """Take what there is, within the limits."""
        self._take_what_is_run()
        self._take_modules()
        self._take_imported_notebooks()

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

    def _take_imported_notebooks(self) -> None:
        """Take notebooks that a file imports by name, as some packages let Jupyter do."""
        notebooks = [one for one in self._tree.entries if one.name.endswith(".ipynb")]
        waiting = list(self._taken.files.values()) if notebooks else []
        for content in waiting:  # grows while it is walked
            for module in _imported(content):
                path = module.replace(".", "/")
                name = f"{path}.py"
                entry = next((one for one in notebooks if _ends_with(one, f"{path}.ipynb")), None)
                if entry is None or name.casefold() in self._folded:
                    continue
                self._take_as(name, entry)
                if name in self._taken.files:
                    waiting.append(self._taken.files[name])
                    label = shown(entry.place)
                    self._taken.notes.append(f"{label} was taken as the module {module}")

    def _take_as(self, name: str, entry: Entry) -> None:
        """Take a file under the name by which another one means it."""
        given = [one for one, place in self._taken.sources.items() if place == entry.place]
        supplement = next((one for one in given if one not in self._expected), None)
        if supplement is None or "/" in name:
            self._take_all([(name, entry)])
        elif name.casefold() not in self._folded:
            self._folded.add(name.casefold())
            self._places[name] = entry.place
            self._taken.rename(supplement, name)

    def _take_what_is_run(self) -> None:
        """Take the files and notebooks that ``%run`` names, and what these run in turn."""
        folders = list(dict.fromkeys(entry.folder for entry in self._graded)) or [""]
        waiting = list(self._taken.files.values())
        by_place = {one.place: one for one in self._tree.entries} if waiting else {}
        for content in waiting:  # grows while it is walked
            for run in run_files(content):
                places = [
                    f"{folder}/{place}" if folder else place
                    for folder in folders
                    for place in run.places
                ]
                entry = next((by_place[one] for one in places if one in by_place), None)
                if entry is None or run.file in self._taken.files:
                    continue
                self._take_as(run.file, entry)
                waiting += [self._taken.files[run.file]] if run.file in self._taken.files else []

    def _beside(self, folder: str) -> list[Entry]:
        """The modules in a folder that holds a graded file."""
        found, others = [], []
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
                others.append(shown(entry.name))
        if others:
            more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
            why = (
                "was left out: it cannot be imported by that name"
                if len(others) == 1
                else "were left out: they cannot be imported by these names"
            )
            self._taken.notes.append(f"{', '.join(others[:_SHOWN])}{more} {why}")
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
            stem == module.partition(".")[0]
            for content in self._taken.files.values()
            for module in _imported(content)
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
        if name not in self._taken.files:
            why = "another file's name differs only in upper and lower case"
        elif self._candidates.read(entry).main_content == self._taken.files[name]:
            return
        else:
            why = f"{shown(self._taken.sources.get(name, name))} has the same name"
        self._taken.notes.append(f"{shown(entry.place)} was left out: {why}")


def _imported(content: bytes) -> Iterator[str]:
    """The dotted names of modules that a text imports and neither Python nor a package has."""
    for one, several in _IMPORT.findall(content):
        for part in (one, *several.split(b",")):
            module = (part.split() or [b""])[0].decode("utf-8", "replace")
            root = module.partition(".")[0]
            if root not in KNOWN and root not in sys.stdlib_module_names:
                yield from [module] if all(map(str.isidentifier, module.split("."))) else []


def _ends_with(entry: Entry, path: str) -> bool:
    return entry.place == path or entry.place.endswith(f"/{path}")
