"""Submissions that are generated: the reference, with exercises that answer without the work."""

from __future__ import annotations

import ast
import base64
import pickle
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from grader.authoring.unearned.stand_ins import leaves
from grader.course.misconception import splice
from grader.course.prepared import PreparedAssignment
from grader.result import Kind
from grader.submissions import Submission

_FUNCTION = '''def answer(*arguments, **options):
    """Answer without the work."""
    return _stand_ins.function({name!r})(*arguments, **options)
'''
_CLASS = '''class Answer(_stand_ins.klass({name!r})):
    """Answers without the work."""
'''
_HERE = Path(__file__).parent
_CARRIED = ("stand_ins.py", "stand_ins_keras.py", "stand_ins_training.py")

Record = tuple[str, list[Any], list[Any]]
"""A call in a public case: its name, the numbers in its arguments, those in its answer."""


@dataclass(frozen=True)
class Answer:
    """One way to answer without the work.

    Attributes
    ----------
    name
        What a report calls it.
    kind
        What `stand_ins.StandIns` is to do.
    number
        For a replay, which of the public answers; None for that to the nearest arguments.
    """

    name: str
    kind: str
    number: int | None = None


def known_of(public: PreparedAssignment) -> dict[str, tuple[str | None, list[Record]]]:
    """By exercise what it is declared to raise, and its calls in the public cases."""
    raises: dict[str, str] = {}
    records: dict[str, list[Record]] = {one.name: [] for one in public.exercises}
    for check in public.checks:
        if check.kind is Kind.ERR:
            raises.setdefault(check.exercise, check.settings["raises"])
            continue
        for case in check.cases:
            values = leaves(case.expected.values) if case.expected is not None else []
            for one in case.asked_steps():
                name = str(one["target"] if one["op"] in {"call", "method"} else one["op"])
                given = [one.get(key) for key in ("args", "options", "value", "X", "y")]
                records[check.exercise].append((name, leaves(given), values))
    return {name: (raises.get(name), found) for name, found in records.items()}


def submission_of(
    assignment: str,
    references: Mapping[str, str],
    file: str,
    definitions: Collection[str],
    answer: Answer,
    known: Mapping[str, Any],
    maker: str = "stand_ins.StandIns",
) -> Submission:
    """The references with some definitions of one file answered in this way.

    Parameters
    ----------
    known
        What the stand-ins are told of each definition.
    maker
        The class that makes them, with its module.
    """
    stem = PurePosixPath(file).stem
    text = references[file]
    for name in definitions:
        form = _CLASS if _is_class(references[file], name) else _FUNCTION
        text = splice(text, name, form.format(name=name))
    files = {
        **references,
        file: _with_prelude(text, stem, answer, maker),
        f"original_{stem}.py": references[file],
        "known.py": _known(known),
        **{name: (_HERE / name).read_text(encoding="utf-8") for name in _CARRIED},
    }
    return Submission("nobody", assignment, {name: one.encode() for name, one in files.items()})


def _known(known: Mapping[str, Any]) -> str:
    data = base64.b64encode(pickle.dumps(dict(known))).decode()
    return f"import base64\nimport pickle\n\nKNOWN = pickle.loads(base64.b64decode({data!r}))\n"


def _with_prelude(text: str, stem: str, answer: Answer, maker: str) -> str:
    """The text with what its stand-ins need, behind what has to come first in a file."""
    module, _, made = maker.rpartition(".")
    prelude = (
        f"import original_{stem} as _original\n"
        "from known import KNOWN as _known\n"
        f"from {module} import {made} as _Made\n\n"
        f"_stand_ins = _Made(_original, {answer.kind!r}, _known, {answer.number!r})\n"
    )
    lines, last = text.splitlines(keepends=True), 0
    for node in ast.parse(text).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_docstring or is_future):
            break
        last = node.end_lineno or last
    return "".join([*lines[:last], "\n", prelude, *lines[last:]])


def _is_class(text: str, name: str) -> bool:
    return any(
        isinstance(node, ast.ClassDef) and node.name == name for node in ast.parse(text).body
    )
