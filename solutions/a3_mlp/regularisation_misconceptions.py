"""What students get wrong in batch normalisation and dropout.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import numpy as np

from grader.course import misconception


@misconception("batchnorm_forward", hint="Which variance enters the running one: over N or N − 1?")
def runs_with_the_unbiased_variance(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """moves the running variance with the unbiased one, as PyTorch does"""
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)
        unbiased = np.var(x, axis=0, ddof=1)
        running_mean = momentum * running_mean + (1.0 - momentum) * mean
        running_var = momentum * running_var + (1.0 - momentum) * unbiased
    scale = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * scale
    return gamma * x_hat + beta, (x_hat, scale, gamma), running_mean, running_var


@misconception(
    "batchnorm_forward", hint="With momentum 0.99, should the running mean move a little?"
)
def swaps_the_momentum(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """gives the batch the weight of the running values, as PyTorch counts momentum"""
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)
        running_mean = (1.0 - momentum) * running_mean + momentum * mean
        running_var = (1.0 - momentum) * running_var + momentum * var
    scale = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * scale
    return gamma * x_hat + beta, (x_hat, scale, gamma), running_mean, running_var


@misconception("batchnorm_forward", hint="Does eps stand under the root, or beside it?")
def adds_eps_to_the_deviation(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """adds eps to the standard deviation instead of the variance"""
    mean, var = running_mean, running_var
    if training:
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)
        running_mean = momentum * running_mean + (1.0 - momentum) * mean
        running_var = momentum * running_var + (1.0 - momentum) * var
    scale = 1.0 / (np.sqrt(var) + eps)
    x_hat = (x - mean) * scale
    return gamma * x_hat + beta, (x_hat, scale, gamma), running_mean, running_var


@misconception("batchnorm_forward", hint="What is the variance of a batch of one row?")
def normalises_by_the_batch_at_inference(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """uses the batch's statistics at inference, too"""
    mean, var = np.mean(x, axis=0), np.var(x, axis=0)
    if training:
        running_mean = momentum * running_mean + (1.0 - momentum) * mean
        running_var = momentum * running_var + (1.0 - momentum) * var
    scale = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * scale
    return gamma * x_hat + beta, (x_hat, scale, gamma), running_mean, running_var


@misconception("batchnorm_backward", hint="Do mean and variance not depend on x?")
def holds_the_statistics_constant(dout, cache):
    """treats mean and variance as constants"""
    x_hat, scale, gamma = cache
    return gamma * scale * dout, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@misconception("batchnorm_backward", hint="Two statistics depend on x. How many did you follow?")
def follows_the_mean_alone(dout, cache):
    """leaves out the way through the variance"""
    x_hat, scale, gamma = cache
    dx = gamma * scale * (dout - np.mean(dout, axis=0))
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


@misconception("batchnorm_backward", hint="What multiplies x̂ on the way forward?")
def forgets_gamma(dout, cache):
    """leaves gamma out of the gradient of x"""
    x_hat, scale, _ = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx = scale * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@misconception("dropout_forward", hint="What is the mean of the output, compared with that of x?")
def does_not_scale(x, rate, training, rng):
    """does not scale up what is left"""
    if not 0 <= rate < 1:
        raise ValueError(f"Received: rate={rate}")
    if not training:
        return x, 1.0
    kept = (rng.random(x.shape) >= rate).astype(float)
    return x * kept, kept


@misconception("dropout_forward", hint="Is `rate` the probability to stay or to go?")
def keeps_what_it_should_drop(x, rate, training, rng):
    """keeps the share `rate`, and drops the rest"""
    if not 0 <= rate < 1:
        raise ValueError(f"Received: rate={rate}")
    if not training or rate == 0:
        return x, 1.0
    factor = (rng.random(x.shape) < rate) / rate
    return x * factor, factor


@misconception("dropout_forward", hint="Inverted dropout scales once. When?")
def scales_at_inference(x, rate, training, rng):
    """scales at inference, although training has done it"""
    if not 0 <= rate < 1:
        raise ValueError(f"Received: rate={rate}")
    factor = (rng.random(x.shape) >= rate) / (1.0 - rate) if training else 1.0 - rate
    return x * factor, factor


@misconception("dropout_forward", hint="What is left when the rate is 1?")
def accepts_any_rate(x, rate, training, rng):
    """accepts rates for which nothing is left"""
    factor = (rng.random(x.shape) >= rate) / (1.0 - rate) if training else 1.0
    return x * factor, factor


@misconception("dropout_backward", hint="By what was x multiplied, where it was left?")
def does_not_scale_back(dout, cache):
    """drops the right entries, but does not scale the others"""
    return dout * (np.asarray(cache) != 0)


@misconception("dropout_backward", hint="What does an entry that was dropped contribute?")
def lets_everything_through(dout, cache):
    """hands dout on as it is, to dropped entries too"""
    return dout.copy()
