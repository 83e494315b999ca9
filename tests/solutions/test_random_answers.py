"""Random answers have to come from the generator and to fit the input that they were asked for."""

from textwrap import dedent

import pytest

from grader.course.misconception import splice
from tests.conftest import file_of, grade_text, live, strongest, untrained

A3 = "a3_mlp"
MOST = 0.4
"""Such an answer earns at most this share of its exercise."""

MOVED = """
        def _moved(x, dy, dx, mirrored, most):
            height, width = x.shape[1:3]
            wide = np.pad(x, [(0, 0), (most, most), (most, most), (0, 0)])
            out = np.zeros_like(x)
            for number, (down, right) in enumerate(zip(dy, dx)):
                top, left = most - down, most - right
                out[number] = wide[number, top : top + height, left : left + width]
            return np.where(np.reshape(mirrored, (-1, 1, 1, 1)), out[:, :, ::-1], out)
        """
ANSWERS = {
    "a generator of its own, weights": (
        A3,
        "he_normal",
        """
        def answer(fan_in, fan_out, rng):
            return np.sqrt(2 / fan_in) * np.random.default_rng(3).normal(size=(fan_in, fan_out))
        """,
    ),
    "the global generator, weights": (
        A3,
        "xavier_uniform",
        """
        def answer(fan_in, fan_out, rng):
            bound = np.sqrt(6 / (fan_in + fan_out))
            return np.random.uniform(-bound, bound, size=(fan_in, fan_out))
        """,
    ),
    "one mask for all rows": (
        A3,
        "dropout_forward",
        """
        def answer(x, rate, training, rng):
            if not 0 <= rate < 1:
                raise ValueError(f"rate={rate}")
            if not training:
                return x, 1.0
            factor = (rng.random(x.shape[-1]) >= rate) / (1 - rate)
            return x * factor, factor
        """,
    ),
    "the global generator, dropout": (
        A3,
        "dropout_forward",
        """
        def answer(x, rate, training, rng):
            if not 0 <= rate < 1:
                raise ValueError(f"rate={rate}")
            factor = (np.random.random(x.shape) >= rate) / (1 - rate) if training else 1.0
            return x * factor, factor
        """,
    ),
    "another mask on the way back": (
        A3,
        "dropout_backward",
        """
        def answer(dout, cache):
            if np.ndim(cache) == 0:
                return dout
            return dout * np.random.default_rng(3).permutation(cache.ravel()).reshape(cache.shape)
        """,
    ),
    "one shift and one flip for all images": (
        "a4_cnn",
        "augment",
        """
        def answer(x, rng, max_shift, flip=False):
            if max_shift < 0:
                raise ValueError(f"max_shift={max_shift}")
            dy, dx = (int(one) for one in rng.integers(-max_shift, max_shift + 1, size=2))
            out = np.roll(x, (dy, dx), axis=(1, 2))
            return out[:, :, ::-1] if flip and rng.random() < 0.5 else out
        """,
    ),
    "one row of hidden tokens for all": (
        "a6_transformer",
        "mask_tokens",
        """
        def answer(tokens, rate, mask_id, rng):
            if not 0 <= rate <= 1:
                raise ValueError(f"rate={rate}")
            hidden = np.broadcast_to(rng.random(tokens.shape[-1]) < rate, tokens.shape)
            return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)
        """,
    ),
    "tokens hidden by a generator of its own": (
        "a6_transformer",
        "mask_tokens",
        """
        def answer(tokens, rate, mask_id, rng):
            if not 0 <= rate <= 1:
                raise ValueError(f"rate={rate}")
            first, second = np.random.default_rng(3).random((2, *tokens.shape)) < rate
            return np.where(first, mask_id, tokens), np.where(second, tokens, -1)
        """,
    ),
    "one set of weights in another order": (
        A3,
        "xavier_uniform",
        """
        def answer(fan_in, fan_out, rng):
            bound = np.sqrt(6 / (fan_in + fan_out))
            even = np.linspace(-bound, bound, fan_in * fan_out)
            return rng.permutation(even).reshape(fan_in, fan_out)
        """,
    ),
    "quantiles in another order": (
        A3,
        "he_normal",
        """
        def answer(fan_in, fan_out, rng):
            fixed = np.random.default_rng(3).normal(size=fan_in * fan_out)
            return np.sqrt(2 / fan_in) * rng.permutation(fixed).reshape(fan_in, fan_out)
        """,
    ),
    "rows that are multiples of each other": (
        A3,
        "he_normal",
        """
        def answer(fan_in, fan_out, rng):
            one, other = rng.normal(size=fan_in), rng.normal(size=fan_out)
            return np.sqrt(2 / fan_in) * np.outer(one, other)
        """,
    ),
    "a mask of one draw and the golden ratio": (
        A3,
        "dropout_forward",
        """
        def answer(x, rate, training, rng):
            if not 0 <= rate < 1:
                raise ValueError(f"rate={rate}")
            if not training:
                return x, 1.0
            numbers = (rng.random() + np.arange(x.size) * 0.6180339887) % 1
            factor = (numbers >= rate).reshape(x.shape) / (1 - rate)
            return x * factor, factor
        """,
    ),
    "dx is the dy of another image": (
        "a4_cnn",
        "augment",
        """
        def answer(x, rng, max_shift, flip=False):
            if max_shift < 0:
                raise ValueError(f"max_shift={max_shift}")
            dy = rng.integers(-max_shift, max_shift + 1, size=len(x))
            return _moved(x, dy, np.roll(dy, 7), flip & (rng.random(len(x)) < 0.5), max_shift)
        """
        + MOVED,
    ),
    "every shift equally often": (
        "a4_cnn",
        "augment",
        """
        def answer(x, rng, max_shift, flip=False):
            if max_shift < 0:
                raise ValueError(f"max_shift={max_shift}")
            each = np.arange(-max_shift, max_shift + 1)
            all_of_them = np.stack(np.meshgrid(each, each), axis=-1).reshape(-1, 2)
            dy, dx = rng.permutation(np.resize(all_of_them, (len(x), 2))).T
            return _moved(x, dy, dx, flip & (rng.random(len(x)) < 0.5), max_shift)
        """
        + MOVED,
    ),
    "shifts in turn, and every second image mirrored": (
        "a4_cnn",
        "augment",
        """
        def answer(x, rng, max_shift, flip=False):
            if max_shift < 0:
                raise ValueError(f"max_shift={max_shift}")
            numbers, sides = np.arange(len(x)) + rng.integers(99), 2 * max_shift + 1
            dy, dx = numbers % sides - max_shift, numbers // sides % sides - max_shift
            return _moved(x, dy, dx, flip & (numbers % 2 == 0), max_shift)
        """
        + MOVED,
    ),
    "hidden by one draw and the golden ratio": (
        "a6_transformer",
        "mask_tokens",
        """
        def answer(tokens, rate, mask_id, rng):
            if not 0 <= rate <= 1:
                raise ValueError(f"rate={rate}")
            numbers = (rng.random() + np.arange(tokens.size) * 0.6180339887) % 1
            hidden = (numbers < rate).reshape(tokens.shape)
            return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)
        """,
    ),
    "norms made up by the generator": (
        A3,
        "gradient_norms",
        """
        def answer(depth, activation, rng):
            decay = np.geomspace(1e-7 if activation == "sigmoid" else 1.0, 1.0, depth)
            return decay * rng.uniform(0.5, 1, depth)
        """,
    ),
    "norms made up from those of another network": (
        A3,
        "gradient_norms",
        """
        def answer(depth, activation, rng):
            model = MLP([4, 3], activation, rng=rng)
            _, gradients = model.loss_and_gradients(rng.normal(size=(2, 4)), np.array([0, 1]))
            decay = np.geomspace(1e-7 if activation == "sigmoid" else 1.0, 1.0, depth)
            return np.linalg.norm(gradients["W1"]) * decay * rng.uniform(0.5, 1, depth)
        """,
    ),
    "norms that nobody computed": (
        A3,
        "gradient_norms",
        """
        def answer(depth, activation, rng):
            return np.geomspace(1e-6 if activation == "sigmoid" else 0.1, 1.0, depth)
        """,
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_random_output_without_its_generator_or_its_input_earns_little(name):
    assignment, exercise, source = ANSWERS[name]
    file = file_of(assignment, "numpy")
    text = splice(live(assignment).references[file], exercise, dedent(source))
    result = grade_text(
        untrained(assignment), {file: text}, strongest(), only=frozenset({exercise})
    )
    own = [one for one in result.checks if one.exercise == exercise]
    assert sum(one.points for one in own) <= MOST * sum(one.max_points for one in own)
