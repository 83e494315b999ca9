"""Checks of what is done with images: saliency, and an attack; augmentation stands beside."""

import numpy as np

from grader.course import StudentFile, script, step
from solutions.a4_cnn.augment_checks import declare_augment
from solutions.a4_cnn.inputs import lenet_problem, lenet_steps

EXACT = {"rtol": 1e-5, "atol": 1e-6}


def declare_images(file: StudentFile) -> None:
    """Declare the three exercises."""
    declare_augment(file)
    _saliency(file)
    _fgsm(file)


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
