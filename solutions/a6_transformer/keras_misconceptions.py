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


@misconception("MultiHeadSelfAttention", hint="What are the scores divided by, and why?")
class DoesNotScale(keras.layers.Layer):
    """does not divide the scores by √d"""

    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        square = (input_shape[-1], input_shape[-1])
        self.Wq, self.Wk, self.Wv, self.Wo = (self.add_weight(shape=square) for _ in range(4))

    def call(self, x, attention_mask=None):
        length, d_model = x.shape[1:]

        def split(projected):
            parts = ops.reshape(projected, (-1, length, self.heads, d_model // self.heads))
            return ops.transpose(parts, (0, 2, 1, 3))

        q, k, v = (split(ops.matmul(x, W)) for W in (self.Wq, self.Wk, self.Wv))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2)))
        mask = ops.ones((length, length), "bool") if attention_mask is None else attention_mask
        mask = ops.cast(mask, "bool")
        mask = mask[:, None] if len(mask.shape) == 3 else mask
        weights = ops.softmax(ops.where(mask, scores, -1e9)) * ops.cast(mask, x.dtype)
        out = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        return ops.matmul(ops.reshape(out, (-1, length, d_model)), self.Wo)

    def get_config(self):
        return {**super().get_config(), "heads": self.heads}


@misconception("MultiHeadSelfAttention", hint="How long is the query of one head?")
class ScalesByTheWholeWidth(keras.layers.Layer):
    """divides the scores by √D of the model in place of √d of a head"""

    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        square = (input_shape[-1], input_shape[-1])
        self.Wq, self.Wk, self.Wv, self.Wo = (self.add_weight(shape=square) for _ in range(4))

    def call(self, x, attention_mask=None):
        length, d_model = x.shape[1:]

        def split(projected):
            parts = ops.reshape(projected, (-1, length, self.heads, d_model // self.heads))
            return ops.transpose(parts, (0, 2, 1, 3))

        q, k, v = (split(ops.matmul(x, W)) for W in (self.Wq, self.Wk, self.Wv))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / d_model**0.5
        mask = ops.ones((length, length), "bool") if attention_mask is None else attention_mask
        mask = ops.cast(mask, "bool")
        mask = mask[:, None] if len(mask.shape) == 3 else mask
        weights = ops.softmax(ops.where(mask, scores, -1e9)) * ops.cast(mask, x.dtype)
        out = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        return ops.matmul(ops.reshape(out, (-1, length, d_model)), self.Wo)

    def get_config(self):
        return {**super().get_config(), "heads": self.heads}


@misconception("MultiHeadSelfAttention", hint="Which columns does the first head own after it?")
class ReshapesInsteadOfTransposing(keras.layers.Layer):
    """reshapes straight to (N, heads, T, d), which mixes positions and features"""

    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        square = (input_shape[-1], input_shape[-1])
        self.Wq, self.Wk, self.Wv, self.Wo = (self.add_weight(shape=square) for _ in range(4))

    def call(self, x, attention_mask=None):
        length, d_model = x.shape[1:]
        size = d_model // self.heads

        def split(projected):
            return ops.reshape(projected, (-1, self.heads, length, size))

        q, k, v = (split(ops.matmul(x, W)) for W in (self.Wq, self.Wk, self.Wv))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / size**0.5
        mask = ops.ones((length, length), "bool") if attention_mask is None else attention_mask
        mask = ops.cast(mask, "bool")
        mask = mask[:, None] if len(mask.shape) == 3 else mask
        weights = ops.softmax(ops.where(mask, scores, -1e9)) * ops.cast(mask, x.dtype)
        return ops.matmul(ops.reshape(ops.matmul(weights, v), (-1, length, d_model)), self.Wo)

    def get_config(self):
        return {**super().get_config(), "heads": self.heads}


@misconception("MultiHeadSelfAttention", hint="What is the softmax of equal scores?")
class AveragesWhereNothingCounts(keras.layers.Layer):
    """gives a query that may attend to nothing the mean of all values"""

    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        square = (input_shape[-1], input_shape[-1])
        self.Wq, self.Wk, self.Wv, self.Wo = (self.add_weight(shape=square) for _ in range(4))

    def call(self, x, attention_mask=None):
        length, d_model = x.shape[1:]
        size = d_model // self.heads

        def split(projected):
            parts = ops.reshape(projected, (-1, length, self.heads, size))
            return ops.transpose(parts, (0, 2, 1, 3))

        q, k, v = (split(ops.matmul(x, W)) for W in (self.Wq, self.Wk, self.Wv))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / size**0.5
        mask = ops.ones((length, length), "bool") if attention_mask is None else attention_mask
        mask = ops.cast(mask, "bool")
        mask = mask[:, None] if len(mask.shape) == 3 else mask
        weights = ops.softmax(ops.where(mask, scores, -1e9))
        out = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        return ops.matmul(ops.reshape(out, (-1, length, d_model)), self.Wo)

    def get_config(self):
        return {**super().get_config(), "heads": self.heads}
