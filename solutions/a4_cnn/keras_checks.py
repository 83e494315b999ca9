"""Checks of assignment 4's Keras part; those of transfer learning stand in a file of their own."""

import numpy as np

from grader.course import USED, Assignment, Expectation, as_used, script, step
from solutions.a4_cnn.inputs import PARAMS, disguised_digits, lenet_problem, residual_block
from solutions.a4_cnn.keras_transfer_checks import declare_transfer

NOT_LENET = "the model that was trained is not this LeNet: with given weights its logits are others"


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
            "Eight layers, or twelve when the relus are layers of their own; the last is linear.",
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
        baseline=0.4,  # above linear classifiers, as for `LeNet`
        threshold=0.83,  # right models that were tuned elsewhere go down to 0.867
        stated=0.85,
        cpu_seconds=120,
        same={"given": NOT_LENET},
        blank="without_weights",
        trained="trained",
        before="before",
    )
    def reads_digits(rng):
        """reads handwritten digits (accuracy on held-out images)"""
        X, y, X_held_out, y_held_out = disguised_digits(rng)
        X, X_held_out = X.astype("float32"), X_held_out.astype("float32")
        weights = lenet_problem(rng, 1, (8, 8, 1), 10)
        yield script(
            "497 held-out images",
            model=step.call("build_lenet", (8, 8, 1), 10),
            _built=step.predict("model", X[:1]),
            before=step.kernels("model"),
            _fit=step.fit("model", X, y, epochs=25, batch_size=32),
            trained=step.kernels("model"),
            output=step.predict("model", X_held_out),
            _weights=step.set_weights("model", [weights[name] for name in PARAMS]),
            given=step.predict("model", X_held_out[:20]),
            _zero=step.zero_weights("model"),
            without_weights=step.predict("model", X_held_out),
            returns=("before", "trained", "given", "without_weights", "output"),
            held_out={"y": y_held_out},
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

    @block.keras(points=2)
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

    @block.keras(points=0.5)
    def used(rng):
        """works as layers do: in a model that is fitted, saved and loaded, and in half precision"""
        x, weights = problem(rng, (6, 5, 4, 3))
        yield script(
            "a functional model that is fitted, saved and loaded",
            block=step.construct("ResidualBlock", 3),
            **as_used("block", x, np.zeros_like(x), weights, learning_rate=0.01),
            returns=USED,
        )
        x, weights = problem(rng, (2, 6, 5, 4))
        yield script(
            "mixed_float16",
            block=step.construct("ResidualBlock", 4, dtype="mixed_float16"),
            **built("block", x, weights),
            output=step.predict("block", x),
            returns=("output",),
            rtol=0.02,
            atol=0.02,
        )
        yield script(
            "float16",
            block=step.construct("ResidualBlock", 4, dtype="float16"),
            _built=step.predict("block", x),
            facts=step.describe("block", "dtypes"),
            returns=("facts",),
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
    N = 60
    AT_REST = Expectation("std", 0.0, 1e-6, of="at_inference")

    def images(rng, *shape):
        return rng.uniform(0.2, 1, size=shape).astype("float32")

    def changed(x, name="model"):
        """Steps: what the model does in training, and by how much that differs from x."""
        return {
            f"trained_{name}": step.call_keras(name, x, training=True),
            f"difference_{name}": step.keras("ops.subtract", step.ref(f"trained_{name}"), x),
        }

    def traced(x, **options):
        """Steps: where the mass of each image lies when it is trained on, and how it stretches.

        And by how much it changes at inference.
        """
        return {
            "model": step.call("build_augmentation", **options),
            "inferred": step.predict("model", x[:5].astype("float32")),
            "at_inference": step.keras(
                "ops.subtract", step.ref("inferred"), x[:5].astype("float32")
            ),
            "trained": step.call_keras("model", x.astype("float32"), training=True),
            "moments": step.moments("trained"),
            "mass": step.item("moments", "sum"),
            "row": step.item("moments", "row"),
            "column": step.item("moments", "column"),
            "angle": step.item("moments", "angle"),
        }

    def spread(of, center, most, beyond):
        """Ranges of N numbers that are uniform on center ± most: none of them is far `beyond`."""
        deviation = most / np.sqrt(3)
        return [
            Expectation("min", center - most - beyond, center, of=of),
            Expectation("max", center, center + most + beyond, of=of),
            Expectation("std", 0.65 * deviation, 1.35 * deviation, of=of),
        ]

    @build_augmentation.keras(points=0.5, edge=True)
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
    def shifts(rng):
        """shifts each image by its own part of its height and width, and loses no light"""
        height, width, most = 33, 25, float(np.round(rng.uniform(0.15, 0.25), 2))
        x = np.zeros((N, height, width, 1))
        x[:, height // 2, width // 2] = light = float(rng.uniform(0.5, 1))
        yield script(
            f"a lone pixel, max_shift = {most}",
            **traced(x, max_shift=most, rotation=0.0),
            returns=("mass", "row", "column", "at_inference"),
            expects=[
                AT_REST,
                Expectation("min", 0.98 * light, 1.02 * light, of="mass"),
                Expectation("max", 0.98 * light, 1.02 * light, of="mass"),
                *spread("row", height // 2, most * height, 0.6),
                *spread("column", width // 2, most * width, 0.6),
            ],
        )

    @build_augmentation.statistics(points=0.5)
    def turns(rng):
        """turns each image by its own angle about its middle"""
        most = float(np.round(rng.uniform(0.06, 0.12), 2))
        x = np.zeros((N, 31, 31, 1))
        x[:, 6:25, 14:17] = 1.0  # an upright bar through the middle
        yield script(
            f"an upright bar, rotation = {most}",
            **traced(x, max_shift=0.0, rotation=most),
            returns=("mass", "row", "column", "angle", "at_inference"),
            expects=[
                AT_REST,
                Expectation("min", 50.0, 57.5, of="mass"),
                Expectation("max", 56.5, 64.0, of="mass"),
                *(Expectation("min", 14.5, 15.1, of=name) for name in ("row", "column")),
                *(Expectation("max", 14.9, 15.5, of=name) for name in ("row", "column")),
                *spread("angle", 0.0, most, 0.005),
            ],
        )

    @build_augmentation.statistics(points=0.25)
    def defaults(rng):
        """shifts and turns unless told otherwise, by up to 0.1 and 0.05"""
        x = np.zeros((N, 41, 41, 1))
        x[:, 11:30, 19:22] = 1.0
        yield script(
            "an upright bar, no options",
            **traced(x),
            returns=("row", "column", "angle"),
            expects=[
                # A turn that follows a shift takes it along: up to √2 of it into one direction.
                *(one for name in ("row", "column") for one in spread(name, 20, 4.1, 2.3)),
                *spread("angle", 0.0, 0.05, 0.005),
            ],
        )

    @build_augmentation.statistics(points=0.25, edge=True)
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

    @build_augmentation.statistics(points=0.25, edge=True)
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
