"""The wrong axis, all axes, or an axis that is not kept."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.authoring.mutation.build import call_with, function_name, number, value_of

AXIS_KEYWORDS = {"axis", "axes", "keepdims"}
_LAST_BY_DEFAULT = {"argsort", "log_softmax", "softmax", "sort"}


def changes(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> Iterator[cst.CSTNode]:
    """Change or drop ``axis=``, ``axes=`` and ``keepdims=``."""
    if not isinstance(node, cst.Call):
        return
    for index, argument in enumerate(node.args):
        if argument.keyword is None or argument.keyword.value not in AXIS_KEYWORDS:
            continue
        rest = [*node.args[:index], *node.args[index + 1 :]]
        is_default = function_name(node) in _LAST_BY_DEFAULT and value_of(argument.value) == -1
        if not is_default and (rest or isinstance(node.func, cst.Attribute)):
            yield call_with(node, rest)
        for value in _others(argument.value):
            changed = argument.with_changes(value=value)
            yield node.with_changes(args=[*node.args[:index], changed, *node.args[index + 1 :]])


def _others(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    axis = value_of(value)
    if axis is not None:
        yield number(_other_axis(axis))
    elif isinstance(value, cst.Tuple) and len(value.elements) > 1:
        for index in range(len(value.elements)):
            kept = [*value.elements[:index], *value.elements[index + 1 :]]
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            yield value.with_changes(elements=kept)


def _other_axis(axis: int) -> int:
    """The axis beside it; of the last one, the first, since −2 and 0 are often the same."""
    if axis == -1:
        return 0
    return axis + 1 if axis <= 0 else axis - 1
