"""From the text of a reference to all its mutants, each different from every other."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import libcst as cst

from grader.authoring.mutation.build import grouped
from grader.authoring.mutation.families import FAMILIES, Ancestors
from grader.authoring.mutation.places import Places, defined_name, scope_of


@dataclass(frozen=True)
class Mutant:
    """A file with one mistake in it.

    Attributes
    ----------
    definition
        The function, class or name at the top level of the file that the mistake is in.
    scope
        The same, and within a class the method: ``Dense.forward``.
    line
        The first line of the reference that differs.
    before, after
        The lines that differ, without their indentation.
    text
        The whole file.
    """

    file: str
    definition: str
    scope: str
    family: str
    line: int
    before: str
    after: str
    text: str


def mutants_of(
    text: str, file: str, within: Callable[[str], bool] = lambda scope: True
) -> list[Mutant]:
    """All mutants of a file, in the order of its lines.

    In a file with solution markers only what students write is changed, and default values.
    What does not compile, or says the same as the reference or an earlier mutant, is dropped.
    `within` is asked of each scope: where it says no, nothing is changed.
    """
    module = cst.parse_module(text)
    places = Places(module)
    parts = [module.code_for_node(statement) for statement in module.body]
    top, bottom = _text(module, module.header), _text(module, module.footer)
    found = []
    for index, statement in enumerate(module.body):
        definition = defined_name(statement)
        if definition is None:
            continue
        above, below = top + "".join(parts[:index]), "".join(parts[index + 1 :]) + bottom
        for family, scope, code in _changed(module, statement, places, definition, within):
            line, before, after = _difference(parts[index], code)
            line += above.count("\n")
            found.append(
                Mutant(
                    file,
                    definition,
                    scope,
                    family,
                    line,
                    before,
                    after,
                    above + code + below,
                )
            )
    return sorted(found, key=lambda mutant: mutant.line)


def _text(module: cst.Module, lines: Sequence[cst.CSTNode]) -> str:
    return "".join(module.code_for_node(line) for line in lines)


def _changed(
    module: cst.Module,
    statement: cst.CSTNode,
    places: Places,
    definition: str,
    within: Callable[[str], bool],
) -> Iterator[tuple[str, str, str]]:
    """Every mistaken code of one statement, with its family and scope."""
    seen = {_meaning(module.code_for_node(statement)), None}
    for node, ancestors in places.within(statement):
        scope = scope_of((*ancestors, node)) or definition
        if not within(scope):
            continue
        for family, changes in FAMILIES.items():
            for change in changes(node, ancestors):
                code = _replaced(module, ancestors, node, change)
                meaning = _meaning(code)
                if meaning not in seen:
                    seen.add(meaning)
                    yield family, scope, code


def _replaced(
    module: cst.Module, ancestors: Ancestors, node: cst.CSTNode, change: cst.CSTNode
) -> str:
    """The statement with the change in it, in parentheses only where they are needed."""
    plain = module.code_for_node(_with_change(ancestors, node, change))
    if not isinstance(change, cst.BaseExpression) or grouped(change) is change:
        return plain
    careful = module.code_for_node(_with_change(ancestors, node, grouped(change)))
    return plain if _meaning(plain) == _meaning(careful) else careful


def _with_change(ancestors: Ancestors, node: cst.CSTNode, change: cst.CSTNode) -> cst.CSTNode:
    """The outermost ancestor with the node replaced.

    Only what the node stands in is made anew: libcst's own `deep_replace` makes everything.
    """
    for parent in reversed(ancestors):
        node, change = parent, parent.with_changes(**_field_with(parent, node, change))
    return change


def _field_with(parent: cst.CSTNode, node: cst.CSTNode, change: cst.CSTNode) -> dict[str, Any]:
    """The field of a parent that holds the node, with the change in its place."""
    for field in fields(parent):
        held = getattr(parent, field.name)
        if held is node:
            return {field.name: change}
        if isinstance(held, list | tuple) and any(item is node for item in held):
            return {field.name: [change if item is node else item for item in held]}
    raise ValueError(f"{type(node).__name__} is not in {type(parent).__name__}")


@lru_cache(maxsize=4)
def _meaning(code: str) -> str | None:
    """What the code says, whatever it looks like; None when it does not compile."""
    try:
        tree = ast.parse(code)
        compile(tree, "mutant", "exec")
    except (SyntaxError, ValueError):
        return None
    return ast.dump(tree)


def _difference(one: str, other: str) -> tuple[int, str, str]:
    """The number of the first line that differs, and the differing lines of both."""
    before, after = one.splitlines(), other.splitlines()
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    left = shorter - start
    same = next((n for n in range(left) if before[-1 - n] != after[-1 - n]), left)
    differing = (before[start : len(before) - same], after[start : len(after) - same])
    one, other = ("\n".join(line.strip() for line in lines) for lines in differing)
    return start + 1, one, other
