import keras
import numpy as np
from keras import layers as kl
from keras import ops


def sinusoids(length, d_model):
    p = np.arange(length, dtype="float64")[:, None]
    j = np.arange(d_model)[None, :]
    angles = p / np.power(10000.0, 2 * (j // 2) / d_model)
    table = np.zeros((length, d_model))
    table[:, 0::2] = np.sin(angles[:, 0::2])
    table[:, 1::2] = np.cos(angles[:, 1::2])
    return table.astype("float32")


@keras.saving.register_keras_serializable(package="deep_learning_course")
class PositionalEncoding(kl.Layer):
    def call(self, x):
        table = sinusoids(x.shape[1], x.shape[2])
        return x + ops.cast(table, x.dtype)


@keras.saving.register_keras_serializable(package="deep_learning_course")
class MultiHeadSelfAttention(kl.Layer):
    def __init__(self, heads, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads

    def build(self, input_shape):
        d = input_shape[-1]
        if self.heads < 1 or d % self.heads > 0:
            raise ValueError(f"{self.heads} heads do not fit {d} features")
        self.Wq = self.add_weight(name="Wq", shape=(d, d), initializer="glorot_uniform")
        self.Wk = self.add_weight(name="Wk", shape=(d, d), initializer="glorot_uniform")
        self.Wv = self.add_weight(name="Wv", shape=(d, d), initializer="glorot_uniform")
        self.Wo = self.add_weight(name="Wo", shape=(d, d), initializer="glorot_uniform")

    def call(self, x, attention_mask=None):
        length, d = x.shape[1], x.shape[2]
        size = d // self.heads
        q = ops.reshape(x @ self.Wq, (-1, length, self.heads, size))
        k = ops.reshape(x @ self.Wk, (-1, length, self.heads, size))
        v = ops.reshape(x @ self.Wv, (-1, length, self.heads, size))
        scores = ops.cast(ops.einsum("nqhd,nkhd->nhqk", q, k), "float32")
        scores = scores / size**0.5
        if attention_mask is not None:
            seen = ops.cast(attention_mask, "float32")
            if len(seen.shape) == 3:
                seen = ops.expand_dims(seen, 1)
            scores = scores + (1.0 - seen) * -1e9
            weights = ops.softmax(scores, axis=-1) * seen
        else:
            weights = ops.softmax(scores, axis=-1)
        out = ops.einsum("nhqk,nkhd->nqhd", ops.cast(weights, v.dtype), v)
        out = ops.reshape(out, (-1, length, d))
        return out @ self.Wo

    def get_config(self):
        config = super().get_config()
        config["heads"] = self.heads
        return config


@keras.saving.register_keras_serializable(package="deep_learning_course")
class TransformerBlock(kl.Layer):
    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads = heads
        self.d_ff = d_ff
        self.dropout = dropout

    def build(self, input_shape):
        policy = self.dtype_policy
        self.norm_a = kl.LayerNormalization(epsilon=1e-3, dtype=policy)
        self.norm_a.build(input_shape)
        self.attend = MultiHeadSelfAttention(self.heads, dtype=policy)
        self.attend.build(input_shape)
        self.norm_b = kl.LayerNormalization(epsilon=1e-3, dtype=policy)
        self.norm_b.build(input_shape)
        self.up = kl.Dense(self.d_ff, activation=keras.activations.gelu, dtype=policy)
        self.up.build(input_shape)
        self.down = kl.Dense(input_shape[-1], dtype=policy)
        self.down.build((input_shape[0], input_shape[1], self.d_ff))
        self.drop_a = kl.Dropout(self.dropout, dtype=policy)
        self.drop_b = kl.Dropout(self.dropout, dtype=policy)
        super().build(input_shape)

    def call(self, x, attention_mask=None, training=None):
        branch = self.attend(self.norm_a(x), attention_mask=attention_mask)
        branch = self.drop_a(branch, training=training)
        y = x + branch
        wide = self.up(self.norm_b(y))
        branch = self.down(wide)
        branch = self.drop_b(branch, training=training)
        return y + branch

    def get_config(self):
        config = super().get_config()
        config.update(heads=self.heads, d_ff=self.d_ff, dropout=self.dropout)
        return config


def build_language_model(vocabulary, length, d_model, heads, layers):
    tokens = keras.Input(shape=(length,), dtype="int32")
    unit = keras.initializers.RandomNormal(stddev=1.0)
    x = kl.Embedding(vocabulary, d_model, embeddings_initializer=unit)(tokens)
    x = PositionalEncoding()(x)
    future = np.arange(length)
    visible = future[:, None] >= future[None, :]
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model)(x, attention_mask=visible)
    x = kl.LayerNormalization(epsilon=1e-3)(x)
    logits = kl.Dense(vocabulary)(x)
    model = keras.Model(tokens, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate=2e-3), loss=loss)
    return model


def generate(model, prompt, n_tokens):
    length = model.input_shape[1]
    single = np.ndim(prompt) == 1
    rows = np.array([prompt]) if single else np.array(prompt)
    for _ in range(n_tokens):
        window = rows[:, -length:]
        used = window.shape[1]
        padded = np.zeros((len(rows), length), dtype=int)
        padded[:, :used] = window
        logits = np.array(model.predict(padded, verbose=0))
        best = logits[:, used - 1].argmax(axis=-1)
        rows = np.hstack([rows, best[:, None]])
    return rows[0] if single else rows


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
    inputs, nexts = corpus[:, :-1], corpus[:, 1:]
    history = model.fit(inputs, nexts, epochs=pretrain_epochs, batch_size=batch_size, verbose=0)
    first = history.history["loss"]
    history = model.fit(
        x,
        y,
        sample_weight=sample_weight,
        epochs=finetune_epochs,
        batch_size=batch_size,
        verbose=0,
    )
    return first, history.history["loss"]
