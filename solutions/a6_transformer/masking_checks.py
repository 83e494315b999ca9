"""Checks of hidden tokens: which ones, and what is asked for where they stood."""

import numpy as np

from grader.course import (
    Expectation,
    Rng,
    StudentFile,
    case,
    independent,
    script,
    step,
    unrelated,
)

GENERATORS = ("equal_for_one_seed", "equal_for_two_seeds")


def by_generator(rate, spread):
    """One seed hides the same tokens twice, another seed hides others as often."""
    alike = rate**2 + (1 - rate) ** 2
    return [
        Expectation("mean", 1, 1, of="equal_for_one_seed"),
        Expectation("mean", alike - spread, alike + spread, of="equal_for_two_seeds"),
    ]


def hidden(rng, rate, mask_id, shape, expects, *returns):
    """A case that hides tokens three times: with one seed twice, and with another."""
    tokens = step.ref("tokens")
    one, other = (Rng(int(seed)) for seed in rng.choice(2**31, size=2, replace=False))
    changed = "inputs_minus_tokens"
    apart, names, ranges = unrelated(int(np.prod(shape)), (changed, changed))
    return script(
        f"rate {rate}",
        arguments={"tokens": rng.integers(1, 9, size=shape)},
        masked=step.call("mask_tokens", tokens, rate, mask_id, one),
        _again=step.call("mask_tokens", tokens, rate, mask_id, one),
        _other=step.call("mask_tokens", tokens, rate, mask_id, other),
        inputs=step.item("masked", 0),
        targets=step.item("masked", 1),
        _inputs_again=step.item("_again", 0),
        _inputs_other=step.item("_other", 0),
        inputs_minus_tokens=step.difference("inputs", tokens),
        # What both tell of a position: mask_id where it is hidden and asked for, −1 elsewhere.
        _tokens_minus_targets=step.difference(tokens, "targets"),
        inputs_plus_targets_minus_tokens=step.difference("inputs", "_tokens_minus_targets"),
        most_of_column=step.method("inputs_plus_targets_minus_tokens", "max", 0),
        least_of_column=step.method("inputs_plus_targets_minus_tokens", "min", 0),
        equal_for_one_seed=step.equal_share("inputs", "_inputs_again"),
        equal_for_two_seeds=step.equal_share("inputs", "_inputs_other"),
        **apart,
        returns=(*returns, *names),
        expects=[*expects, *ranges],
    )


def hidden_once(label, rng, shape, rate):
    """A case that hides ones behind 0, and expects that no position follows its neighbours."""
    seed = Rng(int(rng.integers(2**31)))
    return script(
        label,
        masked=step.call("mask_tokens", np.ones(shape, dtype=int), rate, 0, seed),
        inputs=step.item("masked", 0),
        returns=("inputs",),
        expects=independent(rate, shape),
    )


def hidden_again(label, rng, rate, times, left):
    """A case that hides a single 1 behind 0 so many times, and expects what is left of it."""
    steps, tokens = {}, np.ones(1, dtype=int)
    for number in range(times):
        seed = Rng(int(rng.integers(2**31)))
        steps[f"masked {number}"] = step.call("mask_tokens", tokens, rate, 0, seed)
        steps[f"inputs {number}"] = step.item(f"masked {number}", 0)
        tokens = step.ref(f"inputs {number}")
    expects = [Expectation(end, left, left) for end in ("min", "max")]
    return script(label, returns=(tokens.name,), expects=expects, **steps)


def declare_mask_tokens(numpy_file: StudentFile) -> None:
    """Declare the hiding of tokens, each of which is hidden by itself."""
    mask_tokens = numpy_file.exercise(
        "mask_tokens",
        hints=[
            "One random number for each position, all in one call of `rng.random`.",
            "`np.where` twice, with the same table of hidden positions.",
        ],
    )

    def some(rng):
        """A rate, and an id that no token has."""
        return round(float(rng.uniform(0.1, 0.45)), 2), int(rng.integers(9, 99))

    @mask_tokens.statistics(points=1)
    def share(rng):
        """hides each position independently with the given probability"""
        # Hidden or not is a matter of each position: whole rows or columns would make a share
        # of a quarter or a half.
        for shape in ((4, 1500), (1500, 4)):
            rate, mask_id = some(rng)
            spread = 7 * np.sqrt(rate * (1 - rate) / 6000)
            expects = [
                Expectation("zeros", 1 - rate - spread, 1 - rate + spread),
                Expectation("min", -1, -1, of="targets"),
                Expectation("max", 8, 8, of="targets"),
                Expectation("zeros", 0, 0, of="targets"),
                *by_generator(rate, 2 * spread),
            ]
            returns = ("inputs_minus_tokens", "targets", *GENERATORS)
            yield hidden(rng, rate, mask_id, shape, expects, *returns)

    @mask_tokens.statistics(points=0.75)
    def same_positions(rng):
        """asks for a token exactly where it is hidden"""
        rate, mask_id = some(rng)
        # Each column of 150 positions has some of both kinds.
        both = ("inputs_plus_targets_minus_tokens", "most_of_column", "least_of_column")
        expects = [
            Expectation("distinct", 1.5 / 6000, 2.5 / 6000),
            Expectation("min", -1, -1),
            Expectation("max", mask_id, mask_id),
            Expectation("min", mask_id, mask_id, of="most_of_column"),
            Expectation("max", -1, -1, of="least_of_column"),
        ]
        yield hidden(rng, rate, mask_id, (150, 40), expects, *both)

    @mask_tokens.statistics(points=0.25)
    def seeds(rng):
        """hides the same positions for the same seed, others for another"""
        rate, mask_id = some(rng)
        yield hidden(rng, rate, mask_id, (30, 40), by_generator(rate, 0.09), *GENERATORS)

    @mask_tokens.outputs(points=0.25, edge=True)
    def nothing_or_everything(rng):
        """hides nothing at rate 0 and everything at rate 1"""
        for rate in (0.0, 1.0):
            tokens = rng.integers(1, 9, size=(3, 5))
            yield case(f"rate {rate:g}", tokens=tokens, rate=rate, mask_id=9, rng=Rng(3))

    @mask_tokens.errors(points=0.25)
    def impossible(rng):
        """raises ValueError for a rate outside 0 … 1"""
        tokens = rng.integers(1, 9, size=(3, 5))
        yield case("rate 1.5", tokens=tokens, rate=1.5, mask_id=9, rng=Rng(3), offending="1.5")
        yield case(
            "rate -0.25", tokens=tokens, rate=-0.25, mask_id=9, rng=Rng(3), offending="-0.25"
        )

    @mask_tokens.statistics(points=0.25, edge=True)
    def each_by_itself(rng):
        """hides each position whatever is done with its neighbours, or with how many"""
        yield hidden_once("a table of tokens", rng, (120, 130), round(rng.uniform(0.2, 0.4), 2))
        # Who hides a certain number of the positions hides none of one, or one of one.
        yield hidden_again("one token, over and over", rng, rate=0.5, times=32, left=0)
        yield hidden_again("one token, next to never", rng, rate=1e-6, times=1, left=1)

    mask_tokens.purity(points=0.25)
