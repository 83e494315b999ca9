"""Checks of the LSTM's relatives: peepholes, coupled gates, the GRU, both directions."""

from grader.course import case
from solutions.a5_lstm.inputs import layer, lstm_step, rnn_sequence, rnn_step


def declare_variants(numpy_file):
    """Declare the variants' exercises."""
    _peephole_lstm_step(numpy_file)
    _coupled_lstm_step(numpy_file)
    _gru_step(numpy_file)
    _gru_forward(numpy_file)
    _bidirectional(numpy_file)


def _peephole_lstm_step(numpy_file):
    peephole_lstm_step = numpy_file.exercise(
        "peephole_lstm_step",
        hints=[
            "An LSTM step in which three gates get one more term: a row of peepholes · a cell.",
            "When o opens, the new cell is there already; i and f have only the old one.",
        ],
    )

    def with_peepholes(rng, n, d, h):
        return {**lstm_step(rng, n, d, h), "peepholes": rng.normal(size=(3, h))}

    @peephole_lstm_step.outputs(points=3.5)
    def both(rng):
        """returns the state and the cell"""
        yield case("five rows", **with_peepholes(rng, 5, 3, 2))
        yield case("as many units as inputs", **with_peepholes(rng, 2, 4, 4))

    @peephole_lstm_step.outputs(points=0.25)
    def one_row(rng):
        """keeps the axis of rows when there is one row"""
        yield case("one row", **with_peepholes(rng, 1, 2, 3))

    peephole_lstm_step.purity(points=0.25)


def _coupled_lstm_step(numpy_file):
    coupled_lstm_step = numpy_file.exercise(
        "coupled_lstm_step",
        hints=[
            "Three blocks of columns: f, c, o. Where does the input gate come from?",
            "What is not forgotten leaves no room: i = 1 − f.",
        ],
    )

    @coupled_lstm_step.outputs(points=2.5)
    def both(rng):
        """returns the state and the cell"""
        yield case("five rows", **lstm_step(rng, 5, 3, 2, gates=3))
        yield case("as many units as inputs", **lstm_step(rng, 2, 4, 4, gates=3))

    @coupled_lstm_step.outputs(points=0.25)
    def one_row(rng):
        """keeps the axis of rows when there is one row"""
        yield case("one row", **lstm_step(rng, 1, 2, 3, gates=3))

    coupled_lstm_step.purity(points=0.25)


def _gru_step(numpy_file):
    gru_step = numpy_file.exercise(
        "gru_step",
        hints=[
            "First z and r. The candidate needs r, and its own columns of Wh alone.",
            "r·h before the product with Wh; then z keeps and 1 − z renews.",
        ],
    )

    @gru_step.outputs(points=3.5)
    def next_state(rng):
        """is z·h + (1 − z)·ĥ"""
        yield case("five rows", **rnn_step(rng, 5, 3, 2, gates=3))
        yield case("as many units as inputs", **rnn_step(rng, 2, 4, 4, gates=3))

    @gru_step.outputs(points=0.25)
    def one_row(rng):
        """keeps the axis of rows when there is one row"""
        yield case("one row", **rnn_step(rng, 1, 2, 3, gates=3))

    gru_step.purity(points=0.25)


def _gru_forward(numpy_file):
    gru_forward = numpy_file.exercise(
        "gru_forward",
        needs=["gru_step"],
        hints=[
            "The loop of `rnn_forward`, with another step.",
            "No backward pass is asked for: the cache may be None, but something stands there.",
        ],
    )

    @gru_forward.outputs(points=2)
    def all_states(rng):
        """returns the state after every step first, (N, T, H)"""
        yield case("four steps", takes=1, **rnn_sequence(rng, 5, 4, 3, 2, gates=3))
        yield case("seven steps", takes=1, **rnn_sequence(rng, 2, 7, 1, 3, gates=3))

    @gru_forward.outputs(points=0.25)
    def one_step(rng):
        """works for one step"""
        yield case("one step", takes=1, **rnn_sequence(rng, 4, 1, 2, 3, gates=3))

    gru_forward.purity(points=0.25)


def _bidirectional(numpy_file):
    bidirectional = numpy_file.exercise(
        "bidirectional",
        needs=["lstm_forward"],
        hints=[
            "`lstm_forward` twice: once with x, once with x turned around in time.",
            "The second one's first output speaks of the last step. Where in time should it stand?",
        ],
    )

    def two_layers(rng, n, t, d, forward, backward):
        one, other = (tuple(layer(rng, d, h, 4).values()) for h in (forward, backward))
        x = rng.normal(size=(n, t, d))
        return {"x": x, "forward_params": one, "backward_params": other}

    @bidirectional.outputs(points=2.5)
    def same_sizes(rng):
        """joins two readings of the sequence, step by step"""
        yield case("two units each", **two_layers(rng, 5, 4, 3, 2, 2))
        yield case("four units each", **two_layers(rng, 2, 6, 1, 4, 4))

    @bidirectional.outputs(points=1.75)
    def other_sizes(rng):
        """allows different numbers of units"""
        yield case("two and five units", **two_layers(rng, 3, 4, 6, 2, 5))
        yield case("four and one", **two_layers(rng, 2, 5, 3, 4, 1))

    @bidirectional.outputs(points=0.5)
    def one_step(rng):
        """works for one step"""
        yield case("one step", **two_layers(rng, 4, 1, 2, 3, 5))

    bidirectional.purity(points=0.25)
