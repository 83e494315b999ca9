"""What students get wrong in the network, and in measuring its gradients.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `dense_forward` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("MLP", hint="Can a logit be negative, behind a ReLU?")
class ActivatesTheOutput:
    """applies the activation after the last layer, too"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _ACTIVATIONS[self.activation][0](_run(self, X)[0])

    def loss_and_gradients(self, X, y):
        _, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(self.forward(X), y)
        slope, gradients = _ACTIVATIONS[self.activation][1], {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout * slope(z), cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients


@misconception("MLP", hint="What stands between two dense layers, on the way back?")
class ForgetsTheSlope:
    """leaves the activation's derivative out of the gradients"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        gradients = {}
        for layer in reversed(_layers(self)):
            _, cache = passed[layer - 1]
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients


@misconception("MLP", hint="What is the derivative of l2/2 Σ W²?")
class DoublesThePenalty:
    """uses l2 Σ W², without the half"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        slope, gradients = _ACTIVATIONS[self.activation][1], {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout = dout * slope(z) if gradients else dout
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + 2 * self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 * np.sum(W**2)
        return loss, gradients


@misconception("MLP", hint="The loss has a penalty. Where is its derivative?")
class LeavesThePenaltiesOutOfTheGradients:
    """adds the penalties to the loss, but not to the gradients"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        slope, gradients = _ACTIVATIONS[self.activation][1], {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout = dout * slope(z) if gradients else dout
            dout, gradients[f"W{layer}"], gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients


@misconception("MLP", hint="Does the penalty speak of b?")
class PenalisesTheBiases:
    """penalises the biases as well"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        slope, gradients = _ACTIVATIONS[self.activation][1], {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout = dout * slope(z) if gradients else dout
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
            b = self.params[f"b{layer}"]
            gradients[f"b{layer}"] = gradients[f"b{layer}"] + self.l1 * np.sign(b) + self.l2 * b
            loss += self.l1 * np.sum(np.abs(b)) + self.l2 / 2 * np.sum(b**2)
        return loss, gradients


@misconception("MLP", hint="What does `np.sign` return for 0?")
class TakesOneForTheSignOfZero:
    """takes 1 for the derivative of |W| at 0"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        slope, gradients = _ACTIVATIONS[self.activation][1], {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout = dout * slope(z) if gradients else dout
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.where(W >= 0, 1.0, -1.0) + self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients


@misconception("MLP", hint="Is a derivative's argument z, or the activation's value?")
class TakesTheSlopeOfTheOutput:
    """takes the activation's derivative at its output, not at its input"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        if activation not in _ACTIVATIONS:
            raise ValueError(f"Received: {activation}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        (activate, slope), gradients = _ACTIVATIONS[self.activation], {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout = dout * slope(activate(z)) if gradients else dout
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients


@misconception("MLP", hint="Which exception does a dict raise, and which does the contract name?")
class LetsTheLookupFail:
    """lets a dict raise KeyError for an activation that it does not know"""

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        self.activate, self.slope = _ACTIVATIONS[activation]
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)

    def forward(self, X):
        return _run(self, X)[0]

    def loss_and_gradients(self, X, y):
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        gradients = {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            dout = dout * self.slope(z) if gradients else dout
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss += self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients


@misconception("gradient_norms", hint="Which layer stands first in your array?")
def starts_at_the_output(depth, activation, rng):
    """starts at the output side"""
    model = MLP([32] * depth + [10], activation, rng=rng)
    X, y = rng.normal(size=(64, 32)), rng.integers(0, 10, size=64)
    _, gradients = model.loss_and_gradients(X, y)
    return np.array([np.linalg.norm(gradients[f"W{layer}"]) for layer in range(depth, 0, -1)])


@misconception("gradient_norms", hint="Where is the argument `activation` used?")
def always_uses_relu(depth, activation, rng):
    """always uses ReLU"""
    model = MLP([32] * depth + [10], rng=rng)
    X, y = rng.normal(size=(64, 32)), rng.integers(0, 10, size=64)
    _, gradients = model.loss_and_gradients(X, y)
    return np.array([np.linalg.norm(gradients[f"W{layer}"]) for layer in range(1, depth + 1)])


@misconception(
    "gradient_norms", hint="How many weight matrices has a net with `depth` hidden layers?"
)
def takes_depth_for_hidden_layers(depth, activation, rng):
    """has one matrix too many: `depth` hidden layers and the output"""
    model = MLP([32] * (depth + 1) + [10], activation, rng=rng)
    X, y = rng.normal(size=(64, 32)), rng.integers(0, 10, size=64)
    _, gradients = model.loss_and_gradients(X, y)
    return np.array([np.linalg.norm(gradients[f"W{layer}"]) for layer in range(1, depth + 2)])
