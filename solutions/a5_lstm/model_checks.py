"""Checks of the regressor, and of what a CTC path spells."""

import numpy as np

from grader.course import Expectation, Rng, case, script, step
from solutions.a5_lstm.inputs import layer
from solutions.a5_lstm.training_checks import declare_training

EXACT = {"rtol": 1e-5, "atol": 1e-6}
DRAWN = ("Wx", "Wh", "Wy")
PARAMS = ("Wx", "Wh", "b", "Wy", "by")


def declare_model(numpy_file):
    """Declare the regressor and the collapsing of paths."""
    regressor = numpy_file.exercise(
        "LSTMRegressor",
        needs=["lstm_forward", "lstm_backward"],
        hints=[
            "`dh` for the backward pass is zero, but for the last step.",
            "To fit: Adam with a learning rate near 0.01, in batches; clip the gradients, and let "
            "the forget gate's bias start at 1.",
        ],
    )
    _values(regressor)
    _edges(regressor)
    declare_training(regressor)
    _ctc_collapse(numpy_file)


def _problem(rng, n, t, d, h):
    """Sequences, targets, and all weights of a regressor."""
    output = {"Wy": rng.normal(size=(h, 1)), "by": rng.normal(size=1)}
    x, y = rng.normal(size=(n, t, d)), rng.normal(size=n)
    return {"x": x, "y": y, **layer(rng, d, h, 4), **output}


def _model(rng, d, h):
    """The steps that make a regressor with the weights of the case, and another one after it.

    What a class keeps, and not its objects, is then that of the other regressor.
    """
    return {
        "model": step.construct("LSTMRegressor", d, h, Rng(int(rng.integers(2**31)))),
        "_params": step.fill("model", "params", {name: step.ref(name) for name in PARAMS}),
        "_other": step.construct("LSTMRegressor", d, h, Rng(int(rng.integers(2**31)))),
        "_other_params": step.fill("_other", "params", {"by": rng.normal(size=1)}),
    }


def _asked(method, *arguments):
    return step.method("model", method, *map(step.ref, arguments))


def _loss_script(rng, label, n, t, d, h, returns):
    return script(
        label,
        arguments=_problem(rng, n, t, d, h),
        **_model(rng, d, h),
        result=_asked("loss_and_gradients", "x", "y"),
        loss_value=step.item("result", 0),
        gradients=step.item("result", 1),
        loss=("loss_value",),
        returns=returns,
        **EXACT,
    )


def _values(regressor):
    @regressor.outputs(points=0.75)
    def mean_loss(rng):
        """has the mean squared error for its loss"""
        yield _loss_script(rng, "five sequences", 5, 4, 3, 2, ("loss_value",))
        yield _loss_script(rng, "three sequences", 3, 6, 1, 4, ("loss_value",))

    regressor.purity(points=0.25)

    @regressor.outputs(points=1.25)
    def predictions(rng):
        """predicts h Wy + by from the last h, (N,)"""
        for n, t, d, h in ((5, 4, 3, 2), (3, 6, 1, 4)):
            yield script(
                f"{t} steps",
                arguments=_problem(rng, n, t, d, h),
                **_model(rng, d, h),
                predicted=_asked("predict", "x"),
                returns=("predicted",),
                **EXACT,
            )

    @regressor.gradient(points=3.5, wrt=PARAMS)
    def gradients(rng):
        """returns the gradient with respect to all five params"""
        yield _loss_script(rng, "five sequences", 5, 4, 3, 2, ("gradients",))
        yield _loss_script(rng, "three sequences", 3, 6, 1, 4, ("gradients",))


def _edges(regressor):
    @regressor.outputs(points=0.25)
    def any_length(rng):
        """serves one sequence, one step, and sequences of different lengths in turn"""
        given = _problem(rng, 1, 5, 2, 3)
        yield script(
            "five steps, then one",
            arguments={**given, "other": rng.normal(size=(4, 1, 2))},
            **_model(rng, 2, 3),
            first=_asked("predict", "x"),
            second=_asked("predict", "other"),
            returns=("first", "second"),
            **EXACT,
        )

    @regressor.outputs(points=0.25)
    def asked_twice(rng):
        """leaves params alone when it computes a loss"""
        yield script(
            "the loss, asked for twice",
            arguments=_problem(rng, 4, 3, 2, 3),
            **_model(rng, 2, 3),
            _before=_asked("loss_and_gradients", "x", "y"),
            result=_asked("loss_and_gradients", "x", "y"),
            loss_value=step.item("result", 0),
            returns=("loss_value",),
            **EXACT,
        )

    @regressor.statistics(points=0.25, edge=True)
    def fresh(rng):
        """starts with params of the named shapes, and weights drawn by its generator"""
        seeds = [Rng(int(seed)) for seed in rng.choice(2**31, size=2, replace=False)]
        for label, seed in (("three inputs, five units", seeds[0]), ("rng=None", None)):
            yield script(
                label,
                model=step.construct("LSTMRegressor", 3, 5, seed),
                params=step.attribute("model", "params"),
                **{name: step.item("params", name) for name in PARAMS},
                returns=PARAMS,
                expects=[
                    *(Expectation("distinct", 0.9, 1.0, of=name) for name in DRAWN),
                    *(
                        Expectation(statistic, -10.0, 10.0, of=name)
                        for name in PARAMS
                        for statistic in ("min", "max")
                    ),
                ],
            )
        made = {"one": seeds[0], "again": seeds[0], "other": seeds[1]}
        yield script(
            "one seed twice, and another",
            **{name: step.construct("LSTMRegressor", 3, 5, seed) for name, seed in made.items()},
            **{f"_{name}_params": step.attribute(name, "params") for name in made},
            **{
                f"_{name}_{key}": step.item(f"_{name}_params", key)
                for name in made
                for key in PARAMS
            },
            **{
                f"{key}_equal_for_one_seed": step.equal_share(f"_one_{key}", f"_again_{key}")
                for key in PARAMS
            },
            **{
                f"{key}_equal_for_two_seeds": step.equal_share(f"_one_{key}", f"_other_{key}")
                for key in DRAWN
            },
            returns=(
                *(f"{key}_equal_for_one_seed" for key in PARAMS),
                *(f"{key}_equal_for_two_seeds" for key in DRAWN),
            ),
            expects=[
                *(Expectation("mean", 1, 1, of=f"{key}_equal_for_one_seed") for key in PARAMS),
                *(Expectation("mean", 0, 0, of=f"{key}_equal_for_two_seeds") for key in DRAWN),
            ],
        )


def _ctc_collapse(numpy_file):
    ctc_collapse = numpy_file.exercise(
        "ctc_collapse",
        hints=[
            "An entry counts when it differs from the one before it and is no blank.",
            "Repeats merge first and blanks go last. What keeps the two letters of 'oo' apart?",
        ],
    )

    def long_path(rng, blank=0, lowest=1):
        """A path of five labels: runs of them, and blanks between some and all equal neighbours."""
        others = 1 + rng.permutation(4)[:2]  # the lowest label stands in every path
        first, second, third = lowest + rng.permutation([0, *others])
        # The first two touch and the next two are equal, whatever the seed.
        spelled = [*[first] * 3, *[second] * 2, blank]
        for label in (second, third, first):
            spelled += [blank] * int(rng.integers(0, 3)) + [label] * int(rng.integers(1, 4))
        return np.array(spelled)

    @ctc_collapse.outputs(points=2.25)
    def collapsed(rng):
        """merges repeats, then drops blanks"""
        yield case("five labels", path=long_path(rng))
        yield case("ten labels", path=np.concatenate([[0, 0], long_path(rng), [0], long_path(rng)]))

    @ctc_collapse.outputs(points=0.5)
    def other_blank(rng):
        """takes another blank"""
        path = long_path(rng, blank=5, lowest=0)
        yield case("labels 0 to 4, blank 5", path=path, options={"blank": 5})

    @ctc_collapse.outputs(points=0.25)
    def of_a_list(rng):
        """takes a list"""
        yield case("a list", path=long_path(rng).tolist())

    @ctc_collapse.outputs(points=0.25, edge=True)
    def nothing(rng):
        """gives an empty result for an empty path, and for blanks alone"""
        yield case("no entries", path=np.zeros(0, dtype=int))
        yield case("an empty list", path=[])
        yield case("blanks alone", path=np.zeros(5, dtype=int))

    ctc_collapse.purity(points=0.25)
