"""a6's training is earned by training the network of the handout: rules and others earn nothing."""

import os

import numpy as np
import pytest

from grader import datasets
from grader.checks.measures import MEASURES, Unmeasurable
from grader.worker.steps import Scope, WrongForm
from solutions.a6_transformer.keras_model_checks import LOOSE, logits_with, task_case
from tests.conftest import ROOT

FILE = ROOT / "solutions" / "a6_transformer" / "keras_transformer.py"
SIZES = (11, 7, 8, 2, 2)
"""Ids, length, d_model, heads, blocks."""
CAUSAL = "causal = np.tril(np.ones((length, length), dtype=bool))  # row t: columns 0 … t"
BLOCK = "x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=causal)"
WRONG = {
    "no attention": ("Wo)\n        ### END", "Wo) * 0.0\n        ### END"),
    "attention to itself alone": (CAUSAL, "causal = np.eye(length, dtype=bool)"),
    "attention to what follows": (CAUSAL, CAUSAL.replace("tril", "triu")),
    "attention to all": (BLOCK, BLOCK.replace(", attention_mask=causal", "")),
    "equal attention": ("scores = scores / ", "scores = 0.0 * scores / "),
    "scores that are not scaled": ("/ (d_model // self.heads) ** 0.5", "* 1.0"),
    "one head": (BLOCK, BLOCK.replace("heads", "1")),
    "no positions": ("PositionalEncoding()(keras", "(keras"),
    "sines alone": ("columns % 2 == 0, ops.sin(angles)", "columns >= 0, ops.sin(angles)"),
    "no sum around the attention": ("x = x + self.drop1(attended", "x = self.drop1(attended"),
    "no sum around the dense layers": ("return x + self.drop2(fed", "return self.drop2(fed"),
    "no norm before the attention": ("self.attention(self.norm1(x)", "self.attention(x"),
    "no norm before the dense layers": ("self.widen(self.norm2(x))", "self.widen(x)"),
    "relu": ('activation="gelu"', 'activation="relu"'),
    "narrower dense layers": (BLOCK, BLOCK.replace("4 *", "2 *")),
    "one block alone": ("for _ in range(layers)", "for _ in range(1)"),
    "a softmax": ("keras.layers.Dense(vocabulary)", 'keras.layers.Dense(vocabulary, "softmax")'),
    "no last norm": ("    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)\n", ""),
    "the reversed input": ("Dense(vocabulary)(x)", "Dense(vocabulary)(ops.flip(x, axis=1))"),
    "the sorted input": ("d_model)(ids)", "d_model)(ops.sort(ids))"),
    "dense layers alone": (BLOCK, "x = keras.layers.Dense(d_model, 'gelu')(x)"),
    "a convolution": (BLOCK, "x = x + keras.layers.Conv1D(d_model, 3, padding='causal')(x)"),
}  # fmt: skip
SAME = {
    "an embedding of deviation 1": ("keras.layers.Rescaling(d_model**0.5)(x)", "x"),
    "gelu in its tanh form": ('"gelu"', "lambda x: ops.gelu(x, approximate=True)"),
}


@pytest.fixture(scope="module", autouse=True)
def _import_keras():
    """Import it only where these tests run: collecting them must not take seconds."""
    global sequence_training
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    pytest.importorskip("keras")
    from grader.worker import sequence_training


def logits(change=("", "")):
    """What the reference, with one piece of text changed, gives for the weights of a seed."""
    text = FILE.read_text(encoding="utf-8")
    assert change[0] in text
    names = {"__name__": "keras_transformer"}
    exec(compile(text.replace(*change) if change[0] else text, "changed.py", "exec"), names)
    rng = np.random.default_rng(3)
    vocabulary, length, d_model, _, layers = SIZES
    ids = rng.integers(vocabulary, size=(4, length))
    scope = Scope(None)
    scope.saved["model"] = model = names["build_language_model"](*SIZES)
    before = model.get_weights()
    step = logits_with(rng, "model", ids, vocabulary, d_model, layers)
    found = sequence_training.OPERATIONS[step["op"]](scope, step)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    return found


@pytest.fixture(scope="module")
def right():
    return logits()


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_another_network_has_other_logits_with_the_same_weights(change, right):
    try:
        found = logits(change)
    except WrongForm as error:
        assert "weight" in str(error) and "expected" in str(error)
    else:
        assert np.abs(found - right).max() > 3 * LOOSE


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_the_contract_leaves_open_changes_no_logit(change, right):
    np.testing.assert_allclose(logits(change), right, atol=5e-3)


def test_a_softened_model_answers_alike_and_is_unsure():
    names = {"__name__": "keras_transformer"}
    exec(compile(FILE.read_text(encoding="utf-8"), "right.py", "exec"), names)
    model = names["build_language_model"](*SIZES)
    weights = model.get_weights()
    model.set_weights([*weights[:-2], 20 * weights[-2], weights[-1]])
    ids = np.random.default_rng(4).integers(SIZES[0], size=(5, SIZES[1]))
    sure, answers = model(ids).numpy(), sequence_training._decoded(model, ids[:, :3], SIZES[1] + 1)
    sequence_training._soften(model)
    np.testing.assert_allclose(model(ids).numpy(), 0.1 * sure, rtol=1e-4, atol=1e-4)
    again = sequence_training._decoded(model, ids[:, :3], SIZES[1] + 1)
    np.testing.assert_array_equal(answers, again)


def rule(name, prompts):
    """What the rule of a task gives where digits have their own names."""
    digits = prompts[:, :-1].astype(int)
    if name == "addition":
        total = digits @ [10, 1, 10, 1]
        return np.stack([total % 10, total // 10 % 10, total // 100], axis=1)
    return digits[:, ::-1] if name == "reversal" else np.sort(digits, axis=1)


@pytest.mark.parametrize("name", ["reversal", "sorting", "addition"])
@pytest.mark.parametrize("seed", range(10))
def test_the_rule_alone_answers_nothing(name, seed):
    rng = np.random.default_rng(seed)
    drawn = {
        "reversal": lambda: datasets.reversal(1_000, 8, rng),
        "sorting": lambda: datasets.sorting(1_000, 6, rng),
        "addition": lambda: datasets.addition(1_000, rng),
    }[name]()
    case = task_case(rng, datasets.renamed_ids(drawn, rng), 400)
    (step,) = (one for one in case.steps if one["op"] == "sequences.train")
    answers = rule(name, step["prompts"])
    measured = MEASURES["decoded_match"].of
    right = case.held_out["y"]
    assert measured([right, right], case.held_out, []).quality == 1
    assert measured([answers, answers], case.held_out, []).quality <= 0.1
    with pytest.raises(Unmeasurable, match="otherwise than greedy decoding"):
        measured([right, answers], case.held_out, [])  # trained, but the rule answers
