"""Other layers, losses, optimisers and arguments of Keras."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.additions import attributes_of
from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place

_GROUPS = (
    ("layer", ("LSTM", "GRU", "SimpleRNN")),
    ("layer", ("Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D")),
    ("layer", ("MaxPooling2D", "AveragePooling2D")),
    ("layer", ("GlobalAveragePooling1D", "GlobalMaxPooling1D", "Flatten")),
    ("layer", ("LayerNormalization", "BatchNormalization")),
    ("layer", ("ReLU", "LeakyReLU", "ELU", "Softmax")),
    ("layer", ("Add", "Concatenate", "Multiply", "Average", "Subtract")),
    ("layer", ("Dropout", "SpatialDropout1D", "GaussianNoise")),
    ("layer", ("RandomTranslation", "RandomRotation", "RandomZoom")),
    ("loss", ("BinaryCrossentropy", "MeanSquaredError")),
    ("loss", ("SparseCategoricalCrossentropy", "CategoricalCrossentropy", "MeanSquaredError")),
    ("loss", ("MeanSquaredError", "MeanAbsoluteError")),
    ("penalty", ("L2", "L1", "L1L2")),
    ("optimiser", ("SGD", "Adam", "RMSprop")),
    ("metric", ("Precision", "Recall", "BinaryAccuracy")),
    ("initialiser", ("GlorotUniform", "HeNormal", "HeUniform", "GlorotNormal", "RandomNormal")),
    ("initialiser", ("Zeros", "Ones")),
    ("function", ("sigmoid", "tanh", "relu", "softmax")),
    ("function", ("relu", "gelu")),
    ("function", ("log_softmax", "softmax")),
    ("function", ("logsumexp", "sum")),
    ("function", ("sum", "mean", "max")),
    ("function", ("reduce_sum", "reduce_mean")),
    ("function", ("matmul", "multiply")),
    ("function", ("one_hot", "eye")),
    ("function", ("ones_like", "zeros_like")),
    ("step", ("assign_add", "assign", "assign_sub")),
    ("step", ("train_on_batch", "test_on_batch")),
)
"""Kinds of what may stand in each other's place, and their names."""
_TEXTS = (
    ("activation", ("relu", "tanh", "sigmoid", "softmax", "linear", "gelu")),
    ("initialiser", ("zeros", "ones", "glorot_uniform", "he_normal", "orthogonal")),
    ("padding", ("same", "valid", "causal")),
    ("direction", ("horizontal", "vertical", "horizontal_and_vertical")),
    ("monitor", ("val_loss", "loss", "val_accuracy", "accuracy")),
    ("mode", ("auto", "min", "max")),
    ("reduction", ("sum_over_batch_size", "sum", "none")),
    ("optimiser", ("adam", "sgd", "rmsprop")),
    (
        "loss",
        (
            "mse",
            "mean_squared_error",
            "mae",
            "binary_crossentropy",
            "sparse_categorical_crossentropy",
            "categorical_crossentropy",
        ),
    ),
    ("metric", ("accuracy", "binary_accuracy", "mean_absolute_error", "mae")),
)
_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Dense": ("activation='relu'", "activation='softmax'", "activation='sigmoid'"),
    "Conv2D": ("padding='same'", "activation='relu'"),
    "Conv1D": ("padding='same'", "padding='causal'", "activation='relu'"),
    "MaxPooling2D": ("padding='same'",),
    "LSTM": ("return_sequences=True", "go_backwards=True"),
    "GRU": ("return_sequences=True", "go_backwards=True"),
    "SimpleRNN": ("return_sequences=True",),
    "RNN": ("return_sequences=True",),
    "SparseCategoricalCrossentropy": ("from_logits=True",),
    "CategoricalCrossentropy": ("from_logits=True",),
    "BinaryCrossentropy": ("from_logits=True",),
    "EarlyStopping": ("restore_best_weights=True", "monitor='loss'"),
    "Input": ("dtype='int32'",),
    "add_weight": ("initializer='zeros'", "initializer='ones'", "trainable=True"),
    "fit": ("shuffle=False", "shuffle=True", "batch_size=1"),
    "compile": ("metrics=['accuracy']",),
    "Embedding": ("mask_zero=True",),
}
"""What a call of that name often lacks."""
_BACKWARDS = "go_backwards=True"
_PASSED_ON = {"training", "attention_mask", "mask", "sample_weight", "seed", "name", "dtype"}
_RENAMED = (
    ("kernel_regularizer", "bias_regularizer", "activity_regularizer"),
    ("kernel_initializer", "bias_initializer", "recurrent_initializer"),
    ("dropout", "recurrent_dropout"),
    ("epochs", "batch_size"),
)


def of_keras_call(place: Place) -> Iterator[Found]:
    """What may be otherwise where Keras is called; nothing in a file that has no Keras."""
    if not place.module.uses_keras:
        return
    node = place.node
    if isinstance(node, ast.Call):
        yield from _of_tensors(node, place)
        yield from _of_another_name(node, place)
        yield from _otherwise_given(node, place)
        yield from _one_argument_more(node, place)
        yield from _without_layer(node, place)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _other_texts(node.value)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield from _given(place)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        other, said = ("*", "multiplied") if isinstance(node.op, ast.Add) else ("+", "added")
        text = f"(({place.source.of(node.left)}) {other} ({place.source.of(node.right)}))"
        yield 0, "operator", f"{said} there instead", text
        yield from _masks(node, place)
        yield from _units(node, place)
    elif isinstance(node, ast.List) and isinstance(node.ctx, ast.Load):
        yield from _lists(node, place)
    elif isinstance(node, ast.Tuple):
        yield from _sizes(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield from _whole_or_column(node, place)
    elif isinstance(node, ast.Name | ast.BinOp):
        yield from _units(node, place)


def name_of(node: ast.expr) -> str:
    """The last name of what is called."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _masks(node: ast.BinOp, place: Place) -> Iterator[Found]:
    """Of ``mask * -1e9`` what hides the others."""
    for mask, far in ((node.left, node.right), (node.right, node.left)):
        if isinstance(node.op, ast.Mult) and isinstance(far, ast.UnaryOp):
            one, other = place.source.of(mask), place.source.of(far)
            yield (
                0,
                "condition",
                "with 1 minus one of the factors there",
                f"((1 - ({one})) * {other})",
            )


def _of_tensors(node: ast.Call, place: Place) -> Iterator[Found]:
    """Of NumPy's function in a layer that of `keras.ops`."""
    module, function = place.module, node.func
    is_numpys = isinstance(function, ast.Attribute) and place.source.of(function.value) == (
        module.numpy or None
    )
    if is_numpys and module.ops and isinstance(place.definition.node, ast.ClassDef):
        rest = place.text[len(module.numpy) :]
        yield 0, "tensor", "with a function of `keras.ops` there", f"{module.ops}{rest}"


def _of_another_name(node: ast.Call, place: Place) -> Iterator[Found]:
    name, function = name_of(node.func), place.source.of(node.func)
    rest = place.text[len(function) :]
    for kind, group in _GROUPS:
        if name not in group:
            continue
        for other in group:
            if other == name:
                continue
            if isinstance(node.func, ast.Attribute):
                before = function[: -len(name)]
            elif kind == "layer" and place.module.layers:
                before = f"{place.module.layers}."
            else:
                continue
            yield 0, kind, f"with another {kind} there", f"{before}{other}{rest}"


def _otherwise_given(node: ast.Call, place: Place) -> Iterator[Found]:
    """The same value as another argument."""
    first = place.source.span(node)[0]
    for one in node.keywords:
        for group in _RENAMED:
            if one.arg in group:
                start = place.source.span(one)[0] - first
                end = start + len(one.arg or "")
                for other in group:
                    if other != one.arg:
                        text = f"{place.text[:start]}{other}{place.text[end:]}"
                        said = "with that given as another argument"
                        yield 0, "argument", said, text


def _one_argument_more(node: ast.Call, place: Place) -> Iterator[Found]:
    beginning = place.text.rstrip()
    if not beginning.endswith(")") or any(
        isinstance(one, ast.GeneratorExp | ast.Starred) for one in node.args
    ):
        return
    inside = beginning[:-1].rstrip()
    comma = "" if inside.endswith((",", "(")) else ", "
    given = {one.arg for one in node.keywords}
    used = {name_of(one) for one in node.args}
    said = "with one more argument there"
    for one in _ARGUMENTS.get(name_of(node.func), ()):
        if one == _BACKWARDS and _turns_round(place.definition.node):
            continue
        if one.partition("=")[0] not in given:
            yield 0, "argument", said, f"{inside}{comma}{one})"
    is_keras = isinstance(node.func, ast.Attribute | ast.Call)
    for name in place.scope.parameters if is_keras else ():
        if name in given or name in used:
            continue
        is_usual = name in _PASSED_ON
        if is_usual or name_of(node.func) in {"fit", "compile", "__init__"}:
            yield 0, "argument", said, f"{inside}{comma}{name}={name})"
    if is_called_layer(node) and "training" not in given:
        for value in ("True", "False"):
            yield 1, "argument", said, f"{inside}{comma}training={value})"


def _turns_round(top: ast.AST) -> bool:
    """Whether something is turned round there already: to read that backwards is no repair."""
    for one in ast.walk(top):
        if isinstance(one, ast.Call) and name_of(one.func) in {"flip", "reverse"}:
            return True
        if isinstance(one, ast.Slice) and isinstance(one.step, ast.UnaryOp):
            return True
    return False


def is_called_layer(node: ast.Call) -> bool:
    """Whether a layer or a model is called: ``Layer()(x)``, ``self.layer(x)``, ``model(x)``."""
    function = node.func
    if isinstance(function, ast.Call):
        return True
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.value.id == "self"
    return isinstance(function, ast.Name) and function.id in {"model", "base", "layer", "net"}


def _without_layer(node: ast.Call, place: Place) -> Iterator[Found]:
    """What a layer is called on, alone.

    Without dropout numbers no longer vary, so that a mistake elsewhere may not show.
    """
    is_random = "drop" in place.source.of(node.func).lower()
    # Of a network that is built, layers are what was asked for: it is rarely one too many.
    rank = 1 if isinstance(node.func, ast.Call) else 0
    if is_called_layer(node) and len(node.args) == 1 and not is_random:
        yield rank, "layer", "without that layer", f"({place.source.of(node.args[0])})"


def _other_texts(value: str) -> Iterator[Found]:
    for kind, group in _TEXTS:
        if value in group:
            for other in group:
                if other != value:
                    yield 0, "constant", f"with another {kind} there", repr(other)


def _given(place: Place) -> Iterator[Found]:
    """What the function was given, or the object keeps, in the place of a fixed number."""
    if isinstance(place.parent, ast.Subscript | ast.Slice | ast.Tuple | ast.UnaryOp):
        return
    said = "with something that was given there, not a fixed number"
    for name in [*attributes_of(place), *place.scope.parameters]:
        yield 1, "name", said, name


def _lists(node: ast.List, place: Place) -> Iterator[Found]:
    texts = [place.source.of(one) for one in node.elts]
    for index in range(len(texts) - 1):
        changed = list(texts)
        changed[index : index + 2] = changed[index + 1], changed[index]
        said = "with two of the entries there in the other order"
        yield 0, "order", said, f"[{', '.join(changed)}]"
    for index in range(len(texts)) if len(texts) > 1 else ():
        rest = ", ".join(texts[:index] + texts[index + 1 :])
        yield 1, "argument", "without one of the entries there", f"[{rest}]"


def _sizes(node: ast.Tuple) -> Iterator[Found]:
    """Of ``(3, 3)`` another size in both directions."""
    values = [one.value if isinstance(one, ast.Constant) else None for one in node.elts]
    size = values[0] if values else None
    if type(size) is int and len(values) > 1 and set(values) == {size}:
        for other in (size - 1, size + 1, size - 2, size + 2, 2 * size):
            if other > 0:
                text = f"({', '.join([str(other)] * len(values))})"
                yield 0, "constant", "with another size there", text


def _whole_or_column(node: ast.Subscript, place: Place) -> Iterator[Found]:
    """All of what is indexed; a column, not a row."""
    root: ast.expr = node.value
    said, later = "without that index", 0 if place.is_whole else 1
    yield later, "index", said, f"({place.source.of(root)})"
    while isinstance(root, ast.Subscript):
        root = root.value
        yield later, "index", said, f"({place.source.of(root)})"
    value, index = place.source.of(node.value), node.slice
    if isinstance(index, ast.Constant | ast.UnaryOp):
        text = f"{value}[:, {place.source.of(index)}]"
        yield 1, "axis", "with another axis indexed there", text
        yield 2, "form", "as one long row of numbers there", f"{value}.reshape(-1)"
    elif isinstance(index, ast.Tuple) and len(index.elts) == 2:
        one, other = (place.source.of(part) for part in index.elts)
        yield 1, "axis", "with another axis indexed there", f"{value}[{other}, {one}]"


def _units(node: ast.expr, place: Place) -> Iterator[Found]:
    """Another number of units or another rate where a name is given to a layer."""
    parent = place.parent
    if place.field not in {"args", "value"}:
        return
    if isinstance(parent, ast.Call):
        name = name_of(parent.func)
        if not (name[:1].isupper() or name == "fit"):
            return
    elif not isinstance(parent, ast.keyword):
        is_state = isinstance(parent, ast.Assign) and "state_size" in place.source.of(parent)
        if is_state:
            said = "with one entry for each state there"
            yield 1, "form", said, f"[{place.text}, {place.text}]"
        return
    said = "with another number there"
    for other in ("1", f"4 * ({place.text})", f"2 * ({place.text})", f"({place.text}) // 2"):
        yield 1, "constant", said, other
    if "rate" in place.text or "dropout" in place.text:
        yield 0, "constant", said, f"(1 - {place.text})"
