"""Checks of augmentation: what is drawn for one image says nothing of another."""

import numpy as np

from grader.course import Expectation, StudentFile, case, script, step, unrelated
from solutions.a4_cnn.inputs import seed

EXACT = {"rtol": 1e-5, "atol": 1e-6}
MANY = 1_575
"""Images of a case: as often each of 9, and of 25, shifts for who only puts them in order."""
GENERATORS = ("equal_for_one_seed", "equal_for_two_seeds")
UNEVEN = {9: (0.001, 8.0), 25: (0.04, 4.5)}
"""χ² per degree of freedom of how often each shift comes, by the number of shifts.

Independent draws leave it to either side less than once in 10¹⁰ times.
"""


def declare_augment(file: StudentFile) -> None:
    """Declare the augmentation, whose shifts and mirrors are drawn for each image by itself."""
    augment = file.exercise(
        "augment",
        hints=[
            "Put each image into the middle of a larger one of zeros, and cut a window out of it.",
            "`rng.integers(low, high)` excludes high. One draw per image and axis.",
            "`image[:, ::-1]` is the mirror image. Which images get it is for rng to say.",
        ],
    )

    @augment.statistics(points=1.75)
    def shifts(rng):
        """shifts each image by its own dy and dx, uniform up to ±max_shift, drawn by rng"""
        # One bright pixel, at least max_shift from the edges: where it lands is the shift. Where
        # it stands and how bright it is, no public answer knows.
        for most in (1, 2):
            places = (2 * most + 1) ** 2
            height, width = (int(one) for one in 2 * most + rng.integers(3, 6, size=2))
            middle = {
                "row": int(rng.integers(most, height - most)),
                "column": int(rng.integers(most, width - most)),
            }
            light = float(rng.uniform(0.5, 1.5))
            images = np.zeros((MANY, height, width, 1))
            images[:, middle["row"], middle["column"]] = light
            deviation = np.sqrt((places - 1) / 12)
            near = [
                Expectation(statistic, value - 0.2, value + 0.2, of=axis)
                for axis, place in middle.items()
                for statistic, value in (("mean", place), ("std", deviation))
            ]
            together = [
                Expectation("distinct", (places - 0.5) / MANY, (places + 0.5) / MANY, of="place"),
                Expectation("unevenness", *UNEVEN[places], of="place"),
            ]
            whole = [
                Expectation(statistic, light - 1e-6, light + 1e-6, of="light")
                for statistic in ("min", "max")
            ]
            apart, names, ranges = unrelated(
                MANY, ("row", "row"), ("column", "column"), ("row", "column")
            )
            one, other = seed(rng), seed(rng)
            yield script(
                f"max_shift = {most}",
                shifted=step.call("augment", images, one, most),
                _again=step.call("augment", images, one, most),
                _other=step.call("augment", images, other, most),
                _columns=step.method("shifted", "max", 1),
                _rows=step.method("shifted", "max", 2),
                _flat=step.method("shifted", "reshape", MANY, height * width),
                light=step.method("_flat", "sum", 1),
                row=step.method("_rows", "argmax", 1),
                column=step.method("_columns", "argmax", 1),
                place=step.method("_flat", "argmax", 1),
                **apart,
                equal_for_one_seed=step.equal_share("shifted", "_again"),
                equal_for_two_seeds=step.equal_share("shifted", "_other"),
                returns=("row", "column", "place", "light", *names, *GENERATORS),
                expects=[
                    *near,
                    *together,
                    *whole,
                    *ranges,
                    Expectation("mean", 1, 1, of="equal_for_one_seed"),
                    # Where both draws shift alike all pixels are equal, else all but two.
                    Expectation("mean", 0, 1 - 1 / (height * width), of="equal_for_two_seeds"),
                ],
            )

    @augment.statistics(points=0.5)
    def filled(rng):
        """fills with zeros what the shift leaves empty, however far it goes"""
        height, width, most = int(rng.integers(5, 8)), int(rng.integers(6, 9)), 2
        light = float(rng.uniform(0.5, 1.5))
        lost = most * (most + 1) / (2 * most + 1)  # the mean of |dy|
        zeros = 1 - (1 - lost / height) * (1 - lost / width)
        x = np.full((MANY, height, width, 1), light)
        x[:, 2, 3] = 2 * light  # it stays in sight
        apart, names, ranges = unrelated(MANY, ("light", "light"))
        yield script(
            "images of one grey, and a bright pixel",
            moved=step.call("augment", x, seed(rng), most),
            _flat=step.method("moved", "reshape", MANY, height * width),
            place=step.method("_flat", "argmax", 1),
            light=step.method("moved", "sum", (1, 2)),
            **apart,
            returns=("moved", "light", "place", *names),
            expects=[
                Expectation("zeros", zeros - 0.03, zeros + 0.03),
                Expectation("min", 0, 0),
                Expectation("max", 2 * light - 1e-6, 2 * light + 1e-6),
                Expectation("distinct", 0, 3.5 / x.size),
                Expectation("unevenness", *UNEVEN[25], of="place"),
                Expectation("distinct", 5.5 / MANY, 1, of="light"),  # each has its own shift
                *ranges,
            ],
        )
        # One pixel stays only where dy = dx = 0. How bright it is, no public answer knows.
        stays = 1 / (2 * 2 + 1) ** 2
        yield case(
            "images of 1 × 1, max_shift = 2",
            x=np.full((3_000, 1, 1, 2), light),
            rng=seed(rng),
            max_shift=2,
            expects=[
                Expectation("mean", (stays - 0.025) * light, (stays + 0.025) * light),
                Expectation("max", light - 1e-6, light + 1e-6),
            ],
        )
        small = (int(rng.integers(3, 9)), *(int(one) for one in rng.integers(2, 6, size=2)), 1)
        yield case("max_shift = 9", x=np.full(small, light), rng=seed(rng), max_shift=9)

    @augment.outputs(points=0.25, edge=True)
    def whole(rng):
        """moves all pixels and channels of an image together"""
        # With a frame of zeros nothing is lost: sums stay, and so do products of channels.
        images = np.zeros((6, 7, 8, 2))
        images[:, 2:-2, 2:-2] = rng.uniform(1, 2, size=(6, 3, 4, 2))
        for flip in (False, True):
            yield script(
                f"flip={flip}",
                arguments={"x": images},
                shifted=step.call("augment", step.ref("x"), seed(rng), 2, flip=flip),
                sums=step.method("shifted", "sum", (1, 2)),
                _products=step.method("shifted", "prod", 3),
                products=step.method("_products", "sum", (1, 2)),
                returns=("sums", "products"),
                **EXACT,
            )

    @augment.statistics(points=0.5)
    def flips(rng):
        """mirrors half of the images left-right, if flip"""
        light = float(rng.uniform(0.5, 1.5))
        images = np.zeros((1_500, 3, int(rng.integers(3, 7)), 1))
        images[:, :, 0] = light
        x = step.ref("x")
        near = (0.42 * light, 0.58 * light)
        same = (light - 1e-6, light + 1e-6)
        yield script(
            "flip=True, flip=False, and no flip asked for",
            arguments={"x": images},
            flipped=step.call("augment", x, seed(rng), 0, flip=True),
            first=step.method("flipped", "take", 0, 2),
            last=step.method("flipped", "take", -1, 2),
            light=step.method("flipped", "sum", 2),
            _told_not_to=step.call("augment", x, seed(rng), 0, flip=False),
            _not_asked=step.call("augment", x, seed(rng), 0),
            equal_for_flip_False=step.equal_share("_told_not_to", x),
            equal_unless_asked=step.equal_share("_not_asked", x),
            returns=("first", "last", "light", "equal_for_flip_False", "equal_unless_asked"),
            expects=[
                *(Expectation("mean", *near, of=which) for which in ("first", "last")),
                *(Expectation(which, *same, of="light") for which in ("min", "max")),
                *(
                    Expectation("mean", 1, 1, of=which)
                    for which in ("equal_for_flip_False", "equal_unless_asked")
                ),
            ],
        )
        # A dark pixel right of the bright one, and to the left of it in a mirror.
        images = np.zeros((MANY, 7, 9, 1))
        images[:, 3, 4], images[:, 3, 5] = light, -light
        apart, names, ranges = unrelated(
            MANY, *(("side", other) for other in ("side", "row", "column", "off_row", "off_column"))
        )
        yield script(
            "flip=True, max_shift = 2",
            flipped=step.call("augment", images, seed(rng), 2, flip=True),
            _columns=step.method("flipped", "max", 1),
            _dark=step.method("flipped", "min", 1),
            _rows=step.method("flipped", "max", 2),
            row=step.method("_rows", "argmax", 1),
            column=step.method("_columns", "argmax", 1),
            _dark_column=step.method("_dark", "argmin", 1),
            side=step.difference("column", "_dark_column"),
            _dy=step.difference("row", np.full((MANY, 1), 3.0)),
            _dx=step.difference("column", np.full((MANY, 1), 4.0)),
            off_row=step.method("_dy", "__abs__"),
            off_column=step.method("_dx", "__abs__"),
            **apart,
            returns=("side", *names),
            expects=[
                Expectation("mean", -0.2, 0.2),
                *(Expectation(end, value, value) for end, value in (("min", -1), ("max", 1))),
                *ranges,
            ],
        )

    @augment.errors(points=0.25)
    def negative(rng):
        """raises ValueError for a max_shift below 0"""
        for wrong in (-1, -3):
            yield case(
                f"max_shift = {wrong}",
                x=rng.uniform(size=(2, 4, 5, 1)),
                rng=seed(rng),
                max_shift=wrong,
                offending=str(wrong),
            )

    augment.purity(points=0.25)
