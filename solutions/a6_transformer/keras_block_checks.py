"""Checks of assignment 6's Transformer block in Keras."""

import numpy as np

from grader.course import (
    USED,
    Expectation,
    StudentFile,
    another_layer,
    as_used,
    script,
    step,
    unrelated,
)
from solutions.a6_transformer.keras_layer_checks import attention_weights, sequences

GELU = 2e-3
"""Blocks may use either form of gelu, which differ by up to 4.7e-4 in each hidden unit."""


def block_weights(rng, d, d_ff):
    """All weights of a block, in the contract's order."""
    return [
        rng.uniform(0.5, 1.5, size=d),
        rng.normal(size=d),
        *attention_weights(rng, d),
        rng.uniform(0.5, 1.5, size=d),
        rng.normal(size=d),
        rng.normal(size=(d, d_ff)) / np.sqrt(d),
        rng.normal(size=d_ff),
        rng.normal(size=(d_ff, d)) / np.sqrt(d_ff),
        rng.normal(size=d),
    ]


def through_block(label, rng, shape, heads, d_ff, mask=None, scale=3.0, dropout=(0.3,)):
    """A case of a block with given weights; at this scale ε is no matter.

    It is in inference mode, unless it has no `dropout`.
    """
    x = sequences(rng, *shape, scale=scale)
    options = {} if mask is None else {"attention_mask": mask}
    return script(
        label,
        layer=step.construct("TransformerBlock", heads, d_ff, *dropout),
        _built=step.predict("layer", x),
        _weights=step.set_weights("layer", block_weights(rng, shape[-1], d_ff)),
        **another_layer("TransformerBlock", x, shape[-1], d_ff + 1, 0.0),
        output=step.call_keras("layer", x, training=not dropout, **options),
        returns=("output",),
        atol=GELU,
    )


def dropped(label, branch, rate, *, copied=False):
    """A block of which one branch gives 1 everywhere and the other 0, in training, at x = 0."""
    d, d_ff = 4, 6
    x = np.zeros((40, 15, d), dtype="float32")
    zeros, ones = np.zeros((d, d)), np.ones((d, d))
    first, second = float(branch == 1), float(branch == 2)
    values = [
        *(np.ones(d), np.full(d, 1 / d)),
        *(zeros, zeros, ones, first * np.eye(d)),  # the values are Σ 1/d = 1
        *(np.ones(d), np.zeros(d)),
        *(np.zeros((d, d_ff)), np.zeros(d_ff), np.zeros((d_ff, d)), np.full(d, second)),
    ]
    spread = 7 * np.sqrt(rate * (1 - rate) / x.size)
    kept = 1 / (1 - rate)
    apart, names, ranges = unrelated(x.size, ("output", "output"), ("output", "_again"))
    steps = {"layer": step.construct("TransformerBlock", 2, d_ff, rate)}
    if copied:
        steps = {"original": steps["layer"], "layer": step.rebuilt("original")}
    return script(
        label,
        **steps,
        _built=step.predict("layer", x),
        _weights=step.set_weights("layer", values),
        output=step.call_keras("layer", x, training=True),
        _again=step.call_keras("layer", x, training=True),
        **apart,
        returns=("output", *names),
        expects=[
            *ranges,
            Expectation("zeros", rate - spread, rate + spread),
            Expectation("max", kept - 1e-4, kept + 1e-4),
            Expectation("min", 0, 0),
        ],
    )


def declare_keras_block(keras_file: StudentFile) -> None:
    """Declare the block."""
    block = keras_file.exercise(
        "TransformerBlock",
        needs=["MultiHeadSelfAttention"],
        hints=[
            "Pre-norm: each branch begins with its norm, and what is added to is not normalised.",
            "`get_weights()` lists weights in the order in which `__init__` assigned the layers.",
        ],
    )

    @block.keras(points=2.25)
    def forward(rng):
        """is h = x + attention(norm(x)), then h + dense(gelu(dense(norm(h))))"""
        yield through_block("two heads, d_ff = 10", rng, (2, 4, 6), 2, 10)
        yield through_block("one head, d_ff = 5", rng, (3, 5, 4), 1, 5)
        yield through_block("no dropout asked for", rng, (2, 3, 4), 2, 6, dropout=())

    @block.keras(points=1)
    def gradients(rng):
        """has the right gradients with respect to x and the twelve weights"""
        x = sequences(rng, 2, 4, 6, scale=3.0)
        yield script(
            "two heads, d_ff = 7",
            layer=step.construct("TransformerBlock", 2, 7, 0.0),
            _built=step.predict("layer", x),
            _weights=step.set_weights("layer", block_weights(rng, 6, 7)),
            gradients=step.gradients("layer", x, sequences(rng, 2, 4, 6, scale=0.3)),
            returns=("gradients",),
            rtol=5e-3,
            atol=5e-3,
        )

    @block.keras(points=0.5)
    def masked(rng):
        """hands attention_mask to its attention"""
        causal = np.tril(np.ones((5, 5), dtype=bool))
        yield through_block("a causal mask", rng, (2, 5, 6), 3, 8, causal)

    @block.keras(points=0.25)
    def small_rows(rng):
        """adds eps = 1e-3 to the variance in its norms"""
        yield through_block("features of size 0.03", rng, (2, 4, 6), 2, 10, scale=0.03)

    @block.keras(points=0.25)
    def policy(rng):
        """hands its own dtype to the layers within"""
        yield script(
            "a block of float16",
            layer=step.construct("TransformerBlock", 2, 10, 0.0, dtype="float16"),
            _built=step.predict("layer", sequences(rng, 2, 4, 6)),
            facts=step.describe("layer", "dtypes"),
            returns=("facts",),
        )

    @block.statistics(points=0.75)
    def dropout(rng):
        """drops out elements of both branches in training"""
        for branch, rate in ((1, 0.4), (2, 0.3)):
            rate = float(np.round(rate + rng.uniform(-0.1, 0.1), 4))
            yield dropped(f"branch {branch}, rate {rate}", branch, rate)

    @block.keras(points=0.25)
    def rebuilt(rng):
        """is rebuilt from its config, and in a model that is fitted, saved and loaded"""
        x, values = sequences(rng, 2, 3, 6), block_weights(rng, 6, 9)
        yield script(
            "three heads, d_ff = 9",
            layer=step.construct("TransformerBlock", 3, 9, 0.2, name="block"),
            same=step.round_trip("layer"),
            copy=step.rebuilt("layer"),
            _built=step.predict("copy", x),
            _weights=step.set_weights("copy", values),
            output=step.predict("copy", x),
            returns=("same", "output"),
            atol=GELU,
        )
        x = sequences(rng, 6, 4, 6, scale=3.0)
        yield script(
            "a functional model with a mask, without dropout",
            layer=step.construct("TransformerBlock", 2, 8, 0.0),
            **as_used(
                "layer",
                x,
                np.zeros_like(x),
                block_weights(rng, 6, 8),
                attention_mask=np.tril(np.ones((4, 4), dtype=bool)),
            ),
            returns=USED,
            atol=3 * GELU,
        )

    @block.statistics(points=0.25)
    def rebuilt_dropout(rng):
        """keeps its rate of dropout in its config"""
        yield dropped("a rebuilt block", 2, float(np.round(rng.uniform(0.3, 0.5), 4)), copied=True)
