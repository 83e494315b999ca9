"""Assignment 6 in Keras, one small attention for each head, the layers as functions."""

import functools

import keras
import numpy as np
from keras import ops


@functools.lru_cache
def sinusoids(length, width):
    """The code of all positions, computed once for each shape."""
    angles = np.outer(np.arange(length), 1e4 ** (-2 * np.arange((width + 1) // 2) / width))
    table = np.empty((length, width), dtype="float32")
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles[:, : width // 2])
    return table


class PositionalEncoding(keras.layers.Layer):
    def call(self, inputs):
        return ops.add(inputs, sinusoids(*inputs.shape[1:]))


def one_head(q, k, v, mask):
    scores = ops.matmul(q, ops.transpose(k, [0, 2, 1]))
    scores = scores / ops.sqrt(ops.cast(q.shape[-1], scores.dtype))
    if mask is None:
        return ops.matmul(ops.softmax(scores), v)
    scores = ops.where(mask, ops.cast(scores, "float32"), -1e30)
    anything = ops.any(mask, axis=-1, keepdims=True)
    weights = ops.where(anything, ops.softmax(scores), ops.zeros_like(scores))
    return ops.matmul(ops.cast(weights, v.dtype), v)


class MultiHeadSelfAttention(keras.Layer):
    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        if self.heads < 1 or input_shape[-1] % self.heads:
            raise ValueError(f"heads = {self.heads} does not divide {input_shape[-1]}")
        for name in ("query", "key", "value", "output"):
            layer = keras.layers.Dense(
                input_shape[-1], use_bias=False, name=name, dtype=self.dtype_policy
            )
            layer.build(input_shape)
            setattr(self, f"{name}_projection", layer)

    def call(self, inputs, attention_mask=None):
        mask = None
        if attention_mask is not None:
            mask = ops.cast(attention_mask, "bool")
        projected = (
            ops.split(layer(inputs), self.heads, axis=-1)
            for layer in (self.query_projection, self.key_projection, self.value_projection)
        )
        heads = [one_head(q, k, v, mask) for q, k, v in zip(*projected, strict=True)]
        return self.output_projection(ops.concatenate(heads, axis=-1))

    def get_config(self):
        return super().get_config() | {"heads": self.heads}


class TransformerBlock(keras.Layer):
    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.options = {"heads": heads, "d_ff": d_ff, "dropout": dropout}
        norm = {"axis": -1, "epsilon": 0.001, "dtype": self.dtype_policy}
        self.attention_norm = keras.layers.LayerNormalization(**norm)
        self.attention = MultiHeadSelfAttention(heads, dtype=self.dtype_policy)
        self.feed_forward_norm = keras.layers.LayerNormalization(**norm)
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.attention_norm.build(input_shape)
        self.attention.build(input_shape)
        self.feed_forward_norm.build(input_shape)
        own = self.dtype_policy
        self.feed_forward = keras.Sequential(
            [
                keras.layers.Dense(self.options["d_ff"], activation="gelu", dtype=own),
                keras.layers.Dense(input_shape[-1], dtype=own),
            ]
        )
        self.feed_forward.build(input_shape)

    def call(self, inputs, attention_mask=None, training=None):
        branch = self.attention(self.attention_norm(inputs), attention_mask=attention_mask)
        inputs = inputs + self.drop(branch, training=training)
        branch = self.feed_forward(self.feed_forward_norm(inputs))
        return inputs + self.drop(branch, training=training)

    def get_config(self):
        return super().get_config() | self.options


class CausalModel(keras.Model):
    """A subclassed core whose mask is made anew in each call."""

    def __init__(self, vocabulary, d_model, heads, layers, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(vocabulary, d_model)
        self.scale = d_model**0.5
        self.encoding = PositionalEncoding()
        self.blocks = [TransformerBlock(heads, 4 * d_model, 0.0) for _ in range(layers)]
        self.norm = keras.layers.LayerNormalization(epsilon=0.001)
        self.logits = keras.layers.Dense(vocabulary)

    def call(self, ids, training=None):
        length = ids.shape[1]
        mask = np.arange(length)[:, None] >= np.arange(length)
        x = self.encoding(self.embedding(ids) * self.scale)
        for block in self.blocks:
            x = block(x, attention_mask=mask, training=training)
        return self.logits(self.norm(x))


def build_language_model(vocabulary, length, d_model, heads, layers):
    ids = keras.Input((length,), dtype="int32")
    model = keras.Model(ids, CausalModel(vocabulary, d_model, heads, layers)(ids))
    model.compile(
        optimizer=keras.optimizers.Nadam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[],
    )
    return model


def extended(model, ids):
    """The rows with one more id each."""
    length = model.input_shape[-1]
    window = ids[:, -length:]
    last = window.shape[1] - 1
    filled = np.full((len(window), length), ids[0, 0])
    filled[:, : last + 1] = window
    logits = np.array(ops.convert_to_numpy(model(filled))[:, last])
    return np.column_stack([ids, np.argmax(logits, axis=-1)])


def generate(model, prompt, n_tokens):
    ids = np.array(prompt, ndmin=2)
    for _ in range(n_tokens):
        ids = extended(model, ids)
    return ids.reshape((*np.shape(prompt)[:-1], -1))


def pretrain_then_finetune(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    fit = functools.partial(model.fit, batch_size=batch_size, verbose=0)
    first = fit(np.delete(corpus, -1, axis=1), np.delete(corpus, 0, axis=1), epochs=pretrain_epochs)
    second = fit(x, y, epochs=finetune_epochs, sample_weight=sample_weight)
    return list(first.history["loss"]), list(second.history["loss"])
