"""Assignment 5 in Keras: an LSTM cell of your own, a classifier of sequences, and a forecaster.

Shapes: N sequences, T steps, D inputs, H units, K classes. Everything runs on any backend: use
`keras.ops`, no function of TensorFlow, JAX or PyTorch.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="deep_learning_course")
class LSTMCell(keras.layers.Layer):
    """One step of an LSTM from scratch, to be run by `keras.layers.RNN`.

    With a = x·kernel + h·recurrent_kernel + bias, cut into four along its columns (i, f, c, o):
    c' = σ(a_f)·c + σ(a_i)·tanh(a_c), h' = σ(a_o)·tanh(c'). With the same weights,
    `keras.layers.RNN(LSTMCell(units))` equals `keras.layers.LSTM(units)`. No recurrent layer or
    cell of Keras's is allowed here.

    Weights, in the order of `get_weights()`: kernel `(D, 4H)` and recurrent_kernel `(H, 4H)`, drawn
    at random, and bias `(4H,)`. They are made in `build`, which knows D.

    Parameters
    ----------
    units : int
        H.
    **kwargs
        For the base class: `name`, `trainable`, `dtype`.

    Attributes
    ----------
    state_size : [H, H]
        The sizes of h and c; `RNN` asks for them.

    Source: N5, sections 5.5.1 to 5.5.5; Keras guide "Working with RNNs".
    """

    def __init__(self, units, **kwargs):
        """Keep the settings; there are no weights yet."""
        raise NotImplementedError("LSTMCell.__init__ is yours to write")

    def build(self, input_shape):
        """Make the weights for one step of inputs, `(N, D)`."""
        raise NotImplementedError("LSTMCell.build is yours to write")

    def call(self, inputs, states):
        """Take one step.

        Parameters
        ----------
        inputs : tensor (N, D)
        states : list of two tensors (N, H)
            h and c.

        Returns
        -------
        (h, [h, c]) : the output, and the states for the next step
        """
        raise NotImplementedError("LSTMCell.call is yours to write")

    def get_config(self):
        """Return what `__init__` takes, so that `LSTMCell.from_config` makes an equal cell."""
        raise NotImplementedError("LSTMCell.get_config is yours to write")


def build_sequence_classifier(n_steps, n_inputs, n_classes, bidirectional=False):
    """Build and compile a classifier of sequences: an LSTM, and logits from its last output.

    Compiled with sparse categorical cross-entropy from logits and an optimiser of your choice;
    sizes are yours, too. It should learn handwritten digits, read row by row.

    Parameters
    ----------
    n_steps, n_inputs, n_classes : int
        T, D and K.
    bidirectional : bool
        Whether a second LSTM reads from the right. Each of the two then contributes its output
        from where its own reading ends.

    Returns
    -------
    keras.Model
        From `(N, T, D)` to logits `(N, K)`.

    Source: Schuster and Paliwal, Bidirectional recurrent neural networks (1997).
    """
    raise NotImplementedError("build_sequence_classifier is yours to write")


def build_forecaster(n_steps, n_hidden):
    """Build and compile a forecaster: one LSTM with H units, and Dense(1) on its last output.

    Compiled with the mean squared error. It has 4H(H + 2) + H + 1 parameters.

    Parameters
    ----------
    n_steps, n_hidden : int
        T and H.

    Returns
    -------
    keras.Model
        From `(N, T, 1)` to `(N, 1)`.

    Source: N5, section 5.5.
    """
    raise NotImplementedError("build_forecaster is yours to write")
