"""What students get wrong in assignment 6's Keras layers.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# names such as `MultiHeadSelfAttention` belong to the reference's file
import keras
import numpy as np
from keras import ops

from grader.course import misconception


@misconception("PositionalEncoding", hint="Which columns are sines, in the handout's formula?")
class SplitsInHalves(keras.layers.Layer):
    """puts all sines into the first half of the columns and all cosines into the second"""

    def call(self, x):
        _, length, d_model = x.shape
        columns = np.concatenate([np.arange(0, d_model, 2), np.arange(1, d_model, 2)])
        angles = np.arange(length)[:, None] / 10_000.0 ** (2 * (columns // 2) / d_model)
        encoded = np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))
        return x + ops.cast(encoded, x.dtype)


@misconception(
    "PositionalEncoding",
    hint="Which j do the sine and the cosine of one rate share?",
    instead={"-2 * (columns // 2) / d_model": "-2 * columns / d_model"},
)
class DoublesTheColumn:
    """gives column j the exponent 2j/D, not 2⌊j/2⌋/D"""


@misconception("PositionalEncoding", hint="How many different rates do D columns have?")
class GivesEachColumnItsRate(keras.layers.Layer):
    """gives each column a rate of its own, where a sine and a cosine share one"""

    def call(self, x):
        _, length, d_model = x.shape
        columns = np.arange(d_model)
        angles = np.arange(length)[:, None] / 10_000.0 ** (columns / d_model)
        encoded = np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))
        return x + ops.cast(encoded, x.dtype)


@misconception("PositionalEncoding", hint="What has become of the tokens in your output?")
class ReturnsTheCodeAlone(keras.layers.Layer):
    """returns the code of the positions without the input"""

    def call(self, x):
        _, length, d_model = x.shape
        columns = np.arange(d_model)
        angles = np.arange(length)[:, None] / 10_000.0 ** (2 * (columns // 2) / d_model)
        encoded = np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))
        return 0 * x + ops.cast(encoded, x.dtype)


@misconception(
    "MultiHeadSelfAttention",
    hint="What are the scores divided by, and why?",
    instead={"scores = scores / (d_model // self.heads) ** 0.5": ""},
)
class DoesNotScale:
    """does not divide the scores by √d"""


@misconception(
    "MultiHeadSelfAttention",
    hint="How long is the query of one head?",
    instead={"(d_model // self.heads) ** 0.5": "d_model**0.5"},
)
class ScalesByTheWholeWidth:
    """divides the scores by √D of the model in place of √d of a head"""


@misconception(
    "MultiHeadSelfAttention",
    hint="Which columns does the first head own after it?",
    instead={
        "(projected, (-1, length, self.heads, d_model // self.heads))": (
            "(projected, (-1, self.heads, length, d_model // self.heads))"
        ),
        "return ops.transpose(parts, (0, 2, 1, 3))  # (N, heads, T, d)": "return parts",
        "ops.transpose(attended, (0, 2, 1, 3))": "attended",
    },
)
class ReshapesInsteadOfTransposing:
    """reshapes straight to (N, heads, T, d), which mixes positions and features"""


@misconception(
    "MultiHeadSelfAttention",
    hint="What is the softmax of equal scores?",
    instead={" * ops.cast(mask, scores.dtype)": ""},
)
class AveragesWhereNothingCounts:
    """gives a query that may attend to nothing the mean of all values"""


@misconception(
    "MultiHeadSelfAttention",
    hint="What does your `call` do with `attention_mask`?",
    instead={'ops.cast(attention_mask, "bool")': 'ops.ones((length, length), "bool")'},
)
class IgnoresTheMask:
    """does not use attention_mask"""


@misconception(
    "MultiHeadSelfAttention",
    hint="What does True stand for in `attention_mask`?",
    instead={
        'ops.cast(attention_mask, "bool")': 'ops.logical_not(ops.cast(attention_mask, "bool"))'
    },
)
class TurnsTheMaskRound:
    """hides the keys at which attention_mask is True, and shows the others"""


@misconception(
    "MultiHeadSelfAttention",
    hint="The weights of which keys have to sum to 1?",
    instead={
        "ops.softmax(scores)": "ops.softmax(scores, axis=-2)",
        "ops.softmax(ops.where(mask, scores, -1e9))": (
            "ops.softmax(ops.where(mask, scores, -1e9), axis=-2)"
        ),
    },
)
class NormalisesOverTheQueries:
    """takes the softmax over the queries, not over the keys"""


@misconception(
    "MultiHeadSelfAttention",
    hint="Which of the four weights does your `call` use?",
    instead={
        "ops.matmul(ops.reshape(out, (-1, length, d_model)), self.Wo)": (
            "ops.reshape(out, (-1, length, d_model))"
        )
    },
)
class LeavesOutTheLastProjection:
    """does not multiply the joined heads by Wo"""
