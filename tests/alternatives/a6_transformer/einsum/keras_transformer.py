"""Assignment 6 in Keras, with every product as an einsum."""

import keras
import numpy as np
from keras import ops


class PositionalEncoding(keras.layers.Layer):
    def build(self, input_shape):
        self.width = input_shape[-1]

    def call(self, x):
        half = (self.width + 1) // 2
        rates = ops.exp(ops.arange(half, dtype="float32") * (-2 * np.log(10_000.0) / self.width))
        angles = ops.einsum("t,j->tj", ops.arange(x.shape[1], dtype="float32"), rates)
        pairs = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)  # (T, half, 2)
        code = ops.reshape(pairs, (x.shape[1], 2 * half))[:, : self.width]
        return x + ops.cast(code, x.dtype)


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
        scores = ops.einsum("nhtd,nhsd->nhts", q * cube[-1] ** -0.5, k)
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
    """Dense layers as weights of its own, and gelu in its tanh form."""

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.rate = heads, d_ff, dropout
        self.random = keras.random.SeedGenerator()

    def build(self, input_shape):
        width = input_shape[-1]
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3, dtype=self.dtype_policy)
        self.norm1.build(input_shape)
        self.attention = MultiHeadSelfAttention(self.heads, dtype=self.dtype_policy)
        self.attention.build(input_shape)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3, dtype=self.dtype_policy)
        self.norm2.build(input_shape)
        self.W1 = self.add_weight(shape=(width, self.d_ff), initializer="he_normal", name="W1")
        self.b1 = self.add_weight(shape=(self.d_ff,), initializer="zeros", name="b1")
        self.W2 = self.add_weight(shape=(self.d_ff, width), name="W2")
        self.b2 = self.add_weight(shape=(width,), initializer="zeros", name="b2")

    def get_own_weights(self):
        return [self.W1, self.b1, self.W2, self.b2]

    @property
    def weights(self):
        """In the contract's order: Keras would put a layer's own weights first."""
        inner = [*self.norm1.weights, *self.attention.weights, *self.norm2.weights]
        return inner + self.get_own_weights()

    @property
    def trainable_variables(self):
        return self.weights

    def call(self, x, attention_mask=None, training=False):
        def dropped(branch):
            if not training or not self.rate:
                return branch
            return keras.random.dropout(branch, self.rate, seed=self.random)

        x = x + dropped(self.attention(self.norm1(x), attention_mask=attention_mask))
        z = ops.einsum("ntc,cf->ntf", self.norm2(x), self.W1) + self.b1
        hidden = ops.gelu(z, approximate=True)
        return x + dropped(ops.einsum("ntf,fc->ntc", hidden, self.W2) + self.b2)

    def get_config(self):
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.rate}
        return dict(super().get_config(), **own)


class CausalBlock(TransformerBlock):
    def call(self, x, training=False):
        positions = ops.arange(x.shape[1])
        mask = positions[:, None] >= positions[None, :]
        return super().call(x, attention_mask=mask, training=training)


def build_language_model(vocabulary, length, d_model, heads, layers):
    ids = keras.Input((length,), dtype="int32")
    initializer = keras.initializers.RandomNormal(stddev=1.0)
    x = keras.layers.Embedding(vocabulary, d_model, embeddings_initializer=initializer)(ids)
    x = PositionalEncoding()(x)
    for _ in range(layers):
        x = CausalBlock(heads, 4 * d_model, 0.0)(x)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    logits = keras.layers.EinsumDense("ntc,cv->ntv", (length, vocabulary), bias_axes="v")(x)
    model = keras.Model(ids, logits)

    def loss(y_true, y_pred):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)

    model.compile(optimizer=keras.optimizers.AdamW(2e-3), loss=loss, metrics=["accuracy"])
    return model


def generate(model, prompt, n_tokens):
    single = np.ndim(prompt) == 1
    ids = np.reshape(prompt, (-1, np.shape(prompt)[-1]))
    length, start = model.input_shape[1], ids.shape[1]
    ids = np.concatenate([ids, np.zeros((len(ids), n_tokens), ids.dtype)], axis=1)
    for end in range(start, start + n_tokens):
        first = max(0, end - length)
        window = np.zeros((len(ids), length), ids.dtype)
        window[:, : end - first] = ids[:, first:end]
        logits = model.predict(window, verbose=0)
        ids[:, end] = logits[:, end - first - 1].argmax(axis=-1)
    return ids[0] if single else ids


def pretrain_then_finetune(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    stages = [
        (corpus[:, :-1], corpus[:, 1:], None, pretrain_epochs),
        (x, y, sample_weight, finetune_epochs),
    ]
    curves = []
    for inputs, targets, weight, epochs in stages:
        history = model.fit(
            inputs, targets, batch_size, epochs=epochs, sample_weight=weight, verbose=0
        )
        curves.append(history.history["loss"])
    return tuple(curves)
