"""The forward pass that `train` is judged by: logits of dense layers with given parameters."""

from mlp import dense_forward, elu, leaky_relu, relu, sigmoid, tanh

_ACTIVATIONS = {one.__name__: one for one in (relu, leaky_relu, elu, tanh, sigmoid)}


def mlp_logits(params, X, activation):
    """Logits of the rows of X; `params` holds W1, b1, W2, b2, …"""
    last = len(params) // 2
    out = last_hidden(params, X, activation)
    return dense_forward(out, params[f"W{last}"], params[f"b{last}"])[0]


def last_hidden(params, X, activation):
    """The outputs of the last hidden layer; X itself where there is none."""
    out = X
    for layer in range(1, len(params) // 2):
        out, _ = dense_forward(out, params[f"W{layer}"], params[f"b{layer}"])
        out = _ACTIVATIONS[activation](out)
    return out
