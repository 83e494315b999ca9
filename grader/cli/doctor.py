"""`grader doctor`: what works here, found out by trying."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import typer
from rich.console import Console
from rich.text import Text

from grader import __version__
from grader.confine import CannotCompute, CannotConfine, Engine, Lost, SpawnedLauncher, launcher
from grader.confine.breakout import WAYS_OUT, open_ways_out
from grader.confine.engine import KerasBackend
from grader.confine.strongest import double_in
from grader.course.catalogue import course_root, frozen_assignments, live_assignments
from grader.problems import installing
from grader.sanitise.formgrader import unescaped
from grader.sanitise.terminal import say
from grader.submissions.course_directory import is_nbgrader_course

_ROOM = 500 * 2**20


def command() -> None:
    """Show what works on this machine, by trying it.

    Ends with exit code 1 when something that grading needs does not work.
    """
    console = Console(highlight=False)
    problems = 0
    for title, probe in _PROBES.items():
        try:
            works, text = probe()
        except Exception as error:  # a doctor who falls ill is a finding, too
            works, text = False, f"{type(error).__name__}: {error}"
        mark = {True: "ok  ", False: "FAIL", None: "note"}[works]
        style = {True: "green", False: "red", None: "yellow"}[works]
        problems += works is False
        console.print(Text(f"{mark} ", style), end="")
        say(console, f"{title:<13}{text}")
    raise typer.Exit(1 if problems else 0)


Finding = tuple[bool | None, str]


def _versions() -> Finding:
    names = ("numpy", "keras", "scikit-learn")
    found = ", ".join(f"{name} {_version(name) or 'not installed'}" for name in names)
    return True, f"grader {__version__}, Python {platform.python_version()}, {found}"


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _worker(backend: str) -> Finding:
    try:
        versions = double_in(SpawnedLauncher(), backend)
    except Lost as lost:
        return False, f"does not start: {lost.detail}"
    return True, "answers; " + ", ".join(f"{name} {value}" for name, value in versions.items())


def _keras_worker() -> Finding:
    """Try a worker of Keras files; without Keras, NumPy parts work all the same."""
    engine = Engine.from_environment()
    if engine.lacking:
        return None, (
            f"none: {engine.lacking} is not installed, and Keras parts need it: "
            f"{installing(engine.extra)}"
        )
    return _worker("keras")


def _backends() -> Finding:
    """Tell what Keras can compute with here, and what it is asked to."""
    engine = Engine.from_environment()
    chosen = engine.keras_backend
    found = {name: _version_of(name) for name in get_args(KerasBackend)}
    text = ", ".join(f"{name} {version or 'not installed'}" for name, version in found.items())
    if found[chosen] is None:
        works = None if engine.lacking == "keras" else False  # without Keras nobody asks for it
        return works, f"{text}; {chosen} is what KERAS_BACKEND asks for"
    return True, f"{text}; Keras parts are graded on {chosen}"


def _version_of(package: str) -> str | None:
    """The version without importing, which takes seconds; TensorFlow has several names."""
    owners = importlib.metadata.packages_distributions().get(package, [])
    return importlib.metadata.version(owners[0]) if owners else None


def _gpu() -> Finding:
    engine = Engine.from_environment("gpu")
    try:
        engine.require()
    except CannotCompute as problem:
        return None, str(problem)
    return True, f"{engine.keras_backend} sees one: --device gpu works"


def _confinement() -> Finding:
    try:
        chosen = launcher("auto")
    except CannotConfine as problem:
        return None, f"none: grader batch needs --unconfined here. {problem}"
    with chosen:
        found = open_ways_out(chosen, course_root() or Path.cwd())
    total = len(WAYS_OUT)
    if found:
        return False, f"{chosen.confinement}, yet a worker could {', '.join(found)}"
    return True, f"{chosen.confinement}; a worker tried {total} ways out, and all are closed"


def _course() -> Finding:
    root = course_root()
    if root is None:
        return None, "no assignments here or above"
    frozen, live = len(frozen_assignments(root)), len(live_assignments(root))
    return True, f"{frozen} assignments to work on, {live} with their references"


def _formgrader() -> Finding:
    """Tell whether names of folders could run as code in formgrader's pages."""
    places = [place for place in (Path.cwd(), course_root()) if place is not None]
    courses = [place for place in dict.fromkeys(places) if is_nbgrader_course(place)]
    if not courses:
        return True, "no nbgrader course here"
    problems = [missing for place in courses if (missing := unescaped(place))]
    return (None, "\n".join(problems)) if problems else (True, "escapes names in its pages")


def _extras() -> Finding:
    try:
        import jinja2
        import matplotlib
    except ModuleNotFoundError as error:
        return None, f"{error.name} is missing, so no HTML report: {installing('instructor')}"
    return True, f"jinja2 {jinja2.__version__}, matplotlib {matplotlib.__version__}"


def _disk() -> Finding:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    text = f"{free / 2**30:.1f} GB free in {tempfile.gettempdir()}"
    return free > _ROOM, text


def _cores() -> Finding:
    return True, f"{os.cpu_count()} cores, {platform.platform()}"


_PROBES: dict[str, Callable[[], Finding]] = {
    "versions": _versions,
    "machine": _cores,
    "disk": _disk,
    "course": _course,
    "numpy worker": lambda: _worker("numpy"),
    "keras worker": _keras_worker,
    "backends": _backends,
    "gpu": _gpu,
    "confinement": _confinement,
    "report": _extras,
    "formgrader": _formgrader,
}
