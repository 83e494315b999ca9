"""What a definition makes or is given and never uses: a weight, a layer, an argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.repairs.operations import Found
from grader.repairs.places import Place

_MOST = 4
_NOT_USED_ITSELF = {"self", "cls", "name", "kwargs", "built", "supports_masking", "state_size"}
_VALUES = (ast.Call, ast.BinOp, ast.Name, ast.Attribute)


def of_unused(place: Place) -> Iterator[Found]:
    """What never was used, in the place of something else or beside it; in Keras files alone."""
    node = place.node
    if not place.module.uses_keras or not isinstance(node, ast.expr):
        return
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    unused = _unused(place)
    if not unused:
        return
    text, ops = place.text, place.module.ops
    is_attribute = isinstance(node, ast.Attribute) and text.startswith("self.")
    is_called = isinstance(place.parent, ast.Call) and place.field == "func"
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    if is_attribute or is_number or (isinstance(node, ast.Name) and not is_called):
        for name in unused:
            if name.startswith("self.") or is_number or text in place.scope.names_at(place.line):
                said = "with something there that is not used anywhere"
                yield 0, "name", said, name
    if (
        not isinstance(node, _VALUES)
        or is_called
        or place.field
        in {"slice", "value"}
        - ({"value"} if place.is_whole or isinstance(place.parent, ast.keyword) else set())
    ):
        return
    for name in unused:
        if name.startswith("self.") and text != name:
            said = "with something more there, which is not used anywhere"
            if ops:
                yield 0, "product", said, f"{ops}.matmul({text}, {name})"
            yield 0, "layer", said, f"{name}({text})"
            yield 0, "term", said, f"(({text}) + {name})"
            yield 1, "factor", said, f"(({text}) * {name})"


def _unused(place: Place) -> list[str]:
    top = place.definition.node
    if isinstance(top, ast.ClassDef):
        stored: dict[str, None] = {}
        read = set()
        for one in ast.walk(top):
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
                if one.value.id != "self":
                    continue
                if isinstance(one.ctx, ast.Store):
                    stored[one.attr] = None
                else:
                    read.add(one.attr)
        kept = _read_for_config(top)
        found = [f"self.{one}" for one in stored if one not in read or kept.get(one)]
        return [one for one in found if one.removeprefix("self.") not in _NOT_USED_ITSELF][:_MOST]
    names = {
        one.id
        for one in ast.walk(top)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    given = [one for one in place.scope.names_at(place.line) if one not in names]
    return [one for one in given if one not in _NOT_USED_ITSELF][:_MOST]


def _read_for_config(top: ast.ClassDef) -> dict[str, bool]:
    """By attribute, whether `get_config` alone reads it."""
    inside: dict[str, set[str]] = {}
    for method in top.body:
        if not isinstance(method, ast.FunctionDef):
            continue
        read = [
            one.id
            for one in ast.walk(method)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
        ]
        for one in ast.walk(method):
            if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load):
                inside.setdefault(one.attr, set()).add(method.name)
            elif isinstance(one, ast.Assign) and isinstance(one.value, ast.Name):
                # `self.name = activation` beside `self.function = get(activation)`
                for target in one.targets:
                    if isinstance(target, ast.Attribute) and read.count(one.value.id) > 1:
                        inside.setdefault(target.attr, set()).add(method.name)
    return {name: methods == {"get_config"} for name, methods in inside.items()}
