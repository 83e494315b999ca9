"""Whole statements of Keras code: a result that is thrown away, a setting that is not made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.places import Place
from grader.judge.repairs.statements import Moved

_PLAIN = ("ReLU()", "Softmax()", "Flatten()", "BatchNormalization()", "Activation('sigmoid')")
_MODELS = {"model", "base", "base_model", "backbone", "encoder", "layer"}


def of_keras_statement(place: Place) -> Iterator[Moved]:
    """What may be otherwise about one statement of a file that uses Keras."""
    if not place.module.uses_keras:
        return
    node, source = place.node, place.source
    yield from _set_first(place)
    if isinstance(node, ast.Expr):
        yield from _kept(node, place)
    elif isinstance(node, ast.FunctionDef):
        start = source.span(node)[0]
        if place.module.tensorflow and not node.decorator_list:
            said = "traced by `tf.function`"
            yield (
                1,
                "graph",
                said,
                start,
                start,
                (f"@{place.module.tensorflow}.function\n{' ' * node.col_offset}"),
            )
    elif isinstance(node, ast.Assign):
        yield from _states(node, place)
        yield from _set_otherwise(node, place)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield from _settings(node, place)


def _kept(node: ast.Expr, place: Place) -> Iterator[Moved]:
    """The result of a layer that is thrown away, under the name of what it is called on."""
    call = node.value
    if not isinstance(call, ast.Call) or len(call.args) < 1:
        return
    start, end = place.source.span(node)
    if isinstance(call.func, ast.Attribute) and call.func.attr == "add" and place.module.layers:
        for layer in _PLAIN:
            step = f"{place.source.of(call.func)}({place.module.layers}.{layer})"
            text = f"{place.source.of(node)}\n{' ' * node.col_offset}{step}"
            yield 1, "layer", "with one more layer behind that one", start, end, text
    target = call.args[0]
    is_built = isinstance(call.func, ast.Attribute) and call.func.attr == "build"
    if (
        isinstance(target, ast.Name)
        and not is_built
        and (isinstance(call.func, ast.Call) or place.source.of(call.func).startswith("self."))
    ):
        text = f"{target.id} = {place.source.of(node)}"
        yield -1, "kept", "with what that gives kept", start, end, text


def _set_first(place: Place) -> Iterator[Moved]:
    """A model or its base that is frozen, or trained, from the first line on."""
    function = place.parent
    if not isinstance(function, ast.FunctionDef) or place.field != "body":
        return
    first = next((one for one in function.body if not _is_docstring(one)), None)
    if place.node is not first:
        return
    start = place.source.span(first)[0]
    for argument in function.args.args:
        if argument.arg in _MODELS:
            for value in ("False", "True"):
                text = f"{argument.arg}.trainable = {value}\n{' ' * first.col_offset}"
                said = "with `trainable` set in that function"
                yield 1, "setting", said, start, start, text


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _states(node: ast.Assign, place: Place) -> Iterator[Moved]:
    """``h, c = states`` the other way round."""
    target = node.targets[0]
    if isinstance(target, ast.Tuple | ast.List) and len(target.elts) == 2:
        start, end = place.source.span(target)
        one, other = (place.source.of(part) for part in target.elts)
        said = "with the two names there in the other order"
        yield 0, "order", said, start, end, f"{other}, {one}"


def _set_otherwise(node: ast.Assign, place: Place) -> Iterator[Moved]:
    """``trainable`` the other way round."""
    target = node.targets[0]
    if not isinstance(target, ast.Attribute) or target.attr != "trainable":
        return
    start, end = place.source.span(node.value)
    said = "with the opposite set there"
    yield 0, "setting", said, start, end, f"not ({place.source.of(node.value)})"


def _settings(node: ast.Return, place: Place) -> Iterator[Moved]:
    """Of `get_config` the arguments that it leaves out."""
    function = place.scope.functions[-1] if place.scope.functions else None
    owner = place.definition.node
    if function is None or function.name != "get_config" or not isinstance(owner, ast.ClassDef):
        return
    assert node.value is not None
    stored = _stored(owner)
    written = place.source.of(function)
    missing = {
        name: attribute
        for name, attribute in stored.items()
        if f'"{name}"' not in written
        and f"'{name}'" not in written
        and f"{name}=" not in written.replace(" ", "")
    }
    if not missing:
        return
    entries = ", ".join(f"{name!r}: self.{attribute}" for name, attribute in missing.items())
    start, end = place.source.span(node.value)
    said = "with one more entry in what is returned, for an argument of `__init__`"
    if len(missing) > 1:
        said = "with more entries in what is returned, for arguments of `__init__`"
    text = f"{{**({place.source.of(node.value)}), {entries}}}"
    yield -1, "config", said, start, end, text


def _stored(owner: ast.ClassDef) -> dict[str, str]:
    """By argument of ``__init__``, the attribute under which it is kept."""
    made = next(
        (one for one in owner.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"),
        None,
    )
    if made is None:
        return {}
    names = {one.arg for one in (*made.args.args, *made.args.kwonlyargs)} - {"self", "name"}
    found: dict[str, str] = {}
    for node in ast.walk(made):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            target = node.targets[0]
            if (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and node.value.id in names
            ):
                found.setdefault(node.value.id, target.attr)
    return found
