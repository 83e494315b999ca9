"""The forward pass that `LeNet.fit` is judged by: logits of a LeNet with given parameters."""

from cnn import _lenet_forward


def lenet_logits(params, x):
    """Logits of the images x; `params` holds W1, b1, … W5, b5."""
    return _lenet_forward(params, x)[0]


def last_hidden(params, x):
    """The outputs of the layer before the last."""
    return _lenet_forward(params, x)[1][-1]
