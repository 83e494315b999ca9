"""Checks of assignment 4's augmentation: each image is shifted, turned and mirrored by its own."""

import numpy as np

from grader.course import Expectation, StudentFile, script, step, unrelated


def declare_augmentation(keras_file: StudentFile) -> None:
    """Declare the augmentation, which is told by what it does to pixels, bars and faces."""
    build_augmentation = keras_file.exercise(
        "build_augmentation",
        hints=[
            "Keras has layers whose names begin with `Random`; a `Sequential` joins them.",
            "Those layers know by themselves whether they are in training.",
            'What does `RandomFlip` do when it is not told `"horizontal"`?',
        ],
    )
    STILL = {"max_shift": 0.0, "rotation": 0.0}
    N, MANY = 100, 400
    AT_REST = Expectation(
        "std", 0.0, 1e-6, of="at_inference", above="images are changed at inference, too"
    )
    MOVES = {
        "row": "shifted up and down",
        "column": "shifted left and right",
        "angle": "turned (`rotation` is a part of a full turn)",
    }

    def images(rng, *shape):
        return rng.uniform(0.2, 1, size=shape).astype("float32")

    def changed(x, name="model"):
        """Steps: what the model does in training, and by how much that differs from x."""
        return {
            f"trained_{name}": step.call_keras(name, x, training=True),
            f"difference_{name}": step.keras("ops.subtract", step.ref(f"trained_{name}"), x),
        }

    def traced(x, **options):
        """Steps: what becomes of each image, in two calls of one model that trains.

        Where its mass lies, how it stretches and faces, and by how much it changes at inference.
        """
        steps = {
            "model": step.call("build_augmentation", **options),
            "inferred": step.predict("model", x[:5].astype("float32")),
            "at_inference": step.keras(
                "ops.subtract", step.ref("inferred"), x[:5].astype("float32")
            ),
        }
        for call in ("", "_again"):
            steps[f"trained{call}"] = step.call_keras("model", x.astype("float32"), training=True)
            steps[f"moments{call}"] = step.moments(f"trained{call}")
            for name in ("sum", "row", "column", "angle", "side"):
                steps[f"{name}{call}"] = step.item(f"moments{call}", name)
        return steps

    def spread(of, center, most, beyond):
        """Ranges of N numbers that are uniform on center ± most: none of them is far `beyond`."""
        deviation = most / np.sqrt(3)
        less = f"images are hardly {MOVES[of]}, or not at all"
        more = f"images are too far {MOVES[of]}"
        one_way = f"images are {MOVES[of]} one way alone, or not at all"
        return [
            Expectation("min", center - most - beyond, center, of, below=more, above=one_way),
            Expectation("max", center, center + most + beyond, of, below=one_way, above=more),
            Expectation("std", 0.65 * deviation, 1.35 * deviation, of, below=less, above=more),
        ]

    @build_augmentation.statistics(points=0.75)
    def shifts(rng):
        """shifts each image by its own part of its height and width, and loses no light"""
        height, width, most = 33, 25, float(np.round(rng.uniform(0.15, 0.25), 2))
        x = np.zeros((N, height, width, 1))
        x[:, height // 2, width // 2] = light = float(rng.uniform(0.5, 1))
        related, names, apart = unrelated(
            N,
            *(("row", other) for other in ("row", "row_again", "column")),
            *(("column", other) for other in ("column", "column_again")),
        )
        yield script(
            f"a lone pixel, max_shift = {most}",
            **traced(x, max_shift=most, rotation=0.0),
            **related,
            returns=("sum", "row", "column", "at_inference", *names),
            expects=[
                AT_REST,
                *apart,
                Expectation("min", 0.98 * light, 1.02 * light, of="sum"),
                Expectation("max", 0.98 * light, 1.02 * light, of="sum"),
                *spread("row", height // 2, most * height, 0.6),
                *spread("column", width // 2, most * width, 0.6),
            ],
        )

    @build_augmentation.statistics(points=0.75)
    def turns(rng):
        """turns each image by its own angle about its middle"""
        most = float(np.round(rng.uniform(0.06, 0.12), 2))
        x = np.zeros((N, 31, 31, 1))
        x[:, 6:25, 14:17] = 1.0  # an upright bar through the middle
        related, names, apart = unrelated(N, ("angle", "angle"), ("angle", "angle_again"))
        yield script(
            f"an upright bar, rotation = {most}",
            **traced(x, max_shift=0.0, rotation=most),
            **related,
            returns=("sum", "row", "column", "angle", "at_inference", *names),
            expects=[
                AT_REST,
                *apart,
                Expectation("min", 50.0, 57.5, of="sum"),
                Expectation("max", 56.5, 64.0, of="sum"),
                *(Expectation("min", 14.5, 15.1, of=name) for name in ("row", "column")),
                *(Expectation("max", 14.9, 15.5, of=name) for name in ("row", "column")),
                *spread("angle", 0.0, most, 0.005),
            ],
        )

    @build_augmentation.statistics(points=0.75)
    def defaults(rng):
        """shifts and turns unless told otherwise, by up to 0.1 and 0.05; one seed does it alike"""
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
                Expectation("std", 0.0, 1e-3, "same", above="two models with the same seed differ"),
                Expectation(
                    "std", 0.05, 5.0, "other", below="two models with different seeds do the same"
                ),
            ],
        )

    @build_augmentation.statistics(points=0.5)
    def mirrors(rng):
        """mirrors about half of the images left-right, and only if flip"""
        columns = np.where(np.arange(6) < 3, -1.0, 1.0)[:, None]  # changes sign when mirrored
        rows = np.where(np.arange(8) < 4, -1.0, 1.0)[:, None, None]
        sideways, upright = (np.broadcast_to(one, (100, 8, 6, 1)) for one in (columns, rows))
        # A mirrored image differs by 2 everywhere: the deviation is 2 √(share of them).
        half, none = (0.8, 1.9), (0.0, 0.01)
        few = "hardly any image is mirrored left-right"
        upside_down = "images are mirrored top to bottom, too"
        always = "images are mirrored, though `flip` is False"
        for label, x, options, (low, high), below, above in (
            ("left-right", sideways, {"flip": True}, half, few, "nearly all images are mirrored"),
            ("not upside down", upright, {"flip": True}, none, "", upside_down),
            ("not without flip", sideways, {"flip": False}, none, "", always),
            ("not unless asked", sideways, {}, none, "", always),
        ):
            yield script(
                label,
                model=step.call("build_augmentation", **options, **STILL),
                **changed(x.astype("float32")),
                returns=("difference_model",),
                expects=[Expectation("std", low, high, below=below, above=above)],
            )
        # Its mass lies about the middle, and a bar of a fifth of it at the right.
        x = np.zeros((MANY, 41, 41, 1))
        x[:, 11:30, 18:21] = 1.0
        x[:, 11:30, 24] = 0.75
        most = float(np.round(rng.uniform(0.06, 0.1), 2))
        angle = float(np.round(rng.uniform(0.04, 0.07), 2))
        related, names, apart = unrelated(
            MANY, *(("side", other) for other in ("side", "side_again", "row", "column", "angle"))
        )
        yield script(
            f"two bars, max_shift = {most}, rotation = {angle}",
            **traced(x, max_shift=most, rotation=angle, flip=True),
            **related,
            returns=("side", "row", "column", "angle", *names),
            expects=[
                *apart,
                Expectation("mean", -0.35, 0.35, of="side"),
                Expectation("distinct", 2 / MANY, 2 / MANY, of="side"),
                *(
                    one
                    for name in ("row", "column")
                    for one in spread(name, 20, most * 41, 0.6 + 0.42 * most * 41)
                ),
                *spread("angle", 0.0, angle, 0.005),
            ],
        )

    @build_augmentation.keras(points=0.25, edge=True)
    def inference(rng):
        """returns the images as they are at inference, and keeps their shape in training"""
        for flip in (False, True):
            yield script(
                f"flip = {flip}",
                model=step.call("build_augmentation", 0.3, 0.1, flip=flip),
                output=step.predict("model", images(rng, 5, 9, 7, 2)),
                returns=("output",),
            )
        for shape in ((4, 9, 6, 3), (1, 5, 8, 2)):
            yield script(
                "{} images of {} × {} × {}".format(*shape),
                model=step.call("build_augmentation", max_shift=0.3, rotation=0.1, flip=True),
                trained=step.call_keras("model", images(rng, *shape), training=True),
                shape=step.keras("ops.shape", step.ref("trained")),
                returns=("shape",),
            )
