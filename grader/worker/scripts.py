"""What a file defines below ``if __name__ == "__main__"``, which is not run when it is graded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from grader.worker.bindings import bindings, script_body
from grader.worker.parts import CELL_MARK, Part, names_of, part_of
from grader.worker.stubs import Definition, is_stub

_WORD = re.compile(r"[^\W\d]\w*")


def definitions_of_a_script(part: Part, parts: Iterable[Part], source: bytes) -> list[Part]:
    """What a file defines only where it is run as a script; nothing for other statements.

    In a notebook the condition holds, and so its functions and classes take the place of those
    of the same names above, as they did for the student. In a file they take that of stubs.

    Of a block without functions only the imports that the rest of the file speaks of: most of
    these blocks try the functions out.
    """
    body = script_body(part.node)
    if not body:
        return []
    elsewhere = {name for one in parts if one is not part for name in _written_by(one)}
    is_notebook = source.startswith(CELL_MARK.encode())
    found = [
        part_of(one)
        for one in _defining(body)
        if (is_notebook and isinstance(one, Definition))
        or elsewhere.isdisjoint(names_of(part_of(one)))
    ]
    if any(isinstance(one, ast.FunctionDef | ast.ClassDef) for one in body):
        return found
    lines = source.decode().split("\n")
    words = set(_WORD.findall("\n".join(lines[: part.line - 1] + lines[part.end_line :])))
    imports = [one for one in found if isinstance(one.node, ast.Import | ast.ImportFrom)]
    return [one for one in imports if words.intersection(names_of(one))]


def _written_by(part: Part) -> list[str]:
    """What a statement binds to more than a stub."""
    found = list(bindings([part.node])) if part.node is not None else []
    unwritten = {one.name for one in found if not one.written} - {
        one.name for one in found if one.written
    }
    return [name for name in names_of(part) if name not in unwritten]


def _defining(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, Definition):
            if not is_stub(node):
                yield node
        elif isinstance(node, ast.Import | ast.ImportFrom) or _is_plain(node):
            yield node


def _is_plain(node: ast.stmt) -> bool:
    """Whether this binds a name to a number, a text, a function or another name, and no more."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return isinstance(value, ast.Constant | ast.Lambda | ast.Name)
