"""Assignment 6 in Keras: a decoder-only language model from layers of your own."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="deep_learning_course")
class PositionalEncoding(keras.layers.Layer):
    """Add sinusoids of the position to `x (N, T, D)`: x + P, with P as in `transformer.py`.

    Column j of row t is sin(t · 10000^(−2⌊j/2⌋/D)) for even j and the cosine for odd j, t from 0.
    D may be odd. There are no weights.

    Source: Vaswani et al., Attention is all you need, section 3.5 (2017).
    """

    def call(self, x):
        """Return the encoded sequences, `(N, T, D)`."""
        ### BEGIN SOLUTION
        _, length, d_model = ops.shape(x)
        dtype = keras.backend.result_type(x.dtype, "float32")  # half precision rounds positions
        position = ops.cast(ops.arange(length), dtype)[:, None]  # (T, 1)
        columns = np.arange(d_model)
        rates = 10_000.0 ** (-2 * (columns // 2) / d_model)  # (D,)
        angles = position * ops.cast(rates, dtype)  # (T, D)
        code = ops.where(columns % 2 == 0, ops.sin(angles), ops.cos(angles))
        return x + ops.cast(code, x.dtype)
        ### END SOLUTION


@keras.saving.register_keras_serializable(package="deep_learning_course")
class MultiHeadSelfAttention(keras.layers.Layer):
    """Self-attention in `heads` parts: softmax(QKᵀ/√d)V for each head, joined, times Wo.

    Q = x Wq, K = x Wk, V = x Wv; head h owns columns h·d … (h+1)·d − 1 of each, d = D/heads.
    The weights are Wq, Wk, Wv, Wo, each `(D, D)`, in this order; there are no biases.
    Keras's own attention layers and `ops.dot_product_attention` are not allowed here.

    Parameters
    ----------
    heads : int
        At least 1, and divides D; `build` raises ValueError that names it otherwise.

    Source: Vaswani et al., Attention is all you need, section 3.2 (2017).
    """

    def __init__(self, heads, **kwargs):
        """Keep the number of heads."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.heads = heads
        ### END SOLUTION

    def build(self, input_shape):
        """Create the four weights for inputs `(N, T, D)`."""
        ### BEGIN SOLUTION
        d_model = input_shape[-1]
        if self.heads < 1 or d_model % self.heads:
            raise ValueError(
                f"Expected heads to be at least 1 and to divide {d_model}. Received: {self.heads}"
            )
        self.Wq, self.Wk, self.Wv, self.Wo = (
            self.add_weight(name=name, shape=(d_model, d_model), initializer="glorot_uniform")
            for name in ("Wq", "Wk", "Wv", "Wo")
        )
        ### END SOLUTION

    def call(self, x, attention_mask=None):
        """Return the attended sequences, `(N, T, D)`.

        Parameters
        ----------
        x : tensor (N, T, D)
        attention_mask : None or bool, (T, T), (N, T, T) or (N, 1, T)
            True where a query (row) may attend to a key (column). A query that may attend to
            nothing gets zeros, never NaN.
        """
        ### BEGIN SOLUTION
        _, length, d_model = ops.shape(x)

        def split(projected):
            parts = ops.reshape(projected, (-1, length, self.heads, d_model // self.heads))
            return ops.transpose(parts, (0, 2, 1, 3))  # (N, heads, T, d)

        q, k, v = (split(ops.matmul(x, W)) for W in (self.Wq, self.Wk, self.Wv))
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2)))  # (N, heads, T, T)
        # In half precision −1e9 would be −∞, and a row of nothing else NaN.
        scores = ops.cast(scores, keras.backend.result_type(x.dtype, "float32"))
        scores = scores / (d_model // self.heads) ** 0.5
        if attention_mask is None:
            weights = ops.softmax(scores)
        else:
            mask = ops.cast(attention_mask, "bool")
            if len(mask.shape) == 3:
                mask = mask[:, None]  # the same for all heads
            # A row without any True is uniform after the softmax, and zero after the product.
            weights = ops.softmax(ops.where(mask, scores, -1e9)) * ops.cast(mask, scores.dtype)
        attended = ops.matmul(ops.cast(weights, v.dtype), v)  # (N, heads, T, d)
        out = ops.transpose(attended, (0, 2, 1, 3))  # (N, T, heads, d)
        return ops.matmul(ops.reshape(out, (-1, length, d_model)), self.Wo)
        ### END SOLUTION

    def get_config(self):
        """Return the config with `heads`, so that `from_config` makes an equal layer."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "heads": self.heads}
        ### END SOLUTION


@keras.saving.register_keras_serializable(package="deep_learning_course")
class TransformerBlock(keras.layers.Layer):
    """A pre-norm block: h = x + attention(norm₁(x)), then h + W₂·gelu(W₁·norm₂(h)).

    Both layer norms have eps 1e-3, both dense layers a bias; gelu in either form. In training,
    dropout falls on the output of each branch, before it is added. The weights are gamma, beta,
    Wq, Wk, Wv, Wo, gamma, beta, W1 `(D, d_ff)`, b1, W2 `(d_ff, D)`, b2, in this order.

    The layers within have the block's own `dtype_policy`.

    Parameters
    ----------
    heads, d_ff : int
    dropout : float
        The rate.

    Source: Xiong et al., On layer normalization in the transformer architecture (2020).
    """

    def __init__(self, heads, d_ff, dropout=0.0, **kwargs):
        """Create the layers that the block is made of."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.heads, self.d_ff, self.dropout = heads, d_ff, dropout
        inner = {"dtype": self.dtype_policy}
        self.norm1 = keras.layers.LayerNormalization(epsilon=1e-3, **inner)
        self.attention = MultiHeadSelfAttention(heads, **inner)
        self.norm2 = keras.layers.LayerNormalization(epsilon=1e-3, **inner)
        self.widen = keras.layers.Dense(d_ff, activation="gelu", **inner)
        self.drop1 = keras.layers.Dropout(dropout, **inner)
        self.drop2 = keras.layers.Dropout(dropout, **inner)
        ### END SOLUTION

    def build(self, input_shape):
        """Build the layers in the order of the weights, for inputs `(N, T, D)`."""
        ### BEGIN SOLUTION
        d_model = input_shape[-1]
        self.narrow = keras.layers.Dense(d_model, dtype=self.dtype_policy)
        for layer in (self.norm1, self.attention, self.norm2, self.widen):
            layer.build(input_shape)
        self.narrow.build((*input_shape[:-1], self.d_ff))
        ### END SOLUTION

    def call(self, x, attention_mask=None, training=None):
        """Return the block's output, `(N, T, D)`; masks are those of the attention."""
        ### BEGIN SOLUTION
        attended = self.attention(self.norm1(x), attention_mask=attention_mask)
        x = x + self.drop1(attended, training=training)
        fed = self.narrow(self.widen(self.norm2(x)))
        return x + self.drop2(fed, training=training)
        ### END SOLUTION

    def get_config(self):
        """Return the config with `heads`, `d_ff` and `dropout`."""
        ### BEGIN SOLUTION
        own = {"heads": self.heads, "d_ff": self.d_ff, "dropout": self.dropout}
        return {**super().get_config(), **own}
        ### END SOLUTION


def build_language_model(vocabulary, length, d_model, heads, layers):
    """Build and compile a causal language model: ids in, logits of the next id out.

    An embedding, scaled by √d_model (or drawn with standard deviation 1: with Keras's small
    initial values the sinusoids would drown it); the positional encoding; `layers` blocks with
    d_ff = 4·d_model and no dropout, in which a position sees itself and what stands before it;
    a last layer norm (eps 1e-3); a dense layer to the logits, no softmax. Compiled with sparse
    categorical cross-entropy from logits and an optimizer of your choice.

    Returns
    -------
    keras.Model
        From integers `(N, length)` to `(N, length, vocabulary)`.
    """
    ### BEGIN SOLUTION
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(vocabulary, d_model)(ids)  # (N, length, d_model)
    x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))
    causal = np.tril(np.ones((length, length), dtype=bool))  # row t: columns 0 … t
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=causal)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    model = keras.Model(ids, keras.layers.Dense(vocabulary)(x))
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model
    ### END SOLUTION


def generate(model, prompt, n_tokens):
    """Append `n_tokens` ids to the prompt, each the most likely after all before it.

    The model takes exactly `length = model.input_shape[1]` ids: shorter rows are padded on the
    right (causality hides the padding), of longer ones the last `length` ids count.

    Parameters
    ----------
    prompt : int array (P,) or (N, P)
        P ≥ 1.

    Returns
    -------
    int array (P + n_tokens,) or (N, P + n_tokens)
    """
    ### BEGIN SOLUTION
    length = model.input_shape[1]
    ids = np.atleast_2d(prompt)  # (N, P)
    for _ in range(n_tokens):
        recent = ids[:, -length:]
        width = recent.shape[1]
        padded = np.pad(recent, ((0, 0), (0, length - width)))  # (N, length)
        logits = ops.convert_to_numpy(model(padded, training=False))[:, width - 1]  # (N, V)
        ids = np.concatenate([ids, np.argmax(logits, axis=1)[:, None]], axis=1)
    return ids if np.ndim(prompt) == 2 else ids[0]
    ### END SOLUTION


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
    """Train the model on a corpus, then the same model, in place, on a task.

    First to predict each next id of the corpus, then y from x.

    Parameters
    ----------
    model : keras.Model
        Compiled; its own optimizer trains it in both stages, at its learning rate.
    corpus : int array (M, length + 1)
    x, y : int arrays (N, length)
    sample_weight : None or array (N, length)
        Of the task's tokens; the corpus's all count alike.

    Returns
    -------
    (pretrain_losses, finetune_losses) : lists of float
        One for each epoch.

    Source: N4, section 5.3.
    """
    ### BEGIN SOLUTION
    options = {"batch_size": batch_size, "verbose": 0}
    pretrained = model.fit(corpus[:, :-1], corpus[:, 1:], epochs=pretrain_epochs, **options)
    finetuned = model.fit(x, y, sample_weight=sample_weight, epochs=finetune_epochs, **options)
    return pretrained.history["loss"], finetuned.history["loss"]
    ### END SOLUTION
