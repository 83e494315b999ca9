"""Names from a download: which may become files here, and as what."""

from __future__ import annotations

import errno
import unicodedata

from grader.files.unpack.items import Refused
from grader.sanitise.text import safe_text, shown

TIMESTAMP = "timestamp.txt"
"""What nbgrader writes beside a submission that it collects."""

MAX_DEPTH = 8
"""Folders in folders."""
MAX_NAME_BYTES = 150
"""A file system takes 255, and copies get longer names."""
_LITTER = {
    "__macosx",
    "__pycache__",
    "desktop.ini",
    "dist-packages",
    "node_modules",
    "site-packages",
    "thumbs.db",
}
_WINDOWS = set('<>:"|?*')
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}

_NAMES = {
    errno.ENAMETOOLONG,
    errno.EILSEQ,
    errno.EINVAL,
    errno.EEXIST,
    errno.EISDIR,
    errno.ENOTDIR,
}


def parts_inside(path: str) -> list[str]:
    """Split an entry's name at both kinds of slashes.

    Raises
    ------
    Refused
        When it names a place outside of the folder that the entries are put in.
    """
    if "\0" in path:
        raise Refused("has a name with a null byte")
    unified = path.replace("\\", "/")
    if unified.startswith("/"):
        raise Refused("names a place on the whole disk (it starts with a slash)")
    if len(unified) > 1 and unified[1] == ":" and unified[0].isalpha():
        raise Refused("names a drive")
    parts = [part for part in unified.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refused("leads out of its folder (..)")
    return parts


def safe_parts(path: str) -> tuple[str, ...]:
    """Split an entry's name into the folders and the file that it may become.

    Returns nothing for what systems leave behind (``__MACOSX``, ``.DS_Store``, hidden files).

    Raises
    ------
    Refused
        When it leads out of its folder, or some system cannot keep a file of that name.
    """
    parts = parts_inside(path)
    if any(is_litter(part) for part in parts):
        return ()
    if len(parts) > MAX_DEPTH:
        raise Refused(f"lies {len(parts)} folders deep, the limit is {MAX_DEPTH}")
    return tuple(safe_part(part) for part in parts)


def refused_by_disk(error: OSError) -> Refused | None:
    """Why a file could not be made, where its name is the reason and not the machine's state."""
    if error.errno in _NAMES:
        return Refused(f"has a name that this disk refuses ({error.strerror})")
    return None


def is_litter(name: str) -> bool:
    """Whether systems and tools leave behind what has this name; nobody hands it in."""
    return name.startswith(".") or name.casefold() in _LITTER


def folded(name: str) -> str:
    """What two names share that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def without_common_folder(paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Take off the one folder that everything lies in, as most programs pack it."""
    while paths and all(len(path) > 1 and path[0] == paths[0][0] for path in paths):
        paths = [path[1:] for path in paths]
    return paths


def is_reserved(parts: tuple[str, ...]) -> bool:
    """Whether only the platform may say this: a student's own time of handing in."""
    return len(parts) == 1 and folded(parts[0]) == TIMESTAMP


def safe_part(part: str) -> str:
    """One part of a name in composed form; raises `Refused` when some system cannot keep it."""
    name = unicodedata.normalize("NFC", part)
    if name in (".", "..") or safe_text(name) != name or any(one in name for one in "\n\t"):
        raise Refused("has a name with control characters or marks that reorder text")
    if any(one in _WINDOWS for one in name):
        raise Refused('has a name with one of < > : " | ? *')
    if name != name.rstrip(". ") or name != name.lstrip():
        raise Refused("has a name that starts with a space or ends with a dot or a space")
    if name.partition(".")[0].rstrip().casefold() in _DEVICES:
        raise Refused(f"has a name that Windows keeps for a device ({shown(name)})")
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        raise Refused(f"has a name of more than {MAX_NAME_BYTES} bytes")
    return name
