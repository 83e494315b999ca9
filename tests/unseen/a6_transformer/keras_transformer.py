"""The Keras part as a student who builds it from few parts would hand it in."""

import keras
import numpy as np
from keras import ops


def _sinusoids(length, width):
    positions = np.arange(length)[:, None]
    columns = np.arange(width)[None, :]
    angles = positions / 10000 ** (2 * (columns // 2) / width)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))


@keras.saving.register_keras_serializable(package="deep_learning_course")
class PositionalEncoding(keras.layers.Layer):
    def call(self, x):
        table = _sinusoids(x.shape[1], x.shape[2])
        return x + ops.cast(ops.convert_to_tensor(table), x.dtype)


@keras.saving.register_keras_serializable(package="deep_learning_course")
class MultiHeadSelfAttention(keras.layers.Layer):
    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        width = input_shape[-1]
        if self.heads < 1 or width % self.heads:
            raise ValueError(f"{self.heads} heads do not divide {width} features")
        self.Wq, self.Wk, self.Wv, self.Wo = [
            self.add_weight(shape=(width, width), initializer="glorot_uniform", name=name)
            for name in ("Wq", "Wk", "Wv", "Wo")
        ]
        self.built = True

    def _split(self, x):
        N, T, D = ops.shape(x)
        x = ops.reshape(x, (N, T, self.heads, D // self.heads))
        return ops.transpose(x, (0, 2, 1, 3))

    def call(self, x, attention_mask=None):
        q = self._split(ops.matmul(x, self.Wq))
        k = self._split(ops.matmul(x, self.Wk))
        v = self._split(ops.matmul(x, self.Wv))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2)))
        scores = scores / float(np.sqrt(x.shape[-1] // self.heads))
        if attention_mask is None:
            weights = ops.softmax(scores, axis=-1)
        else:
            mask = ops.cast(attention_mask, "bool")
            if len(mask.shape) == 3:
                mask = ops.expand_dims(mask, 1)
            weights = ops.softmax(ops.where(mask, scores, -1e9), axis=-1)
            weights = ops.where(mask, weights, 0.0)
        out = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        return ops.matmul(ops.reshape(out, ops.shape(x)), self.Wo)

    def get_config(self):
        return {**super().get_config(), "heads": self.heads}


@keras.saving.register_keras_serializable(package="deep_learning_course")
class TransformerBlock(keras.layers.Layer):
    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads
        self.d_ff = d_ff
        self.dropout = dropout
        policy = self.dtype_policy
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3, dtype=policy)
        self.attention = MultiHeadSelfAttention(heads, dtype=policy)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3, dtype=policy)
        self.wide = keras.layers.Dense(d_ff, activation="gelu", dtype=policy)
        self.drop = keras.layers.Dropout(dropout, dtype=policy)

    def build(self, input_shape):
        width = input_shape[-1]
        self.narrow = keras.layers.Dense(width, dtype=self.dtype_policy)
        self.norm1.build(input_shape)
        self.attention.build(input_shape)
        self.norm2.build(input_shape)
        self.wide.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))
        self.built = True

    def call(self, x, attention_mask=None, training=None):
        branch = self.attention(self.norm1(x), attention_mask=attention_mask)
        h = x + self.drop(branch, training=training)
        branch = self.narrow(self.wide(self.norm2(h)))
        return h + self.drop(branch, training=training)

    def get_config(self):
        config = super().get_config()
        config.update(heads=self.heads, d_ff=self.d_ff, dropout=self.dropout)
        return config


def build_language_model(vocabulary, length, d_model, heads, layers):
    ids = keras.Input((length,), dtype="int32")
    spread = keras.initializers.RandomNormal(stddev=1.0)
    x = keras.layers.Embedding(vocabulary, d_model, embeddings_initializer=spread)(ids)
    x = PositionalEncoding()(x)
    causal = np.tril(np.ones((length, length), dtype=bool))
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model)(x, attention_mask=causal)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    logits = keras.layers.Dense(vocabulary)(x)
    model = keras.Model(ids, logits)
    model.compile(
        optimizer=keras.optimizers.Adam(0.003),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def generate(model, prompt, n_tokens):
    length = model.input_shape[1]
    prompt = np.asarray(prompt)
    ids = np.atleast_2d(prompt)
    for _ in range(n_tokens):
        seen = ids[:, -length:]
        last = seen.shape[1] - 1
        padded = np.zeros((len(ids), length), dtype=ids.dtype)
        padded[:, : last + 1] = seen
        logits = ops.convert_to_numpy(model(padded, training=False))
        following = logits[:, last].argmax(axis=-1)
        ids = np.concatenate([ids, following[:, None].astype(ids.dtype)], axis=1)
    return ids[0] if prompt.ndim == 1 else ids


def pretrain_then_finetune(
    model,
    corpus,
    x,
    y,
    sample_weight=None,
    pretrain_epochs=5,
    finetune_epochs=5,
    batch_size=64,
):
    shared = {"batch_size": batch_size, "verbose": 0}
    corpus = np.asarray(corpus)
    first = model.fit(corpus[:, :-1], corpus[:, 1:], epochs=pretrain_epochs, **shared)
    second = model.fit(x, y, sample_weight=sample_weight, epochs=finetune_epochs, **shared)
    return first.history["loss"], second.history["loss"]
