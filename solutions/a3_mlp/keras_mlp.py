"""Assignment 3 in Keras: a layer and a loss of your own, a model, and when to stop training it.

Shapes: N rows, D inputs, H units, K classes; labels are integers `(N,)`, logits `(N, K)`.
Everything runs on any backend: use `keras.ops`, no function of TensorFlow, JAX or PyTorch.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="deep_learning_course")
class Dense(keras.layers.Layer):
    """Fully connected layer from scratch: activation(X·W + b).

    Weights, in the order of `get_weights()`: kernel W `(D, H)`, drawn at random, and bias b
    `(H,)`. They are made in `build`, which knows D. No layer of Keras's that multiplies by a
    kernel is allowed here (dense, convolutional, recurrent, attention), nor are `ops.conv` and the
    like.

    Parameters
    ----------
    units : int
        H.
    activation : str or None
        A name that `keras.activations.get` knows; None leaves X·W + b as it is.
    **kwargs
        For the base class: `name`, `trainable`, `dtype`.

    Source: N4, section 2.2; Keras guide "Making new layers and models via subclassing".
    """

    def __init__(self, units, activation=None, **kwargs):
        """Keep the settings; there are no weights yet."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        ### END SOLUTION

    def build(self, input_shape):
        """Make the weights for inputs of shape `(N, D)`."""
        ### BEGIN SOLUTION
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        ### END SOLUTION

    def call(self, inputs):
        """From `(N, D)` to `(N, H)`."""
        ### BEGIN SOLUTION
        return self.activation(ops.matmul(inputs, self.kernel) + self.bias)
        ### END SOLUTION

    def get_config(self):
        """Return what `__init__` takes, so that `Dense.from_config` makes an equal layer."""
        ### BEGIN SOLUTION
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "units": self.units, "activation": activation}
        ### END SOLUTION


@keras.saving.register_keras_serializable(package="deep_learning_course")
class FocalLoss(keras.losses.Loss):
    """Focal loss −(1 − p_t)^γ log p_t, where p_t is the probability of the row's own label.

    γ = 0 is cross-entropy; a larger γ cares less about rows that are right already. Loss and
    gradient are finite also for p_t = 1 and p_t → 0, whatever γ. The base class averages the rows
    and weighs them by `sample_weight`. Keras's own focal losses are not allowed here.

    Parameters
    ----------
    gamma : float
        γ ≥ 0, perhaps below 1.
    **kwargs
        For the base class: `name`, `reduction`, `dtype`.

    Source: Lin et al., Focal loss for dense object detection (2017), equation 4.
    """

    def __init__(self, gamma=2.0, **kwargs):
        """Keep the settings."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.gamma = gamma
        ### END SOLUTION

    def call(self, y_true, y_pred):
        """Return the loss of each row, `(N,)`.

        Parameters
        ----------
        y_true : tensor (N,)
            Labels 0 … K−1. Keras hands them over as floats.
        y_pred : tensor (N, K)
            Logits.
        """
        ### BEGIN SOLUTION
        labels = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        picked = ops.one_hot(labels, y_pred.shape[-1], dtype=y_pred.dtype)  # (N, K)
        log_p = ops.sum(picked * ops.log_softmax(y_pred, axis=-1), axis=-1)  # (N,)
        # 1 − p as −expm1(log p) keeps its digits where p is nearly 1. At 0 a power below 1 has an
        # infinite slope, and ∞ · log 1 is NaN: there any constant will do, since log 1 is 0.
        miss = -ops.expm1(log_p)
        return -ops.power(ops.where(miss > 0, miss, 1.0), self.gamma) * log_p
        ### END SOLUTION

    def get_config(self):
        """Return what `__init__` takes."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "gamma": self.gamma}
        ### END SOLUTION


def build_mlp(n_inputs, hidden, n_classes, dropout=0.0, l2=0.0, batch_norm=False):
    """Build and compile a multi-layer perceptron that ends in logits.

    Per hidden layer: Dense with bias, batch normalisation (if wanted), ReLU, dropout; then a
    last Dense without any of these. All Keras's own layers, with their default settings but for
    initialisers. Every kernel, the last one's too, has the penalty l2/2 ‖W‖², which Keras calls
    `L2(l2 / 2)`. Compiled with Adam and sparse categorical cross-entropy from logits.

    Parameters
    ----------
    n_inputs : int
    hidden : list of int
        Units of the hidden layers, input side first.
    n_classes : int
    dropout : float
        Rate, after every hidden layer.
    l2 : float
    batch_norm : bool

    Returns
    -------
    keras.Model
        From `(N, D)` to `(N, K)`.

    Source: N4, sections 3.2.3 (Adam), 3.2.5 (dropout, L2) and 3.2.6 (batch normalisation).
    """
    ### BEGIN SOLUTION
    penalty = keras.regularizers.L2(l2 / 2)
    model = keras.Sequential([keras.Input((n_inputs,))])
    for units in hidden:
        model.add(keras.layers.Dense(units, kernel_regularizer=penalty))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("relu"))
        if dropout:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(n_classes, kernel_regularizer=penalty))
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model
    ### END SOLUTION


def callbacks(patience):
    """Return a list of callbacks for `fit`, with early stopping among them.

    It watches `val_loss`, stops after `patience` epochs in a row without a smaller one, and puts
    the weights of the best epoch back.

    Parameters
    ----------
    patience : int

    Returns
    -------
    list of keras.callbacks.Callback

    Source: Prechelt, Early stopping — but when? (1998); N4, section 3.2.6.
    """
    ### BEGIN SOLUTION
    return [
        keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=patience, restore_best_weights=True
        )
    ]
    ### END SOLUTION
