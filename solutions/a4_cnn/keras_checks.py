"""Checks of assignment 4's Keras part; those of transfer learning stand in a file of their own."""

import numpy as np

from grader.course import Assignment, Expectation, script, step
from grader.datasets import digits
from solutions.a4_cnn.inputs import PARAMS, lenet_problem, residual_block
from solutions.a4_cnn.keras_transfer_checks import declare_transfer


def declare_keras_part(assignment: Assignment) -> None:
    """Declare the Keras file with its five exercises."""
    keras_file = assignment.file("keras_cnn.py", backend="keras")
    _build_lenet(keras_file)
    _residual_block(keras_file)
    _build_augmentation(keras_file)
    declare_transfer(keras_file)


def _build_lenet(keras_file):
    build_lenet = keras_file.exercise(
        "build_lenet",
        hints=[
            "Nine layers, or eleven when the relus are layers of their own; the last is linear.",
            '`Conv2D(..., padding="same")` keeps height and width, `MaxPooling2D(2)` halves them.',
            "How does the loss learn that it gets logits, and labels that are integers?",
        ],
    )

    def with_weights(given, shape, n_classes):
        """Steps that make the network with the weights of `lenet_problem`."""
        return {
            "model": step.call("build_lenet", shape, n_classes),
            "facts": step.describe("model", "parameters"),
            "_weights": step.set_weights("model", [given[name] for name in PARAMS]),
        }

    def logits(rng, n, shape, n_classes):
        given = lenet_problem(rng, n, shape, n_classes)
        return script(
            "{} × {} × {}, {} classes".format(*shape, n_classes),
            **with_weights(given, shape, n_classes),
            output=step.predict("model", given["x"].astype("float32")),
            returns=("facts", "output"),
        )

    @build_lenet.keras(points=2.5)
    def forward(rng):
        """computes the logits"""
        yield logits(rng, 5, (8, 8, 1), 10)
        yield logits(rng, 2, (12, 4, 3), 7)

    @build_lenet.keras(points=0.25)
    def ragged(rng):
        """drops a ragged edge in the pools"""
        yield logits(rng, 3, (10, 7, 2), 4)

    @build_lenet.keras(points=1)
    def compiled(rng):
        """is compiled with sparse categorical cross-entropy from logits"""
        given = lenet_problem(rng, 3, (8, 4, 2), 5)
        yield script(
            "a batch of three",
            **with_weights(given, (8, 4, 2), 5),
            gradient=step.loss_and_gradients("model", given["x"].astype("float32"), given["y"]),
            returns=("gradient",),
        )

    @build_lenet.training(
        points=2.75,
        measure="logits_accuracy",
        baseline=0.10,
        threshold=0.90,
        stated=0.91,
        cpu_seconds=120,
    )
    def reads_digits(rng):
        """reads handwritten digits (accuracy on held-out images)"""
        X, y = digits()
        X = X.reshape(-1, 8, 8, 1).astype("float32")
        order = rng.permutation(len(X))
        train, test = order[:1300], order[1300:]
        yield script(
            "497 held-out images",
            model=step.call("build_lenet", (8, 8, 1), 10),
            _fit=step.fit("model", X[train], y[train], epochs=25, batch_size=32),
            output=step.predict("model", X[test]),
            returns=("output",),
            held_out={"y": y[test]},
        )


def _residual_block(keras_file):
    block = keras_file.exercise(
        "ResidualBlock",
        hints=[
            "Two `Conv2D` made in `__init__`, or four weights made in `build`.",
            "Where does the second relu stand: before the sum or behind it?",
            "`get_config` adds what `__init__` takes to the base class's.",
        ],
    )

    def problem(rng, image):
        """Images and the block's weights in order."""
        given = residual_block(rng, image, (3, 3))
        return given["x"].astype("float32"), [given[name] for name in ("w1", "b1", "w2", "b2")]

    def built(name, x, weights):
        """Steps that build a block by calling it, and give it its weights."""
        return {
            f"_built_{name}": step.predict(name, x),
            f"_weights_{name}": step.set_weights(name, weights),
        }

    def started(rng, image):
        """Images, weights and the steps that make a block with them."""
        x, weights = problem(rng, image)
        made = {"block": step.construct("ResidualBlock", image[3]), **built("block", x, weights)}
        return x, made

    @block.keras(points=2.5)
    def forward(rng):
        """is relu(x + conv(relu(conv(x))))"""
        for image in ((3, 5, 7, 4), (1, 6, 4, 2)):
            x, made = started(rng, image)
            yield script(
                "{} images of {} × {} × {}".format(*image),
                **made,
                output=step.predict("block", x),
                returns=("output",),
            )

    @block.keras(points=1.25)
    def gradients(rng):
        """has four trainable weights and the right gradients"""
        image = (2, 5, 4, 3)
        x, made = started(rng, image)
        yield script(
            "two images of 5 × 4 × 3",
            **made,
            gradients=step.gradients("block", x, rng.normal(size=image).astype("float32")),
            returns=("gradients",),
        )

    @block.keras(points=0.75)
    def config(rng):
        """is made again by from_config(get_config())"""
        x, weights = problem(rng, (2, 4, 5, 3))
        yield script(
            "a block with a name",
            block=step.construct("ResidualBlock", 3, name="third"),
            **built("block", x, weights),
            same=step.round_trip("block"),
            config=step.method("block", "get_config"),
            copy=step.method("block", "from_config", step.ref("config")),
            **built("copy", x, weights),
            output=step.predict("copy", x),
            returns=("same", "output"),
        )

    @block.errors(points=0.5)
    def channels(rng):
        """raises ValueError when the input has other than `filters` channels"""
        for found, filters, offending in ((7, 4, "7"), (1, 3, None)):
            x = rng.normal(size=(2, 5, 6, found)).astype("float32")
            yield script(
                f"{found} channels, {filters} filters",
                block=step.construct("ResidualBlock", filters),
                output=step.predict("block", x),
                returns=("output",),
                offending=offending,
            )


def _build_augmentation(keras_file):
    build_augmentation = keras_file.exercise(
        "build_augmentation",
        hints=[
            "Keras has layers whose names begin with `Random`; a `Sequential` joins them.",
            "Those layers know by themselves whether they are in training.",
            'What does `RandomFlip` do when it is not told `"horizontal"`?',
        ],
    )
    STILL = {"max_shift": 0.0, "rotation": 0.0}

    def images(rng, *shape):
        return rng.uniform(0.2, 1, size=shape).astype("float32")

    def changed(x, name="model"):
        """Steps: what the model does in training, and by how much that differs from x."""
        return {
            f"trained_{name}": step.call_keras(name, x, training=True),
            f"difference_{name}": step.keras("ops.subtract", step.ref(f"trained_{name}"), x),
        }

    @build_augmentation.keras(points=1, edge=True)
    def inference(rng):
        """returns the images as they are at inference"""
        for flip in (False, True):
            yield script(
                f"flip = {flip}",
                model=step.call("build_augmentation", 0.3, 0.1, flip=flip),
                output=step.predict("model", images(rng, 5, 9, 7, 2)),
                returns=("output",),
            )

    @build_augmentation.statistics(points=1)
    def training(rng):
        """changes images in training: shifts them, turns them"""
        for label, options in (
            ("the defaults", {}),
            ("shifts alone", {"max_shift": 0.3, "rotation": 0.0}),
            ("rotations alone", {"max_shift": 0.0, "rotation": 0.2}),
        ):
            yield script(
                label,
                model=step.call("build_augmentation", **options),
                **changed(images(rng, 8, 20, 16, 1)),
                returns=("difference_model",),
                expects=[Expectation("std", 0.05, 5.0)],
            )

    @build_augmentation.statistics(points=0.5, edge=True)
    def shape_kept(rng):
        """keeps the shape in training"""
        for shape in ((4, 9, 6, 3), (1, 5, 8, 2)):
            yield script(
                "{} images of {} × {} × {}".format(*shape),
                model=step.call("build_augmentation", max_shift=0.3, rotation=0.1, flip=True),
                output=step.call_keras("model", images(rng, *shape), training=True),
                returns=("output",),
                expects=[Expectation("size", *[float(np.prod(shape))] * 2)],
            )

    @build_augmentation.statistics(points=0.25)
    def mirrors(rng):
        """mirrors about half of the images left-right, and only if flip"""
        columns = np.where(np.arange(6) < 3, -1.0, 1.0)[:, None]  # changes sign when mirrored
        rows = np.where(np.arange(8) < 4, -1.0, 1.0)[:, None, None]
        sideways, upright = (np.broadcast_to(one, (100, 8, 6, 1)) for one in (columns, rows))
        # A mirrored image differs by 2 everywhere: the deviation is 2 √(share of them).
        half, none = (1.0, 1.7), (0.0, 0.01)
        for label, x, options, (low, high) in (
            ("left-right", sideways, {"flip": True}, half),
            ("not upside down", upright, {"flip": True}, none),
            ("not without flip", sideways, {"flip": False}, none),
            ("not unless asked", sideways, {}, none),
        ):
            yield script(
                label,
                model=step.call("build_augmentation", **options, **STILL),
                **changed(x.astype("float32")),
                returns=("difference_model",),
                expects=[Expectation("std", low, high)],
            )

    @build_augmentation.statistics(points=0.25)
    def seeds(rng):
        """does the same for the same seed, and something else for another"""
        x = images(rng, 6, 10, 12, 1)
        first, second = (int(one) for one in rng.choice(1000, size=2, replace=False))
        yield script(
            "two seeds",
            a=step.call("build_augmentation", 0.2, 0.1, True, seed=first),
            b=step.call("build_augmentation", 0.2, 0.1, True, seed=first),
            c=step.call("build_augmentation", 0.2, 0.1, True, seed=second),
            **{f"from_{name}": step.call_keras(name, x, training=True) for name in "abc"},
            same=step.keras("ops.subtract", step.ref("from_a"), step.ref("from_b")),
            other=step.keras("ops.subtract", step.ref("from_a"), step.ref("from_c")),
            returns=("same", "other"),
            expects=[
                Expectation("std", 0.0, 1e-3, of="same"),
                Expectation("std", 0.05, 5.0, of="other"),
            ],
        )
