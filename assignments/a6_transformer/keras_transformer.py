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
        raise NotImplementedError("PositionalEncoding.call is yours to write")


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
        raise NotImplementedError("MultiHeadSelfAttention.__init__ is yours to write")

    def build(self, input_shape):
        """Create the four weights for inputs `(N, T, D)`."""
        raise NotImplementedError("MultiHeadSelfAttention.build is yours to write")

    def call(self, x, attention_mask=None):
        """Return the attended sequences, `(N, T, D)`.

        Parameters
        ----------
        x : tensor (N, T, D)
        attention_mask : None or bool, (T, T), (N, T, T) or (N, 1, T)
            True where a query (row) may attend to a key (column). A query that may attend to
            nothing gets zeros, never NaN.
        """
        raise NotImplementedError("MultiHeadSelfAttention.call is yours to write")

    def get_config(self):
        """Return the config with `heads`, so that `from_config` makes an equal layer."""
        raise NotImplementedError("MultiHeadSelfAttention.get_config is yours to write")


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
        raise NotImplementedError("TransformerBlock.__init__ is yours to write")

    def build(self, input_shape):
        """Build the layers in the order of the weights, for inputs `(N, T, D)`."""
        raise NotImplementedError("TransformerBlock.build is yours to write")

    def call(self, x, attention_mask=None, training=None):
        """Return the block's output, `(N, T, D)`; masks are those of the attention."""
        raise NotImplementedError("TransformerBlock.call is yours to write")

    def get_config(self):
        """Return the config with `heads`, `d_ff` and `dropout`."""
        raise NotImplementedError("TransformerBlock.get_config is yours to write")


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
    raise NotImplementedError("build_language_model is yours to write")


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
    raise NotImplementedError("generate is yours to write")


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
    raise NotImplementedError("pretrain_then_finetune is yours to write")
