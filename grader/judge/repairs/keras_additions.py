"""One more layer or activation around what a statement of Keras code computes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.keras_calls import is_called_layer
from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_PLAIN_LAYERS = (
    "ReLU()",
    "Softmax()",
    "Flatten()",
    "GlobalAveragePooling2D()",
    "BatchNormalization()",
)
_PLAIN_FUNCTIONS = ("relu", "tanh", "sigmoid", "softmax")
_COMPUTED = (ast.Call, ast.BinOp, ast.Name)
_MOST_LAYERS, _LONGEST = 6, 120


def of_keras_addition(place: Place) -> Iterator[Found]:
    """One more layer: one of the same definition, or a plain one."""
    node, module, top = place.node, place.module, place.definition.node
    if not module.uses_keras or not isinstance(node, _COMPUTED):
        return
    yield from _thresholds(node, place)
    if not place.is_whole:
        return
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or place.field == "targets":
        return
    text, said = place.text, "with one more layer around that"
    if isinstance(top, ast.ClassDef):
        method = place.scope.functions[-1].name if place.scope.functions else ""
        if method in {"__init__", "build", "get_config", "compute_output_shape"}:
            return
        for own in _own_layers(top, place):
            if not text.startswith(f"{own}("):
                yield 1, "layer", said, f"{own}({text})"
        for function in _PLAIN_FUNCTIONS if module.ops else ():
            yield 1, "function", "with a function of that", f"{module.ops}.{function}({text})"
    elif isinstance(node, ast.Name) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Call)
    ):
        for made in dict.fromkeys([*_layers_made(top, place), *_layers_of_the_file(place)]):
            yield 1, "layer", said, f"{made}({text})"
        for plain in _PLAIN_LAYERS if module.layers else ():
            yield 1, "layer", said, f"{module.layers}.{plain}({text})"


def _thresholds(node: ast.expr, place: Place) -> Iterator[Found]:
    """In a metric the predictions, each 0 or 1."""
    function = place.scope.functions[-1] if place.scope.functions else None
    if function is None or function.name != "update_state" or len(function.args.args) < 3:
        return
    predictions = function.args.args[2].arg
    if predictions not in place.text or isinstance(node, ast.BinOp):
        return
    said = "with a threshold there"
    if isinstance(place.parent, ast.Call) and place.field == "args":
        yield 0, "condition", said, f"(({place.text}) >= 0.5)"
    elif isinstance(place.parent, ast.Assign) and place.module.ops:
        text = f"{place.module.ops}.cast(({place.text}) >= 0.5, 'float32')"
        yield 0, "condition", said, text


def _layers_made(top: ast.AST, place: Place) -> list[str]:
    """The layers that the definition makes and calls at once, as they are written there."""
    found = [
        place.source.of(one.func)
        for one in ast.walk(top)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Call)
    ]
    return [one for one in dict.fromkeys(found) if len(one) < _LONGEST][:_MOST_LAYERS]


def _layers_of_the_file(place: Place) -> list[str]:
    """The file's own classes that need no argument, as they are made."""
    found = []
    for node in place.source.tree.body:
        if isinstance(node, ast.ClassDef) and node.bases:
            makers = [
                one
                for one in node.body
                if isinstance(one, ast.FunctionDef) and one.name == "__init__"
            ]
            given = makers[0].args if makers else None
            if given is None or len(given.args) - len(given.defaults) <= 1:
                found.append(f"{node.name}()")
    return found[:_MOST_LAYERS]


def _own_layers(top: ast.AST, place: Place) -> list[str]:
    """The layers of `self` that a class keeps and calls."""
    stored = {
        f"self.{one.attr}"
        for one in ast.walk(top)
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store)
    }
    found = [
        place.source.of(one.func)
        for one in ast.walk(top)
        if isinstance(one, ast.Call) and is_called_layer(one)
    ]
    return [one for one in dict.fromkeys(found) if one in stored][:_MOST_LAYERS]
