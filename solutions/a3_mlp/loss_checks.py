"""Checks of the three losses: smoothed cross-entropy, focal loss, distillation."""

import numpy as np

from grader.course import StudentFile, case


def declare_losses(file: StudentFile) -> None:
    """Declare the losses; each returns `(loss, dlogits)`."""
    _softmax_cross_entropy(file)
    _focal_loss(file)
    _distillation_loss(file)


def scored(rng, n, k, scale=2.0):
    """Logits and labels."""
    return {"logits": scale * rng.normal(size=(n, k)), "y": rng.integers(0, k, size=n)}


def _softmax_cross_entropy(file):
    softmax_cross_entropy = file.exercise(
        "softmax_cross_entropy",
        hints=[
            "Smoothing changes the target alone: what is the target of a row with label 2?",
            "Log-sum-exp with the row maximum taken out gives log softmax of all classes at once.",
        ],
    )

    @softmax_cross_entropy.outputs(points=0.75, select=0)
    def mean_loss(rng):
        """returns the mean cross-entropy"""
        yield case("six rows, four classes", **scored(rng, 6, 4))
        yield case("nine rows, three classes", **scored(rng, 9, 3))

    @softmax_cross_entropy.gradient(points=1.25, wrt=("logits",))
    def derivative(rng):
        """returns the gradient with respect to the logits"""
        yield case("six rows, four classes", **scored(rng, 6, 4))
        yield case("one row", **scored(rng, 1, 3))

    @softmax_cross_entropy.gradient(points=1, wrt=("logits",))
    def smoothed(rng):
        """smooths the labels over all K classes, in loss and gradient"""
        for smoothing, k in ((0.1, 3), (0.4, 5)):
            given = scored(rng, 6, k)
            yield case(
                f"label_smoothing = {smoothing}", **given, options={"label_smoothing": smoothing}
            )

    @softmax_cross_entropy.outputs(points=0.5, select=0)
    def smoothed_loss(rng):
        """adds what the smoothed labels cost"""
        given = scored(rng, 7, 4)
        yield case("label_smoothing = 0.2", **given, options={"label_smoothing": 0.2})

    @softmax_cross_entropy.outputs(points=0.25, edge=True)
    def saturated(rng):
        """is finite for saturated logits"""
        logits = np.array([[2e3, 0.0, -5.0], [0.0, 1e3, -1e3]])
        yield case("the right class far below", logits=logits, y=np.array([1, 2]))

    softmax_cross_entropy.purity(points=0.25)


def _focal_loss(file):
    focal_loss = file.exercise(
        "focal_loss",
        hints=[
            "With u = log p_t the loss of a row is −(1 − e^u)^γ u. Differentiate by u first.",
            "d log p_t / d z_k is 1[k = y] − p_k, so each row is one number times that.",
        ],
    )

    @focal_loss.outputs(points=1.25, select=0)
    def mean_loss(rng):
        """returns the mean of −(1 − p_t)^γ log p_t"""
        yield case("six rows, four classes", **scored(rng, 6, 4))
        yield case("gamma = 1", **scored(rng, 7, 3), options={"gamma": 1.0})
        yield case("gamma = 3.5", **scored(rng, 5, 4), options={"gamma": 3.5})

    @focal_loss.gradient(points=1.75, wrt=("logits",))
    def derivative(rng):
        """returns the gradient with respect to the logits"""
        yield case("six rows, four classes", **scored(rng, 6, 4))
        yield case("gamma = 3.5", **scored(rng, 5, 3), options={"gamma": 3.5})

    @focal_loss.outputs(points=0.25)
    def no_focus(rng):
        """is the cross-entropy for gamma = 0"""
        yield case("gamma = 0", **scored(rng, 6, 4), options={"gamma": 0.0})

    @focal_loss.outputs(points=0.25, edge=True)
    def saturated(rng):
        """is finite where p_t is 1, and where it is next to 0"""
        logits = np.array([[2e3, 0.0, -5.0], [0.0, 1e3, -1e3]])
        yield case("p_t = 1", logits=logits, y=np.array([0, 1]))
        yield case("p_t next to 0", logits=logits, y=np.array([1, 2]))
        for gamma in (0.0, 0.5):  # a power below 1 has an infinite slope at 0
            yield case(
                f"p_t = 1 and gamma = {gamma:g}",
                logits=logits,
                y=np.array([0, 1]),
                options={"gamma": gamma},
            )

    focal_loss.purity(points=0.25)


def _distillation_loss(file):
    distillation_loss = file.exercise(
        "distillation_loss",
        needs=["softmax_cross_entropy"],
        hints=[
            "Two losses with two gradients. Write each on its own and mix them last.",
            "The divergence's gradient is (p − q)/T for each row: T² leaves one T.",
        ],
    )

    def lesson(rng, n, k, temperature, alpha, scale=2.0):
        given = scored(rng, n, k, scale)
        return {
            "student_logits": given["logits"],
            "teacher_logits": scale * rng.normal(size=(n, k)),
            "y": given["y"],
            "temperature": temperature,
            "alpha": alpha,
        }

    @distillation_loss.outputs(points=1.5, select=0)
    def mixed_loss(rng):
        """mixes the cross-entropy with T² times the divergence from the teacher"""
        yield case("T = 3, alpha = 0.3", **lesson(rng, 6, 4, 3.0, 0.3))
        yield case("T = 0.8, alpha = 0.6", **lesson(rng, 5, 3, 0.8, 0.6))

    @distillation_loss.gradient(points=1.75, wrt=("student_logits",))
    def derivative(rng):
        """returns the gradient with respect to the student's logits"""
        yield case("T = 3, alpha = 0.3", **lesson(rng, 6, 4, 3.0, 0.3))
        yield case("one row, T = 2, alpha = 0", **lesson(rng, 1, 3, 2.0, 0.0))

    @distillation_loss.outputs(points=0.25, edge=True)
    def saturated(rng):
        """is finite for saturated logits"""
        yield case("logits of thousands", **lesson(rng, 4, 3, 2.0, 0.5, scale=5e3))

    distillation_loss.purity(points=0.25)
