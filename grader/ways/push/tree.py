"""The assignment's files out of a pushed tree: regular files of known names, bounded."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.files.unpack.extract import bounded, in_environments
from grader.files.unpack.items import Refused
from grader.files.unpack.names import TIMESTAMP, folded, safe_parts
from grader.files.unpack.opening import is_archive
from grader.submissions.likeness import code_ending, is_notebook_name
from grader.submissions.names import shown
from grader.submissions.tree import runs_by_itself
from grader.submissions.within_limits import MAX_FILE, MAX_FILES, MAX_TOTAL
from grader.ways.push.git import OBJECT_ID, GitProblem, ask, command, environment

MAX_NOTEBOOK = 25 * 2**20
"""Bytes of a notebook: what is larger holds outputs that nobody should push."""
_MAX_LISTING = 4 * 2**20
_MAX_OTHERS = 50
_REGULAR = {"100644", "100664", "100755"}
_KINDS = {"120000": "is a symbolic link", "160000": "is a submodule", "040000": "is a folder"}


@dataclass
class PushedFiles:
    """What was taken of a folder, and why the rest was not.

    Attributes
    ----------
    problems
        Why an expected file is not there; completes "name: …".
    notes
        What else was left out, in sentences for the student.
    others
        Names of files that are no code.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def take(repository: Path, tree: str, expected: Sequence[str]) -> PushedFiles:
    """Read an assignment's files out of a tree object; nothing is checked out or run.

    Whatever is code or holds some, in folders too: which of it counts is decided as when a
    folder is handed in. Sizes are asked before anything is read.

    Raises
    ------
    GitProblem
        When the objects cannot be read, such as after a force push and `git gc`.
    """
    taken = PushedFiles()
    wanted: dict[str, str] = {}
    entries = _entries(repository, tree, taken)
    below = _entries(repository, tree, taken, "-r")
    away = in_environments([name for _, _, name in below])
    for mode, identity, raw in [*entries, *below]:
        name = "" if raw in away else _wanted_name(raw, taken)
        if not name:
            continue
        if mode == "040000" and name not in expected:
            continue
        if mode in _REGULAR:
            wanted.setdefault(name, identity)
        else:
            _leave_out(taken, name, f"{_KINDS.get(mode, 'is no regular file')}", expected)
    first = sorted(wanted, key=lambda name: (name not in expected, name.count("/"), name))
    first = _without_clashes(first, taken)
    if len(first) > MAX_FILES:
        taken.notes.append(f"more than {MAX_FILES} files; the later ones were left out")
    names = _within_limits(repository, {one: wanted[one] for one in first[:MAX_FILES]}, taken)
    for name, why in list(taken.problems.items()):
        if name not in expected:
            del taken.problems[name]
            taken.notes.append(f"{why}, and was left out")
    contents = _read(repository, list(names.values()))
    taken.files = dict(zip(names, contents, strict=True))
    taken.notes = bounded(list(dict.fromkeys(taken.notes)))
    return taken


def _wanted_name(raw: str, taken: PushedFiles) -> str:
    """The name that a file is laid down under; "" where it may not be, or is not worth it."""
    is_code = bool(code_ending(raw) or is_archive(raw))
    try:
        parts = safe_parts(raw)
    except Refused as reason:
        if is_code:
            taken.notes.append(f"{shown(raw)} was left out: it {reason}")
        return ""
    name = "/".join(parts)
    if not parts or runs_by_itself(parts[-1]):
        return ""
    if len(parts) != raw.count("/") + 1:
        taken.notes.append(f"{shown(raw)} was left out: it has a name with a backslash")
        return ""
    if is_code:
        return name
    if len(taken.others) < _MAX_OTHERS and name not in taken.others and name != TIMESTAMP:
        taken.others.append(name)
    return ""


def _without_clashes(names: Sequence[str], taken: PushedFiles) -> list[str]:
    """Without what some disk cannot keep beside the others: the first of two names counts."""
    kept: dict[str, str] = {}
    files = {folded(name) for name in names}
    for name in names:
        key = folded(name)
        if any(key[:at] in files for at, one in enumerate(key) if one == "/"):
            taken.notes.append(f"{shown(name)} was left out: its folder has the name of a file")
        elif key in kept:
            taken.notes.append(
                f"{shown(name)} was left out: it has the name of {shown(kept[key])}, but for "
                "capitals or accents, which some disks take for the same"
            )
        else:
            kept[key] = name
    return list(kept.values())


def _leave_out(taken: PushedFiles, name: str, why: str, expected: Sequence[str]) -> None:
    if name in expected:
        taken.problems[name] = f"{shown(name)} {why}"
    else:
        taken.notes.append(f"{shown(name)} {why} and was left out")


def _entries(
    repository: Path, tree: str, taken: PushedFiles, *options: str
) -> list[tuple[str, str, str]]:
    """Mode, id and name of each entry, as far as a listing of bounded length goes."""
    if OBJECT_ID.fullmatch(tree) is None:
        raise GitProblem(f"Expected a full object id. Received: {tree[:80]!r}")
    with subprocess.Popen(
        command(repository, "ls-tree", "-z", *options, tree),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        listing = process.stdout.read(_MAX_LISTING + 1)
        process.kill()
        code = process.wait()
    if len(listing) > _MAX_LISTING:
        taken.notes.append("the folder has too many files; the later ones were left out")
        listing = listing[: listing.rfind(b"\0")]
    elif code > 0:
        raise GitProblem("The pushed files are no longer in the repository.")
    found = []
    for line in listing.split(b"\0"):
        head, _, name = line.partition(b"\t")
        parts = head.decode("ascii", "replace").split()
        if len(parts) == 3 and name:
            found.append((parts[0], parts[2], name.decode("utf-8", "surrogateescape")))
    return found


def _within_limits(repository: Path, wanted: dict[str, str], taken: PushedFiles) -> dict[str, str]:
    """Those of the files that are there and small enough, one by one and together."""
    if not wanted:
        return {}
    given = "".join(f"{one}\n" for one in wanted.values()).encode()
    form = "--batch-check=%(objecttype) %(objectsize)"
    lines = ask(repository, "cat-file", form, given=given).decode("utf-8", "replace").splitlines()
    kept: dict[str, str] = {}
    allowed = f"together {MAX_TOTAL // 2**20} MB are allowed"
    total = 0
    for (name, identity), line in zip(wanted.items(), lines, strict=True):
        kind, _, size = line.partition(" ")
        if kind != "blob" or not size.isdigit():
            raise GitProblem("The pushed files are no longer in the repository.")
        large = is_notebook_name(name) or is_archive(name)
        limit = MAX_NOTEBOOK if large else MAX_FILE
        label = shown(name)
        if int(size) > limit:
            megabytes = int(size) / 2**20
            limited = limit // 2**20
            taken.problems[name] = f"{label} is {megabytes:.1f} MB, the limit is {limited} MB"
        elif total + int(size) > MAX_TOTAL:
            taken.problems[name] = f"{label} is too much: {allowed}"
        else:
            total += int(size)
            kept[name] = identity
    return kept


def _read(repository: Path, identities: list[str]) -> list[bytes]:
    """The contents of blobs whose sizes were found small enough."""
    given = "".join(f"{one}\n" for one in identities).encode()
    output = ask(repository, "cat-file", "--batch", given=given) if identities else b""
    contents = []
    at = 0
    for _ in identities:
        end = output.index(b"\n", at)
        size = int(output[at:end].split()[2])
        contents.append(output[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return contents
