"""Assignment 6 in Keras, with Python loops over heads, positions and columns."""

import math

import keras
import numpy as np
from keras import ops


class PositionalEncoding(keras.layers.Layer):
    def call(self, x):
        length, width = x.shape[1], x.shape[2]
        table = np.zeros((length, width), dtype="float32")
        for t in range(length):
            for j in range(width):
                angle = t / 10_000 ** (2 * (j // 2) / width)
                table[t, j] = math.cos(angle) if j % 2 else math.sin(angle)
        return x + ops.convert_to_tensor(table, dtype=x.dtype)


class MultiHeadSelfAttention(keras.layers.Layer):
    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        if self.heads < 1 or input_shape[-1] % self.heads:
            raise ValueError(f"heads = {self.heads} does not divide {input_shape[-1]}")
        self.projections = []
        for name in ["Wq", "Wk", "Wv", "Wo"]:
            shape = (input_shape[-1], input_shape[-1])
            self.projections.append(self.add_weight(shape=shape, name=name))

    def call(self, x, attention_mask=None):
        Wq, Wk, Wv, Wo = self.projections
        q, k, v = ops.matmul(x, Wq), ops.matmul(x, Wk), ops.matmul(x, Wv)
        size = x.shape[-1] // self.heads
        outputs = []
        for head in range(self.heads):
            own = slice(head * size, (head + 1) * size)
            scores = ops.matmul(q[..., own], ops.swapaxes(k[..., own], 1, 2)) / math.sqrt(size)
            if attention_mask is None:
                weights = ops.softmax(scores, axis=-1)
            else:
                seen = ops.cast(attention_mask, scores.dtype)
                far = -6e4 if self.compute_dtype == "float16" else -1e9
                weights = ops.softmax(scores + far * (1 - seen), axis=-1) * seen
            outputs.append(ops.matmul(weights, v[..., own]))
        return ops.matmul(ops.concatenate(outputs, axis=-1), Wo)

    def get_config(self):
        config = super().get_config()
        config["heads"] = self.heads
        return config


class TransformerBlock(keras.layers.Layer):
    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads
        self.d_ff = d_ff
        self.dropout = dropout

    def build(self, input_shape):
        own = self.dtype_policy
        self.parts = [
            keras.layers.LayerNormalization(epsilon=1e-3, dtype=own),
            MultiHeadSelfAttention(self.heads, dtype=own),
            keras.layers.LayerNormalization(epsilon=1e-3, dtype=own),
            keras.layers.Dense(self.d_ff, activation="gelu", dtype=own),
            keras.layers.Dense(input_shape[-1], dtype=own),
        ]
        for part in self.parts[:4]:
            part.build(input_shape)
        self.parts[4].build((*input_shape[:-1], self.d_ff))
        self.droppers = [keras.layers.Dropout(self.dropout, dtype=own) for _ in range(2)]

    def call(self, x, attention_mask=None, training=False):
        norm1, attention, norm2, first, second = self.parts
        branch = attention(norm1(x), attention_mask=attention_mask)
        x = x + self.droppers[0](branch, training=training)
        branch = norm2(x)
        for part in (first, second):
            branch = part(branch)
        return x + self.droppers[1](branch, training=training)

    def get_config(self):
        config = super().get_config()
        for name in ("heads", "d_ff", "dropout"):
            config[name] = getattr(self, name)
        return config


def build_language_model(vocabulary, length, d_model, heads, layers):
    ids = keras.Input(shape=(length,), dtype="int32")
    x = keras.layers.Embedding(
        vocabulary, d_model, embeddings_initializer=keras.initializers.RandomNormal(stddev=1.0)
    )(ids)
    x = PositionalEncoding()(x)
    causal = np.zeros((length, length), dtype=bool)
    for t in range(length):
        for s in range(t + 1):
            causal[t, s] = True
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=causal)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    model = keras.Model(inputs=ids, outputs=keras.layers.Dense(vocabulary)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss)
    return model


def generate(model, prompt, n_tokens):
    prompt = np.asarray(prompt)
    if prompt.ndim == 2:
        return np.stack([generate(model, row, n_tokens) for row in prompt])
    length = model.input_shape[1]
    ids = [int(token) for token in prompt]
    for _ in range(n_tokens):
        recent = ids[-length:]
        row = np.array([recent + [0] * (length - len(recent))])
        logits = ops.convert_to_numpy(model(row))
        ids.append(int(np.argmax(logits[0, len(recent) - 1])))
    return np.array(ids)


def pretrain_then_finetune(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    pretrain_losses, finetune_losses = [], []
    inputs, targets = corpus[:, :-1], corpus[:, 1:]
    for _ in range(pretrain_epochs):
        history = model.fit(inputs, targets, batch_size=batch_size, epochs=1, verbose=0)
        pretrain_losses.append(history.history["loss"][0])
    for _ in range(finetune_epochs):
        history = model.fit(
            x, y, sample_weight=sample_weight, batch_size=batch_size, epochs=1, verbose=0
        )
        finetune_losses.append(history.history["loss"][0])
    return pretrain_losses, finetune_losses
