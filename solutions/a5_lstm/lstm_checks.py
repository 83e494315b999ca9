"""Checks of the LSTM: one step, all steps, and both backward."""

import numpy as np

from grader.course import backward_case, case
from solutions.a5_lstm.inputs import last_step_only, lstm_sequence, lstm_step


def declare_lstm(numpy_file):
    """Declare the LSTM's exercises."""
    _lstm_step_forward(numpy_file)
    _lstm_step_backward(numpy_file)
    _lstm_forward(numpy_file)
    _lstm_backward(numpy_file)
    _forget_gate_gradient(numpy_file)


def _lstm_step_forward(numpy_file):
    lstm_step_forward = numpy_file.exercise(
        "lstm_step_forward",
        hints=[
            "One product makes all four blocks; cut it by columns, in the order i, f, c, o.",
            "The cell first: f·c + i·tanh(a_c). Then h from the new cell.",
        ],
    )

    @lstm_step_forward.outputs(points=2)
    def cell(rng):
        """returns the cell f·c + i·tanh(a_c) second"""
        yield case("five rows", takes=(1,), **lstm_step(rng, 5, 3, 2))
        yield case("as many units as inputs", takes=(1,), **lstm_step(rng, 2, 4, 4))

    @lstm_step_forward.outputs(points=2.25)
    def state(rng):
        """returns the state o·tanh(c') first"""
        yield case("five rows", takes=(0,), **lstm_step(rng, 5, 3, 2))
        yield case("as many units as inputs", takes=(0,), **lstm_step(rng, 2, 4, 4))

    @lstm_step_forward.outputs(points=0.25)
    def one_row(rng):
        """keeps the axis of rows when there is one row"""
        yield case("one row", takes=2, **lstm_step(rng, 1, 2, 3))

    @lstm_step_forward.outputs(points=0.25)
    def saturated(rng):
        """is finite when gates are fully open or shut"""
        given = lstm_step(rng, 3, 2, 2)
        given["b"] = 1e3 * np.array([1.0, -1, -1, 1, 1, -1, -1, 1])
        yield case("biases of ±1000", takes=2, **given)

    lstm_step_forward.purity(points=0.25)


def _lstm_step_backward(numpy_file):
    lstm_step_backward = numpy_file.exercise(
        "lstm_step_backward",
        needs=["lstm_step_forward"],
        hints=[
            "The new cell reaches the loss twice: by itself and through h. Add both up first.",
            "Then four gates, each with its slope: σ(1 − σ) or 1 − tanh². The old cell gets f.",
        ],
    )

    def one(rng, label, n, d, h, state=1.0, cell=1.0):
        douts = {
            "dh_next": state * rng.normal(size=(n, h)),
            "dc_next": cell * rng.normal(size=(n, h)),
        }
        inputs = lstm_step(rng, n, d, h)
        return backward_case(label, forward="lstm_step_forward", douts=douts, **inputs)

    every = {"of": "lstm_step_forward", "wrt": ("x", "h", "c", "Wx", "Wh", "b")}

    @lstm_step_backward.gradient(points=5.25, **every)
    def gradients(rng):
        """is the gradient when the state and the cell matter"""
        yield one(rng, "five rows", 5, 3, 2)
        yield one(rng, "as many units as inputs", 2, 4, 4)

    @lstm_step_backward.gradient(points=1, **every)
    def of_the_state(rng):
        """is the gradient when only the state matters"""
        yield one(rng, "dc_next = 0", 3, 2, 4, cell=0.0)

    @lstm_step_backward.gradient(points=1, **every)
    def of_the_cell(rng):
        """is the gradient when only the cell matters"""
        yield one(rng, "dh_next = 0", 4, 2, 3, state=0.0)

    @lstm_step_backward.outputs(points=0.5)
    def one_row(rng):
        """works for one row"""
        yield one(rng, "one row", 1, 2, 3)

    lstm_step_backward.purity(points=0.25)


def _lstm_forward(numpy_file):
    lstm_forward = numpy_file.exercise(
        "lstm_forward",
        needs=["lstm_step_forward"],
        hints=[
            "A loop over the second axis in which both h and c go from step to step.",
            "All states are returned, of the cells only the last.",
        ],
    )

    @lstm_forward.outputs(points=2.25)
    def all_states(rng):
        """returns the state after every step first, (N, T, H)"""
        yield case("four steps", takes=(0,), **lstm_sequence(rng, 5, 4, 3, 2))
        yield case("seven steps", takes=(0,), **lstm_sequence(rng, 2, 7, 1, 3))

    @lstm_forward.outputs(points=1.25)
    def last_cell(rng):
        """returns the last cell second, (N, H)"""
        yield case("four steps", takes=(1,), **lstm_sequence(rng, 5, 4, 3, 2))

    @lstm_forward.outputs(points=0.25)
    def one_step(rng):
        """works for one step"""
        yield case("one step", takes=2, **lstm_sequence(rng, 4, 1, 2, 3))

    lstm_forward.purity(points=0.25)


def _lstm_backward(numpy_file):
    lstm_backward = numpy_file.exercise(
        "lstm_backward",
        needs=["lstm_forward", "lstm_step_backward"],
        hints=[
            "From the last step to the first, with two gradients in hand: of h and of c.",
            "dc_last is what the last step starts with. What does c0 change in the first?",
        ],
    )

    def one(rng, label, n, t, d, h, dh=None, cell=1.0):
        douts = {
            "dh": rng.normal(size=(n, t, h)) if dh is None else dh,
            "dc_last": cell * rng.normal(size=(n, h)),
        }
        inputs = lstm_sequence(rng, n, t, d, h)
        return backward_case(label, forward="lstm_forward", douts=douts, **inputs)

    every = {"of": "lstm_forward", "wrt": ("x", "h0", "c0", "Wx", "Wh", "b")}

    @lstm_backward.gradient(points=4.75, **every)
    def through_time(rng):
        """is the gradient when all states and the last cell matter"""
        yield one(rng, "four steps", 5, 4, 3, 2)
        yield one(rng, "seven steps", 2, 7, 1, 3)

    @lstm_backward.gradient(points=1.5, **every)
    def of_the_last_state(rng):
        """is the gradient when only the last state matters"""
        dh = last_step_only(rng, 3, 5, 4)
        yield one(rng, "five steps", 3, 5, 2, 4, dh=dh, cell=0.0)

    @lstm_backward.gradient(points=1, **every)
    def of_the_last_cell(rng):
        """is the gradient when only the last cell matters"""
        yield one(rng, "five steps", 3, 5, 2, 4, dh=np.zeros((3, 5, 4)))

    @lstm_backward.outputs(points=0.5)
    def one_step(rng):
        """works for one step"""
        yield one(rng, "one step", 4, 1, 2, 3)

    lstm_backward.purity(points=0.25)


def _forget_gate_gradient(numpy_file):
    forget_gate_gradient = numpy_file.exercise(
        "forget_gate_gradient",
        hints=[
            "At every step the share f of the cell's gradient goes on.",
            "Shares of shares multiply. Over which axis?",
        ],
    )

    @forget_gate_gradient.outputs(points=1.25)
    def surviving(rng):
        """is the product of the forget gates over time"""
        yield case("five steps", f=rng.uniform(0.3, 1.0, size=(3, 5, 2)))
        yield case("twenty steps, mostly open", f=rng.uniform(0.9, 1.0, size=(2, 20, 3)))

    forget_gate_gradient.purity(points=0.25)
