"""Assignment 4 in Keras: a small LeNet, a residual block, augmentation and transfer learning."""

import keras
from keras import layers, ops


def build_lenet(input_shape, n_classes):
    """Build and compile the network of `cnn.LeNet`, which ends in logits.

    conv 3 × 3 "same" of 6 filters → relu → max pool 2/2 → conv 3 × 3 "same" of 16 → relu → max
    pool 2/2 → flatten → 120 → relu → 84 → relu → n_classes, channels last. A ragged edge is
    dropped by the pools. For 8 × 8 × 1 and 10 classes these are 19,754 parameters.

    Compiled with sparse categorical cross-entropy from logits and an optimizer of your choice:
    the grader calls `fit` with 25 epochs and batches of 32 on 1,300 digits.

    Parameters
    ----------
    input_shape : (H, W, C)
    n_classes : int

    Returns
    -------
    keras.Model
        From `(N, H, W, C)` to `(N, K)`; `get_weights()` in the order of the network, of each
        layer the kernel before the bias.

    Source: as for `cnn.LeNet`.
    """
    raise NotImplementedError("build_lenet is yours to write")


@keras.saving.register_keras_serializable(package="deep_learning_course")
class ResidualBlock(layers.Layer):
    """A residual block: relu(x + conv(relu(conv(x)))), both convolutions 3 × 3 "same".

    The input has as many channels as `filters`, or `build` raises ValueError with the number
    that it has. The weights, in the order of `get_weights()`, are w1 `(3, 3, C, C)`, b1 `(C,)`,
    w2 `(3, 3, C, C)` and b2 `(C,)`. `from_config(get_config())` gives a block like this one. The
    layers within, if any, have the block's own `dtype_policy`.

    Source: He et al., Deep residual learning (2016), without batch normalisation.
    """

    def __init__(self, filters, **kwargs):
        """Keep the arguments; `**kwargs` are the base class's."""
        raise NotImplementedError("ResidualBlock.__init__ is yours to write")

    def build(self, input_shape):
        """Check the number of channels and create the weights."""
        raise NotImplementedError("ResidualBlock.build is yours to write")

    def call(self, x):
        """Map `(N, H, W, C)` to `(N, H, W, C)`."""
        raise NotImplementedError("ResidualBlock.call is yours to write")

    def get_config(self):
        """Return all that `from_config` needs to make the block again."""
        raise NotImplementedError("ResidualBlock.get_config is yours to write")


def build_augmentation(max_shift=0.1, rotation=0.05, flip=False, seed=None):
    """Build a model that shifts, turns and, if `flip`, mirrors images at random in training.

    At inference it returns the images as they are. In training every image is shifted by up to
    `max_shift` of its height and width, turned by up to `rotation` of a full turn, either way,
    and mirrored left-right with probability 1/2 if `flip`, all of it drawn apart and anew for each
    image of each batch; the shape stays.

    Parameters
    ----------
    max_shift, rotation : float
    flip : bool
    seed : int, optional
        Two models with the same seed do the same to the same images.

    Returns
    -------
    keras.Model
        From `(N, H, W, C)` to `(N, H, W, C)`, for any size.

    Source: N1, section 3.10.1.
    """
    raise NotImplementedError("build_augmentation is yours to write")


def build_transfer_model(base, n_classes):
    """Build and compile a classifier on top of a trained network, which stays as it is.

    base, frozen → global average of a 4-D output `(N, H, W, C)`, a 2-D one stays → one Dense
    head of logits. The base is called with `training=False`: while the model is trained, neither
    its weights nor its moving statistics change, and it normalises by the latter.

    Compiled with sparse categorical cross-entropy from logits and any optimizer.

    Parameters
    ----------
    base : keras.Model
        Built and called, so that it has an `output`; without a head of its own.
    n_classes : int

    Returns
    -------
    keras.Model
        From the base's input to `(N, K)`. `get_weights()` are the base's weights, then the
        head's kernel and bias.

    Source: N1, section 3.10.2.
    """
    raise NotImplementedError("build_transfer_model is yours to write")


def unfreeze(model, n_layers):
    """Let the last layers of the base learn, too: fine-tuning.

    The last `n_layers` of `base.layers` become trainable, where layers without weights count and
    0 means none; all of them, when there are fewer. Each BatchNormalization among them stays
    frozen. The head stays trainable. The model is compiled again, with the same loss: only then
    does what is trainable change for `fit`.

    Parameters
    ----------
    model : keras.Model
        From your `build_transfer_model`.
    n_layers : int

    Returns
    -------
    keras.Model
        The same model.

    Source: N1, section 3.10.2.
    """
    raise NotImplementedError("unfreeze is yours to write")
