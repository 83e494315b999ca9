"""Off by one: where a range or a slice begins and ends, unless a literal says it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.authoring.mutation.build import function_name, grouped, value_of


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Shift a bound by one, or forget it. `constants` shifts bounds that are literals."""
    if isinstance(node, cst.Slice):
        yield from _of_slice(node)
    elif isinstance(node, cst.Call) and function_name(node) in {"range", "arange"}:
        for index, argument in enumerate(node.args):
            if argument.keyword is None and value_of(argument.value) is None:
                for value in _shifted(argument.value):
                    changed = argument.with_changes(value=value)
                    before, after = node.args[:index], node.args[index + 1 :]
                    yield node.with_changes(args=[*before, changed, *after])
        if len([argument for argument in node.args if argument.keyword is None]) == 1:
            first = cst.Arg(cst.Integer("1"))
            yield node.with_changes(args=[first, *node.args])


def _of_slice(node: cst.Slice) -> Iterator[cst.Slice]:
    for name in ("lower", "upper"):
        bound = getattr(node, name)
        if bound is None:
            continue
        yield node.with_changes(**{name: None}, first_colon=cst.Colon())
        if value_of(bound) is None:
            for value in _shifted(bound):
                yield node.with_changes(**{name: value})


def _shifted(bound: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    for operator in (cst.Add(), cst.Subtract()):
        yield cst.BinaryOperation(grouped(bound), operator, cst.Integer("1"))
