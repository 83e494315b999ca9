"""What students get wrong in the layers around attention, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `_gelu_grad` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("positional_encoding", hint="Which columns hold the sines: a half, or every other?")
def puts_the_sines_first(length, d_model):
    """puts all sines first and the cosines after them"""
    columns = np.arange(0, d_model, 2)
    angles = np.arange(length)[:, None] / 10_000.0 ** (columns / d_model)
    return np.concatenate([np.sin(angles), np.cos(angles)[:, : d_model // 2]], axis=1)


@misconception("positional_encoding", hint="Which columns hold the sines: a half, or every other?")
def takes_the_first_half_for_the_even_columns(length, d_model):
    """has the sine in the first half of the columns and the cosine in the second"""
    columns = np.arange(d_model)
    angles = np.arange(length)[:, None] / 10_000.0 ** (2 * (columns // 2) / d_model)
    return np.where(columns < d_model // 2, np.sin(angles), np.cos(angles))


@misconception("positional_encoding", hint="Do columns 0 and 1 share a wavelength?")
def gives_every_column_its_own_wavelength(length, d_model):
    """uses the exponent j/d_model, where two columns share one"""
    columns = np.arange(d_model)
    angles = np.arange(length)[:, None] / 10_000.0 ** (columns / d_model)
    return np.where(columns % 2 == 0, np.sin(angles), np.cos(angles))


@misconception("positional_encoding", hint="What does position 0 have in its first column?")
def swaps_sine_and_cosine(length, d_model):
    """has the cosine in the even and the sine in the odd columns"""
    columns = np.arange(d_model)
    angles = np.arange(length)[:, None] / 10_000.0 ** (2 * (columns // 2) / d_model)
    return np.where(columns % 2 == 0, np.cos(angles), np.sin(angles))


@misconception(
    "positional_encoding", hint="How many sines and how many cosines do five columns have?"
)
def needs_an_even_width(length, d_model):
    """writes equally many sines and cosines, which an odd d_model has no room for"""
    angles = np.arange(length)[:, None] / 10_000.0 ** (np.arange(0, d_model, 2) / d_model)
    encoding = np.zeros((length, d_model))
    encoding[:, 0::2] = np.sin(angles)
    encoding[:, 1::2] = np.cos(angles)
    return encoding


@misconception("layer_norm_forward", hint="Is eps added to the variance, or to its root?")
def adds_eps_outside_the_root(x, gamma, beta, eps=1e-3):
    """adds eps to the standard deviation, not to the variance"""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    inverse_std = 1.0 / (np.sqrt(np.mean(centred**2, axis=-1, keepdims=True)) + eps)
    return gamma * centred * inverse_std + beta, (centred * inverse_std, inverse_std, gamma)


@misconception("layer_norm_forward", hint="By what is the sum of squares divided, D or D − 1?")
def divides_by_one_less(x, gamma, beta, eps=1e-3):
    """uses the unbiased variance, which divides by D − 1"""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    inverse_std = 1.0 / np.sqrt(np.var(x, axis=-1, keepdims=True, ddof=1) + eps)
    return gamma * centred * inverse_std + beta, (centred * inverse_std, inverse_std, gamma)


@misconception("layer_norm_forward", hint="Over which axis does batch norm average, and this one?")
def normalises_over_the_batch(x, gamma, beta, eps=1e-3):
    """normalises each feature over the rows, as batch norm does"""
    axes = tuple(range(x.ndim - 1))
    centred = x - np.mean(x, axis=axes, keepdims=True)
    inverse_std = 1.0 / np.sqrt(np.mean(centred**2, axis=axes, keepdims=True) + eps)
    return gamma * centred * inverse_std + beta, (centred * inverse_std, inverse_std, gamma)


@misconception("layer_norm_forward", hint="A root of the variance, or the variance itself?")
def divides_by_the_variance(x, gamma, beta, eps=1e-3):
    """divides by the variance, without taking the root"""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    inverse_std = 1.0 / (np.mean(centred**2, axis=-1, keepdims=True) + eps)
    return gamma * centred * inverse_std + beta, (centred * inverse_std, inverse_std, gamma)


@misconception(
    "layer_norm_backward", hint="Do mean and variance stay the same when one feature changes?"
)
def takes_mean_and_variance_for_constants(dout, cache):
    """treats mean and variance as constants"""
    normalised, inverse_std, gamma = cache
    dx = dout * gamma * inverse_std
    return dx, _sum_leading(dout * normalised), _sum_leading(dout)


@misconception("layer_norm_backward", hint="How does a feature act through the variance?")
def forgets_the_variance(dout, cache):
    """takes the mean into account, but not the variance"""
    normalised, inverse_std, gamma = cache
    dnormalised = dout * gamma
    dx = (dnormalised - np.mean(dnormalised, axis=-1, keepdims=True)) * inverse_std
    return dx, _sum_leading(dout * normalised), _sum_leading(dout)


@misconception("layer_norm_backward", hint="What is the derivative of γx̂ with respect to x̂?")
def leaves_gamma_out(dout, cache):
    """leaves gamma out of the gradient of x"""
    normalised, inverse_std, _gamma = cache
    mean = np.mean(dout, axis=-1, keepdims=True)
    projection = np.mean(dout * normalised, axis=-1, keepdims=True)
    dx = (dout - mean - normalised * projection) * inverse_std
    return dx, _sum_leading(dout * normalised), _sum_leading(dout)


@misconception("layer_norm_backward", hint="How many rows does one gamma serve?")
def sums_over_the_first_axis_only(dout, cache):
    """sums the gradients of gamma and beta over the first axis only"""
    normalised, inverse_std, gamma = cache
    dnormalised = dout * gamma
    mean = np.mean(dnormalised, axis=-1, keepdims=True)
    projection = np.mean(dnormalised * normalised, axis=-1, keepdims=True)
    dx = (dnormalised - mean - normalised * projection) * inverse_std
    return dx, np.sum(dout * normalised, axis=0), np.sum(dout, axis=0)


@misconception("gelu", hint="There are two forms of gelu. Which one does the handout give?")
def is_the_exact_form(x):
    """is the form with the error function"""
    import math

    flat = [0.5 * float(one) * (1.0 + math.erf(one / math.sqrt(2.0))) for one in np.ravel(x)]
    return np.reshape(np.array(flat), np.shape(x))


@misconception("gelu", hint="The argument of the tanh has two terms and a factor.")
def is_the_sigmoid_form(x):
    """is x times the sigmoid of 1.702x, another approximation"""
    return x * 0.5 * (1.0 + np.tanh(1.702 * x / 2.0))


@misconception("gelu", hint="Is the square root over 2/π?")
def takes_no_root(x):
    """multiplies by 2/π inside the tanh, without the root"""
    return 0.5 * x * (1.0 + np.tanh(2.0 / np.pi * (x + 0.044715 * x**3)))


@misconception("feed_forward_forward", hint="Which activation stands between the two layers?")
def uses_relu(x, W1, b1, W2, b2):
    """has a relu between the layers"""
    z = x @ W1 + b1
    hidden = np.maximum(z, 0.0)
    return hidden @ W2 + b2, (x, W1, W2, z, hidden)


@misconception("feed_forward_forward", hint="What would two layers without one between them be?")
def has_no_activation(x, W1, b1, W2, b2):
    """has no activation between the layers"""
    z = x @ W1 + b1
    return z @ W2 + b2, (x, W1, W2, z, z)


@misconception("feed_forward_forward", hint="Can the output be strongly negative? Should it?")
def activates_the_output_too(x, W1, b1, W2, b2):
    """applies gelu to the output as well"""
    z = x @ W1 + b1
    hidden = gelu(z)
    return gelu(hidden @ W2 + b2), (x, W1, W2, z, hidden)


@misconception("feed_forward_backward", hint="What lies between the two layers?")
def skips_the_activation(dout, cache):
    """leaves out the derivative of gelu"""
    x, W1, W2, _z, hidden = cache
    dz = dout @ W2.T
    dW1, dW2 = _weight_gradient(x, dz), _weight_gradient(hidden, dout)
    return dz @ W1.T, dW1, _sum_leading(dz), dW2, _sum_leading(dout)


@misconception("feed_forward_backward", hint="At which number is the derivative of gelu taken?")
def differentiates_at_the_activated_value(dout, cache):
    """takes the derivative at gelu(z), where it belongs at z"""
    x, W1, W2, _z, hidden = cache
    dz = dout @ W2.T * _gelu_grad(hidden)
    dW1, dW2 = _weight_gradient(x, dz), _weight_gradient(hidden, dout)
    return dz @ W1.T, dW1, _sum_leading(dz), dW2, _sum_leading(dout)


@misconception("feed_forward_backward", hint="Does the argument of the tanh have slope 1?")
def forgets_the_inner_derivative(dout, cache):
    """forgets the derivative of what stands inside the tanh"""
    x, W1, W2, z, hidden = cache
    tanh = np.tanh(np.sqrt(2.0 / np.pi) * (z + 0.044715 * z**3))
    dz = dout @ W2.T * (0.5 * (1.0 + tanh) + 0.5 * z * (1.0 - tanh**2))
    dW1, dW2 = _weight_gradient(x, dz), _weight_gradient(hidden, dout)
    return dz @ W1.T, dW1, _sum_leading(dz), dW2, _sum_leading(dout)


@misconception("feed_forward_backward", hint="Is the loss a sum or a mean over the positions?")
def averages_over_the_positions(dout, cache):
    """averages the gradients of weights and biases over the positions"""
    x, W1, W2, z, hidden = cache
    dz = dout @ W2.T * _gelu_grad(z)
    rows = dout.size / dout.shape[-1]
    dW1, dW2 = _weight_gradient(x, dz), _weight_gradient(hidden, dout)
    return dz @ W1.T, dW1 / rows, _sum_leading(dz) / rows, dW2 / rows, _sum_leading(dout) / rows


@misconception("encoder_block_forward", hint="Where do the norms stand: before or after the sums?")
def norms_after_the_sums(x, params, heads, mask=None):
    """norms after each sum (post-norm), as the first transformer did"""
    projections = (params[name] for name in ("Wq", "Wk", "Wv", "Wo"))
    attended, _ = multi_head_attention_forward(x, *projections, heads, mask)
    x, _ = layer_norm_forward(x + attended, params["gamma1"], params["beta1"])
    layers = (params[name] for name in ("W1", "b1", "W2", "b2"))
    transformed, _ = feed_forward_forward(x, *layers)
    return layer_norm_forward(x + transformed, params["gamma2"], params["beta2"])


@misconception("encoder_block_forward", hint="What is added to what a branch returns?")
def leaves_the_sums_out(x, params, heads, mask=None):
    """does not add the input of a branch to its output"""
    normed, _ = layer_norm_forward(x, params["gamma1"], params["beta1"])
    projections = (params[name] for name in ("Wq", "Wk", "Wv", "Wo"))
    attended, _ = multi_head_attention_forward(normed, *projections, heads, mask)
    normed, _ = layer_norm_forward(attended, params["gamma2"], params["beta2"])
    return feed_forward_forward(normed, *(params[name] for name in ("W1", "b1", "W2", "b2")))


@misconception("encoder_block_forward", hint="Is it x, or norm(x), that goes past the branch?")
def adds_the_normed_input(x, params, heads, mask=None):
    """adds the normed input to the output of a branch, not the input itself"""
    normed, _ = layer_norm_forward(x, params["gamma1"], params["beta1"])
    projections = (params[name] for name in ("Wq", "Wk", "Wv", "Wo"))
    attended, _ = multi_head_attention_forward(normed, *projections, heads, mask)
    normed, _ = layer_norm_forward(normed + attended, params["gamma2"], params["beta2"])
    layers = (params[name] for name in ("W1", "b1", "W2", "b2"))
    transformed, cache = feed_forward_forward(normed, *layers)
    return normed + transformed, cache


@misconception("encoder_block_forward", hint="What does the second branch start from?")
def runs_the_branches_side_by_side(x, params, heads, mask=None):
    """feeds the second branch with the block's input, not with what the first one made"""
    normed, _ = layer_norm_forward(x, params["gamma1"], params["beta1"])
    projections = (params[name] for name in ("Wq", "Wk", "Wv", "Wo"))
    attended, _ = multi_head_attention_forward(normed, *projections, heads, mask)
    normed, _ = layer_norm_forward(x, params["gamma2"], params["beta2"])
    layers = (params[name] for name in ("W1", "b1", "W2", "b2"))
    transformed, cache = feed_forward_forward(normed, *layers)
    return x + attended + transformed, cache
