"""Checks of what a language model learns from, and of how text is made with it."""

import numpy as np

from grader.course import StudentFile, case, script, step
from solutions.a6_transformer.masking_checks import declare_mask_tokens


def declare_generation(numpy_file: StudentFile) -> None:
    """Declare the masked loss, greedy generation, the top-k filter and hidden tokens."""
    _masked_cross_entropy(numpy_file)
    _greedy_generate(numpy_file)
    _top_k_filter(numpy_file)
    declare_mask_tokens(numpy_file)


def scored(rng, counts, t, v):
    """Logits, targets and a mask that counts so many tokens of each sequence."""
    shape = (len(counts), t)
    order = np.argsort(rng.random(shape), axis=1)
    return {
        "logits": 2 * rng.normal(size=(*shape, v)),
        "targets": rng.integers(0, v, size=shape),
        "mask": order < np.array(counts)[:, None],
    }


def _masked_cross_entropy(numpy_file):
    masked_cross_entropy = numpy_file.exercise(
        "masked_cross_entropy",
        hints=[
            "The loss of each token first, as for one row of logits; then choose which count.",
            "Log-sum-exp minus the logit of the target, divided by the number of counted tokens.",
            "A target that does not count must not be used as an index.",
        ],
    )

    @masked_cross_entropy.outputs(points=1.5, select=0)
    def mean_loss(rng):
        """returns the mean over all counted tokens of the batch"""
        yield case("2, 5 and 3 tokens count", **scored(rng, rng.permutation([2, 5, 3]), 6, 4))
        yield case("every token counts", **scored(rng, [5, 5], 5, 3))
        yield case("one token counts", **scored(rng, rng.permutation([0, 1]), 4, 3))

    @masked_cross_entropy.gradient(points=2, wrt=("logits",))
    def loss_gradient(rng):
        """returns the gradient with respect to the logits"""
        yield case("2, 5 and 3 tokens count", **scored(rng, rng.permutation([2, 5, 3]), 6, 4))
        yield case("every token counts", **scored(rng, [5, 5], 5, 3))

    @masked_cross_entropy.outputs(points=0.25)
    def uncounted_targets(rng):
        """takes any target where the mask is False"""
        for label, anything in (("targets −1", -1), ("targets 99", 99)):
            given = scored(rng, [2, 4], 5, 3)
            given["targets"][~given["mask"]] = anything
            yield case(label, **given)

    @masked_cross_entropy.outputs(points=0.25, edge=True)
    def none_counted(rng):
        """is 0.0 with a zero gradient when no token counts"""
        yield case("an empty mask", **scored(rng, [0, 0], 4, 3))

    @masked_cross_entropy.outputs(points=0.25)
    def saturated_logits(rng):
        """is finite for saturated logits"""
        given = scored(rng, [3, 3], 3, 4)
        given["logits"] = 1e3 * np.eye(4)[given["targets"]] * rng.choice([-1, 1], size=(2, 3, 1))
        given["logits"][0, 0] = -2e3 * np.eye(4)[given["targets"][0, 0]]
        yield case("logits around ±1000", **given)

    masked_cross_entropy.purity(points=0.25)


def walk(label, table, prompt, n_tokens, by="last", **options):
    """A case of greedy generation by a table that stands in the student's process."""
    return script(
        label,
        arguments={"prompt": np.array(prompt)},
        next_logits=step.lookup(table, by=by),
        ids=step.call(
            "greedy_generate", step.ref("next_logits"), step.ref("prompt"), n_tokens, **options
        ),
        returns=("ids",),
    )


def leading_to(rng, successors):
    """Logits that are largest at the given id in each row, clear of all others.

    Not by much, so that an id which is drawn from the softmax is mostly another one.
    """
    table = rng.normal(size=(len(successors), len(successors)))
    table[np.arange(len(successors)), successors] = table.max(axis=1) + 0.5
    return table


def ring(rng, v):
    """A successor of each id, so that all v of them come round before one does again."""
    order = rng.permutation(v)
    successors = np.zeros(v, dtype=int)
    successors[order] = np.roll(order, -1)
    return order, successors


def _greedy_generate(numpy_file):
    greedy_generate = numpy_file.exercise(
        "greedy_generate",
        hints=[
            "Ask for the logits of all ids so far, append the best id, ask again.",
            "`np.argmax` returns the first of equal maxima. When is an id the end?",
        ],
    )

    @greedy_generate.outputs(points=2)
    def most_likely(rng):
        """appends the most likely id, again and again"""
        # The row is that of the sum of all ids, so the last id alone leads elsewhere.
        for label, v, known, n_tokens in (("five ids", 7, 3, 5), ("one id", 6, 2, 1)):
            order, successors = ring(rng, v)
            table = leading_to(rng, successors)
            yield walk(label, table, order[:known], n_tokens, by="sum")
        yield walk("no id", table, order[:4], 0, by="sum")

    @greedy_generate.outputs(points=0.5)
    def history(rng):
        """hands all ids so far to next_logits"""
        # The row is that of the sum of all ids, so the last id alone leads elsewhere.
        _, successors = ring(rng, 11)
        table = leading_to(rng, successors)
        yield walk("logits that depend on the sum", table, [3, 1, 4], 6, by="sum")

    @greedy_generate.outputs(points=0.5)
    def ends(rng):
        """stops after the end token, which is kept"""
        order, successors = ring(rng, 8)
        end = int(order[5])
        yield walk("an end after four of seven", leading_to(rng, successors), order[:2], 7, end=end)
        yield walk("no end in reach", leading_to(rng, successors), order[:2], 3, end=end)
        at_once = int(order[2])
        yield walk("an end at once", leading_to(rng, successors), order[:2], 4, end=at_once)

    @greedy_generate.outputs(points=0.25)
    def end_in_the_prompt(rng):
        """does not stop because of an end token in the prompt"""
        order, successors = ring(rng, 8)
        table, end = leading_to(rng, successors), int(order[1])
        yield walk("the end within the prompt", table, order[:3], 4, end=end)
        yield walk("the end last in the prompt", table, order[:2], 4, end=end)

    @greedy_generate.outputs(points=0.25)
    def zero_ends(rng):
        """takes 0 as an end token like any other"""
        order, successors = ring(rng, 7)
        prompt = np.roll(order, -int(np.argmax(order == 0)) - 4)[:2]  # 0 is generated second
        yield walk("end = 0", leading_to(rng, successors), prompt, 5, end=0)

    @greedy_generate.outputs(points=0.25)
    def ties(rng):
        """lets the smallest id win a tie"""
        table = rng.normal(size=(6, 6))
        low, high = np.sort(rng.choice(6, size=2, replace=False))
        table[:, [low, high]] = 5.0
        yield walk("two equal logits", table, [int(rng.integers(6))], 3)

    greedy_generate.purity(points=0.25)


def _top_k_filter(numpy_file):
    top_k_filter = numpy_file.exercise(
        "top_k_filter",
        hints=[
            "The indices of the k largest, by `np.argsort` along the last axis.",
            "A stable sort keeps equal logits in order. Which of them should come first?",
        ],
    )

    @top_k_filter.outputs(points=2.25)
    def largest(rng):
        """keeps the k largest logits of each row"""
        yield case("one row, k = 2", logits=rng.normal(size=6), k=2)
        yield case("four rows, k = 3", logits=rng.normal(size=(4, 7)), k=3)
        yield case("three axes, k = 1", logits=rng.normal(size=(2, 3, 5)), k=1)
        yield case("k = V", logits=rng.normal(size=(3, 4)), k=4)

    @top_k_filter.outputs(points=0.25)
    def ties(rng):
        """keeps exactly k, of equal logits the first"""
        logits = rng.permuted([[3.0, 1.0, 1.0, 1.0, 0.0], [2.0, 2.0, 2.0, 2.0, -1.0]], axis=1)
        yield case("equal logits, k = 2", logits=logits, k=2)
        # Sorting that is not stable keeps the order of a few, but not of many.
        logits = rng.permuted(np.repeat([[2.0, 1.0, 0.0]], 20, axis=1), axis=1)
        yield case("sixty logits, k = 30", logits=logits, k=30)

    @top_k_filter.errors(points=0.25)
    def impossible(rng):
        """raises ValueError for a k below 1 or above V"""
        yield case("k = 0", logits=rng.normal(size=(2, 5)), k=0, offending="0")
        yield case("k = 6 of five", logits=rng.normal(size=(2, 5)), k=6, offending="6")
        yield case("k = -2", logits=rng.normal(size=(2, 5)), k=-2, offending="-2")

    top_k_filter.purity(points=0.25)
