"""Checks of assignment 2's NumPy part; those of the Keras part stand in `keras_checks.py`."""

import numpy as np

from grader import datasets
from grader.course import Assignment, case
from grader.datasets import disguise, pictures
from solutions.a2_logistic_regression.keras_checks import declare_keras_part

assignment = Assignment(
    name="a2_logistic_regression",
    title="Logistic regression",
    summary="Classification, its loss and gradient, and the measures to judge it by.",
)
numpy_file = assignment.file("logistic_regression.py", backend="numpy")


def rows(rng, n, d, scale=1.0):
    """A matrix whose columns differ in size, so that no axis can be mistaken for another."""
    return scale * rng.normal(size=(n, d)) * np.linspace(0.5, 1.5, d)


def labels(rng, n, classes=2):
    """Labels in which every class occurs, when there are rows enough."""
    return rng.permutation(np.arange(n) % classes)


def problem(rng, n, d, scale=1.0):
    """All arguments of the binary loss."""
    return {
        "X": rows(rng, n, d, scale),
        "y": labels(rng, n),
        "w": rng.normal(size=d),
        "b": float(rng.normal()),
    }


def model(rng, n, d):
    """All arguments of a binary prediction."""
    given = problem(rng, n, d)
    del given["y"]
    return given


sigmoid = numpy_file.exercise(
    "sigmoid",
    hints=[
        "Which of e^z and e^−z overflows for z = 1000, which for z = −1000?",
        "Work with e^−|z|, which lies between 0 and 1, and choose by the sign of z.",
    ],
)


@sigmoid.outputs(points=2.5)
def moderate(rng):
    """computes 1 / (1 + e^−z) for arrays of any shape"""
    yield case("a vector", z=3 * rng.normal(size=7))
    yield case("a matrix", z=3 * rng.normal(size=(3, 4)))
    yield case("from −1 to 1", z=np.concatenate([rng.uniform(0, 1, 3), rng.uniform(-1, 0, 3)]))


@sigmoid.outputs(points=0.25)
def number(rng):
    """works for a 0-d array"""
    yield case("a 0-d array", z=np.array(rng.normal()))


@sigmoid.no_warnings(points=0.5, edge=True)
def saturated(rng):
    """is 0 or 1 for z = ±1000, without a warning"""
    yield case("from −1000 to 1000", z=np.array([-1e3, -40.0, 0.0, 40.0, 1e3]), atol=1e-12)


sigmoid.purity(points=0.25)

sigmoid_grad = numpy_file.exercise(
    "sigmoid_grad",
    needs=["sigmoid"],
    hints=[
        "Express the derivative by σ itself.",
        "At which z is the slope largest, and how large?",
    ],
)


@sigmoid_grad.gradient(points=2.5, of="sigmoid", wrt=("z",))
def slope(rng):
    """is the derivative of the sigmoid"""
    yield case("a vector", z=2 * rng.normal(size=6))
    yield case("a matrix", z=2 * rng.normal(size=(2, 5)))


@sigmoid_grad.outputs(points=0.5, edge=True)
def flat(rng):
    """is 0 far from the middle"""
    yield case("z = ±1000", z=np.array([-1e3, 1e3]), atol=1e-12)


sigmoid_grad.purity(points=0.25)

predict_proba = numpy_file.exercise(
    "predict_proba",
    needs=["sigmoid"],
    hints=["First a score for every row, then its sigmoid.", "The score is Xw + b."],
)


@predict_proba.outputs(points=2)
def probabilities(rng):
    """is the sigmoid of Xw + b"""
    yield case("five rows, three features", **model(rng, 5, 3))
    yield case("four rows, four features", **model(rng, 4, 4))


@predict_proba.outputs(points=0.25)
def one_row(rng):
    """keeps the axis of rows when there is one row"""
    yield case("one row", **model(rng, 1, 3))


predict_proba.purity(points=0.25)

predict = numpy_file.exercise(
    "predict",
    needs=["predict_proba"],
    hints=["A comparison gives True and False; labels are 1 and 0.", "`astype(int)`."],
)


def decided(rng, n, d, threshold):
    """Rows whose probabilities lie on both sides of the threshold and of one half, near neither."""
    ends = np.unique([0.05, threshold, 0.5, 0.95])
    band = rng.permutation(np.arange(n) % (len(ends) - 1))
    p = rng.uniform(ends[band] + 0.02, ends[band + 1] - 0.02)
    given = model(rng, n, d)
    w = given["w"]
    # Each row moves along w until its probability is p.
    missing = np.log(p / (1 - p)) - (given["X"] @ w + given["b"])
    given["X"] = given["X"] + np.outer(missing, w) / (w @ w)
    return given


@predict.outputs(points=1.5)
def half(rng):
    """is 1 where the probability is at least one half"""
    yield case("twelve rows", **decided(rng, 12, 3, 0.5))


@predict.outputs(points=1)
def other_threshold(rng):
    """takes another threshold"""
    yield case("threshold 0.3", **decided(rng, 12, 3, 0.3), options={"threshold": 0.3})
    yield case("threshold 0.8", **decided(rng, 12, 2, 0.8), options={"threshold": 0.8})


@predict.outputs(points=0.25, edge=True)
def at_threshold(rng):
    """counts a probability of exactly the threshold as 1"""
    X = np.array([[0.0, 0.0], [0.25, 0.0]])
    yield case("p = 0.5 and p = 0.56", X=X, w=np.array([1.0, rng.normal()]), b=0.0)


predict.purity(points=0.25)

binary_cross_entropy = numpy_file.exercise(
    "binary_cross_entropy",
    hints=[
        "Write −log σ(z) as a function of z alone before you compute anything.",
        "`np.logaddexp(0, z)` is log(1 + e^z) without overflow.",
    ],
)


@binary_cross_entropy.outputs(points=5)
def loss(rng):
    """is the mean cross-entropy"""
    yield case("seven rows, three features", **problem(rng, 7, 3))
    yield case("ten rows, two features", **problem(rng, 10, 2))


@binary_cross_entropy.outputs(points=0.75)
def saturated_loss(rng):
    """is finite for saturated logits"""
    given = problem(rng, 6, 2, scale=1e4)
    yield case("logits of ten thousands", **given)


@binary_cross_entropy.outputs(points=0.25)
def one_row_loss(rng):
    """works for one row"""
    yield case("one row", **problem(rng, 1, 3))


binary_cross_entropy.purity(points=0.25)

gradients = numpy_file.exercise(
    "gradients",
    needs=["predict_proba"],
    hints=[
        "Most factors cancel: what is left beside every x is the difference of two numbers.",
        "It looks like the gradient of least squares, with p in place of the prediction.",
    ],
)


@gradients.gradient(points=5.5, of="binary_cross_entropy", wrt=("w", "b"))
def derivative(rng):
    """is the gradient of the cross-entropy"""
    yield case("seven rows, three features", **problem(rng, 7, 3))
    yield case("ten rows, two features", **problem(rng, 10, 2))


@gradients.outputs(points=0.5)
def one_row_gradient(rng):
    """works for one row"""
    yield case("one row", **problem(rng, 1, 3))


gradients.purity(points=0.25)

fit = numpy_file.exercise(
    "fit",
    needs=["binary_cross_entropy", "gradients"],
    hints=[
        "Write the objective down before the step, penalty included.",
        "The penalty adds l2 · w to the gradient of w and nothing to that of b.",
    ],
)


def training(rng, n, d, steps, learning_rate=0.4):
    """Arguments of the training."""
    given = {"X": rows(rng, n, d), "y": labels(rng, n)}
    return {**given, "learning_rate": learning_rate, "steps": steps}


@fit.outputs(points=4.5)
def trajectory(rng):
    """takes the right steps and writes down the objective before each"""
    yield case("one step", **training(rng, 9, 3, 1))
    # So many that whoever stops early, with however good a reason, is seen.
    steps = int(rng.integers(60, 90))
    yield case(f"{steps} steps", **training(rng, 8, 2, steps, learning_rate=0.25))


@fit.outputs(points=1)
def penalised(rng):
    """penalises the weights, but not the bias"""
    yield case("l2 = 0.3", **training(rng, 9, 3, 6), options={"l2": 0.3})
    given = training(rng, 8, 2, 5, learning_rate=0.2)
    yield case("l2 = 1.5", **given, options={"l2": 1.5})


@fit.outputs(points=0.25, edge=True)
def no_steps(rng):
    """returns zeros and an empty history for no steps"""
    yield case("steps = 0", **training(rng, 5, 2, 0))


@fit.training(
    points=4,
    measure="logistic_accuracy",
    baseline=0.63,
    threshold=0.92,
    stated=0.93,
    cpu_seconds=60,
)
def tumours(rng):
    """tells benign from malignant tumours it has not seen (accuracy), and learns another rule"""
    X, y = datasets.breast_cancer()
    order = rng.permutation(len(X))
    X = disguise.mixed(disguise.standardised(X, order[:400]), rng)[order]
    y = disguise.renamed(y[order], 2, rng)
    # The control: whoever ignores y, or looks at means alone, learns one of the two at most.
    other = (disguise.other_scores(X, 1, rng, directions=16)[:, 0] > 0).astype(int)
    for label, target, bounds in (
        ("169 held-out patients", y, None),
        ("169 held-out patients, another rule", other, (0.78, 0.83, 0.84)),
    ):
        yield case(
            label,
            X=X[:400],
            y=target[:400],
            learning_rate=0.5,
            steps=200,
            held_out={"X": X[400:], "y": target[400:]},
            bounds=bounds,
        )


fit.purity(points=0.25)

confusion_counts = numpy_file.exercise(
    "confusion_counts",
    hints=["Draw the table of two by two first.", "The order is tp, fp, fn, tn."],
)


def judged(rng, most):
    """Labels and imperfect predictions; the four outcomes occur in different numbers."""
    times = rng.choice(np.arange(1, most + 1), size=4, replace=False)
    outcome = rng.permutation(np.repeat(np.arange(4), times))
    return {"y_true": outcome % 2, "y_pred": outcome // 2}


@confusion_counts.outputs(points=2.25)
def counts(rng):
    """counts the four outcomes in the right order"""
    yield case("a few rows", **judged(rng, 7))
    yield case("more rows", **judged(rng, 15))


@confusion_counts.outputs(points=0.25)
def one_outcome(rng):
    """counts zeros too"""
    ones = np.ones(int(rng.integers(3, 9)), dtype=int)
    yield case("true positives alone", y_true=ones, y_pred=ones.copy())


confusion_counts.purity(points=0.25)

ALL_NEGATIVE = {"y_true": np.array([1, 0, 1]), "y_pred": np.zeros(3, dtype=int)}
NONE_POSITIVE = {"y_true": np.zeros(3, dtype=int), "y_pred": np.array([1, 0, 1])}
EMPTY = {"y_true": np.zeros(0, dtype=int), "y_pred": np.zeros(0, dtype=int)}


def declare_measure(name, edges, hints, needs=("confusion_counts",)):
    """Declare accuracy, precision, recall or f1, which differ in formula and edge."""
    exercise = numpy_file.exercise(name, hints=hints, needs=needs)

    @exercise.outputs(points=1.75)
    def ordinary(rng):
        """is right on imperfect predictions"""
        yield case("a few rows", **judged(rng, 7))
        yield case("more rows", **judged(rng, 15))

    @exercise.outputs(points=0.25, edge=True)
    def zero_denominator(rng):
        """is 0.0 where the denominator is 0, for empty input too"""
        for label, given in edges:
            yield case(label, **given)

    exercise.purity(points=0.25)


declare_measure(
    "accuracy",
    [("empty input", EMPTY)],
    ["Which predictions are right?", "The mean of a comparison; mind the empty input."],
    needs=(),
)
declare_measure(
    "precision",
    [("nothing predicted positive", ALL_NEGATIVE), ("empty input", EMPTY)],
    ["Of those called positive, how many are?", "tp over all predicted positives."],
)
declare_measure(
    "recall",
    [("nothing positive", NONE_POSITIVE), ("empty input", EMPTY)],
    ["Of the positives, how many were found?", "tp over all true positives and misses."],
)
declare_measure(
    "f1",
    [("nothing predicted positive", ALL_NEGATIVE), ("empty input", EMPTY)],
    ["Which mean is small when either number is small?", "The harmonic one: 2PR / (P + R)."],
    needs=("precision", "recall"),
)

roc_auc = numpy_file.exercise(
    "roc_auc",
    hints=[
        "Take one positive and one negative: how often does the positive score higher?",
        "Count pairs; equal scores count one half.",
    ],
)


@roc_auc.outputs(points=4)
def ranking(rng):
    """is the share of pairs in the right order"""
    for n, classes in ((12, 2), (25, 3)):
        y = (labels(rng, n, classes) == 1).astype(int)  # half of the rows, then a third
        yield case(f"{n} rows", y_true=y, scores=0.8 * y + rng.normal(size=n))


@roc_auc.outputs(points=0.5)
def ties(rng):
    """counts equal scores one half"""
    y = labels(rng, 14)
    scores = rng.integers(0, 3, size=14) + y
    scores[[np.argmax(y == 0), np.argmax(y == 1)]] = 2  # one tie at the least
    yield case("many equal scores", y_true=y, scores=scores.astype(float))


@roc_auc.errors(points=0.25)
def one_class(rng):
    """raises ValueError when only one class is present"""
    yield case("ones only", y_true=np.ones(4, dtype=int), scores=rng.normal(size=4))
    yield case("zeros only", y_true=np.zeros(4, dtype=int), scores=rng.normal(size=4))


roc_auc.purity(points=0.25)

softmax = numpy_file.exercise(
    "softmax",
    hints=[
        "What happens to the result when a constant is added to all logits of a row?",
        "Subtract each row's maximum first; `keepdims=True` keeps the shapes together.",
    ],
)


@softmax.outputs(points=3)
def rows_of_probabilities(rng):
    """normalises over the last axis"""
    yield case("a matrix", z=2 * rng.normal(size=(4, 3)))
    yield case("a vector", z=2 * rng.normal(size=5))
    yield case("three axes", z=2 * rng.normal(size=(2, 3, 4)))


@softmax.outputs(points=0.5, edge=True)
def large_logits(rng):
    """is stable for large logits"""
    yield case("logits around ±1000", z=np.array([[1e3, 999.0, 0.0], [-1e3, -1001.0, -1e3]]))


softmax.purity(points=0.25)

one_hot = numpy_file.exercise(
    "one_hot",
    hints=[
        "Rows of which well-known matrix are these?",
        "Look for labels outside 0 … K − 1 first: a negative index would count from the end.",
    ],
)


@one_hot.outputs(points=2.25)
def columns(rng):
    """puts a 1.0 into the label's column"""
    yield case("six rows, four classes", y=rng.integers(0, 4, size=6), n_classes=4)
    few = rng.permutation(4)[:3]  # nor does the last one
    yield case("classes that do not occur", y=rng.permutation([*few, few[0]]), n_classes=5)


@one_hot.errors(points=0.5)
def outside(rng):
    """raises ValueError for a label that is no class"""
    yield case("label 7 of four classes", y=np.array([0, 7, 1]), n_classes=4, offending="7")
    yield case("label -2", y=np.array([1, -2]), n_classes=3, offending="-2")
    yield case("label -1", y=np.array([0, -1]), n_classes=3, offending="-1")
    yield case("label K", y=np.array([5, 0]), n_classes=5, offending="5")


one_hot.purity(points=0.25)

softmax_cross_entropy = numpy_file.exercise(
    "softmax_cross_entropy",
    needs=["softmax", "one_hot"],
    hints=[
        "The logarithm of a softmax simplifies; take it on paper.",
        "Log-sum-exp with the row maximum taken out, minus the logit of the right class.",
    ],
)


def scored(rng, n, k, scale=2.0):
    """Logits and labels."""
    return {"logits": scale * rng.normal(size=(n, k)), "y": rng.integers(0, k, size=n)}


@softmax_cross_entropy.outputs(points=2.5, select=0)
def mean_loss(rng):
    """returns the mean cross-entropy"""
    yield case("six rows, four classes", **scored(rng, 6, 4))
    yield case("nine rows, three classes", **scored(rng, 9, 3))


@softmax_cross_entropy.gradient(points=3.5, wrt=("logits",))
def loss_gradient(rng):
    """returns the gradient with respect to the logits"""
    yield case("six rows, four classes", **scored(rng, 6, 4))
    yield case("one row", **scored(rng, 1, 3))


@softmax_cross_entropy.outputs(points=0.5, edge=True)
def saturated_logits(rng):
    """is finite for saturated logits"""
    logits = np.array([[2e3, 0.0, -5.0], [0.0, 1e3, -1e3]])
    yield case("the right class far below", logits=logits, y=np.array([1, 2]))


softmax_cross_entropy.purity(points=0.25)

softmax_regression_gradients = numpy_file.exercise(
    "softmax_regression_gradients",
    needs=["softmax_cross_entropy"],
    hints=[
        "The chain rule: from the loss to the logits, from the logits to W and b.",
        "Xᵀ times the gradient of the logits has the shape of W.",
    ],
)


def softmax_problem(rng, n, d, k):
    """All arguments of the softmax regression."""
    return {
        "X": rows(rng, n, d),
        "y": rng.integers(0, k, size=n),
        "W": rng.normal(size=(d, k)),
        "b": rng.normal(size=k),
    }


@softmax_regression_gradients.outputs(points=4.5)
def chain_rule(rng):
    """is the gradient with respect to W and b"""
    yield case("seven rows, three features, four classes", **softmax_problem(rng, 7, 3, 4))
    yield case("five rows, four features, three classes", **softmax_problem(rng, 5, 4, 3))


@softmax_regression_gradients.outputs(points=0.25)
def one_row_softmax(rng):
    """works for one row"""
    yield case("one row", **softmax_problem(rng, 1, 2, 3))


softmax_regression_gradients.purity(points=0.25)

hinge_loss = numpy_file.exercise(
    "hinge_loss",
    hints=[
        "Every wrong class whose score comes within the margin costs something.",
        "The right class is not among the j; its gradient is minus the number of such classes.",
    ],
)


def away_from_kinks(rng, n, k, margin=1.0):
    """Scores whose margins are not near 0."""
    y = rng.integers(0, k, size=n)
    # Steps of 0.25 around an odd eighth keep every margin at least 0.125 from the kink.
    scores = rng.integers(-12, 12, size=(n, k)) / 4.0
    scores[np.arange(n), y] += 0.125
    return {"scores": scores, "y": y}


@hinge_loss.outputs(points=2, select=0)
def margin_loss(rng):
    """returns the mean of the violated margins"""
    yield case("six rows, four classes", **away_from_kinks(rng, 6, 4))
    yield case("margin 2.5", **away_from_kinks(rng, 5, 3), options={"margin": 2.5})


@hinge_loss.gradient(points=3, wrt=("scores",))
def margin_gradient(rng):
    """returns the gradient with respect to the scores"""
    yield case("six rows, four classes", **away_from_kinks(rng, 6, 4))
    yield case("margin 2.5", **away_from_kinks(rng, 5, 3), options={"margin": 2.5})


@hinge_loss.outputs(points=0.25, edge=True)
def kink(rng):
    """has derivative 0 at the kink"""
    yield case("a margin of exactly 0", scores=np.array([[2.0, 1.0, 0.5]]), y=np.array([0]))


hinge_loss.purity(points=0.25)

knn_predict = numpy_file.exercise(
    "knn_predict",
    hints=[
        "A table of distances first: one row for each query, one column for each training row.",
        "`np.argsort` finds the nearest, `np.bincount` counts their labels.",
    ],
)


def winners(X_train, y_train, X, k, power):
    """The label that wins each vote, or -1 where a vote or a distance at rank k is a near tie."""
    distances = np.sum(np.abs(X[:, None] - X_train) ** power, axis=2)
    order = np.argsort(distances, axis=1)
    last, next_one = np.take_along_axis(distances, order[:, k - 1 : k + 1], axis=1).T
    votes = np.sum(y_train[order[:, :k], None] == np.arange(y_train.max() + 1), axis=1)
    second, first = np.sort(votes, axis=1)[:, -2:].T
    return np.where((first > second) & (next_one > 1.001 * last), np.argmax(votes, axis=1), -1)


def neighbours(rng, n, m, d, k, power=2):
    """Arguments of a vote that is clear; half of the queries tell the metrics apart."""
    X_train, X = (rng.normal(size=(size, d)) * np.linspace(1, 3, d) for size in (n, 60 * m))
    y_train = labels(rng, n, 3) * 2 + int(rng.integers(0, 9))  # labels with gaps
    chosen, other = (winners(X_train, y_train, X, k, one) for one in (power, 3 - power))
    clear = (chosen >= 0) & (other >= 0)
    telling = np.flatnonzero(clear & (chosen != other))[: m // 2]
    plain = np.flatnonzero(clear & (chosen == other))[: m - len(telling)]
    return {"X_train": X_train, "y_train": y_train, "X": X[[*telling, *plain]], "k": k}


@knn_predict.outputs(points=3.5)
def euclidean(rng):
    """takes the majority among the nearest by Euclidean distance"""
    yield case("k = 1", **neighbours(rng, 20, 9, 3, 1))
    yield case("k = 5", **neighbours(rng, 30, 12, 2, 5))


@knn_predict.outputs(points=1)
def manhattan(rng):
    """takes the sum of absolute differences for l1"""
    given = neighbours(rng, 40, 25, 4, 3, power=1)
    yield case("l1, k = 3", **given, options={"metric": "l1"})


@knn_predict.outputs(points=0.25, edge=True)
def vote_tie(rng):
    """lets the smallest label win a tie of votes"""
    small = int(rng.integers(0, 5))
    large = small + int(rng.integers(1, 5))
    X_train = np.array([[0.0], [1.0], [2.5], [4.5]])
    y_train = np.array([large, small, small, large])
    # The larger label is nearest to the first query, the smaller one to the second.
    yield case("two votes each", X_train=X_train, y_train=y_train, X=np.array([[0.1], [1.2]]), k=4)


@knn_predict.errors(points=0.5)
def impossible(rng):
    """raises ValueError for an impossible k or metric"""
    given = neighbours(rng, 6, 2, 2, 1)
    yield case("k = 0", **{**given, "k": 0}, offending="0")
    yield case("k = -2", **{**given, "k": -2}, offending="-2")
    yield case("k = 9 of six rows", **{**given, "k": 9}, offending="9")
    yield case("metric cosine", **given, options={"metric": "cosine"}, offending="cosine")


knn_predict.purity(points=0.25)

fit_softmax = numpy_file.exercise(
    "fit_softmax",
    needs=["softmax_regression_gradients"],
    hints=[
        "You have the gradient; descend.",
        "For inputs between 0 and 1 a learning rate near 0.5 and a few hundred steps do.",
    ],
)


@fit_softmax.training(
    points=6,
    measure="softmax_accuracy",
    baseline=0.10,
    threshold=0.90,
    stated=0.91,
    cpu_seconds=90,
)
def digits(rng):
    """reads digits it has not seen (accuracy), and learns another rule on the same images"""
    X, y = datasets.digits()
    order = rng.permutation(len(X))
    images = pictures.posed(X[order].reshape(-1, 8, 8), rng)
    X = pictures.contrasted(images, rng, least=0.9).reshape(-1, 64)
    y = disguise.renamed(y[order], 10, rng)
    other = np.argmax(disguise.other_scores(X, 4, rng, directions=32), axis=1)
    for label, target, classes, bounds in (
        ("497 held-out images", y, 10, None),
        ("497 held-out images, another rule", other, 4, (0.62, 0.68, 0.7)),
    ):
        yield case(
            label,
            X=X[:1300],
            y=target[:1300],
            n_classes=classes,
            held_out={"X": X[1300:], "y": target[1300:]},
            bounds=bounds,
        )


declare_keras_part(assignment)
