"""Generation by the likeliest id after all that stand before it, and by nothing else."""

import pytest

from grader.course.misconception import splice
from tests.conftest import file_of, grade_text, live, untrained

A6, EXERCISE = "a6_transformer", "greedy_generate"
STEP = """
def answer(next_logits, prompt, n_tokens, end=None):
    ids = list(prompt)
    for _ in range(n_tokens):
        logits = next_logits(np.array({known}))
        ids.append(int({chosen}))
        if end is not None and ids[-1] == end:
            break
    return np.array(ids)
"""
LIKELIEST = "np.argmax(logits)"
WRONG = {
    "the last id alone": ("ids[-1:]", LIKELIEST),
    "the prompt alone": ("prompt", LIKELIEST),
    "a draw from the softmax": ("ids", "np.argmax(logits + np.random.gumbel(size=len(logits)))"),
}


OF_A_MODEL = {
    "a draw from the softmax": (
        ("np.argmax(logits, axis=1)", "np.argmax(logits + np.random.gumbel(size=logits.shape), 1)"),
    ),
    "the first prompt of this shape": (
        (
            "    length = model.input",
            "    prompt = KEPT.setdefault(prompt.shape, prompt)\n    length = model.input",
        ),
        ("def generate(", "KEPT = {}\n\n\ndef generate("),
    ),
}


def main_and_all(known, chosen):
    """The points for what the exercise asks, and all of it, as parts of what can be had."""
    file = file_of(A6, "numpy")
    source = STEP.format(known=known, chosen=chosen)
    text = splice(live(A6).references[file], EXERCISE, source)
    result = grade_text(untrained(A6), {file: text}, only=frozenset({EXERCISE}))
    checks = [one for one in result.checks if one.exercise == EXERCISE]
    (main,) = (one for one in checks if one.check == "most_likely")
    total = sum(one.max_points for one in checks)
    return main.points / main.max_points, sum(one.points for one in checks) / total


@pytest.mark.parametrize("step", WRONG.values(), ids=WRONG)
def test_another_way_to_go_on_earns_little(step):
    main, points = main_and_all(*step)
    assert main == 0
    assert points <= 0.4


def test_the_likeliest_id_after_all_before_it_earns_all():
    assert main_and_all("ids", LIKELIEST) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize("edits", OF_A_MODEL.values(), ids=OF_A_MODEL)
def test_another_way_to_ask_a_model_earns_nothing(edits):
    file = file_of(A6, "keras")
    text = live(A6).references[file]
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    result = grade_text(untrained(A6, "keras"), {file: text}, only=frozenset({"generate"}))
    checks = [one for one in result.checks if one.exercise == "generate"]
    assert sum(one.points for one in checks) <= 0.5
    (rows,) = (one for one in checks if one.check == "rows")
    assert rows.points == 0
