"""What students get wrong in assignment 6's Keras block.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `MultiHeadSelfAttention` belong to the reference's file
import keras

from grader.course import misconception


@misconception("TransformerBlock", hint="Does the norm stand before or behind its branch?")
class NormalisesAfterwards(keras.layers.Layer):
    """normalises behind each sum (post-norm) in place of before each branch"""

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.dropout = heads, d_ff, dropout
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.attention = MultiHeadSelfAttention(heads)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.widen = keras.layers.Dense(d_ff, activation="gelu")
        self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape):
        self.narrow = keras.layers.Dense(input_shape[-1])
        for layer in (self.norm1, self.attention, self.norm2, self.widen):
            layer.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))

    def call(self, x, attention_mask=None, training=None):
        attended = self.attention(x, attention_mask=attention_mask)
        x = self.norm1(x + self.drop(attended, training=training))
        return self.norm2(x + self.drop(self.narrow(self.widen(x)), training=training))

    def get_config(self):
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout}
        return {**super().get_config(), **own}


@misconception("TransformerBlock", hint="What is it that a branch is added to?")
class AddsToTheNormalised(keras.layers.Layer):
    """adds each branch to its normalised input, so that nothing passes by unchanged"""

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.dropout = heads, d_ff, dropout
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.attention = MultiHeadSelfAttention(heads)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.widen = keras.layers.Dense(d_ff, activation="gelu")
        self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape):
        self.narrow = keras.layers.Dense(input_shape[-1])
        for layer in (self.norm1, self.attention, self.norm2, self.widen):
            layer.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))

    def call(self, x, attention_mask=None, training=None):
        x = self.norm1(x)
        attended = self.attention(x, attention_mask=attention_mask)
        x = self.norm2(x + self.drop(attended, training=training))
        return x + self.drop(self.narrow(self.widen(x)), training=training)

    def get_config(self):
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout}
        return {**super().get_config(), **own}


@misconception("TransformerBlock", hint="Which way past the two branches is left for x?")
class HasNoWayPastTheBranches(keras.layers.Layer):
    """leaves out both sums, so that x goes through the branches alone"""

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.dropout = heads, d_ff, dropout
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.attention = MultiHeadSelfAttention(heads)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.widen = keras.layers.Dense(d_ff, activation="gelu")
        self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape):
        self.narrow = keras.layers.Dense(input_shape[-1])
        for layer in (self.norm1, self.attention, self.norm2, self.widen):
            layer.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))

    def call(self, x, attention_mask=None, training=None):
        x = self.drop(
            self.attention(self.norm1(x), attention_mask=attention_mask), training=training
        )
        return self.drop(self.narrow(self.widen(self.norm2(x))), training=training)

    def get_config(self):
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout}
        return {**super().get_config(), **own}


@misconception("TransformerBlock", hint="What does your `call` do with `attention_mask`?")
class ForgetsTheMask(keras.layers.Layer):
    """takes attention_mask, but does not hand it to its attention"""

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.dropout = heads, d_ff, dropout
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.attention = MultiHeadSelfAttention(heads)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3)
        self.widen = keras.layers.Dense(d_ff, activation="gelu")
        self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape):
        self.narrow = keras.layers.Dense(input_shape[-1])
        for layer in (self.norm1, self.attention, self.norm2, self.widen):
            layer.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))

    def call(self, x, attention_mask=None, training=None):
        x = x + self.drop(self.attention(self.norm1(x)), training=training)
        return x + self.drop(self.narrow(self.widen(self.norm2(x))), training=training)

    def get_config(self):
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout}
        return {**super().get_config(), **own}


@misconception("TransformerBlock", hint="Which ε does `LayerNormalization` add unless told?")
class KeepsATinyEpsilon(keras.layers.Layer):
    """adds an ε of 1e-6 in its norms, as other libraries do"""

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.dropout = heads, d_ff, dropout
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-6)
        self.attention = MultiHeadSelfAttention(heads)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-6)
        self.widen = keras.layers.Dense(d_ff, activation="gelu")
        self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape):
        self.narrow = keras.layers.Dense(input_shape[-1])
        for layer in (self.norm1, self.attention, self.norm2, self.widen):
            layer.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))

    def call(self, x, attention_mask=None, training=None):
        attended = self.attention(self.norm1(x), attention_mask=attention_mask)
        x = x + self.drop(attended, training=training)
        return x + self.drop(self.narrow(self.widen(self.norm2(x))), training=training)

    def get_config(self):
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout}
        return {**super().get_config(), **own}
