"""Checks of `LeNet`, on a few images and on digits."""

import numpy as np

from grader.course import StudentFile, course_forward, script, step
from grader.datasets.disguise import other_classes
from solutions.a4_cnn.inputs import (
    PARAMS,
    disguised_digits,
    lenet_params,
    lenet_problem,
    lenet_steps,
    seed,
)

EXACT = {"rtol": 1e-5, "atol": 1e-6}


def declare_model(file: StudentFile) -> None:
    """Declare the network."""
    lenet = file.exercise(
        "LeNet",
        needs=["pad", "conv2d_forward", "conv2d_backward", "max_pool_forward", "max_pool_backward"],
        hints=[
            "One forward pass that returns the logits and all caches serves every method.",
            "Flatten with `reshape(N, -1)`; on the way back the same shape undoes it.",
            "To fit: Adam with a learning rate near 0.002 in batches of 32, for 20 to 40 epochs.",
        ],
    )
    _values(lenet)
    _edges(lenet)
    _training(lenet)


def _asked(method, *arguments):
    return step.method("model", method, *map(step.ref, arguments))


def _logits(rng, label, n, shape, n_classes):
    return script(
        label,
        arguments=lenet_problem(rng, n, shape, n_classes),
        **lenet_steps(rng, shape, n_classes),
        logits=_asked("forward", "x"),
        returns=("logits",),
        **EXACT,
    )


def _loss(rng, label, n, shape, n_classes, returns, given=None):
    return script(
        label,
        arguments=given or lenet_problem(rng, n, shape, n_classes),
        **lenet_steps(rng, shape, n_classes),
        result=_asked("loss_and_gradients", "x", "y"),
        loss_value=step.item("result", 0),
        gradients=step.item("result", 1),
        loss=("loss_value",),
        returns=(returns,),
        **EXACT,
    )


def _values(lenet):
    @lenet.outputs(points=1.5)
    def logits(rng):
        """computes the logits"""
        yield _logits(rng, "8 × 4 images of one channel", 2, (8, 4, 1), 3)
        yield _logits(rng, "4 × 8 images of two channels", 3, (4, 8, 2), 4)
        yield _logits(rng, "8 × 12 images, of which 2 × 3 places are left", 1, (8, 12, 1), 3)

    @lenet.outputs(points=0.75)
    def loss(rng):
        """returns the mean cross-entropy first"""
        yield _loss(rng, "three images", 3, (8, 4, 1), 4, "loss_value")
        yield _loss(rng, "two images of two channels", 2, (4, 8, 2), 3, "loss_value")

    @lenet.gradient(points=2.75, wrt=PARAMS)
    def gradients(rng):
        """returns the gradient with respect to all ten params"""
        yield _loss(rng, "three images", 3, (8, 4, 1), 4, "gradients")
        yield _loss(rng, "two images of two channels", 2, (4, 8, 2), 3, "gradients")


def _edges(lenet):
    @lenet.outputs(points=0.25, edge=True)
    def shapes(rng):
        """starts with params of the named shapes, drawn by its generator"""
        for shape, n_classes in (((8, 8, 1), 10), ((12, 9, 3), 4)):
            yield script(
                f"images of {shape}",
                model=step.construct("LeNet", shape, n_classes, seed(rng)),
                params=step.attribute("model", "params"),
                **{f"_{name}": step.item("params", name) for name in PARAMS},
                **{name: step.attribute(f"_{name}", "shape") for name in PARAMS},
                returns=PARAMS,
            )
        first, second = seed(rng), seed(rng)
        for label, other, names in (
            ("one seed twice", first, PARAMS),
            ("two seeds", second, ("W1", "W3")),  # how biases begin is free
        ):
            yield script(
                label,
                one=step.construct("LeNet", (4, 8, 2), 3, first),
                other=step.construct("LeNet", (4, 8, 2), 3, other),
                one_params=step.attribute("one", "params"),
                other_params=step.attribute("other", "params"),
                **{f"one {name}": step.item("one_params", name) for name in names},
                **{f"other {name}": step.item("other_params", name) for name in names},
                **{
                    f"difference {name}": step.method(
                        f"one {name}", "__sub__", step.ref(f"other {name}")
                    )
                    for name in names
                },
                **{name: step.method(f"difference {name}", "any") for name in names},
                returns=names,
            )

    @lenet.outputs(points=0.25)
    def ragged(rng):
        """takes images whose sides are no multiples of 4"""
        yield _logits(rng, "images of 6 × 7", 2, (6, 7, 1), 3)

    @lenet.outputs(points=0.25)
    def asked_twice(rng):
        """leaves params alone when it computes a loss"""
        shape = (4, 4, 1)
        yield script(
            "the loss, asked for twice",
            arguments=lenet_problem(rng, 3, shape, 4),
            **lenet_steps(rng, shape, 4),
            _before=_asked("loss_and_gradients", "x", "y"),
            result=_asked("loss_and_gradients", "x", "y"),
            loss_value=step.item("result", 0),
            returns=("loss_value",),
            **EXACT,
        )

    @lenet.outputs(points=0.25)
    def saturated(rng):
        """has a finite loss for saturated logits"""
        given = lenet_params(rng, (4, 4, 1), 3)
        given = {"x": rng.uniform(size=(3, 4, 4, 1)), "y": rng.permutation(3), **given}
        given["b5"] = 2000.0 * rng.permutation([-1.0, 0.0, 1.0])
        yield _loss(rng, "biases of ±2000", 3, (4, 4, 1), 3, "loss_value", given)
        given = {**given, "b5": rng.normal(size=3)}
        given["x"] = given["x"] * np.array([1e6, 1.0, 1.0])[:, None, None, None]
        yield _loss(rng, "one image of large numbers", 3, (4, 4, 1), 3, "loss_value", given)

    lenet.purity(points=0.25)


def _training(lenet):
    @lenet.training(
        points=2.75,
        measure="logits_accuracy",
        baseline=0.4,  # the best linear classifier of twenty seeds reaches 0.35
        threshold=0.86,
        stated=0.88,
        cpu_seconds=120,
        trained="params",
        before="before",
        control="control",
    )
    def reads_digits(rng):
        """reads handwritten digits (accuracy on held-out images)"""
        X, y, X_held_out, y_held_out = disguised_digits(rng)
        made = step.construct("LeNet", (8, 8, 1), 10, seed(rng))
        of_fit = seed(rng)
        yield script(
            "497 held-out images",
            model=made,
            before=step.snapshot("model", "params"),
            _fitted=step.method("model", "fit", X, y, of_fit),
            control=step.control(
                model=made,
                _fitted=step.method("model", "fit", X, other_classes(X, y), of_fit),
                params=step.snapshot("model", "params"),
            ),
            params=step.attribute("model", "params"),
            logits=step.method("model", "forward", X_held_out),
            held_out={"y": y_held_out},
            returns=("before", "control", "params", "logits"),
            course_forward=course_forward(
                "params",
                "logits",
                hidden={"lenet": step.call("last_hidden", step.ref("params"), X_held_out)},
                lenet=step.call("lenet_logits", step.ref("params"), X_held_out),
            ),
        )
