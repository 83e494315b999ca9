"""Checks of assignment 6's Keras layers below the block: positions and attention."""

import numpy as np

from grader.course import USED, StudentFile, another_layer, as_used, script, step

HALF = 2e-2
"""Half precision has eleven binary digits."""


def declare_keras_layers(keras_file: StudentFile) -> None:
    """Declare the positional encoding and self-attention."""
    _positional_encoding(keras_file)
    _self_attention(keras_file)


def sequences(rng, *shape, scale=1.0):
    """Inputs `(N, T, D)` in float32."""
    return (scale * rng.normal(size=shape)).astype("float32")


def _positional_encoding(keras_file):
    encoding = keras_file.exercise(
        "PositionalEncoding",
        hints=[
            "A column of positions times a row of rates is a table of angles `(T, D)`.",
            "Columns 0 and 1 share their rate, 2 and 3 the next. Which of them is the sine?",
        ],
    )

    def encoded(label, x, **options):
        return script(
            label,
            layer=step.construct("PositionalEncoding", **options),
            output=step.predict("layer", x),
            returns=("output",),
            **({"rtol": HALF, "atol": HALF} if options else {}),
        )

    @encoding.keras(points=1.5)
    def adds(rng):
        """adds sines in the even and cosines in the odd columns"""
        yield encoded("seven positions, six columns", sequences(rng, 2, 7, 6))
        yield encoded("four positions, ten columns", sequences(rng, 3, 4, 10))

    @encoding.keras(points=0.25)
    def odd_width(rng):
        """works for an odd number of columns"""
        yield encoded("five columns", sequences(rng, 2, 6, 5))
        yield encoded("700 positions, five columns", sequences(rng, 1, 700, 5))

    @encoding.keras(points=0.25)
    def half_precision(rng):
        """does not round the positions in half precision"""
        x = sequences(rng, 1, 2_100, 4, scale=0.3)  # float16 has all integers up to 2,048
        yield encoded("2,100 positions in float16", x, dtype="float16")

    @encoding.keras(points=0.25)
    def other_length(rng):
        """has no weights, and takes another length in the next call"""
        yield script(
            "four positions, then nine",
            layer=step.construct("PositionalEncoding"),
            _first=step.predict("layer", sequences(rng, 2, 4, 6)),
            output=step.predict("layer", sequences(rng, 2, 9, 6)),
            weights=step.get_weights("layer"),
            count=step.length("weights"),
            returns=("output", "count"),
        )

    @encoding.keras(points=0.25)
    def used(rng):
        """works in a functional model that is fitted, saved and loaded"""
        x, width = sequences(rng, 6, 5, 3), 4
        fitted, loaded = USED
        yield script(
            "dense, then positions",
            inputs=step.keras("Input", x.shape[1:]),
            dense=step.keras("layers.Dense", width),
            value=step.method("dense", "__call__", step.ref("inputs")),
            layer=step.construct("PositionalEncoding"),
            outputs=step.method("layer", "__call__", step.ref("value")),
            model=step.keras("Model", step.ref("inputs"), step.ref("outputs")),
            _weights=step.set_weights("model", [rng.normal(size=(3, width)), np.zeros(width)]),
            _compiled=step.method("model", "compile", optimizer="sgd", loss="mse"),
            _fitted=step.fit(
                "model", x, np.zeros((6, 5, width)), epochs=2, batch_size=3, shuffle=False
            ),
            **{fitted: step.predict("model", x)},
            loaded=step.reloaded("model", x),
            **{loaded: step.predict("loaded", x)},
            returns=USED,
        )


def attention_weights(rng, d):
    """Wq, Wk, Wv and Wo, large enough for attention that is far from uniform."""
    return [rng.normal(size=(d, d)) * 1.2 / np.sqrt(d) for _ in range(4)]


def attended(label, rng, shape, heads, mask=None, **more):
    """A case of self-attention with given weights."""
    x = sequences(rng, *shape)
    options = {} if mask is None else {"attention_mask": mask}
    return script(
        label,
        layer=step.construct("MultiHeadSelfAttention", heads),
        _built=step.predict("layer", x),
        _weights=step.set_weights("layer", attention_weights(rng, shape[-1])),
        **another_layer("MultiHeadSelfAttention", x, shape[-1]),
        output=step.call_keras("layer", x, **options),
        **more,
        returns=("output", *more),
    )


def some_true(rng, *shape):
    """A mask that hides about half, but never a position from itself."""
    return (rng.uniform(size=shape) < 0.5) | np.eye(shape[-1], dtype=bool)


def _self_attention(keras_file):
    attention = keras_file.exercise(
        "MultiHeadSelfAttention",
        hints=[
            "Reshape: `(N, T, heads, D/heads)`, transpose: `(N, heads, T, D/heads)`, then back.",
            "Large negative scores vanish in the softmax. What if all scores of a row are such?",
        ],
    )
    kinds = ("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention")
    attention.forbids(
        *(f"keras.layers.{kind}" for kind in kinds),
        "keras.ops.dot_product_attention",
        "keras.src.ops.nn.DotProductAttention",
        "keras.src.backend.nn.dot_product_attention",
        instead="write the scores and their softmax with `ops.matmul` and `ops.softmax`",
        eagerly=False,
    )

    @attention.keras(points=1.5)
    def forward(rng):
        """joins softmax(QKᵀ/√d)V of all heads and multiplies by Wo"""
        yield attended("one head", rng, (2, 5, 4), 1)
        yield attended("two heads", rng, (3, 4, 6), 2)
        yield attended("four heads", rng, (2, 3, 8), 4)

    @attention.keras(points=1.25)
    def gradients(rng):
        """has the right gradients with respect to x, Wq, Wk, Wv and Wo"""
        x = sequences(rng, 2, 4, 6)
        yield script(
            "two heads",
            layer=step.construct("MultiHeadSelfAttention", 2),
            _built=step.predict("layer", x),
            _weights=step.set_weights("layer", attention_weights(rng, 6)),
            gradients=step.gradients("layer", x, sequences(rng, 2, 4, 6)),
            returns=("gradients",),
            rtol=1e-3,
            atol=1e-3,
        )

    @attention.keras(points=1)
    def masked(rng):
        """attends where the mask is True, for masks (T, T) and (N, T, T)"""
        yield attended("a mask (T, T)", rng, (2, 5, 6), 2, some_true(rng, 5, 5))
        yield attended("a mask (N, T, T)", rng, (3, 4, 6), 3, some_true(rng, 3, 4, 4))

    @attention.keras(points=0.5)
    def padding(rng):
        """takes a mask (N, 1, T), the same for all queries"""
        real = np.arange(5) < rng.permutation([2, 3, 5])[:, None]
        yield attended("a mask (N, 1, T)", rng, (3, 5, 6), 2, real[:, None, :])

    @attention.keras(points=0.5)
    def nothing_to_attend_to(rng):
        """gives zeros where a query may attend to nothing"""
        mask = some_true(rng, 4, 4)
        mask[rng.integers(4)] = False
        yield attended("a fully masked row", rng, (2, 4, 6), 2, mask)
        real = np.arange(4) < np.array([3, 0])[:, None]
        yield attended("a sequence of length 0", rng, (2, 4, 6), 2, real[:, None, :])

    @attention.keras(points=0.25)
    def half_precision(rng):
        """gives zeros there in half precision, too, and no NaN"""
        x, mask = sequences(rng, 2, 4, 6), some_true(rng, 4, 4)
        mask[rng.integers(4)] = False
        yield script(
            "a fully masked row in float16",
            layer=step.construct("MultiHeadSelfAttention", 2, dtype="float16"),
            _built=step.predict("layer", x),
            _weights=step.set_weights("layer", attention_weights(rng, 6)),
            output=step.call_keras("layer", x, attention_mask=mask),
            returns=("output",),
            rtol=HALF,
            atol=HALF,
        )

    @attention.errors(points=0.25)
    def impossible(rng):
        """raises ValueError in `build` when heads does not divide D, or is 0"""
        for heads, width in ((5, 12), (0, 6)):
            yield script(
                f"{heads} heads of {width} columns",
                layer=step.construct("MultiHeadSelfAttention", heads),
                built=step.method("layer", "build", [2, 3, width]),
                returns=("built",),
                offending=str(heads),
            )

    @attention.keras(points=0.25)
    def weights(rng):
        """has the weights Wq, Wk, Wv and Wo and no others"""
        yield attended("six features", rng, (2, 3, 6), 2, facts=step.describe("layer", "weights"))

    @attention.keras(points=0.5)
    def rebuilt(rng):
        """is rebuilt from its config, and in a model that is fitted, saved and loaded"""
        x, values = sequences(rng, 2, 3, 6), attention_weights(rng, 6)
        yield script(
            "three heads",
            layer=step.construct("MultiHeadSelfAttention", 3, name="attention"),
            same=step.round_trip("layer"),
            copy=step.rebuilt("layer"),
            _built=step.predict("copy", x),
            _weights=step.set_weights("copy", values),
            output=step.predict("copy", x),
            returns=("same", "output"),
        )
        x, mask = sequences(rng, 6, 4, 6), some_true(rng, 4, 4)
        yield script(
            "a functional model with a mask",
            layer=step.construct("MultiHeadSelfAttention", 2),
            **as_used("layer", x, np.zeros_like(x), attention_weights(rng, 6), attention_mask=mask),
            returns=USED,
        )
