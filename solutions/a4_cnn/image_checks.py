"""Checks of what is done with images: augmentation, saliency, and an attack."""

import numpy as np

from grader.course import Expectation, StudentFile, case, script, step
from solutions.a4_cnn.inputs import lenet_problem, lenet_steps, seed

EXACT = {"rtol": 1e-5, "atol": 1e-6}


def declare_images(file: StudentFile) -> None:
    """Declare the three exercises."""
    _augment(file)
    _saliency(file)
    _fgsm(file)


def _augment(file):
    augment = file.exercise(
        "augment",
        hints=[
            "Put each image into the middle of a larger one of zeros, and cut a window out of it.",
            "`rng.integers(low, high)` excludes high. One draw per image and axis.",
            "`image[:, ::-1]` is the mirror image. Which images get it is for rng to say.",
        ],
    )

    @augment.statistics(points=1)
    def shifts(rng):
        """shifts each image by its own dy and dx, uniform up to ±max_shift"""
        # One bright pixel, at least max_shift from the edges: where it lands is the shift. Where
        # it stands and how bright it is, no public answer knows.
        for most in (1, 2):
            n, places = 1_500, (2 * most + 1) ** 2
            height, width = (int(one) for one in 2 * most + rng.integers(3, 6, size=2))
            middle = {
                "row": int(rng.integers(most, height - most)),
                "column": int(rng.integers(most, width - most)),
            }
            light = float(rng.uniform(0.5, 1.5))
            images = np.zeros((n, height, width, 1))
            images[:, middle["row"], middle["column"]] = light
            deviation = np.sqrt((places - 1) / 12)
            near = [
                Expectation(statistic, value - 0.2, value + 0.2, of=axis)
                for axis, place in middle.items()
                for statistic, value in (("mean", place), ("std", deviation))
            ]
            together = Expectation("distinct", (places - 0.5) / n, (places + 0.5) / n, of="place")
            whole = [
                Expectation(statistic, light - 1e-6, light + 1e-6, of="light")
                for statistic in ("min", "max")
            ]
            yield script(
                f"max_shift = {most}",
                shifted=step.call("augment", images, seed(rng), most),
                _columns=step.method("shifted", "max", 1),
                _rows=step.method("shifted", "max", 2),
                _flat=step.method("shifted", "reshape", n, height * width),
                light=step.method("_flat", "sum", 1),
                row=step.method("_rows", "argmax", 1),
                column=step.method("_columns", "argmax", 1),
                place=step.method("_flat", "argmax", 1),
                returns=("row", "column", "place", "light"),
                expects=[*near, together, *whole],
            )

    @augment.statistics(points=0.5)
    def filled(rng):
        """fills with zeros what the shift leaves empty"""
        height, width, most = int(rng.integers(4, 7)), int(rng.integers(6, 9)), 2
        light = float(rng.uniform(0.5, 1.5))
        lost = most * (most + 1) / (2 * most + 1)  # the mean of |dy|
        zeros = 1 - (1 - lost / height) * (1 - lost / width)
        yield script(
            "images of one grey",
            moved=step.call("augment", np.full((1_500, height, width, 1), light), seed(rng), most),
            light=step.method("moved", "sum", (1, 2)),
            returns=("moved", "light"),
            expects=[
                Expectation("zeros", zeros - 0.03, zeros + 0.03),
                Expectation("min", 0, 0),
                Expectation("max", light - 1e-6, light + 1e-6),
                Expectation("distinct", 0, 2.5 / (1_500 * height * width)),
                Expectation("distinct", 5.5 / 1_500, 1, of="light"),  # each has its own shift
            ],
        )

    @augment.outputs(points=0.5, edge=True)
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

    @augment.statistics(points=0.25, edge=True)
    def far(rng):
        """allows shifts as large as the image or larger"""
        # One pixel stays only where dy = dx = 0.
        stays = 1 / (2 * 2 + 1) ** 2
        yield case(
            "images of 1 × 1, max_shift = 2",
            x=np.ones((3_000, 1, 1, 2)),
            rng=seed(rng),
            max_shift=2,
            expects=[Expectation("mean", stays - 0.02, stays + 0.02), Expectation("max", 1, 1)],
        )
        yield case("max_shift = 9", x=np.ones((3, 2, 4, 1)), rng=seed(rng), max_shift=9)

    @augment.statistics(points=0.25, edge=True)
    def seeds(rng):
        """does the same with the same seed, and something else with another"""
        images = rng.uniform(1, 2, size=(20, 4, 5, 1))
        one, other = seed(rng), seed(rng)
        yield script(
            "one seed twice, and another",
            first=step.call("augment", images, one, 1, flip=True),
            _again=step.call("augment", images, one, 1, flip=True),
            _other=step.call("augment", images, other, 1, flip=True),
            equal_for_one_seed=step.equal_share("first", "_again"),
            equal_for_two_seeds=step.equal_share("first", "_other"),
            returns=("equal_for_one_seed", "equal_for_two_seeds"),
            expects=[
                Expectation("mean", 1, 1),
                Expectation("mean", 0, 0.9, of="equal_for_two_seeds"),
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


def _saliency(file):
    saliency = file.exercise(
        "saliency",
        needs=["LeNet"],
        hints=[
            "Your `loss_and_gradients` knows the gradient behind the first convolution. One more.",
            "`conv2d_backward` returns dx first: of the padded images.",
        ],
    )

    def one(rng, label, n, shape, n_classes):
        return script(
            label,
            arguments=lenet_problem(rng, n, shape, n_classes),
            **lenet_steps(rng, shape, n_classes),
            pixels=step.call("saliency", step.ref("model"), step.ref("x"), step.ref("y")),
            result=step.method("model", "loss_and_gradients", step.ref("x"), step.ref("y")),
            loss_value=step.item("result", 0),
            loss=("loss_value",),
            returns=("pixels",),
            rtol=1e-5,
            atol=1e-8,
        )

    @saliency.gradient(points=1.75, of="LeNet", wrt=("x",))
    def pixels(rng):
        """is the gradient of the mean cross-entropy with respect to the images"""
        yield one(rng, "three images", 3, (8, 4, 1), 4)
        yield one(rng, "two images of two channels", 2, (4, 8, 2), 3)

    @saliency.outputs(points=0.25)
    def one_image(rng):
        """keeps the axis of images when there is one image"""
        yield one(rng, "one image", 1, (4, 4, 1), 3)

    @saliency.outputs(points=0.25)
    def same_model(rng):
        """leaves the model as it was"""
        shape = (4, 8, 1)
        yield script(
            "logits before and after",
            arguments=lenet_problem(rng, 2, shape, 3),
            **lenet_steps(rng, shape, 3),
            before=step.method("model", "forward", step.ref("x")),
            pixels=step.call("saliency", step.ref("model"), step.ref("x"), step.ref("y")),
            after=step.method("model", "forward", step.ref("x")),
            returns=("before", "pixels", "after"),
            rtol=1e-5,
            atol=1e-8,
        )

    saliency.purity(points=0.25)


def _fgsm(file):
    fgsm = file.exercise(
        "fgsm",
        needs=["saliency"],
        hints=[
            "Every pixel moves by epsilon, up or down, whichever makes the loss grow.",
            "`np.sign`, then `np.clip`.",
        ],
    )

    def one(rng, label, n, shape, n_classes, epsilon, low=0.0, high=1.0):
        given = lenet_problem(rng, n, shape, n_classes, lit=True, low=low, high=high)
        model, x, y = step.ref("model"), step.ref("x"), step.ref("y")
        return script(
            label,
            arguments=given,
            **lenet_steps(rng, shape, n_classes),
            attacked=step.call("fgsm", model, x, y, epsilon),
            returns=("attacked",),
            **EXACT,
        )

    @fgsm.outputs(points=1.25)
    def moved(rng):
        """moves every pixel by epsilon, the way that the loss grows"""
        yield one(rng, "epsilon = 0.1", 3, (8, 4, 1), 4, 0.1, 0.2, 0.8)
        yield one(rng, "epsilon = 0.25", 2, (4, 8, 2), 3, 0.25, 0.3, 0.7)

    @fgsm.outputs(points=0.25)
    def clipped(rng):
        """stays between 0 and 1"""
        yield one(rng, "epsilon = 0.4", 3, (8, 4, 1), 4, 0.4)

    @fgsm.outputs(points=0.25, edge=True)
    def still(rng):
        """leaves a pixel as it is where the gradient is 0"""
        shape = (4, 8, 1)
        given = lenet_problem(rng, 2, shape, 3, low=0.3, high=0.7)
        given["W5"] = np.zeros_like(given["W5"])  # every image has the same logits
        yield script(
            "a model that sees nothing",
            arguments=given,
            **lenet_steps(rng, shape, 3),
            attacked=step.call("fgsm", step.ref("model"), step.ref("x"), step.ref("y"), 0.1),
            returns=("attacked",),
            **EXACT,
        )

    fgsm.purity(points=0.25)
