"""What students get wrong in optimisers, clipping and early stopping.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `adam_step` belong to the reference's file
import numpy as np

from grader.course import misconception


@misconception("sgd_step", hint="Should the loss rise or fall?")
def climbs(param, grad, state, learning_rate=0.01):
    """goes uphill, with the gradient"""
    return param + learning_rate * grad, state


@misconception("sgd_step", hint="Where is the argument `learning_rate` used?")
def ignores_the_learning_rate(param, grad, state, learning_rate=0.01):
    """subtracts the whole gradient"""
    return param - grad, state


@misconception("momentum_step", hint="What do you return as the state, and who reads it?")
def forgets_the_velocity(param, grad, state, learning_rate=0.01, momentum=0.9):
    """starts from velocity 0 at every step"""
    velocity = -learning_rate * grad
    return param + velocity, velocity


@misconception("momentum_step", hint="By what is the gradient multiplied in the contract?")
def averages_the_gradient(param, grad, state, learning_rate=0.01, momentum=0.9):
    """multiplies the gradient by (1 − momentum), as an average would"""
    velocity = np.zeros_like(param) if state is None else state
    velocity = momentum * velocity - (1.0 - momentum) * learning_rate * grad
    return param + velocity, velocity


@misconception(
    "momentum_step", hint="Which v is added to the parameter: the old, the new, or more?"
)
def looks_ahead(param, grad, state, learning_rate=0.01, momentum=0.9):
    """adds the momentum once more, as Nesterov's method does"""
    velocity = np.zeros_like(param) if state is None else state
    velocity = momentum * velocity - learning_rate * grad
    return param + momentum * velocity - learning_rate * grad, velocity


@misconception("adam_step", hint="m starts at 0. How large is it after one step?")
def does_not_correct_the_bias(
    param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """leaves the bias correction out"""
    m, v = (np.zeros_like(param), np.zeros_like(param)) if state is None else state
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * grad**2
    return param - learning_rate * m / (np.sqrt(v) + epsilon), (m, v)


@misconception("adam_step", hint="What is t in the second step?")
def does_not_count_the_steps(
    param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """corrects every step as if it were the first"""
    m, v = (np.zeros_like(param), np.zeros_like(param)) if state is None else state
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * grad**2
    rate = learning_rate * np.sqrt(1.0 - beta_2) / (1.0 - beta_1)
    return param - rate * m / (np.sqrt(v) + epsilon), (m, v)


@misconception("adam_step", hint="What is 0/0, and what keeps it from happening?")
def has_no_epsilon(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """divides by √v alone, which may be 0"""
    m, v, t = (np.zeros_like(param), np.zeros_like(param), 0) if state is None else state
    t = t + 1
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * grad**2
    rate = learning_rate * np.sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
    return param - rate * m / np.sqrt(v), (m, v, t)


@misconception("adam_step", hint="v averages squares. What stands in the denominator?")
def forgets_the_root(
    param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7
):
    """divides by v, without the root"""
    m, v, t = (np.zeros_like(param), np.zeros_like(param), 0) if state is None else state
    t = t + 1
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * grad**2
    m_hat, v_hat = m / (1.0 - beta_1**t), v / (1.0 - beta_2**t)
    return param - learning_rate * m_hat / (v_hat + epsilon), (m, v, t)


@misconception("adamw_step", hint="Does the decay pass through m and v?")
def decays_through_the_gradient(
    param,
    grad,
    state,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """adds the decay to the gradient, which is Adam with an L2 penalty"""
    gradient = grad + weight_decay * param
    return adam_step(param, gradient, state, learning_rate, beta_1, beta_2, epsilon)


@misconception("adamw_step", hint="By what is weight_decay · param multiplied?")
def decays_without_the_learning_rate(
    param,
    grad,
    state,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """leaves the learning rate out of the decay"""
    decayed = param - weight_decay * param
    return adam_step(decayed, grad, state, learning_rate, beta_1, beta_2, epsilon)


@misconception(
    "adamw_step", hint="Which parameter does the decay shrink: before or after the step?"
)
def decays_afterwards(
    param,
    grad,
    state,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """decays the parameter after Adam's step"""
    stepped, state = adam_step(param, grad, state, learning_rate, beta_1, beta_2, epsilon)
    return stepped - learning_rate * weight_decay * stepped, state


@misconception("clip_by_global_norm", hint="How many norms does 'global' mean?")
def clips_each_array(grads, max_norm):
    """clips every array by its own norm"""
    norms = {name: np.sqrt(np.sum(gradient**2)) for name, gradient in grads.items()}
    total = np.sqrt(sum(norm**2 for norm in norms.values()))
    factors = {name: max_norm / norm if norm > max_norm else 1.0 for name, norm in norms.items()}
    return {name: factors[name] * gradient for name, gradient in grads.items()}, total


@misconception(
    "clip_by_global_norm", hint="What should happen to gradients that are short already?"
)
def always_rescales(grads, max_norm):
    """stretches short gradients to the limit, too"""
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))
    return {name: max_norm / norm * gradient for name, gradient in grads.items()}, norm


@misconception(
    "clip_by_global_norm", hint="The norm of what: of the gradients that came, or that go?"
)
def returns_the_norm_afterwards(grads, max_norm):
    """returns the norm after clipping"""
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: factor * gradient for name, gradient in grads.items()}, factor * norm


@misconception("EarlyStopping", hint="Better than what: the last value, or the best one?")
class ComparesWithTheLastValue:
    """compares with the value before, not with the best"""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.last, self.waited = float("inf"), float("inf"), 0

    def update(self, value):
        improved = value < self.last - self.min_delta
        self.waited = 0 if improved else self.waited + 1
        self.best, self.last = min(self.best, value), value
        return self.waited >= self.patience


@misconception("EarlyStopping", hint="With patience 1, how many bad updates are one too many?")
class WaitsOneUpdateLonger:
    """stops one update too late"""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = float("inf"), 0

    def update(self, value):
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return self.waited > self.patience


@misconception("EarlyStopping", hint="What does 'in a row' mean for your count?")
class NeverCountsAnew:
    """goes on counting after an improvement"""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = float("inf"), 0

    def update(self, value):
        if value < self.best - self.min_delta:
            self.best = value
        else:
            self.waited += 1
        return self.waited >= self.patience


@misconception("EarlyStopping", hint="May `best` move when the improvement is below min_delta?")
class MovesBestByAnyImprovement:
    """moves `best` even where the improvement is too small to count"""

    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = float("inf"), 0

    def update(self, value):
        self.waited = 0 if value < self.best - self.min_delta else self.waited + 1
        self.best = min(self.best, value)
        return self.waited >= self.patience
