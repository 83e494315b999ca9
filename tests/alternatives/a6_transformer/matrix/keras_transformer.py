"""Assignment 6 in Keras, with products of matrices of rank two and three alone."""

import keras
import numpy as np
from keras import ops


class PositionalEncoding(keras.layers.Layer):
    """Every column is a sine: a cosine is one that runs ahead by a quarter."""

    def build(self, input_shape):
        columns = np.arange(input_shape[-1])
        self.rates = np.power(10_000.0, -(columns - columns % 2) / input_shape[-1])
        self.phases = columns % 2 * np.pi / 2

    def call(self, x):
        angles = np.arange(x.shape[1])[:, np.newaxis] * self.rates + self.phases
        return x + ops.cast(ops.sin(ops.convert_to_tensor(angles.astype("float32"))), x.dtype)


class MultiHeadSelfAttention(keras.layers.Layer):
    """Heads lie on the axis of the batch: (N·heads, T, d)."""

    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        if self.heads < 1 or input_shape[-1] % self.heads:
            raise ValueError(f"heads = {self.heads} does not divide {input_shape[-1]}")
        shape = (input_shape[-1],) * 2
        self.query = self.add_weight(shape=shape, name="query")
        self.key = self.add_weight(shape=shape, name="key")
        self.value = self.add_weight(shape=shape, name="value")
        self.out = self.add_weight(shape=shape, name="out")

    def stacked(self, x, W):
        parts = ops.split(ops.matmul(x, W), self.heads, axis=2)
        return ops.concatenate(parts, axis=0)  # head by head

    def call(self, x, attention_mask=None):
        q, k, v = (self.stacked(x, W) for W in (self.query, self.key, self.value))
        scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) * q.shape[-1] ** -0.5
        if attention_mask is not None:
            mask = ops.cast(attention_mask, x.dtype)
            if len(mask.shape) == 3:
                mask = ops.concatenate([mask] * self.heads, axis=0)
            scores = ops.where(mask > 0, scores, ops.cast(-3e4, scores.dtype))
        weights = keras.activations.softmax(scores, axis=-1)
        if attention_mask is not None:
            weights = weights * mask
        merged = ops.concatenate(ops.split(ops.matmul(weights, v), self.heads, axis=0), axis=2)
        return ops.matmul(merged, self.out)

    def get_config(self):
        config = super().get_config()
        config.update({"heads": self.heads})
        return config


class TransformerBlock(keras.layers.Layer):
    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads
        self.d_ff = d_ff
        self.dropout = dropout

    def build(self, input_shape):
        width = input_shape[-1]
        dtype = self.dtype_policy
        self.norm_a = keras.layers.LayerNormalization(epsilon=1e-3, dtype=dtype)
        self.attend = MultiHeadSelfAttention(self.heads, dtype=dtype)
        self.norm_b = keras.layers.LayerNormalization(epsilon=1e-3, dtype=dtype)
        self.up = keras.layers.Dense(self.d_ff, dtype=dtype)
        self.down = keras.layers.Dense(width, dtype=dtype)
        self.random = keras.layers.Dropout(self.dropout, dtype=dtype)
        self.norm_a.build(input_shape)
        self.attend.build(input_shape)
        self.norm_b.build(input_shape)
        self.up.build((None, width))
        self.down.build((None, self.d_ff))

    def call(self, x, attention_mask=None, training=None):
        x = x + self.random(self.attend(self.norm_a(x), attention_mask), training=training)
        rows = ops.reshape(self.norm_b(x), (-1, x.shape[-1]))  # (N·T, D)
        fed = self.down(ops.gelu(self.up(rows), approximate=False))
        fed = ops.reshape(fed, (-1, *x.shape[1:]))
        return x + self.random(fed, training=training)

    def get_config(self):
        config = super().get_config()
        config.update({"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout})
        return config


def build_language_model(vocabulary, length, d_model, heads, layers):
    inputs = keras.layers.Input(shape=(length,), dtype="int32", name="ids")
    normal = keras.initializers.TruncatedNormal(stddev=1.0)
    embedded = keras.layers.Embedding(vocabulary, d_model, embeddings_initializer=normal)(inputs)
    x = PositionalEncoding()(embedded)
    causal = np.cumsum(np.eye(length), axis=0) > 0  # row t: the first t + 1 columns
    for number in range(layers):
        block = TransformerBlock(heads, 4 * d_model, name=f"block_{number}")
        x = block(x, attention_mask=causal)
    x = keras.layers.LayerNormalization(epsilon=1e-3, name="final_norm")(x)
    logits = keras.layers.TimeDistributed(keras.layers.Dense(vocabulary))(x)
    model = keras.Model(inputs, logits)
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, name="next_id"),
        optimizer=keras.optimizers.RMSprop(2e-3),
    )
    return model


def generate(model, prompt, n_tokens):
    rows = np.asarray(prompt)
    if rows.ndim == 1:
        return generate(model, rows[None, :], n_tokens)[0]
    if n_tokens == 0:
        return rows
    length = model.input_shape[1]
    known = min(rows.shape[1], length)
    window = np.hstack([rows[:, -known:], np.zeros((len(rows), length - known), dtype=int)])
    probabilities = ops.convert_to_numpy(ops.softmax(model(window)[:, known - 1, :]))
    chosen = probabilities.argmax(axis=1)
    return generate(model, np.hstack([rows, chosen[:, None]]), n_tokens - 1)


def pretrain_then_finetune(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    def curve(inputs, targets, weight, epochs):
        n_rows = len(inputs)
        losses = []
        for _ in range(epochs):
            order = np.random.permutation(n_rows)
            total = 0.0
            for start in range(0, n_rows, batch_size):
                rows = order[start : start + batch_size]
                given = None if weight is None else weight[rows]
                loss = model.train_on_batch(inputs[rows], targets[rows], sample_weight=given)
                total = total + float(np.ravel(ops.convert_to_numpy(loss))[0])
            losses.append(total)
        return losses

    pretrained = curve(corpus[:, :-1], corpus[:, 1:], None, pretrain_epochs)
    return pretrained, curve(x, y, sample_weight, finetune_epochs)
