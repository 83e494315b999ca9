"""Assignment 3: the multi-layer perceptron, from its activations to training it.

Shapes: N rows, D inputs, H hidden units, K classes; `X (N, D)`, labels `y (N,)` of integers,
logits `(N, K)`, weights `W (D, H)`, biases `b (H,)`. No function changes its inputs.

A function called `…_forward` returns its output and a cache, which is yours: put into it what
`…_backward(dout, cache)` needs. `dout` is the gradient of the loss with respect to the output.
"""

import numpy as np


def relu(z):
    """Rectified linear unit: max(0, z), elementwise.

    Parameters
    ----------
    z : array of any shape

    Returns
    -------
    array of the same shape

    Source: N4, section 3.2.2.
    """
    ### BEGIN SOLUTION
    return np.maximum(z, 0.0)
    ### END SOLUTION


def relu_grad(z):
    """Derivative of `relu`: 1 where z > 0, else 0; so 0 at the kink.

    Parameters
    ----------
    z : array of any shape
        The argument of the activation, not its value. So it is for all five.

    Returns
    -------
    array of the same shape, of floats
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


def leaky_relu(z, alpha=0.01):
    """Leaky ReLU: z where z > 0, else αz, elementwise.

    Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models
    (2013).
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, z, alpha * z)
    ### END SOLUTION


def leaky_relu_grad(z, alpha=0.01):
    """Derivative of `leaky_relu`: 1 where z > 0, else α; so α at the kink."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, alpha)
    ### END SOLUTION


def elu(z, alpha=1.0):
    """Exponential linear unit: z where z > 0, else α(e^z − 1), elementwise.

    Finite for large z too.

    Source: Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by
    exponential linear units (2016); N4, section 3.2.2.
    """
    ### BEGIN SOLUTION
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))
    ### END SOLUTION


def elu_grad(z, alpha=1.0):
    """Derivative of `elu`: 1 where z > 0, else αe^z; so α at 0."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0.0)))
    ### END SOLUTION


def tanh(z):
    """Hyperbolic tangent: (e^z − e^−z) / (e^z + e^−z), elementwise.

    Source: N4, section 3.2.2.
    """
    ### BEGIN SOLUTION
    return np.tanh(z)
    ### END SOLUTION


def tanh_grad(z):
    """Derivative of `tanh`: 1 − tanh²(z)."""
    ### BEGIN SOLUTION
    return 1.0 - np.tanh(z) ** 2
    ### END SOLUTION


def sigmoid(z):
    """Logistic function: σ(z) = 1 / (1 + e^−z), elementwise.

    Stable: for |z| = 1000 the result is 0 or 1 and NumPy warns of nothing.

    Source: N4, section 3.2.2.
    """
    ### BEGIN SOLUTION
    decay = np.exp(-np.abs(z))  # in (0, 1], so nothing can overflow
    return np.where(z >= 0, 1.0, decay) / (1.0 + decay)
    ### END SOLUTION


def sigmoid_grad(z):
    """Derivative of `sigmoid`: σ(z)(1 − σ(z))."""
    ### BEGIN SOLUTION
    s = sigmoid(z)
    return s * (1.0 - s)
    ### END SOLUTION


def maxout(z, k):
    """Maximum over consecutive groups of k on the last axis: (…, D) becomes (…, D/k).

    Raises
    ------
    ValueError
        When k is below 1 or does not divide the length of the last axis; the message names k.

    Source: Goodfellow et al., Maxout networks (2013).
    """
    ### BEGIN SOLUTION
    size = z.shape[-1]
    if k < 1 or size % k:
        raise ValueError(
            f"Expected k to be at least 1 and to divide the last axis of length {size}. "
            f"Received: k={k}"
        )
    return np.max(z.reshape(*z.shape[:-1], size // k, k), axis=-1)
    ### END SOLUTION


def he_normal(fan_in, fan_out, rng):
    """Draw weights from a normal distribution with mean 0 and standard deviation √(2/fan_in).

    Parameters
    ----------
    rng : np.random.Generator
        The only source of randomness.

    Returns
    -------
    array (fan_in, fan_out)

    Source: He et al., Delving deep into rectifiers (2015); N4, section 3.2.4.
    """
    ### BEGIN SOLUTION
    return np.sqrt(2.0 / fan_in) * rng.normal(size=(fan_in, fan_out))
    ### END SOLUTION


def xavier_uniform(fan_in, fan_out, rng):
    """Draw weights uniformly from ±√(6/(fan_in + fan_out)), shape `(fan_in, fan_out)`.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks (2010); N4, section 3.2.4.
    """
    ### BEGIN SOLUTION
    bound = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))
    ### END SOLUTION


def dense_forward(x, W, b):
    """Fully connected layer: out = xW + b.

    Parameters
    ----------
    x : array (N, D)
    W : array (D, H)
    b : array (H,)

    Returns
    -------
    (out, cache) : array (N, H) and whatever `dense_backward` needs

    Source: N5, section 3.1; N4, section 2.2.
    """
    ### BEGIN SOLUTION
    return x @ W + b, (x, W)
    ### END SOLUTION


def dense_backward(dout, cache):
    """Gradients of a dense layer: dx = dout Wᵀ, dW = xᵀ dout, db = Σ_rows dout.

    Returns
    -------
    (dx, dW, db) : arrays (N, D), (D, H) and (H,)
    """
    ### BEGIN SOLUTION
    x, W = cache
    return dout @ W.T, x.T @ dout, np.sum(dout, axis=0)
    ### END SOLUTION


### BEGIN SOLUTION
def _log_softmax(logits):
    """log softmax over the last axis by log-sum-exp: finite for logits of any size."""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def _one_hot(y, logits):
    """Rows with True in the column of the label, as wide as the logits."""
    return y[:, None] == np.arange(logits.shape[1], like=logits)


### END SOLUTION


def softmax_cross_entropy(logits, y, label_smoothing=0.0):
    """Mean cross-entropy of softmax against smoothed labels, and its gradient.

    With ε = `label_smoothing` the target is t = (1 − ε) one_hot(y) + ε/K, spread over all K
    classes. loss = −1/N Σᵢ Σ_k t_ik log softmax(z_i)_k; ∂loss/∂z = (softmax(z) − t) / N.
    Finite for logits of any size: take no logarithm of a softmax.

    Returns
    -------
    (loss, dlogits) : float and array (N, K)

    Source: Szegedy et al., Rethinking the Inception architecture (2016), section 7.
    """
    ### BEGIN SOLUTION
    n, classes = logits.shape
    target = (1.0 - label_smoothing) * _one_hot(y, logits) + label_smoothing / classes  # (N, K)
    log_p = _log_softmax(logits)  # (N, K)
    return -np.sum(target * log_p) / n, (np.exp(log_p) - target) / n
    ### END SOLUTION


def focal_loss(logits, y, gamma=2.0):
    """Focal loss: the mean of −(1 − p_t)^γ log p_t, and its gradient.

    p_t is the softmax probability of the right class; there is no class weight. γ = 0 gives
    the cross-entropy. Loss and gradient are finite for p_t = 1 and for p_t → 0, whatever γ ≥ 0.

    Returns
    -------
    (loss, dlogits) : float and array (N, K)

    Source: Lin et al., Focal loss for dense object detection (2017).
    """
    ### BEGIN SOLUTION
    n = len(y)
    log_p = _log_softmax(logits)  # (N, K)
    log_right = np.take_along_axis(log_p, y[:, None], axis=1)  # (N, 1), log p_t
    right, miss = np.exp(log_right), -np.expm1(log_right)  # p_t and 1 − p_t
    loss = -np.sum(miss**gamma * log_right) / n
    # d loss/d log p_t = (1 − p)^γ (γ p log p / (1 − p) − 1), and p log p / (1 − p) → −1 at p = 1.
    ratio = np.where(miss > 0, right * log_right / np.where(miss > 0, miss, 1.0), -1.0)
    slope = miss**gamma * (gamma * ratio - 1.0)  # (N, 1)
    return loss, slope * (_one_hot(y, logits) - np.exp(log_p)) / n
    ### END SOLUTION


def distillation_loss(student_logits, teacher_logits, y, temperature, alpha):
    """Learn from labels and from a teacher: alpha · CE + (1 − alpha) · T² · KL(teacher ‖ student).

    T is the temperature. The cross-entropy CE of the student with the labels is taken at
    temperature 1, the divergence KL = Σ_k q_k (log q_k − log p_k) between q = softmax(teacher / T)
    and p = softmax(student / T). Both are means over the batch.

    Returns
    -------
    (loss, dlogits) : float and array (N, K)
        The gradient with respect to the student's logits.

    Source: Hinton, Vinyals and Dean, Distilling the knowledge in a neural network (2015).
    """
    ### BEGIN SOLUTION
    n = len(y)
    hard_loss, hard_gradient = softmax_cross_entropy(student_logits, y)
    log_p = _log_softmax(student_logits / temperature)  # (N, K)
    log_q = _log_softmax(teacher_logits / temperature)  # (N, K)
    divergence = np.sum(np.exp(log_q) * (log_q - log_p)) / n
    soft_gradient = (np.exp(log_p) - np.exp(log_q)) / (n * temperature)  # of the divergence
    soft = (1.0 - alpha) * temperature**2
    return (
        alpha * hard_loss + soft * divergence,
        alpha * hard_gradient + soft * soft_gradient,
    )
    ### END SOLUTION


def batchnorm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    """Batch normalisation: out = gamma · (x − mean) / √(var + eps) + beta, for each column.

    In training, mean and (biased) variance are those of the batch, and the running values move:
    new = momentum · running + (1 − momentum) · batch. At inference the running values are used
    and come back unchanged.

    Parameters
    ----------
    x : array (N, D)
    gamma, beta, running_mean, running_var : arrays (D,)
    training : bool

    Returns
    -------
    (out, cache, new_mean, new_var) : array (N, D), your cache, and two arrays (D,)

    Source: Ioffe and Szegedy, Batch normalization (2015); the running variance as in Keras.
    """
    ### BEGIN SOLUTION
    if training:
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)  # (D,)
        running_mean = momentum * running_mean + (1.0 - momentum) * mean
        running_var = momentum * running_var + (1.0 - momentum) * var
    else:
        mean, var = running_mean, running_var
    scale = 1.0 / np.sqrt(var + eps)  # (D,)
    x_hat = (x - mean) * scale  # (N, D)
    return gamma * x_hat + beta, (x_hat, scale, gamma), running_mean, running_var
    ### END SOLUTION


def batchnorm_backward(dout, cache):
    """Gradients of batch normalisation, for a cache that was made in training.

    Mean and variance depend on every row, so that the gradient of one row does, too.

    Returns
    -------
    (dx, dgamma, dbeta) : arrays (N, D), (D,) and (D,)
    """
    ### BEGIN SOLUTION
    x_hat, scale, gamma = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)  # (D,)
    # What mean and variance hand on is constant, and proportional to x̂, along each column.
    dx = gamma * scale * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))  # (N, D)
    return dx, dgamma, dbeta
    ### END SOLUTION


def dropout_forward(x, rate, training, rng):
    """Inverted dropout: in training each entry is 0 with probability `rate`, else x / (1 − rate).

    At inference the output is x, and `rng` may be None.

    Parameters
    ----------
    x : array of any shape
    rate : float, 0 <= rate < 1
    training : bool
    rng : np.random.Generator

    Returns
    -------
    (out, cache)

    Raises
    ------
    ValueError
        For a rate below 0, and from 1 on; the message names it.

    Source: Srivastava et al., Dropout (2014); N4, section 3.2.5.
    """
    ### BEGIN SOLUTION
    if not 0 <= rate < 1:
        raise ValueError(f"Expected 0 <= rate < 1. Received: rate={rate}")
    if not training:
        return x, 1.0
    kept = np.asarray(rng.random(x.shape) >= rate, like=x)
    factor = kept / (1.0 - rate)  # 0 or 1 / (1 − rate)
    return x * factor, factor
    ### END SOLUTION


def dropout_backward(dout, cache):
    """Gradient of dropout with respect to x: what was dropped learns nothing."""
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION


### BEGIN SOLUTION
_ACTIVATIONS = {
    "relu": (relu, relu_grad),
    "leaky_relu": (leaky_relu, leaky_relu_grad),
    "elu": (elu, elu_grad),
    "tanh": (tanh, tanh_grad),
    "sigmoid": (sigmoid, sigmoid_grad),
}


def _first_params(layer_sizes, activation, rng):
    """Random weights that suit the activation, and biases of 0."""
    rng = np.random.default_rng() if rng is None else rng
    draw = xavier_uniform if activation in {"tanh", "sigmoid"} else he_normal
    params = {}
    for layer in range(1, len(layer_sizes)):
        fan_in, fan_out = layer_sizes[layer - 1], layer_sizes[layer]
        params[f"W{layer}"] = draw(fan_in, fan_out, rng)
        params[f"b{layer}"] = np.zeros(fan_out)
    return params


def _layers(model):
    """The numbers of the layers, from 1."""
    return range(1, len(model.params) // 2 + 1)


def _run(model, X):
    """The logits, and for each layer its pre-activation and its dense layer's cache."""
    activate, _ = _ACTIVATIONS[model.activation]
    out, passed = X, []
    for layer in _layers(model):
        if passed:
            out = activate(out)  # after every layer but the last
        out, cache = dense_forward(out, model.params[f"W{layer}"], model.params[f"b{layer}"])
        passed.append((out, cache))
    return out, passed


### END SOLUTION


class MLP:
    """Multi-layer perceptron: dense layers with an activation between them, ending in logits.

    Parameters
    ----------
    layer_sizes : list of int
        [D, H₁, …, K]: inputs, units of each hidden layer, classes.
    activation : "relu", "leaky_relu", "elu", "tanh" or "sigmoid"
        With the default alpha; the last layer has none.
    l1, l2 : float
        Weights of the penalties l1 Σ|W| and l2/2 Σ W².
    rng : np.random.Generator or None
        For the first weights, which are random; None means any generator.

    Attributes
    ----------
    params : dict of arrays
        W1 (D, H₁), b1 (H₁,), W2, b2, …; its entries may be replaced from outside, and every
        method reads them when it is called.

    Raises
    ------
    ValueError
        For another activation; the message names it.

    Source: N4, section 2.2; N5, sections 3.4 and 3.5.
    """

    def __init__(self, layer_sizes, activation="relu", l1=0.0, l2=0.0, rng=None):
        ### BEGIN SOLUTION
        if activation not in _ACTIVATIONS:
            known = ", ".join(_ACTIVATIONS)
            raise ValueError(f"Expected an activation of {known}. Received: {activation!r}")
        self.activation, self.l1, self.l2 = activation, l1, l2
        self.params = _first_params(layer_sizes, activation, rng)
        ### END SOLUTION

    def forward(self, X):
        """Logits of the rows of X, shape `(N, K)`."""
        ### BEGIN SOLUTION
        return _run(self, X)[0]
        ### END SOLUTION

    def loss_and_gradients(self, X, y):
        """Mean cross-entropy + l1 Σ|W| + l2/2 Σ W², and its gradients.

        The penalties take all weights and no bias; the derivative of |W| at 0 is 0.

        Returns
        -------
        (loss, gradients) : float and dict with the keys of `params`
        """
        ### BEGIN SOLUTION
        logits, passed = _run(self, X)
        loss, dout = softmax_cross_entropy(logits, y)
        _, slope = _ACTIVATIONS[self.activation]
        gradients = {}
        for layer in reversed(_layers(self)):
            z, cache = passed[layer - 1]
            if gradients:
                dout = dout * slope(z)  # (N, H) of this layer
            dout, dW, gradients[f"b{layer}"] = dense_backward(dout, cache)
            W = self.params[f"W{layer}"]
            gradients[f"W{layer}"] = dW + self.l1 * np.sign(W) + self.l2 * W
            loss = loss + self.l1 * np.sum(np.abs(W)) + self.l2 / 2 * np.sum(W**2)
        return loss, gradients
        ### END SOLUTION


def sgd_step(param, grad, state, learning_rate=0.01):
    """One step of gradient descent: param − learning_rate · grad.

    Parameters
    ----------
    param, grad : arrays of the same shape
    state : None at the first step, then what the last call returned
        So it is for all optimisers here; what you keep in it is yours.

    Returns
    -------
    (param, state) : a new array and the state for the next call

    Source: N5, section 1.5; N4, section 3.2.3.
    """
    ### BEGIN SOLUTION
    return param - learning_rate * grad, state
    ### END SOLUTION


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    """One step with momentum: v ← momentum · v − learning_rate · grad, param ← param + v.

    The velocity v starts at 0.

    Source: Polyak, Some methods of speeding up convergence (1964).
    """
    ### BEGIN SOLUTION
    velocity = np.zeros_like(param) if state is None else state
    velocity = momentum * velocity - learning_rate * grad
    return param + velocity, velocity
    ### END SOLUTION


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """One step of Adam, with bias correction.

    With g = grad: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², both from 0; in step t = 1, 2, …
    param ← param − learning_rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε). The paper's form, with ε
    beside the corrected root of v, is right, too.

    Source: Kingma and Ba, Adam (2015), in the form of its section 2 that Keras uses.
    """
    ### BEGIN SOLUTION
    m, v, t = (np.zeros_like(param), np.zeros_like(param), 0) if state is None else state
    t = t + 1
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * grad**2
    rate = learning_rate * np.sqrt(1.0 - beta_2**t) / (1.0 - beta_1**t)
    return param - rate * m / (np.sqrt(v) + epsilon), (m, v, t)
    ### END SOLUTION


def adamw_step(
    param,
    grad,
    state,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """One step of AdamW: first param ← param − learning_rate · weight_decay · param, then Adam.

    The decay stands beside the gradient: it enters neither m nor v.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization (2019).
    """
    ### BEGIN SOLUTION
    decayed = param - learning_rate * weight_decay * param
    return adam_step(decayed, grad, state, learning_rate, beta_1, beta_2, epsilon)
    ### END SOLUTION


def clip_by_global_norm(grads, max_norm):
    """Shorten all gradients by one factor, so that together they are no longer than `max_norm`.

    The global norm is the root of the sum of the squares of all entries of all arrays. At or
    below `max_norm` the gradients stay as they are.

    Parameters
    ----------
    grads : dict of arrays

    Returns
    -------
    (clipped, norm) : dict with the same keys, and the norm before clipping

    Source: Pascanu, Mikolov and Bengio, On the difficulty of training RNNs (2013).
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in grads.values()))
    factor = max_norm / norm if norm > max_norm else 1.0
    return {name: factor * gradient for name, gradient in grads.items()}, norm
    ### END SOLUTION


class EarlyStopping:
    """Says when a loss has stopped falling.

    An update is an improvement when value < best − min_delta; only then `best` moves.

    Parameters
    ----------
    patience : int, at least 1
        How many updates in a row may bring no improvement; the last of them answers True.
    min_delta : float
        By how much a value must be below the best one.

    Attributes
    ----------
    best : float
        Begins at infinity.

    Source: Prechelt, Early stopping — but when? (1998); N4, section 3.2.6.
    """

    def __init__(self, patience, min_delta=0.0):
        ### BEGIN SOLUTION
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = float("inf"), 0
        ### END SOLUTION

    def update(self, value):
        """Take the newest loss; return True (a bool) when it is time to stop, else False."""
        ### BEGIN SOLUTION
        if value < self.best - self.min_delta:
            self.best, self.waited = value, 0
        else:
            self.waited += 1
        return self.waited >= self.patience
        ### END SOLUTION


def train(X_train, y_train, X_val, y_val, rng):
    """Train an `MLP` by any method; the validation rows may decide when to stop.

    Parameters
    ----------
    X_train, X_val : arrays (N, D) and (M, D)
    y_train, y_val : labels from 0 to K − 1; every class occurs among `y_train`
    rng : np.random.Generator

    Returns
    -------
    MLP
        Its `forward` takes raw features: scaling, if any, is folded into the weights. For the
        grade its `params` are put into the course's own forward pass.
    """
    ### BEGIN SOLUTION
    model = MLP([X_train.shape[1], 128, 64, int(np.max(y_train)) + 1], l2=1e-3, rng=rng)
    states = dict.fromkeys(model.params)
    stopping, best = EarlyStopping(patience=40), {}
    for _ in range(300):
        for rows in np.array_split(rng.permutation(len(X_train)), -(-len(X_train) // 32)):
            _, gradients = model.loss_and_gradients(X_train[rows], y_train[rows])
            for name, gradient in gradients.items():
                model.params[name], states[name] = adam_step(
                    model.params[name], gradient, states[name], learning_rate=0.003
                )
        loss, _ = softmax_cross_entropy(model.forward(X_val), y_val)
        if loss < stopping.best:
            best = dict(model.params)
        if stopping.update(loss):
            break
    model.params.update(best)
    return model
    ### END SOLUTION


def gradient_norms(depth, activation, rng):
    """Lengths ‖dL/dW‖ of the gradients that a deep `MLP` returns, input side first.

    Data and first weights are yours to choose, and so is the width: 16 units or more, since a
    narrow network of ReLUs may be dead. L is the mean cross-entropy. With sigmoids the gradients of
    the first layers vanish; with ReLU they do not.

    Parameters
    ----------
    depth : int
        The number of weight matrices.
    activation : str
        As for `MLP`.
    rng : np.random.Generator

    Returns
    -------
    array (depth,)

    Source: N4, section 3.1.2; Glorot and Bengio (2010).
    """
    ### BEGIN SOLUTION
    width, classes, n = 32, 10, 64
    model = MLP([width] * depth + [classes], activation, rng=rng)
    X, y = rng.normal(size=(n, width)), rng.integers(0, classes, size=n)
    _, gradients = model.loss_and_gradients(X, y)
    return np.array([np.linalg.norm(gradients[f"W{layer}"]) for layer in range(1, depth + 1)])
    ### END SOLUTION
