"""Which installed files a worker needs: some packages and all that they require, no more.

scikit-learn stays outside unless an assignment allows it: its data sets hold held-out labels.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_BASE = ("numpy", "msgpack")
_BACKENDS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
    "jax": ("jax", "jaxlib"),
    "torch": ("torch",),
}
_UNWANTED = {"tensorboard", "pip", "setuptools"}
"""Required by name, needed by no graded code."""


@cache
def installed_files(packages: frozenset[str], keras_backend: str | None) -> tuple[Path, ...]:
    """The top-level files and folders of all distributions that `packages` need.

    Parameters
    ----------
    packages
        Names that graded code may import; those of the standard library are passed over.
    keras_backend
        `tensorflow`, `jax` or `torch`; None without Keras.
    """
    wanted = {*_BASE, *_distributions(packages)}
    if keras_backend is not None:
        wanted |= {"keras", *_BACKENDS.get(keras_backend, ())}
    found: dict[Path, None] = {}
    for distribution in _closure(wanted):
        for path in _top_level(distribution):
            found.setdefault(path)
    return tuple(found)


def _distributions(packages: frozenset[str]) -> set[str]:
    outside = {name for name in packages if name not in sys.stdlib_module_names}
    outside -= {"numpy", "keras"}
    if not outside:
        return set()
    known = importlib.metadata.packages_distributions()
    return {name for package in outside for name in known.get(package, ())}


def _closure(names: Iterable[str]) -> list[importlib.metadata.Distribution]:
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found or key in _UNWANTED:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an alternative, or for another system
        found[key] = distribution
        for line in distribution.requires or ():
            if "extra ==" not in line and (match := _NAME.match(line)):
                waiting.append(match.group())
    return list(found.values())


def _top_level(distribution: importlib.metadata.Distribution) -> Iterable[Path]:
    root = Path(str(distribution.locate_file("")))
    for file in distribution.files or ():
        first = file.parts[0]
        if first not in {"..", "__pycache__"}:
            yield root / first
