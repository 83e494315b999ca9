"""What students get wrong in assignment 4's `LeNet`.

Each definition replaces the class in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_lenet_forward` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("LeNet", hint="Do the numbers that come out add up to 1? Should they?")
class SoftmaxesTheLogits:
    """returns probabilities where logits are asked for"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        logits = _lenet_forward(self.params, x)[0]
        p = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        return p / np.sum(p, axis=1, keepdims=True)

    def loss_and_gradients(self, x, y):
        return _lenet_backward(self.params, x, y)[:2]

    def fit(self, x, y, rng):
        return self


@misconception("LeNet", hint="With twice as many of the same images, is the loss twice as large?")
class SumsOverTheBatch:
    """sums the loss over the batch instead of taking the mean"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def loss_and_gradients(self, x, y):
        loss, gradients, _ = _lenet_backward(self.params, x, y)
        return len(y) * loss, {key: len(y) * value for key, value in gradients.items()}

    def fit(self, x, y, rng):
        return self


@misconception("LeNet", hint="Row-major with channels last: which index moves fastest?")
class FlattensChannelsFirst:
    """flattens channel by channel, as libraries with channels first do"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def _reordered(self, x):
        _, height, width, _ = x.shape
        shape = (16, height // 4, width // 4)
        order = np.arange(np.prod(shape)).reshape(shape).transpose(1, 2, 0).ravel()
        return order, {**self.params, "W3": self.params["W3"][order]}

    def forward(self, x):
        return _lenet_forward(self._reordered(x)[1], x)[0]

    def loss_and_gradients(self, x, y):
        order, params = self._reordered(x)
        loss, gradients, _ = _lenet_backward(params, x, y)
        gradients["W3"] = gradients["W3"][np.argsort(order)]
        return loss, gradients

    def fit(self, x, y, rng):
        return self


@misconception("LeNet", hint="Which dense layers have a relu behind them? Look at the way back.")
class ForgetsTheDenseSlopes:
    """goes back through the dense layers without their relus"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def loss_and_gradients(self, x, y):
        p = self.params
        logits, (z1, conv1, pool1, z2, conv2, pool2, a2, flat, a3, a4) = _lenet_forward(p, x)
        loss, delta = _softmax_cross_entropy(logits, y)
        gradients = {}
        for number, inputs in ((5, a4), (4, a3), (3, flat)):
            gradients[f"W{number}"] = inputs.T @ delta
            gradients[f"b{number}"] = np.sum(delta, axis=0)
            delta = delta @ p[f"W{number}"].T
        dz2 = _relu_pool_backward(delta.reshape(a2.shape), pool2, z2)
        da1, gradients["W2"], gradients["b2"] = _same_conv_backward(dz2, conv2)
        dz1 = _relu_pool_backward(da1, pool1, z1)
        _, gradients["W1"], gradients["b1"] = _same_conv_backward(dz1, conv1)
        return loss, gradients

    def fit(self, x, y, rng):
        return self


@misconception("LeNet", hint="What is log(0)? When does a softmax become exactly 0?")
class TakesTheLogarithmOfASoftmax:
    """takes the logarithm of a softmax, which may be 0"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def loss_and_gradients(self, x, y):
        logits = self.forward(x)
        p = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        p /= np.sum(p, axis=1, keepdims=True)
        _, gradients, _ = _lenet_backward(self.params, x, y)
        return -np.mean(np.log(p[np.arange(len(y)), y])), gradients

    def fit(self, x, y, rng):
        return self


@misconception("LeNet", hint="Who should take the step: the one who asks for a gradient?")
class TakesAStep:
    """changes its params when it is asked for a loss"""

    def __init__(self, input_shape, n_classes, rng):
        self.params = _lenet_params(input_shape, n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def loss_and_gradients(self, x, y):
        loss, gradients, _ = _lenet_backward(self.params, x, y)
        for key, gradient in gradients.items():
            self.params[key] = self.params[key] - 0.1 * gradient
        return loss, gradients

    def fit(self, x, y, rng):
        return self


@misconception("LeNet", hint="What do two pools make of a side of 9?")
class RoundsTheSizesUp:
    """makes layer 3 for sizes that are rounded up by each pool"""

    def __init__(self, input_shape, n_classes, rng):
        height, width, channels = (-(-input_shape[0] // 4), -(-input_shape[1] // 4), input_shape[2])
        self.params = _lenet_params((4 * height, 4 * width, channels), n_classes, rng)

    def forward(self, x):
        return _lenet_forward(self.params, x)[0]

    def loss_and_gradients(self, x, y):
        return _lenet_backward(self.params, x, y)[:2]

    def fit(self, x, y, rng):
        return self
