"""What a definition makes or is given and never uses: a weight, a layer, an argument."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_MOST = 4
_NOT_USED_ITSELF = {"self", "cls", "name", "kwargs", "built", "supports_masking", "state_size"}
MAKING = {"__init__", "build", "get_config", "compute_output_shape", "reset_state"}
"""Methods in which what is made is not used yet."""
_MAKES = {"__init__", "build"}
_VALUES = (ast.Call, ast.BinOp, ast.Name, ast.Attribute)


def of_unused(place: Place) -> Iterator[Found]:
    """What never was used, in the place of something else or beside it; in Keras files alone."""
    node = place.node
    if not place.module.uses_keras or not isinstance(node, ast.expr):
        return
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    method = place.scope.functions[-1].name if place.scope.functions else ""
    is_class = isinstance(place.definition.node, ast.ClassDef)
    if not method:
        return
    if is_class and method in MAKING:
        # Where layers are made, a fixed number may stand for what was given.
        is_fixed = isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if is_fixed and method in _MAKES and isinstance(place.parent, ast.Call | ast.keyword):
            said = "with something there that is not used anywhere"
            yield from ((-1, "name", said, name) for name in _unused(place))
        return
    unused = _unused(place)
    if is_class and isinstance(node, ast.Name | ast.BinOp) and not place.is_whole:
        said = "with a value there that is computed and not used anywhere"
        yield from ((-1, "name", said, name) for name in _unread(place))
    is_called = isinstance(place.parent, ast.Call) and place.field == "func"
    if isinstance(node, ast.Attribute):
        is_replaced = place.text.startswith("self.")
    elif isinstance(node, ast.Constant):
        is_number = type(node.value) in (int, float)
        is_replaced = is_number and isinstance(place.parent, ast.BinOp | ast.Call | ast.keyword)
        is_replaced |= type(node.value) is bool and place.field == "test"
    else:
        is_known = not is_class and place.text in place.scope.names_at(place.line)
        is_replaced = is_known and isinstance(node, ast.Name) and not is_called
    if is_replaced:
        said = "with something there that is not used anywhere"
        yield from ((-1, "name", said, name) for name in unused)
    if is_class and isinstance(node, _VALUES) and _is_input(place):
        said = "with something more there, which is not used anywhere"
        for name in unused:
            if place.module.ops:
                yield 0, "product", said, f"{place.module.ops}.matmul({place.text}, {name})"
            yield 0, "layer", said, f"{name}({place.text})"
            yield 0, "term", said, f"(({place.text}) + {name})"
            yield 1, "factor", said, f"(({place.text}) * {name})"


def _is_input(place: Place) -> bool:
    """Whether it is all that a statement computes, or what a layer of `self` is called on."""
    parent = place.parent
    if isinstance(parent, ast.Call) and place.field == "args":
        return place.source.of(parent.func).startswith("self.")
    return isinstance(parent, ast.Assign | ast.Return)


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
        making = _read_in_making(top)
        found = [f"self.{one}" for one in stored if one not in read or one in making]
        return [one for one in found if one.removeprefix("self.") not in _NOT_USED_ITSELF][:_MOST]
    names = {
        one.id
        for one in ast.walk(top)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    given = [one for one in place.scope.names_at(place.line) if one not in names]
    return [one for one in given if one not in _NOT_USED_ITSELF][:_MOST]


def _unread(place: Place) -> list[str]:
    """What the method has computed by then and reads nowhere."""
    function = place.scope.functions[-1]
    read = {
        one.id
        for one in ast.walk(function)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }
    return [one for one in place.scope.locals_before(place.line) if one not in read][:_MOST]


def _read_in_making(top: ast.ClassDef) -> set[str]:
    """The attributes that are read, but only where the object is made or described.

    Of ``self.name = activation`` beside ``self.function = get(activation)`` the name is not
    among them: what is used is the function. Nor is what was given and is used in making layers.
    """
    inside: dict[str, set[str]] = {}
    given: set[str] = set()
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
            elif isinstance(one, ast.Assign):
                for target, value in _assigned(one):
                    given.add(target)
                    if read.count(value) > 1:
                        inside.setdefault(target, set()).add("")
    return {
        name
        for name, methods in inside.items()
        if methods <= MAKING and not (name in given and methods & _MAKES)
    }


def _assigned(node: ast.Assign) -> Iterator[tuple[str, str]]:
    """The attributes that a statement gives the values of names, and these names."""
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        else:
            pairs = [(target, node.value)]
        for one, value in pairs:
            if isinstance(one, ast.Attribute) and isinstance(value, ast.Name):
                yield one.attr, value.id
