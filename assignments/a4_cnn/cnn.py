"""Assignment 4: convolution, pooling, the blocks around them, and a network that reads digits.

Shapes: images `x (N, H, W, C)`, kernels `w (KH, KW, C, F)`, biases `b (F,)`, labels `y (N,)` of
integers; OH and OW are the sizes of an output. A `*_forward` returns `(out, cache)`: the cache is
yours, whatever the `*_backward` of the same name needs. `dout` is the gradient of the loss with
respect to `out`. Strides, paddings, dilations and pool sizes are integers for both axes. No
function changes its inputs.
"""

import numpy as np


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    """Size of a convolution's output: ⌊(n + 2·padding − extent) / stride⌋ + 1.

    The extent of a kernel is dilation·(kernel − 1) + 1; an exact fit gives 1.

    Raises
    ------
    ValueError
        When n, kernel, stride or dilation is below 1, padding is below 0, or the extent is larger
        than n + 2·padding; the message names the value (the kernel, when it does not fit).

    Examples
    --------
    >>> output_size(28, 5, stride=2, padding=2)
    14

    Source: N5, section 4.2.4; Dumoulin and Visin, arXiv:1603.07285, chapter 2, and section 5.1
    for dilations.
    """
    raise NotImplementedError("output_size is yours to write")


def conv_parameters(kernel, in_channels, out_channels, bias=True):
    """Number of parameters of a convolution: KH · KW · C · F, and F more with a bias.

    Parameters
    ----------
    kernel : int or pair (KH, KW)
    in_channels, out_channels : int
        C and F.

    Returns
    -------
    int

    Source: N4, section 2.3.1.
    """
    raise NotImplementedError("conv_parameters is yours to write")


def pad(x, kernel, mode):
    """Zeros around the images, for a convolution of stride 1 in one of three modes.

    `"valid"` adds none; `"same"` adds k − 1 on each axis, ⌊(k − 1)/2⌋ of them before and the rest
    after, so that the output is as large as the input; `"full"` adds k − 1 on each side.

    Parameters
    ----------
    x : array (N, H, W, C)
    kernel : int or pair (KH, KW)

    Raises
    ------
    ValueError
        For another mode; the message names it.

    Source: N1, section 3.3.1.
    """
    raise NotImplementedError("pad is yours to write")


def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    """Convolution (cross-correlation) of images with kernels, with symmetric zero padding.

    out[n, p, q, f] = b[f] + Σ_{i, j, c} x̃[n, p·stride + i·dilation, q·stride + j·dilation, c] ·
    w[i, j, c, f], where x̃ is x with `padding` zeros on all four sides.

    Parameters
    ----------
    x : array (N, H, W, C)
    w : array (KH, KW, C, F)
    b : array (F,)

    Returns
    -------
    (out, cache) : array (N, OH, OW, F), and what `conv2d_backward` needs

    Raises
    ------
    ValueError
        When x and w differ in C, or the kernel does not fit; the message names both numbers of
        channels, or the kernel's size.

    Source: N5, sections 4.2.2 and 4.2.6; N1, section 3.1.
    """
    raise NotImplementedError("conv2d_forward is yours to write")


def conv2d_backward(dout, cache):
    """Gradients of `conv2d_forward` with respect to x, w and b.

    Every product x̃ · w of the forward pass gives dout · w to dx̃ and dout · x̃ to dw; db is the sum
    of dout over images and places. The gradient of the padding itself is dropped.

    Parameters
    ----------
    dout : array (N, OH, OW, F)

    Returns
    -------
    (dx, dw, db) : arrays of the shapes of x, w and b

    Source: the chain rule; Dumoulin and Visin, arXiv:1603.07285, chapter 4.
    """
    raise NotImplementedError("conv2d_backward is yours to write")


def max_pool_forward(x, size, stride):
    """Largest entry of each size × size window, channel by channel.

    Windows start every `stride` rows and columns; one that would reach beyond the edge is dropped.

    Returns
    -------
    (out, cache) : array (N, OH, OW, C), and what `max_pool_backward` needs

    Raises
    ------
    ValueError
        When the window does not fit; the message names its size.

    Source: N1, section 3.4.1.
    """
    raise NotImplementedError("max_pool_forward is yours to write")


def max_pool_backward(dout, cache):
    """Gradient of `max_pool_forward`: the largest entry of each window takes all of it.

    Of several largest ones the first takes it, row by row within the window.

    Returns
    -------
    array (N, H, W, C)

    Source: N1, section 3.4.1.
    """
    raise NotImplementedError("max_pool_backward is yours to write")


def average_pool_forward(x, size, stride):
    """Mean of each size × size window, channel by channel; edges as for `max_pool_forward`.

    Returns
    -------
    (out, cache) : array (N, OH, OW, C), and what `average_pool_backward` needs

    Raises
    ------
    ValueError
        When the window does not fit; the message names its size.

    Source: N1, section 3.4.1.
    """
    raise NotImplementedError("average_pool_forward is yours to write")


def average_pool_backward(dout, cache):
    """Gradient of `average_pool_forward`: every entry of a window takes an equal part.

    Returns
    -------
    array (N, H, W, C)

    Source: N1, section 3.4.1.
    """
    raise NotImplementedError("average_pool_backward is yours to write")


def l2_pool_forward(x, size, stride):
    """Root of the sum of squares of each size × size window; edges as for `max_pool_forward`.

    Returns
    -------
    (out, cache) : array (N, OH, OW, C), and anything, None too: there is no backward pass

    Raises
    ------
    ValueError
        When the window does not fit; the message names its size.

    Source: N1, section 3.4.1, which names it.
    """
    raise NotImplementedError("l2_pool_forward is yours to write")


def depthwise_conv2d(x, w):
    """Convolution of every channel with M kernels of its own: valid, stride 1, no bias.

    out[n, p, q, c·M + m] = Σ_{i, j} x[n, p + i, q + j, c] · w[i, j, c, m].

    Parameters
    ----------
    x : array (N, H, W, C)
    w : array (KH, KW, C, M)

    Returns
    -------
    array (N, OH, OW, C·M)

    Raises
    ------
    ValueError
        When x and w differ in C, or the kernel does not fit; as for `conv2d_forward`.

    Source: N1, section 3.6, which names it; Chollet, Xception, arXiv:1610.02357.
    """
    raise NotImplementedError("depthwise_conv2d is yours to write")


def separable_conv2d(x, depthwise, pointwise):
    """Depthwise convolution, then a 1 × 1 convolution that mixes the channels; nothing between.

    Parameters
    ----------
    x : array (N, H, W, C)
    depthwise : array (KH, KW, C, M)
    pointwise : array (1, 1, C·M, F)

    Returns
    -------
    array (N, OH, OW, F)

    Raises
    ------
    ValueError
        When the channels do not match; the message names both numbers.

    Source: N1, section 3.6, which names it; Chollet, Xception, arXiv:1610.02357.
    """
    raise NotImplementedError("separable_conv2d is yours to write")


def conv2d_transpose(x, w, b, stride):
    """Transposed convolution: each input puts a kernel, times its value, into a larger output.

    Input (p, q) adds x[n, p, q, c] · w[i, j, f, c] to output (p·stride + i, q·stride + j), and b
    is added once everywhere. On each axis, n inputs and k rows of the kernel make
    n·stride + max(k − stride, 0) outputs, as in Keras: no padding ("valid").

    Parameters
    ----------
    x : array (N, H, W, C)
    w : array (KH, KW, F, C)
    b : array (F,)

    Returns
    -------
    array (N, OH, OW, F)

    Raises
    ------
    ValueError
        When x and w differ in C; the message names both numbers of channels.

    Source: Dumoulin and Visin, arXiv:1603.07285, chapter 4.
    """
    raise NotImplementedError("conv2d_transpose is yours to write")


def spatial_batchnorm_forward(
    x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3
):
    """Batch normalisation of images: each channel over N, H and W.

    x̂ = (x − mean) / √(var + eps), out = gamma · x̂ + beta. In training mean and (biased) var are
    those of the batch, and running ← momentum · running + (1 − momentum) · batch; at inference
    they are the running ones, which come back unchanged.

    Parameters
    ----------
    x : array (N, H, W, C)
    gamma, beta, running_mean, running_var : arrays (C,)
    training : bool

    Returns
    -------
    (out, cache, new_mean, new_var) : array (N, H, W, C), what `spatial_batchnorm_backward` needs,
        and the running values, arrays (C,)

    Source: Ioffe and Szegedy, arXiv:1502.03167, section 3.2.
    """
    raise NotImplementedError("spatial_batchnorm_forward is yours to write")


def spatial_batchnorm_backward(dout, cache):
    """Gradients of `spatial_batchnorm_forward` in training: mean and var depend on x too.

    dgamma = Σ dout · x̂, dbeta = Σ dout (over N, H, W), and with g = gamma · dout
    dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(var + eps).

    Returns
    -------
    (dx, dgamma, dbeta) : arrays (N, H, W, C), (C,) and (C,)

    Source: Ioffe and Szegedy, arXiv:1502.03167, section 3.
    """
    raise NotImplementedError("spatial_batchnorm_backward is yours to write")


def residual_block_forward(x, w1, b1, w2, b2):
    """Residual block: relu(x + conv(relu(conv(x)))), the convolutions "same" as in `pad`.

    Parameters
    ----------
    x : array (N, H, W, C)
    w1, w2 : arrays (KH, KW, C, C)
    b1, b2 : arrays (C,)

    Returns
    -------
    (out, cache) : array (N, H, W, C), and what `residual_block_backward` needs

    Source: He et al., arXiv:1512.03385, without batch normalisation; N1, section 3.8.
    """
    raise NotImplementedError("residual_block_forward is yours to write")


def residual_block_backward(dout, cache):
    """Gradients of `residual_block_forward`; relu'(0) = 0.

    Returns
    -------
    (dx, dw1, db1, dw2, db2) : arrays of the shapes of x, w1, b1, w2 and b2

    Source: the chain rule; N1, section 3.8, on why the direct way helps.
    """
    raise NotImplementedError("residual_block_backward is yours to write")


class LeNet:
    """Two convolutions and three dense layers: a relative of LeNet-5, for images of any size.

    conv 3 × 3 "same" of 6 filters → relu → max pool 2/2 → conv 3 × 3 "same" of 16 → relu → max
    pool 2/2 → flatten (row-major, channels last) → 120 → relu → 84 → relu → n_classes logits.

    Parameters
    ----------
    input_shape : (H, W, C)
    n_classes : int
    rng : np.random.Generator
        Draws the first weights; how is yours to choose.

    Attributes
    ----------
    params : dict
        W1 (3, 3, C, 6), b1 (6,), W2 (3, 3, 6, 16), b2 (16,), W3 (D, 120), b3 (120,),
        W4 (120, 84), b4 (84,), W5 (84, n_classes), b5 (n_classes,), with D = 16·⌊H/4⌋·⌊W/4⌋.
        Every method reads them at the time of the call: others may replace them.

    Source: after LeCun et al., Gradient-based learning applied to document recognition (1998);
    N1, section 3.2, shows the original.
    """

    def __init__(self, input_shape, n_classes, rng):
        raise NotImplementedError("LeNet.__init__ is yours to write")

    def forward(self, x):
        """Logits, `(N, n_classes)`, of images `(N, H, W, C)`."""
        raise NotImplementedError("LeNet.forward is yours to write")

    def loss_and_gradients(self, x, y):
        """Mean cross-entropy of softmax, and its gradient for each entry of `params`.

        Returns
        -------
        (loss, gradients) : float, and a dict with the keys of `params`
        """
        raise NotImplementedError("LeNet.loss_and_gradients is yours to write")

    def fit(self, x, y, rng):
        """Learn from images `(N, H, W, C)` and labels `(N,)`, by any method; returns `self`.

        All randomness comes from `rng`.
        """
        raise NotImplementedError("LeNet.fit is yours to write")


def augment(x, rng, max_shift, flip=False):
    """Random shifts, and mirror images if asked: training images that cost nothing.

    Each image is moved by its own (dy, dx), down and to the right where positive, each uniform on
    the integers from −max_shift to max_shift; what is moved out is lost, and zeros move in. Then,
    if `flip`, each image is mirrored left-right with probability 1/2.

    Parameters
    ----------
    x : array (N, H, W, C)
    rng : np.random.Generator
        The only source of randomness.
    max_shift : int
        May be as large as the images or larger.

    Returns
    -------
    array (N, H, W, C)

    Raises
    ------
    ValueError
        When max_shift is below 0; the message names it.

    Source: N1, section 3.10.1.
    """
    raise NotImplementedError("augment is yours to write")


def saliency(model, x, y):
    """Which pixels matter: the gradient of the mean cross-entropy with respect to the images.

    Parameters
    ----------
    model : LeNet
        Your own; it is not changed.
    x : array (N, H, W, C)
    y : array (N,) of integers

    Returns
    -------
    array (N, H, W, C)
        With its signs; relu'(0) = 0, and of equal maxima the first takes the gradient.

    Source: Simonyan et al., arXiv:1312.6034.
    """
    raise NotImplementedError("saliency is yours to write")


def fgsm(model, x, y, epsilon):
    """Fast gradient sign method: images that look the same and are read wrongly.

    clip(x + epsilon · sign(saliency), 0, 1), with sign(0) = 0.

    Returns
    -------
    array (N, H, W, C)

    Source: Goodfellow et al., arXiv:1412.6572.
    """
    raise NotImplementedError("fgsm is yours to write")
