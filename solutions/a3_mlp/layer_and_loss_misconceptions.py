"""What students get wrong in first weights, in the dense layer and in losses.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `softmax_cross_entropy` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("he_normal", hint="Which of the two fans does the contract name?")
def counts_the_outputs(fan_in, fan_out, rng):
    """divides by the number of outputs"""
    return np.sqrt(2.0 / fan_out) * rng.normal(size=(fan_in, fan_out))


@misconception("he_normal", hint="2/fan_in is a variance. What does the generator take?")
def takes_the_variance_for_the_deviation(fan_in, fan_out, rng):
    """takes the variance for the standard deviation"""
    return rng.normal(0.0, 2.0 / fan_in, size=(fan_in, fan_out))


@misconception("he_normal", hint="Does a normal distribution have a largest value?")
def is_uniform(fan_in, fan_out, rng):
    """draws from a uniform distribution with the right spread"""
    bound = np.sqrt(6.0 / fan_in)
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))


@misconception("xavier_uniform", hint="Whose uniform bound has fan_in alone?")
def counts_one_fan(fan_in, fan_out, rng):
    """uses the number of inputs alone"""
    bound = np.sqrt(6.0 / fan_in)
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))


@misconception("xavier_uniform", hint="A uniform variable on ±a has the variance a²/3.")
def takes_the_deviation_for_the_bound(fan_in, fan_out, rng):
    """takes the standard deviation √(2/(fan_in + fan_out)) for the bound"""
    bound = np.sqrt(2.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))


@misconception("xavier_uniform", hint="What does `rng.random` return, and around which mean?")
def is_never_negative(fan_in, fan_out, rng):
    """draws from 0 to the bound, so that no weight is negative"""
    return np.sqrt(6.0 / (fan_in + fan_out)) * rng.random((fan_in, fan_out))


@misconception("dense_forward", hint="What is the output for x = 0?")
def leaves_the_bias_out(x, W, b):
    """leaves the bias out"""
    return x @ W, (x, W)


@misconception("dense_forward", hint="Does a dense layer know what comes after it?")
def applies_an_activation(x, W, b):
    """applies a ReLU, which is no part of this layer"""
    return np.maximum(x @ W + b, 0.0), (x, W)


@misconception("dense_backward", hint="dout already knows of the mean. Sum or average over rows?")
def averages_the_bias(dout, cache):
    """averages the gradient of b over the rows"""
    x, W = cache
    return dout @ W.T, x.T @ dout, np.mean(dout, axis=0)


@misconception("dense_backward", hint="Where does 1/N enter: here, or in the loss?")
def divides_by_the_rows(dout, cache):
    """divides the gradients of W and b by the number of rows, which the loss has done"""
    x, W = cache
    return dout @ W.T, x.T @ dout / len(x), np.sum(dout, axis=0) / len(x)


@misconception("dense_backward", hint="Which order does the contract give?")
def returns_another_order(dout, cache):
    """returns dW and db before dx"""
    x, W = cache
    return x.T @ dout, np.sum(dout, axis=0), dout @ W.T


@misconception("dense_backward", hint="What is the shape of b, and what is that of its gradient?")
def does_not_sum_for_the_bias(dout, cache):
    """returns dout itself for the gradient of b"""
    x, W = cache
    return dout @ W.T, x.T @ dout, dout.copy()


@misconception("softmax_cross_entropy", hint="Should twice as many rows double the loss?")
def sums_over_the_rows(logits, y, label_smoothing=0.0):
    """adds up over the rows without dividing by their number"""
    target = (1.0 - label_smoothing) * _one_hot(y, logits) + label_smoothing / logits.shape[1]
    log_p = _log_softmax(logits)
    return -np.sum(target * log_p), np.exp(log_p) - target


@misconception("softmax_cross_entropy", hint="Over how many classes is ε spread?")
def smooths_the_wrong_classes_alone(logits, y, label_smoothing=0.0):
    """spreads ε over the K − 1 wrong classes"""
    n, classes = logits.shape
    right = _one_hot(y, logits)
    target = np.where(right, 1.0 - label_smoothing, label_smoothing / (classes - 1))
    log_p = _log_softmax(logits)
    return -np.sum(target * log_p) / n, (np.exp(log_p) - target) / n


@misconception("softmax_cross_entropy", hint="Which target stands in your gradient?")
def smooths_the_loss_alone(logits, y, label_smoothing=0.0):
    """smooths the labels in the loss, but not in the gradient"""
    n, classes = logits.shape
    right = _one_hot(y, logits)
    target = (1.0 - label_smoothing) * right + label_smoothing / classes
    log_p = _log_softmax(logits)
    return -np.sum(target * log_p) / n, (np.exp(log_p) - right) / n


@misconception("softmax_cross_entropy", hint="What is the logarithm of a probability of 0?")
def takes_the_log_of_softmax(logits, y, label_smoothing=0.0):
    """takes the logarithm of a softmax, which may be 0"""
    n, classes = logits.shape
    p = np.exp(_log_softmax(logits))
    target = (1.0 - label_smoothing) * _one_hot(y, logits) + label_smoothing / classes
    return -np.sum(target * np.log(p)) / n, (p - target) / n


@misconception("focal_loss", hint="Both factors depend on the logits. Which did you differentiate?")
def holds_the_factor_constant(logits, y, gamma=2.0):
    """treats (1 − p_t)^γ as a constant in the gradient"""
    n, log_p = len(y), _log_softmax(logits)
    log_right = np.take_along_axis(log_p, y[:, None], axis=1)
    factor = (-np.expm1(log_right)) ** gamma
    return -np.sum(factor * log_right) / n, factor * (np.exp(log_p) - _one_hot(y, logits)) / n


@misconception("focal_loss", hint="Should easy rows weigh less, or hard ones?")
def focuses_on_easy_rows(logits, y, gamma=2.0):
    """weighs by p_t^γ, which makes easy rows count more"""
    n, log_p = len(y), _log_softmax(logits)
    log_right = np.take_along_axis(log_p, y[:, None], axis=1)
    factor = np.exp(gamma * log_right)
    slope = -factor * (gamma * log_right + 1.0)
    return -np.sum(factor * log_right) / n, slope * (_one_hot(y, logits) - np.exp(log_p)) / n


@misconception("focal_loss", hint="Where is the argument `gamma` used?")
def always_squares(logits, y, gamma=2.0):
    """always uses the exponent 2"""
    n, log_p = len(y), _log_softmax(logits)
    log_right = np.take_along_axis(log_p, y[:, None], axis=1)
    right, miss = np.exp(log_right), -np.expm1(log_right)
    slope = 2.0 * miss * right * log_right - miss**2
    loss = -np.sum(miss**2 * log_right) / n
    return loss, slope * (_one_hot(y, logits) - np.exp(log_p)) / n


@misconception("focal_loss", hint="What is the logarithm of a probability of 0?")
def takes_the_log_of_a_probability(logits, y, gamma=2.0):
    """takes the logarithm of a softmax, which may be 0"""
    n, p = len(y), np.exp(_log_softmax(logits))
    right = np.take_along_axis(p, y[:, None], axis=1)
    miss = 1.0 - right
    slope = gamma * miss ** (gamma - 1.0) * right * np.log(right) - miss**gamma
    loss = -np.sum(miss**gamma * np.log(right)) / n
    return loss, slope * (_one_hot(y, logits) - p) / n


@misconception("distillation_loss", hint="How do gradients of the soft part shrink as T grows?")
def leaves_out_the_squared_temperature(student_logits, teacher_logits, y, temperature, alpha):
    """leaves out the factor T²"""
    n = len(y)
    hard_loss, hard_gradient = softmax_cross_entropy(student_logits, y)
    log_p = _log_softmax(student_logits / temperature)
    log_q = _log_softmax(teacher_logits / temperature)
    soft_loss = np.sum(np.exp(log_q) * (log_q - log_p)) / n
    soft_gradient = (np.exp(log_p) - np.exp(log_q)) / (n * temperature)
    loss = alpha * hard_loss + (1.0 - alpha) * soft_loss
    return loss, alpha * hard_gradient + (1.0 - alpha) * soft_gradient


@misconception("distillation_loss", hint="Does alpha weigh the labels, or the teacher?")
def swaps_the_weights(student_logits, teacher_logits, y, temperature, alpha):
    """gives alpha to the teacher and the rest to the labels"""
    n = len(y)
    hard_loss, hard_gradient = softmax_cross_entropy(student_logits, y)
    log_p = _log_softmax(student_logits / temperature)
    log_q = _log_softmax(teacher_logits / temperature)
    soft_loss = temperature**2 * np.sum(np.exp(log_q) * (log_q - log_p)) / n
    soft_gradient = temperature * (np.exp(log_p) - np.exp(log_q)) / n
    loss = (1.0 - alpha) * hard_loss + alpha * soft_loss
    return loss, (1.0 - alpha) * hard_gradient + alpha * soft_gradient


@misconception("distillation_loss", hint="KL(a ‖ b) = Σ a log(a/b). Which is a here?")
def turns_the_divergence_round(student_logits, teacher_logits, y, temperature, alpha):
    """computes KL(student ‖ teacher)"""
    n = len(y)
    hard_loss, hard_gradient = softmax_cross_entropy(student_logits, y)
    log_p = _log_softmax(student_logits / temperature)
    log_q = _log_softmax(teacher_logits / temperature)
    rows = np.sum(np.exp(log_p) * (log_p - log_q), axis=1, keepdims=True)
    soft = (1.0 - alpha) * temperature**2
    soft_gradient = np.exp(log_p) * (log_p - log_q - rows) / (n * temperature)
    return (
        alpha * hard_loss + soft * np.sum(rows) / n,
        alpha * hard_gradient + soft * soft_gradient,
    )


@misconception(
    "distillation_loss", hint="z/T stands inside the softmax. What does the chain rule add?"
)
def forgets_the_inner_derivative(student_logits, teacher_logits, y, temperature, alpha):
    """leaves 1/T out of the gradient"""
    n = len(y)
    hard_loss, hard_gradient = softmax_cross_entropy(student_logits, y)
    log_p = _log_softmax(student_logits / temperature)
    log_q = _log_softmax(teacher_logits / temperature)
    soft = (1.0 - alpha) * temperature**2
    loss = alpha * hard_loss + soft * np.sum(np.exp(log_q) * (log_q - log_p)) / n
    return loss, alpha * hard_gradient + soft * (np.exp(log_p) - np.exp(log_q)) / n
