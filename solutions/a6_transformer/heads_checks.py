"""Checks of the heads: cut apart, put together, and at work in multi-head attention."""

import numpy as np

from grader.course import StudentFile, backward_case, case
from solutions.a6_transformer.attention_checks import some_allowed

WRT = ("x", "Wq", "Wk", "Wv", "Wo")
FORWARD = "multi_head_attention_forward"


def declare_heads(numpy_file: StudentFile) -> None:
    """Declare splitting and merging of heads, and multi-head attention with its gradients."""
    _split_heads(numpy_file)
    _merge_heads(numpy_file)
    _forward(numpy_file)
    _backward(numpy_file)


def self_attention(rng, n, t, d, heads):
    """Arguments of multi-head attention but the mask; the output stays near 1 in size."""
    weights = {name: rng.normal(size=(d, d)) / np.sqrt(d) for name in WRT[1:]}
    return {"x": rng.normal(size=(n, t, d)), **weights, "heads": heads}


def square_masks(rng, t):
    """Masks (T, T) by their labels: not every one is causal."""
    return ("a causal mask", np.tril(np.ones((t, t), dtype=bool))), (
        "another mask (T, T)",
        some_allowed(rng, t, t),
    )


def of_padding(lengths, t):
    """The padding mask as attention takes it: (N, 1, T)."""
    return np.arange(t) < np.array(lengths)[:, None, None]


def _split_heads(numpy_file):
    split_heads = numpy_file.exercise(
        "split_heads",
        hints=[
            "First cut the last axis in two, then bring the axes into order.",
            "A head is a block of neighbouring columns. Which of the two new axes is the head?",
        ],
    )

    @split_heads.outputs(points=2)
    def blocks(rng):
        """gives each head its block of columns"""
        yield case("three heads of four columns", x=rng.normal(size=(2, 5, 12)), heads=3)
        yield case("two heads of three columns", x=rng.normal(size=(4, 5, 6)), heads=2)
        yield case("one head", x=rng.normal(size=(2, 3, 4)), heads=1)

    @split_heads.errors(points=0.25)
    def impossible(rng):
        """raises ValueError when heads is below 1 or does not divide D"""
        yield case("no heads", x=rng.normal(size=(2, 5, 6)), heads=0, offending="0")
        yield case("minus three heads", x=rng.normal(size=(2, 5, 6)), heads=-3, offending="-3")
        yield case("four heads, six columns", x=rng.normal(size=(2, 3, 6)), heads=4, offending="4")

    split_heads.purity(points=0.25)


def _merge_heads(numpy_file):
    merge_heads = numpy_file.exercise(
        "merge_heads",
        hints=[
            "Undo what `split_heads` does, the last step first.",
            "`reshape` keeps the order of the numbers, so the axes have to stand right before it.",
        ],
    )

    @merge_heads.outputs(points=1.75)
    def side_by_side(rng):
        """puts the heads side by side"""
        yield case("three heads of four columns", x=rng.normal(size=(2, 3, 5, 4)))
        yield case("two heads of three columns", x=rng.normal(size=(4, 2, 5, 3)))

    merge_heads.purity(points=0.25)


def _forward(numpy_file):
    forward = numpy_file.exercise(
        FORWARD,
        needs=["split_heads", "merge_heads", "scaled_dot_product_attention"],
        hints=[
            "Project, split, attend, merge, project: five steps, three of them written already.",
            "Beside four axes a mask (N, T, T) lacks the one of the heads.",
        ],
    )

    @forward.outputs(points=3.25)
    def heads_at_work(rng):
        """projects, attends in every head, merges and projects again"""
        yield case("two heads", takes=1, **self_attention(rng, 3, 5, 8, 2))
        yield case("three heads", takes=1, **self_attention(rng, 2, 4, 9, 3))

    @forward.outputs(points=0.75)
    def causal(rng):
        """takes a mask (T, T) for all sequences"""
        for label, mask in square_masks(rng, 5):
            yield case(label, takes=1, **self_attention(rng, 3, 5, 8, 2), mask=mask)

    @forward.outputs(points=0.75)
    def mask_of_each_sequence(rng):
        """takes a mask (N, T, T) or (N, 1, T)"""
        mask = some_allowed(rng, 3, 5, 5)
        yield case("a mask (N, T, T)", takes=1, **self_attention(rng, 3, 5, 8, 2), mask=mask)
        mask = of_padding([5, 2, 3], 5)
        yield case("a padding mask", takes=1, **self_attention(rng, 3, 5, 6, 2), mask=mask)

    @forward.outputs(points=0.25)
    def all_padding(rng):
        """gives zeros to a sequence of padding alone"""
        mask = of_padding([4, 0], 5)
        yield case("lengths 4 and 0", takes=1, **self_attention(rng, 2, 5, 9, 3), mask=mask)

    @forward.errors(points=0.25)
    def impossible(rng):
        """raises ValueError when heads is below 1 or does not divide D"""
        yield case("no heads", **self_attention(rng, 2, 3, 6, 0), offending="0")
        yield case("minus two heads", **self_attention(rng, 2, 3, 6, -2), offending="-2")
        yield case("four heads, six columns", **self_attention(rng, 2, 3, 6, 4), offending="4")

    forward.purity(points=0.25)


def gradients_of(label, rng, n, t, d, heads, **options):
    """A case of the backward pass behind the student's own forward pass."""
    given = self_attention(rng, n, t, d, heads)
    options["heads"] = given.pop("heads")
    douts = {"dout": rng.normal(size=(n, t, d))}
    return backward_case(label, forward=FORWARD, douts=douts, options=options, **given)


def _backward(numpy_file):
    backward = numpy_file.exercise(
        "multi_head_attention_backward",
        needs=[FORWARD, "scaled_dot_product_attention_backward"],
        hints=[
            "Walk the forward pass backwards: what is the reverse of merging? Of splitting?",
            "x is used three times, so three gradients arrive at it.",
        ],
    )

    @backward.gradient(points=3, of=FORWARD, wrt=WRT)
    def derivative(rng):
        """is the gradient with respect to x and the four weights"""
        yield gradients_of("two heads", rng, 3, 5, 8, 2)
        yield gradients_of("three heads", rng, 2, 4, 9, 3)

    @backward.gradient(points=1.5, of=FORWARD, wrt=WRT)
    def masked_derivative(rng):
        """is the gradient under a mask"""
        for label, mask in square_masks(rng, 5):
            yield gradients_of(label, rng, 3, 5, 8, 2, mask=mask)
        yield gradients_of("a padding mask", rng, 3, 5, 6, 2, mask=of_padding([5, 2, 3], 5))

    @backward.outputs(points=0.5)
    def one_head(rng):
        """works for one head and one sequence"""
        yield gradients_of("one head", rng, 1, 4, 6, 1)

    backward.purity(points=0.25)
