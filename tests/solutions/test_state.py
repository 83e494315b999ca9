"""What belongs to one cache, one parameter or one object may not be kept in a global.

Each answer is the reference but for where it keeps its state: in the module, or in its class.
"""

from typing import NamedTuple

import pytest

from tests.conftest import file_of, grade_text, live, strongest, untrained

MOST = 0.4
"""Such an answer earns at most this share of its exercise, and nothing for its main check."""
A3, A4, A5, A6 = "a3_mlp", "a4_cnn", "a5_lstm", "a6_transformer"

_CACHE = """
_kept = {{}}
_forward, _backward = {name}_forward, {name}_backward


def {name}_forward(*args, **options):
    found = list(_forward(*args, **options))
    _kept["cache"], found[{at}] = found[{at}], None
    return tuple(found)


def {name}_backward(*args):
    return _backward(*args[:-1], _kept["cache"])
"""
_OPTIMIZER = """
_kept, _step = {{}}, {name}


def {name}(param, grad, state, **options):
    state = None if state is None else _kept["state"]
    param, _kept["state"] = _step(param, grad, state, **options)
    return param, 0
"""


class Kept(NamedTuple):
    assignment: str
    exercise: str
    code: str = ""
    """Stands at the end of the reference."""
    edits: tuple[tuple[str, str], ...] = ()

    @property
    def text(self):
        text = live(self.assignment).references[file_of(self.assignment, "numpy")]
        for old, new in self.edits:
            assert old in text
            text = text.replace(old, new)
        return text + self.code


def in_the_module(assignment, name, at=-1):
    return Kept(assignment, f"{name}_backward", _CACHE.format(name=name, at=at))


def in_the_class(assignment, name, **attributes):
    edits = tuple((f"self.{old}", f"{name}.{new}") for old, new in attributes.items())
    return Kept(assignment, name, edits=edits)


KEPT = [
    in_the_module(A3, "dense"),
    in_the_module(A3, "batchnorm", at=1),
    in_the_module(A3, "dropout"),
    *(Kept(A3, name, _OPTIMIZER.format(name=name)) for name in ("momentum_step", "adam_step")),
    Kept(A3, "adamw_step", _OPTIMIZER.format(name="adamw_step")),
    in_the_class(A3, "EarlyStopping", best="best", waited="waited"),
    in_the_class(A3, "EarlyStopping", patience="patience"),
    in_the_class(A3, "MLP", params="params"),
    in_the_class(A3, "MLP", activation="activation", l1="l1", l2="l2"),
    in_the_module(A4, "conv2d"),
    in_the_module(A4, "max_pool"),
    in_the_module(A4, "average_pool"),
    in_the_module(A4, "spatial_batchnorm", at=1),
    in_the_module(A4, "residual_block"),
    in_the_class(A4, "LeNet", params="params"),
    *(in_the_module(A5, name) for name in ("rnn_step", "rnn", "lstm_step", "lstm")),
    in_the_class(A5, "LSTMRegressor", params="params"),
    *(in_the_module(A6, name) for name in ("multi_head_attention", "layer_norm", "feed_forward")),
]


def named(kept):
    return f"{kept.exercise} {' '.join(old for old, _ in kept.edits)}".strip()


@pytest.mark.parametrize("kept", KEPT, ids=named)
def test_what_is_kept_in_a_global_is_that_of_another_use(kept):
    file = file_of(kept.assignment, "numpy")
    result = grade_text(
        untrained(kept.assignment),
        {file: kept.text},
        strongest(),
        only=frozenset({kept.exercise}),
    )
    own = [one for one in result.checks if one.exercise == kept.exercise]
    most = max(one.max_points for one in own)
    assert sum(one.points for one in own) <= MOST * sum(one.max_points for one in own)
    assert not any(one.points for one in own if one.max_points == most and one.kind.value != "grad")


def test_the_references_keep_what_is_theirs_with_a_cache_that_is_a_name():
    """A cache that only names what is kept elsewhere is right: each call has a name of its own."""
    code = _CACHE.format(name="dense", at=-1)
    code = code.replace(
        '_kept["cache"], found[-1] = found[-1], None', "found[-1] = keep(found[-1])"
    )
    code = code.replace('_kept["cache"]', "_kept[args[-1]]")
    keep = "\n\ndef keep(cache):\n    _kept[len(_kept)] = cache\n    return len(_kept) - 1\n"
    text = Kept(A3, "dense_backward", code + keep).text
    exercises = frozenset({"dense_forward", "dense_backward"})
    result = grade_text(untrained(A3), {"mlp.py": text}, strongest(), only=exercises)
    assert result.points == result.max_points
