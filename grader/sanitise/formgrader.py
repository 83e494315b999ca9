"""Whether formgrader escapes names in a course: the lines of its configuration that see to it."""

from __future__ import annotations

import ast
import os
import textwrap
from pathlib import Path

CONFIGURATION = "nbgrader_config.py"
LINES = """\
# Formgrader puts the names of folders into its pages as they are; this makes it escape them.
try:
    from grader.sanitise.nbgrader import escape_names
except ImportError:  # a server without the grader; `grader batch` warns of names that matter
    pass
else:
    escape_names()
"""
_CALLED = "escape_names"
_INCLUDED = "load_subconfig"
_MAX_FILES = 20


def unescaped(course: Path) -> str:
    """What to tell whoever opens formgrader in an nbgrader course; "" when it escapes names.

    The configuration is read and not run: this course's, what it includes, and that of the account.
    """
    path = course / CONFIGURATION
    own = Path(os.environ.get("JUPYTER_CONFIG_DIR") or Path.home() / ".jupyter") / CONFIGURATION
    if any(_calls(one) for one in (path, own)):
        return ""
    start = (
        f"{path} does not make formgrader escape names"
        if path.exists()
        else f"There is no {path}, so formgrader escapes no names"
    )
    return (
        f"{start}: in its pages, the name of a student's folder may run as code. Put these lines "
        f"at the end of the file, and start Jupyter again:\n{textwrap.indent(LINES, '    ')}"
    ).rstrip()


def _calls(path: Path) -> bool:
    """Whether a configuration, or one that it includes, has the call."""
    waiting, seen = [path], set[Path]()
    while waiting and len(seen) < _MAX_FILES:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            tree = ast.parse(one.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # who runs it is told
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == _CALLED:
                return True
            if name == _INCLUDED and node.args and isinstance(node.args[0], ast.Constant):
                waiting.append(one.parent / str(node.args[0].value))
    return False
