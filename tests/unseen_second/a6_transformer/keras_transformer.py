import math

import keras
import numpy as np
from keras import ops


class PositionalEncoding(keras.layers.Layer):
    def call(self, x):
        length, width = (x.shape[1], x.shape[2])
        table = np.zeros((length, width), dtype="float32")
        for t in range(length):
            for j in range(width):
                angle = t / 10000 ** (2 * (j // 2) / width)
                table[t, j] = math.cos(angle) if j % 2 else math.sin(angle)
        return x + ops.convert_to_tensor(table, dtype=x.dtype)


class MultiHeadSelfAttention(keras.layers.Layer):
    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        if self.heads < 1 or input_shape[-1] % self.heads:
            raise ValueError(f"heads = {self.heads} does not divide {input_shape[-1]}")
        self.width = input_shape[-1]
        shape = (self.width, self.width)
        options = {"shape": shape, "initializer": keras.initializers.GlorotNormal()}
        self.Wq = self.add_weight(name="Wq", **options)
        self.Wk = self.add_weight(name="Wk", **options)
        self.Wv = self.add_weight(name="Wv", **options)
        self.Wo = self.add_weight(name="Wo", **options)

    def call(self, x, attention_mask=None):
        cube = (self.width, self.heads, self.width // self.heads)
        q = ops.einsum("ntc,chd->nhtd", x, ops.reshape(self.Wq, cube))
        k = ops.einsum("ntc,chd->nhtd", x, ops.reshape(self.Wk, cube))
        v = ops.einsum("ntc,chd->nhtd", x, ops.reshape(self.Wv, cube))
        scores = ops.einsum("nhtd,nhsd->nhts", q * cube[-1] ** (-0.5), k)
        scores = scores - ops.max(scores, axis=-1, keepdims=True)
        exponentials = ops.exp(scores)
        if attention_mask is not None:
            mask = ops.cast(ops.convert_to_tensor(attention_mask), x.dtype)
            mask = mask[None, None] if len(mask.shape) == 2 else mask[:, None]
            exponentials = exponentials * mask
        totals = ops.einsum("nhts->nht", exponentials)[..., None]
        weights = exponentials / ops.where(totals > 0, totals, ops.ones_like(totals))
        Wo = ops.reshape(self.Wo, (*cube[1:], self.width))
        return ops.einsum("nhts,nhsd,hdc->ntc", weights, v, Wo)

    def get_config(self):
        return dict(super().get_config(), heads=self.heads)


class TransformerBlock(keras.layers.Layer):
    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads
        self.d_ff = d_ff
        self.dropout = dropout

    def build(self, input_shape):
        width = input_shape[-1]
        dtype = self.dtype_policy
        self.norm_a = keras.layers.LayerNormalization(epsilon=0.001, dtype=dtype)
        self.attend = MultiHeadSelfAttention(self.heads, dtype=dtype)
        self.norm_b = keras.layers.LayerNormalization(epsilon=0.001, dtype=dtype)
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
        rows = ops.reshape(self.norm_b(x), (-1, x.shape[-1]))
        fed = self.down(ops.gelu(self.up(rows), approximate=False))
        fed = ops.reshape(fed, (-1, *x.shape[1:]))
        return x + self.random(fed, training=training)

    def get_config(self):
        config = super().get_config()
        config.update({"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout})
        return config


def build_language_model(vocabulary, length, d_model, heads, layers):
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(vocabulary, d_model)(ids)
    x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))
    causal = np.tril(np.ones((length, length), dtype=bool))
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=causal)
    x = keras.layers.LayerNormalization(epsilon=0.001)(x)
    model = keras.Model(ids, keras.layers.Dense(vocabulary)(x))
    model.compile(
        optimizer=keras.optimizers.Adam(0.003),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def extended(model, ids):
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
    pretrain_losses, finetune_losses = ([], [])
    inputs, targets = (corpus[:, :-1], corpus[:, 1:])
    for _ in range(pretrain_epochs):
        history = model.fit(inputs, targets, batch_size=batch_size, epochs=1, verbose=0)
        pretrain_losses.append(history.history["loss"][0])
    for _ in range(finetune_epochs):
        history = model.fit(
            x, y, sample_weight=sample_weight, batch_size=batch_size, epochs=1, verbose=0
        )
        finetune_losses.append(history.history["loss"][0])
    return (pretrain_losses, finetune_losses)
