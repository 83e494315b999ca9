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
    raise NotImplementedError("relu is yours to write")


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
    raise NotImplementedError("relu_grad is yours to write")


def leaky_relu(z, alpha=0.01):
    """Leaky ReLU: z where z > 0, else αz, elementwise.

    Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models
    (2013).
    """
    raise NotImplementedError("leaky_relu is yours to write")


def leaky_relu_grad(z, alpha=0.01):
    """Derivative of `leaky_relu`: 1 where z > 0, else α; so α at the kink."""
    raise NotImplementedError("leaky_relu_grad is yours to write")


def elu(z, alpha=1.0):
    """Exponential linear unit: z where z > 0, else α(e^z − 1), elementwise.

    Finite for large z too.

    Source: Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by
    exponential linear units (2016); N4, section 3.2.2.
    """
    raise NotImplementedError("elu is yours to write")


def elu_grad(z, alpha=1.0):
    """Derivative of `elu`: 1 where z > 0, else αe^z; so α at 0."""
    raise NotImplementedError("elu_grad is yours to write")


def tanh(z):
    """Hyperbolic tangent: (e^z − e^−z) / (e^z + e^−z), elementwise.

    Source: N4, section 3.2.2.
    """
    raise NotImplementedError("tanh is yours to write")


def tanh_grad(z):
    """Derivative of `tanh`: 1 − tanh²(z)."""
    raise NotImplementedError("tanh_grad is yours to write")


def sigmoid(z):
    """Logistic function: σ(z) = 1 / (1 + e^−z), elementwise.

    Stable: for |z| = 1000 the result is 0 or 1 and NumPy warns of nothing.

    Source: N4, section 3.2.2.
    """
    raise NotImplementedError("sigmoid is yours to write")


def sigmoid_grad(z):
    """Derivative of `sigmoid`: σ(z)(1 − σ(z))."""
    raise NotImplementedError("sigmoid_grad is yours to write")


def maxout(z, k):
    """Maximum over consecutive groups of k on the last axis: (…, D) becomes (…, D/k).

    Raises
    ------
    ValueError
        When k is below 1 or does not divide the length of the last axis; the message names k.

    Source: Goodfellow et al., Maxout networks (2013).
    """
    raise NotImplementedError("maxout is yours to write")


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
    raise NotImplementedError("he_normal is yours to write")


def xavier_uniform(fan_in, fan_out, rng):
    """Draw weights uniformly from ±√(6/(fan_in + fan_out)), shape `(fan_in, fan_out)`.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural
    networks (2010); N4, section 3.2.4.
    """
    raise NotImplementedError("xavier_uniform is yours to write")


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
    raise NotImplementedError("dense_forward is yours to write")


def dense_backward(dout, cache):
    """Gradients of a dense layer: dx = dout Wᵀ, dW = xᵀ dout, db = Σ_rows dout.

    Returns
    -------
    (dx, dW, db) : arrays (N, D), (D, H) and (H,)
    """
    raise NotImplementedError("dense_backward is yours to write")


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
    raise NotImplementedError("softmax_cross_entropy is yours to write")


def focal_loss(logits, y, gamma=2.0):
    """Focal loss: the mean of −(1 − p_t)^γ log p_t, and its gradient.

    p_t is the softmax probability of the right class; there is no class weight. γ = 0 gives
    the cross-entropy. Loss and gradient are finite for p_t = 1 and for p_t → 0, whatever γ ≥ 0.

    Returns
    -------
    (loss, dlogits) : float and array (N, K)

    Source: Lin et al., Focal loss for dense object detection (2017).
    """
    raise NotImplementedError("focal_loss is yours to write")


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
    raise NotImplementedError("distillation_loss is yours to write")


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
    raise NotImplementedError("batchnorm_forward is yours to write")


def batchnorm_backward(dout, cache):
    """Gradients of batch normalisation, for a cache that was made in training.

    Mean and variance depend on every row, so that the gradient of one row does, too.

    Returns
    -------
    (dx, dgamma, dbeta) : arrays (N, D), (D,) and (D,)
    """
    raise NotImplementedError("batchnorm_backward is yours to write")


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
    raise NotImplementedError("dropout_forward is yours to write")


def dropout_backward(dout, cache):
    """Gradient of dropout with respect to x: what was dropped learns nothing."""
    raise NotImplementedError("dropout_backward is yours to write")


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
        raise NotImplementedError("MLP.__init__ is yours to write")

    def forward(self, X):
        """Logits of the rows of X, shape `(N, K)`."""
        raise NotImplementedError("MLP.forward is yours to write")

    def loss_and_gradients(self, X, y):
        """Mean cross-entropy + l1 Σ|W| + l2/2 Σ W², and its gradients.

        The penalties take all weights and no bias; the derivative of |W| at 0 is 0.

        Returns
        -------
        (loss, gradients) : float and dict with the keys of `params`
        """
        raise NotImplementedError("MLP.loss_and_gradients is yours to write")


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
    raise NotImplementedError("sgd_step is yours to write")


def momentum_step(param, grad, state, learning_rate=0.01, momentum=0.9):
    """One step with momentum: v ← momentum · v − learning_rate · grad, param ← param + v.

    The velocity v starts at 0.

    Source: Polyak, Some methods of speeding up convergence (1964).
    """
    raise NotImplementedError("momentum_step is yours to write")


def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """One step of Adam, with bias correction.

    With g = grad: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², both from 0; in step t = 1, 2, …
    param ← param − learning_rate · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε). The paper's form, with ε
    beside the corrected root of v, is right, too.

    Source: Kingma and Ba, Adam (2015), in the form of its section 2 that Keras uses.
    """
    raise NotImplementedError("adam_step is yours to write")


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
    raise NotImplementedError("adamw_step is yours to write")


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
    raise NotImplementedError("clip_by_global_norm is yours to write")


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
        raise NotImplementedError("EarlyStopping.__init__ is yours to write")

    def update(self, value):
        """Take the newest loss; return True (a bool) when it is time to stop, else False."""
        raise NotImplementedError("EarlyStopping.update is yours to write")


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
    raise NotImplementedError("train is yours to write")


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
    raise NotImplementedError("gradient_norms is yours to write")
