"""Checks of the plain recurrent network, of clipping, and of the bound on its Jacobian."""

import numpy as np

from grader.course import backward_case, case
from solutions.a5_lstm.inputs import last_step_only, rnn_sequence, rnn_step


def declare_plain_network(numpy_file):
    """Declare the plain network's exercises."""
    _rnn_step_forward(numpy_file)
    _rnn_step_backward(numpy_file)
    _rnn_forward(numpy_file)
    _rnn_backward(numpy_file)
    _clip_by_value(numpy_file)
    _jacobian_norm_bound(numpy_file)


def _rnn_step_forward(numpy_file):
    rnn_step_forward = numpy_file.exercise(
        "rnn_step_forward",
        hints=[
            "Two matrix products, one for what is read and one for what is remembered.",
            "tanh of x Wx + h Wh + b. Keep for the backward pass what you will need there.",
        ],
    )

    @rnn_step_forward.outputs(points=2)
    def next_state(rng):
        """returns tanh(x Wx + h Wh + b) first"""
        yield case("five rows", takes=1, **rnn_step(rng, 5, 3, 2))
        yield case("as many units as inputs", takes=1, **rnn_step(rng, 2, 4, 4))

    @rnn_step_forward.outputs(points=0.25)
    def one_row(rng):
        """keeps the axis of rows when there is one row"""
        yield case("one row", takes=1, **rnn_step(rng, 1, 2, 3))

    rnn_step_forward.purity(points=0.25)


def _rnn_step_backward(numpy_file):
    rnn_step_backward = numpy_file.exercise(
        "rnn_step_backward",
        needs=["rnn_step_forward"],
        hints=[
            "First through tanh, whose slope is 1 − tanh²; then as in a dense layer, twice.",
            "Every gradient has the shape of what it belongs to. That decides the transposes.",
        ],
    )

    def one(rng, label, n, d, h):
        douts = {"dh_next": rng.normal(size=(n, h))}
        inputs = rnn_step(rng, n, d, h)
        return backward_case(label, forward="rnn_step_forward", douts=douts, **inputs)

    @rnn_step_backward.gradient(points=3, of="rnn_step_forward", wrt=("x", "h", "Wx", "Wh", "b"))
    def gradients(rng):
        """is the gradient with respect to all five arguments"""
        yield one(rng, "five rows", 5, 3, 2)
        yield one(rng, "as many units as inputs", 2, 4, 4)

    @rnn_step_backward.outputs(points=0.5)
    def one_row(rng):
        """works for one row"""
        yield one(rng, "one row", 1, 2, 3)

    rnn_step_backward.purity(points=0.25)


def _rnn_forward(numpy_file):
    rnn_forward = numpy_file.exercise(
        "rnn_forward",
        needs=["rnn_step_forward"],
        hints=[
            "A loop over the second axis; the state of one step goes into the next.",
            "`np.stack(…, axis=1)` makes (N, T, H) of T arrays (N, H).",
        ],
    )

    @rnn_forward.outputs(points=2.5)
    def all_states(rng):
        """returns the state after every step first, (N, T, H)"""
        yield case("four steps", takes=1, **rnn_sequence(rng, 5, 4, 3, 2))
        yield case("seven steps", takes=1, **rnn_sequence(rng, 2, 7, 1, 3))

    @rnn_forward.outputs(points=0.25)
    def one_step(rng):
        """works for one step"""
        yield case("one step", takes=1, **rnn_sequence(rng, 4, 1, 2, 3))

    rnn_forward.purity(points=0.25)


def _rnn_backward(numpy_file):
    rnn_backward = numpy_file.exercise(
        "rnn_backward",
        needs=["rnn_forward", "rnn_step_backward"],
        hints=[
            "From the last step to the first. What reaches the state after step t?",
            "Its own `dh[:, t]`, and what step t + 1 hands back. The weights' gradients add up.",
        ],
    )

    def one(rng, label, n, t, d, h, dh=None):
        douts = {"dh": rng.normal(size=(n, t, h)) if dh is None else dh}
        inputs = rnn_sequence(rng, n, t, d, h)
        return backward_case(label, forward="rnn_forward", douts=douts, **inputs)

    every = {"of": "rnn_forward", "wrt": ("x", "h0", "Wx", "Wh", "b")}

    @rnn_backward.gradient(points=4, **every)
    def through_time(rng):
        """is the gradient when every step's output matters"""
        yield one(rng, "four steps", 5, 4, 3, 2)
        yield one(rng, "seven steps", 2, 7, 1, 3)

    @rnn_backward.gradient(points=1.25, **every)
    def from_the_end(rng):
        """is the gradient when only the last output matters"""
        yield one(rng, "five steps", 3, 5, 2, 4, dh=last_step_only(rng, 3, 5, 4))

    @rnn_backward.outputs(points=0.5)
    def one_step(rng):
        """works for one step"""
        yield one(rng, "one step", 4, 1, 2, 3)

    rnn_backward.purity(points=0.25)


def _clip_by_value(numpy_file):
    clip_by_value = numpy_file.exercise(
        "clip_by_value",
        hints=[
            "Each entry by itself; large ones end at the limit, small ones stay.",
            "`np.clip`, and a new dict.",
        ],
    )

    def gradients(rng):
        """Gradients of which a third is too large, a third too small, a third neither."""
        thirds = np.linspace(-3.0, 3.0, 12) + 0.2 * rng.uniform(size=12)
        return {"Wx": rng.permutation(thirds).reshape(3, 4), "b": rng.permutation(thirds[::2])}

    @clip_by_value.outputs(points=2.25)
    def clipped(rng):
        """clips every entry to ±limit"""
        yield case("limit 1", grads=gradients(rng), limit=1.0)
        more = {"gamma": rng.normal(size=(2, 5))}
        yield case("limit 0.25", grads={**gradients(rng), **more}, limit=0.25)

    @clip_by_value.outputs(points=0.25, edge=True)
    def nothing_left(rng):
        """gives zeros for limit 0"""
        yield case("limit 0", grads=gradients(rng), limit=0.0)

    @clip_by_value.errors(points=0.25)
    def negative(rng):
        """raises ValueError for a negative limit"""
        yield case("limit -0.5", grads=gradients(rng), limit=-0.5, offending="-0.5")
        yield case("limit -3", grads=gradients(rng), limit=-3, offending="-3")

    clip_by_value.purity(points=0.25)


def _jacobian_norm_bound(numpy_file):
    jacobian_norm_bound = numpy_file.exercise(
        "jacobian_norm_bound",
        hints=[
            "Each step can stretch a vector by s_max(Wh) · γ at most. And k steps?",
            "`np.linalg.norm` knows the largest singular value under a certain `ord`.",
        ],
    )

    @jacobian_norm_bound.outputs(points=2)
    def bound(rng):
        """is (s_max(Wh) · γ)^k for a Wh that is not symmetric"""
        yield case("tanh", Wh=rng.normal(size=(4, 4)), activation_bound=1.0, steps=3)
        Wh = rng.normal(size=(3, 3)) + np.triu(np.ones((3, 3)))
        yield case("sigmoid", Wh=Wh, activation_bound=0.25, steps=5)

    @jacobian_norm_bound.outputs(points=0.25, edge=True)
    def no_steps(rng):
        """is 1.0 for no steps"""
        yield case("k = 0", Wh=rng.normal(size=(3, 3)), activation_bound=0.25, steps=0)

    jacobian_norm_bound.purity(points=0.25)
