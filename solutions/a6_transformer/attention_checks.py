"""Checks of attention itself and of the two masks that it is used with."""

import numpy as np

from grader.course import StudentFile, case, script, step


def declare_attention(numpy_file: StudentFile) -> None:
    """Declare attention, its gradients, and the causal and the padding mask."""
    _attention(numpy_file)
    _attention_backward(numpy_file)
    _causal_mask(numpy_file)
    _padding_mask(numpy_file)


def some_allowed(rng, *shape):
    """A mask whose rows have keys that may be attended to, and keys that may not."""
    order = np.argsort(rng.random(shape), axis=-1)  # a permutation in every row
    return order < rng.integers(1, shape[-1], size=(*shape[:-1], 1))


def queries(rng, *leading, n_queries=4, n_keys=6, d=5, dv=7):
    """Queries, keys and values; no two axes have the same size."""
    return {
        "q": rng.normal(size=(*leading, n_queries, d)),
        "k": rng.normal(size=(*leading, n_keys, d)),
        "v": rng.normal(size=(*leading, n_keys, dv)),
    }


def _attention(numpy_file):
    attention = numpy_file.exercise(
        "scaled_dot_product_attention",
        hints=[
            "One score for each pair of a query and a key: which product of matrices makes them?",
            "A score of −∞ has weight e^−∞ = 0. What remains of a row that has nothing else?",
            "`np.swapaxes(k, -1, -2)` transposes the last two axes and leaves the others.",
        ],
    )

    @attention.outputs(points=2.5, select=0)
    def averages(rng):
        """is the average of the values, weighted by the softmax of the scaled scores"""
        yield case("one sequence", **queries(rng))
        sizes = {"n_queries": 5, "n_keys": 4, "d": 8}
        yield case("two sequences, three heads", **queries(rng, 2, 3, **sizes))

    @attention.outputs(points=0.75, select=1)
    def returned_weights(rng):
        """returns the weights as well"""
        yield case("two sequences", **queries(rng, 2))

    @attention.outputs(points=1.25)
    def masked(rng):
        """attends only to where the mask is True"""
        yield case("a mask (Tq, Tk)", **queries(rng, 2, 3), mask=some_allowed(rng, 4, 6))
        mask = some_allowed(rng, 2, 1, 4, 6)
        yield case("a mask (N, 1, Tq, Tk)", **queries(rng, 2, 3), mask=mask)
        yield case("a mask (N, 1, Tk)", **queries(rng, 3), mask=some_allowed(rng, 3, 1, 6))

    @attention.outputs(points=0.5)
    def blind(rng):
        """gives zeros to a query that may attend to nothing"""
        mask = some_allowed(rng, 2, 4, 6)
        mask[0, 1] = mask[1, 3] = False
        yield case("two blind queries", **queries(rng, 2), mask=mask)

    @attention.outputs(points=0.25)
    def large_scores(rng):
        """is finite for large scores"""
        given = queries(rng, 2)
        given["q"] *= 2e3
        yield case("scores around ±4000", **given)

    attention.purity(points=0.25)


def attention_gradients(label, given, dout, mask=None):
    """A case whose loss is Σ out · dout of the student's own forward pass."""
    arguments = {"dout": dout, **given}
    extra = []
    if mask is not None:
        arguments["mask"], extra = mask, [step.ref("mask")]
    refer = [step.ref(name) for name in given] + extra
    return script(
        label,
        arguments=arguments,
        forward=step.call("scaled_dot_product_attention", *refer),
        out=step.item("forward", 0),
        gradients=step.call("scaled_dot_product_attention_backward", step.ref("dout"), *refer),
        returns=("gradients",),
        loss=("out",),
        loss_weights=(dout,),
        rtol=1e-5,
        atol=1e-6,
    )


def _attention_backward(numpy_file):
    backward = numpy_file.exercise(
        "scaled_dot_product_attention_backward",
        needs=["scaled_dot_product_attention"],
        hints=[
            "Go back step by step: values, weights, scores, then queries and keys.",
            "Each weight of a row depends on all scores of that row: A ⊙ (dA − Σ dA ⊙ A).",
        ],
    )
    of, wrt = "scaled_dot_product_attention", ("q", "k", "v")

    @backward.gradient(points=3.25, of=of, wrt=wrt)
    def derivative(rng):
        """is the gradient with respect to q, k and v"""
        yield attention_gradients("one sequence", queries(rng), rng.normal(size=(4, 7)))
        given = queries(rng, 2, 3, n_queries=5, n_keys=4, d=6)
        dout = rng.normal(size=(2, 3, 5, 7))
        yield attention_gradients("two sequences, three heads", given, dout)

    @backward.gradient(points=1, of=of, wrt=wrt)
    def masked_derivative(rng):
        """is the gradient under a mask"""
        mask = some_allowed(rng, 2, 1, 4, 6)
        dout = rng.normal(size=(2, 3, 4, 7))
        yield attention_gradients("a mask (N, 1, Tq, Tk)", queries(rng, 2, 3), dout, mask)

    @backward.outputs(points=0.5)
    def blind_gradient(rng):
        """gives gradient zero to a query that may attend to nothing"""
        mask = some_allowed(rng, 2, 4, 6)
        mask[0, 2] = mask[1, 0] = False
        dout = rng.normal(size=(2, 4, 7))
        yield attention_gradients("two blind queries", queries(rng, 2), dout, mask)

    backward.purity(points=0.25)


def _causal_mask(numpy_file):
    causal_mask = numpy_file.exercise(
        "causal_mask",
        hints=[
            "Row t is a query. Which keys stand at t or before it?",
            "`np.tril` keeps what lies on and below the diagonal.",
        ],
    )

    @causal_mask.outputs(points=1.25)
    def triangle(rng):
        """lets each position attend to itself and to what stands before it"""
        for T in rng.choice(np.arange(5, 60), size=2, replace=False):
            yield case(f"T = {T}", T=int(T))

    @causal_mask.outputs(points=0.25, edge=True)
    def one_position(rng):
        """lets a single position attend to itself"""
        yield case("T = 1", T=1)


def _padding_mask(numpy_file):
    padding_mask = numpy_file.exercise(
        "padding_mask",
        hints=[
            "Compare the number of each position with the length of each sequence.",
            "Positions as a row and lengths as a column: broadcasting makes the table.",
        ],
    )

    @padding_mask.outputs(points=1.5)
    def real_tokens(rng):
        """is True at the first `lengths[n]` positions"""
        yield case("four sequences", lengths=rng.permutation([1, 3, 4, 5]), T=6)
        yield case("one of full length", lengths=rng.permutation([2, 5, 7]), T=7)

    @padding_mask.outputs(points=0.25, edge=True)
    def empty_sequence(rng):
        """is False everywhere for a sequence of length 0"""
        yield case("lengths 0 and 3", lengths=rng.permutation([0, 3]), T=5)

    padding_mask.purity(points=0.25)
