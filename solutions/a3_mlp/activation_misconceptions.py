"""What students get wrong in activations and their derivatives.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `sigmoid` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("relu", hint="What does your function give for −2?")
def takes_the_absolute_value(z):
    """turns negative numbers positive, as an absolute value does"""
    return np.abs(z)


@misconception("relu", hint="How large may the output become?")
def saturates_at_one(z):
    """cuts off above 1, too"""
    return np.clip(z, 0.0, 1.0)


@misconception("relu", hint="Which half of the axis passes?")
def keeps_the_negative_part(z):
    """keeps what is negative and cuts off what is positive"""
    return np.minimum(z, 0.0)


@misconception("relu_grad", hint="At z = 0, which of the two slopes does the contract choose?")
def is_one_at_the_kink(z):
    """takes the right slope at the kink"""
    return np.where(z >= 0, 1.0, 0.0)


@misconception("relu_grad", hint="How steep is a line through the origin at 45°?")
def returns_the_activation(z):
    """returns the activation, not its slope"""
    return np.maximum(z, 0.0)


@misconception("leaky_relu", hint="Where is the argument `alpha` used?")
def always_leaks_one_percent(z, alpha=0.01):
    """always leaks 0.01, whatever alpha is"""
    return np.where(z > 0, z, 0.01 * z)


@misconception("leaky_relu", hint="Is the output for z = −1 above 0 or below?")
def leaks_upwards(z, alpha=0.01):
    """has the wrong sign on the left"""
    return np.where(z > 0, z, -alpha * z)


@misconception("leaky_relu", hint="What does `relu` become when you only add to its left side?")
def does_not_leak(z, alpha=0.01):
    """is 0 on the left, as `relu` is"""
    return np.maximum(z, 0.0)


@misconception(
    "leaky_relu_grad", hint="At z = 0, which of the two slopes does the contract choose?"
)
def is_one_at_its_kink(z, alpha=0.01):
    """takes the right slope at the kink"""
    return np.where(z >= 0, 1.0, alpha)


@misconception("leaky_relu_grad", hint="What is the derivative of αz with respect to z?")
def keeps_z_on_the_left(z, alpha=0.01):
    """returns αz on the left, the value instead of the slope"""
    return np.where(z > 0, 1.0, alpha * z)


@misconception("leaky_relu_grad", hint="What made the leaky ReLU necessary?")
def is_flat_on_the_left(z, alpha=0.01):
    """is 0 on the left, as `relu_grad` is"""
    return np.where(z > 0, 1.0, 0.0)


@misconception("elu", hint="Do both pieces meet at 0?")
def forgets_the_minus_one(z, alpha=1.0):
    """leaves out the −1, so that it jumps at 0"""
    return np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0.0)))


@misconception("elu", hint="Where is the argument `alpha` used?")
def ignores_alpha(z, alpha=1.0):
    """always goes to −1 on the left, whatever alpha is"""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))


@misconception("elu", hint="What is 0 times an infinity?")
def multiplies_by_a_mask(z, alpha=1.0):
    """multiplies both pieces by masks, which makes NaN of an overflow"""
    return (z > 0) * z + (z <= 0) * alpha * np.expm1(z)


@misconception("elu_grad", hint="Is the argument z, or already elu(z)?")
def takes_the_value_for_z(z, alpha=1.0):
    """adds alpha to z, as if the activation had been applied already"""
    return np.where(z > 0, 1.0, z + alpha)


@misconception("elu_grad", hint="α stands in front of the exponential. Does it vanish?")
def loses_alpha(z, alpha=1.0):
    """leaves alpha out"""
    return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0.0)))


@misconception("elu_grad", hint="What is the derivative of a constant?")
def keeps_the_minus_one(z, alpha=1.0):
    """keeps the −1, whose derivative is 0"""
    return np.where(z > 0, 1.0, alpha * np.expm1(np.minimum(z, 0.0)))


@misconception("tanh", hint="Between which two values does tanh lie?")
def is_the_sigmoid(z):
    """is the logistic function, which runs from 0 to 1"""
    return sigmoid(z)


@misconception("tanh", hint="tanh z = 2σ(2z) − 1. Which of the two 2s is missing?")
def is_stretched(z):
    """is twice as wide as it should be"""
    return 2.0 * sigmoid(z) - 1.0


@misconception("tanh_grad", hint="Is the argument z, or already tanh(z)?")
def squares_the_argument(z):
    """is 1 − z², as if tanh had been applied already"""
    return 1.0 - z**2


@misconception("tanh_grad", hint="Should the slope at −2 and at 2 be the same?")
def forgets_the_square(z):
    """is 1 − tanh(z), without the square"""
    return 1.0 - np.tanh(z)


@misconception("sigmoid", hint="How large is e^1000, and what can float64 hold?")
def overflows(z):
    """computes e^−z directly, which overflows far from 0"""
    return 1.0 / (1.0 + np.exp(-z))


@misconception("sigmoid", hint="Should the result rise or fall with z?")
def mirrors(z):
    """has the wrong sign in the exponent"""
    decay = np.exp(-np.abs(z))
    return np.where(z < 0, 1.0, decay) / (1.0 + decay)


@misconception("sigmoid_grad", hint="Is the argument z, or already σ(z)?")
def takes_the_value_for_the_argument(z):
    """multiplies z by (1 − z), as if the sigmoid had been applied already"""
    return z * (1.0 - z)


@misconception("sigmoid_grad", hint="A derivative of which function is 1 − f²?")
def is_the_derivative_of_tanh(z):
    """is 1 − σ², the form that belongs to tanh"""
    return 1.0 - sigmoid(z) ** 2


@misconception("maxout", hint="Which entries of a row are neighbours after your `reshape`?")
def groups_with_a_stride(z, k):
    """groups entries that lie apart, instead of neighbours"""
    if z.shape[-1] % k:
        raise ValueError(f"Received: k={k}")
    return np.max(z.reshape(*z.shape[:-1], k, z.shape[-1] // k), axis=-2)


@misconception("maxout", hint="How many outputs should a row of six give for k = 4?")
def drops_the_rest(z, k):
    """drops what is left over, where k does not divide the axis"""
    groups = z.shape[-1] // k
    return np.max(z[..., : groups * k].reshape(*z.shape[:-1], groups, k), axis=-1)


@misconception("maxout", hint="How long is the result's last axis: D/k, or k?")
def takes_k_groups(z, k):
    """makes k groups, instead of groups of k"""
    if z.shape[-1] % k:
        raise ValueError(f"Received: k={k}")
    return np.max(z.reshape(*z.shape[:-1], k, z.shape[-1] // k), axis=-1)
