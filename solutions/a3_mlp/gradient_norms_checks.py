"""Checks of the lengths of a deep network's gradients."""

import numpy as np

from grader.course import Expectation, StudentFile, script, step
from solutions.a3_mlp.dense_checks import BY_GENERATOR, two_generators


def declare_gradient_norms(file: StudentFile) -> None:
    """Declare the norms, which have to be those of gradients that the student's `MLP` gave."""
    gradient_norms = file.exercise(
        "gradient_norms",
        needs=["MLP"],
        hints=[
            "Everything is there: an `MLP` with many layers, a few random rows, one call.",
            "Which entries of the dict do you need, and in which order?",
        ],
    )

    def deep(rng, activation, low, high):
        depth = int(rng.integers(10, 14))
        one, other = two_generators(rng)
        called = step.call("gradient_norms", depth, activation, one)
        # The ends stay: whoever draws again until first over last is as it should be draws alike.
        factors = np.array([1.0, *rng.uniform(1.5, 3, size=depth - 2), 1.0])
        louder = {f"W{layer}": float(one) for layer, one in enumerate(factors, start=1)}
        return script(
            f"depth {depth}",
            norms=called,
            _again=called,
            _other=step.call("gradient_norms", depth, activation, other),
            equal_for_one_seed=step.equal_share("norms", "_again"),
            equal_for_two_seeds=step.equal_share("norms", "_other"),
            _louder=step.with_scaled(called, "MLP", "loss_and_gradients", louder),
            _ratios=step.quotient("_louder", "norms"),
            norms_without_MLPs_gradients=step.difference("_ratios", factors),
            returns=(
                "norms",
                "equal_for_one_seed",
                "equal_for_two_seeds",
                "norms_without_MLPs_gradients",
            ),
            expects=[
                Expectation("first_over_last", low, high),
                *BY_GENERATOR,
                Expectation("min", -1e-6, 0.0, of="norms_without_MLPs_gradients"),
                Expectation("max", 0.0, 1e-6, of="norms_without_MLPs_gradients"),
            ],
        )

    @gradient_norms.statistics(points=0.75)
    def vanishing(rng):
        """shows how gradients vanish with sigmoids: first over last is below 0.001"""
        yield deep(rng, "sigmoid", 0.0, 1e-3)

    @gradient_norms.statistics(points=1, edge=True)
    def lasting(rng):
        """shows that they last with ReLU: first over last is above 0.01"""
        yield deep(rng, "relu", 1e-2, 1e6)
