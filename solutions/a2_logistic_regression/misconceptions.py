"""What students get wrong in assignment 2, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `sigmoid` belong to the reference's file
import keras
import numpy as np
from keras import ops

from grader.course import misconception


@misconception("sigmoid", hint="How large is e^1000, and what can float64 hold?")
def overflows(z):
    """computes e^−z directly, which overflows far from 0"""
    return 1.0 / (1.0 + np.exp(-z))


@misconception("sigmoid", hint="Should the result rise or fall with z?")
def mirrors(z):
    """has the wrong sign in the exponent"""
    decay = np.exp(-np.abs(z))
    return np.where(np.asarray(z) < 0, 1.0, decay) / (1.0 + decay)


@misconception("sigmoid", hint="Between which two values does the logistic function lie?")
def is_tanh(z):
    """is the hyperbolic tangent, which runs from −1 to 1"""
    return np.tanh(z)


@misconception("sigmoid_grad", hint="Is the argument z, or already σ(z)?")
def takes_the_value_for_the_argument(z):
    """multiplies z by (1 − z), as if the sigmoid had been applied already"""
    return z * (1.0 - z)


@misconception("sigmoid_grad", hint="Which function has the derivative 1 − f²?")
def is_the_derivative_of_tanh(z):
    """is 1 − σ², the form that belongs to tanh"""
    return 1.0 - sigmoid(z) ** 2


@misconception("predict_proba", hint="Can a probability be larger than 1?")
def returns_logits(X, w, b):
    """returns the logits and leaves the sigmoid out"""
    return X @ w + b


@misconception("predict_proba", hint="One term of the score has no feature beside it.")
def has_no_bias(X, w, b):
    """leaves the bias out"""
    return sigmoid(X @ w)


@misconception("predict", hint="A probability is compared with the threshold. Is yours one?")
def compares_the_logit(X, w, b, threshold=0.5):
    """compares the logit with the threshold"""
    return (X @ w + b >= threshold).astype(int)


@misconception("predict", hint="Where is the argument `threshold` used?")
def ignores_the_threshold(X, w, b, threshold=0.5):
    """always cuts at one half"""
    return (predict_proba(X, w, b) >= 0.5).astype(int)


@misconception("predict", hint="On which side does a probability of exactly the threshold fall?")
def excludes_the_threshold(X, w, b, threshold=0.5):
    """takes 'above' for 'at least'"""
    return (predict_proba(X, w, b) > threshold).astype(int)


@misconception("binary_cross_entropy", hint="What is the logarithm of a probability of 0?")
def takes_the_log_of_probabilities(X, y, w, b):
    """takes logarithms of probabilities, which may be 0"""
    p = predict_proba(X, w, b)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@misconception("binary_cross_entropy", hint="Should twice as many rows double the loss?")
def sums_over_the_rows(X, y, w, b):
    """adds up over the rows without dividing by their number"""
    logits = X @ w + b
    return np.sum(np.logaddexp(0.0, logits) - y * logits)


@misconception("binary_cross_entropy", hint="What does a row of class 0 add to your loss?")
def forgets_the_negative_class(X, y, w, b):
    """leaves out the rows of class 0"""
    logits = X @ w + b
    return np.mean(y * (np.logaddexp(0.0, logits) - logits))


@misconception("gradients", hint="The loss is divided by m. What about its derivative?")
def does_not_divide_by_m(X, y, w, b):
    """does not divide by the number of rows"""
    residual = predict_proba(X, w, b) - y
    return X.T @ residual, np.sum(residual)


@misconception("gradients", hint="Do the derivatives of the loss and of σ not cancel?")
def keeps_the_sigmoid_derivative(X, y, w, b):
    """multiplies by σ', as the squared error would need"""
    p = predict_proba(X, w, b)
    residual = (p - y) * p * (1 - p)
    return X.T @ residual / len(y), np.mean(residual)


@misconception("gradients", hint="Which comes first in the residual, probability or label?")
def has_the_opposite_sign(X, y, w, b):
    """has the opposite sign"""
    residual = y - predict_proba(X, w, b)
    return X.T @ residual / len(y), np.mean(residual)


@misconception("fit", hint="Does the penalty speak of b?")
def penalises_the_bias(X, y, learning_rate, steps, l2=0.0):
    """penalises the bias as well"""
    w, b = np.zeros(X.shape[1]), 0.0
    history = np.zeros(steps)
    for step in range(steps):
        penalty = l2 / 2 * (np.sum(w**2) + b**2)
        history[step] = binary_cross_entropy(X, y, w, b) + penalty
        dw, db = gradients(X, y, w, b)
        w, b = w - learning_rate * (dw + l2 * w), b - learning_rate * (db + l2 * b)
    return w, b, history


@misconception("fit", hint="What is the derivative of l2/2 ‖w‖²?")
def doubles_the_penalty(X, y, learning_rate, steps, l2=0.0):
    """uses the gradient of l2 ‖w‖², without the half"""
    w, b = np.zeros(X.shape[1]), 0.0
    history = np.zeros(steps)
    for step in range(steps):
        history[step] = binary_cross_entropy(X, y, w, b) + l2 / 2 * np.sum(w**2)
        dw, db = gradients(X, y, w, b)
        w, b = w - learning_rate * (dw + 2 * l2 * w), b - learning_rate * db
    return w, b, history


@misconception("fit", hint="Which objective belongs to the first entry of the history?")
def writes_the_loss_after_the_step(X, y, learning_rate, steps, l2=0.0):
    """writes down the objective after each step"""
    w, b = np.zeros(X.shape[1]), 0.0
    history = np.zeros(steps)
    for step in range(steps):
        dw, db = gradients(X, y, w, b)
        w, b = w - learning_rate * (dw + l2 * w), b - learning_rate * db
        history[step] = binary_cross_entropy(X, y, w, b) + l2 / 2 * np.sum(w**2)
    return w, b, history


@misconception("confusion_counts", hint="A false positive was predicted as what?")
def swaps_fp_and_fn(y_true, y_pred):
    """swaps false positives and false negatives"""
    tp = np.sum((y_pred == 1) & (y_true == 1))
    fn = np.sum((y_pred == 1) & (y_true == 0))
    fp = np.sum((y_pred == 0) & (y_true == 1))
    tn = np.sum((y_pred == 0) & (y_true == 0))
    return tp, fp, fn, tn


@misconception("confusion_counts", hint="Compare the order of your tuple with the contract.")
def returns_another_order(y_true, y_pred):
    """returns tn first, as scikit-learn's matrix does"""
    tp = np.sum((y_pred == 1) & (y_true == 1))
    fp = np.sum((y_pred == 1) & (y_true == 0))
    fn = np.sum((y_pred == 0) & (y_true == 1))
    tn = np.sum((y_pred == 0) & (y_true == 0))
    return tn, fp, fn, tp


@misconception("accuracy", hint="How many rows does the denominator stand for?")
def counts_positives_only(y_true, y_pred):
    """counts only the true positives as right"""
    return _ratio(np.sum((y_true == 1) & (y_pred == 1)), len(y_true))


@misconception("accuracy", hint="A share or a number?")
def returns_a_count(y_true, y_pred):
    """returns how many are right, not the share"""
    return float(np.sum(y_true == y_pred))


@misconception("precision", hint="Precision asks about the predicted positives, recall about?")
def is_recall(y_true, y_pred):
    """divides by the true positives and misses, which is recall"""
    return _ratio(np.sum((y_true == 1) & (y_pred == 1)), np.sum(y_true == 1))


@misconception("precision", hint="What is 0/0 here, by the contract?")
def divides_by_zero(y_true, y_pred):
    """divides by zero where nothing is predicted positive"""
    tp, fp, _, _ = confusion_counts(y_true, y_pred)
    return np.float64(tp) / np.float64(tp + fp)


@misconception("recall", hint="Recall asks about the true positives, precision about?")
def is_precision(y_true, y_pred):
    """divides by the predicted positives, which is precision"""
    return _ratio(np.sum((y_true == 1) & (y_pred == 1)), np.sum(y_pred == 1))


@misconception("recall", hint="Which class's share is asked for?")
def is_specificity(y_true, y_pred):
    """is the recall of class 0"""
    return _ratio(np.sum((y_true == 0) & (y_pred == 0)), np.sum(y_true == 0))


@misconception("f1", hint="Which mean is asked for?")
def is_the_arithmetic_mean(y_true, y_pred):
    """is the arithmetic mean of precision and recall"""
    return (precision(y_true, y_pred) + recall(y_true, y_pred)) / 2


@misconception("f1", hint="What is F1 when precision and recall are both 1?")
def forgets_the_factor(y_true, y_pred):
    """leaves the 2 out"""
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    return _ratio(p * r, p + r)


@misconception("roc_auc", hint="What does a classifier that gives everyone one score deserve?")
def gives_ties_nothing(y_true, scores):
    """counts a tie as wrong"""
    positive, negative = scores[y_true == 1], scores[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("Expected both classes.")
    return np.mean(positive[:, None] > negative)


@misconception("roc_auc", hint="Should a better classifier have a larger area?")
def counts_the_wrong_order(y_true, scores):
    """counts the pairs in the wrong order"""
    positive, negative = scores[y_true == 1], scores[y_true == 0]
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("Expected both classes.")
    pairs = positive[:, None] - negative
    return np.mean((pairs < 0) + 0.5 * (pairs == 0))


@misconception("roc_auc", hint="The area covers all thresholds. How many does your code use?")
def is_accuracy_at_one_half(y_true, scores):
    """is the accuracy at the threshold one half"""
    if len(np.unique(y_true)) < 2:
        raise ValueError("Expected both classes.")
    return np.mean((scores >= 0.5) == y_true)


@misconception("softmax", hint="Over which axis do the probabilities of one row add up to 1?")
def normalises_over_everything(z):
    """divides by the sum over all rows"""
    exponentials = np.exp(z - np.max(z))
    return exponentials / np.sum(exponentials)


@misconception("softmax", hint="How large is e^1000, and what may be subtracted first?")
def overflows_softmax(z):
    """takes the exponential of the raw logits"""
    exponentials = np.exp(z)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("one_hot", hint="What does a negative index mean in NumPy?")
def wraps_negative_labels(y, n_classes):
    """lets negative labels count from the end"""
    return np.eye(n_classes)[y]


@misconception("one_hot", hint="Which axis are the rows?")
def is_transposed(y, n_classes):
    """has classes as rows"""
    if np.any((y < 0) | (y >= n_classes)):
        raise ValueError(f"Received: {y[(y < 0) | (y >= n_classes)][0]}")
    return np.eye(n_classes)[:, y]


@misconception("softmax_cross_entropy", hint="The loss is a mean. Is its gradient one, too?")
def does_not_divide_the_gradient(logits, y):
    """does not divide the gradient by the number of rows"""
    rows = np.arange(len(y))
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    loss = np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - shifted[rows, y])
    return loss, softmax(logits) - one_hot(y, logits.shape[1])


@misconception("softmax_cross_entropy", hint="Should twice as many rows double the loss?")
def sums_the_loss(logits, y):
    """adds the loss up over the rows, and the gradient with it"""
    rows = np.arange(len(y))
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    loss = np.sum(np.log(np.sum(np.exp(shifted), axis=1)) - shifted[rows, y])
    return loss, softmax(logits) - one_hot(y, logits.shape[1])


@misconception("softmax_cross_entropy", hint="What is the logarithm of a probability of 0?")
def takes_the_log_of_a_softmax(logits, y):
    """takes the logarithm of a softmax, which may be 0"""
    p = softmax(logits)
    loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    return loss, (p - one_hot(y, logits.shape[1])) / len(y)


@misconception("softmax_regression_gradients", hint="dlogits is already an average. Divide again?")
def divides_twice(X, y, W, b):
    """divides by the number of rows once more"""
    _, dlogits = softmax_cross_entropy(X @ W + b, y)
    return X.T @ dlogits / len(y), np.sum(dlogits, axis=0) / len(y)


@misconception("softmax_regression_gradients", hint="Over the rows: sum or mean, for b?")
def averages_the_bias(X, y, W, b):
    """averages the bias's gradient over the rows instead of summing it"""
    _, dlogits = softmax_cross_entropy(X @ W + b, y)
    return X.T @ dlogits, np.mean(dlogits, axis=0)


@misconception("hinge_loss", hint="Is the right class among the j of the sum?")
def counts_the_right_class(scores, y, margin=1.0):
    """counts the right class, which adds the margin to every row"""
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + margin)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = 0.0
    dscores[rows, y] = -np.sum(dscores, axis=1)
    return np.sum(margins) / len(y), dscores / len(y)


@misconception("hinge_loss", hint="Which score appears in every term of a row?")
def forgets_the_right_class_in_the_gradient(scores, y, margin=1.0):
    """leaves the right class out of the gradient"""
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + margin)
    margins[rows, y] = 0.0
    return np.sum(margins) / len(y), (margins > 0).astype(float) / len(y)


@misconception("hinge_loss", hint="Is the right class among the j of the sum?")
def counts_the_right_class_in_its_gradient(scores, y, margin=1.0):
    """counts the right class among the others, in the loss and in its gradient"""
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + margin)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    return np.sum(margins) / len(y), dscores / len(y)


@misconception("hinge_loss", hint="In how many terms of a row is the score of the right class?")
def subtracts_one_for_the_right_class(scores, y, margin=1.0):
    """subtracts 1 for the right class, whichever number of classes violates the margin"""
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + margin)
    margins[rows, y] = 0.0
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -1.0
    return np.sum(margins) / len(y), dscores / len(y)


@misconception("hinge_loss", hint="All wrong classes within the margin, or the worst alone?")
def takes_the_worst_class_alone(scores, y, margin=1.0):
    """takes only the largest violation of each row"""
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, None] + margin)
    margins[rows, y] = 0.0
    worst = np.argmax(margins, axis=1)
    violated = (margins[rows, worst] > 0).astype(float)
    dscores = np.zeros_like(scores)
    dscores[rows, worst] = violated
    dscores[rows, y] -= violated
    return np.sum(margins[rows, worst]) / len(y), dscores / len(y)


@misconception("knn_predict", hint="What does the argument `metric` change in your code?")
def ignores_the_metric(X_train, y_train, X, k, metric="l2"):
    """always uses the Euclidean distance"""
    if not 1 <= k <= len(X_train) or metric not in ("l1", "l2"):
        raise ValueError(f"Received: k={k}, metric={metric!r}")
    distances = np.sqrt(np.sum((X[:, None, :] - X_train) ** 2, axis=2))
    nearest = y_train[np.argsort(distances, axis=1)[:, :k]]
    return np.array([np.argmax(np.bincount(labels)) for labels in nearest])


@misconception("knn_predict", hint="At which end of the sorted distances are the nearest?")
def takes_the_farthest(X_train, y_train, X, k, metric="l2"):
    """takes the farthest rows"""
    if not 1 <= k <= len(X_train) or metric not in ("l1", "l2"):
        raise ValueError(f"Received: k={k}, metric={metric!r}")
    differences = X[:, None, :] - X_train
    power = 1 if metric == "l1" else 2
    distances = np.sum(np.abs(differences) ** power, axis=2)
    nearest = y_train[np.argsort(-distances, axis=1)[:, :k]]
    return np.array([np.argmax(np.bincount(labels)) for labels in nearest])


@misconception("knn_predict", hint="With two votes each, which label does the contract choose?")
def largest_label_wins_a_tie(X_train, y_train, X, k, metric="l2"):
    """lets the largest label win a tie"""
    if not 1 <= k <= len(X_train) or metric not in ("l1", "l2"):
        raise ValueError(f"Received: k={k}, metric={metric!r}")
    differences = X[:, None, :] - X_train
    power = 1 if metric == "l1" else 2
    distances = np.sum(np.abs(differences) ** power, axis=2)
    nearest = y_train[np.argsort(distances, axis=1)[:, :k]]
    size = int(y_train.max()) + 1
    votes = [np.bincount(labels, minlength=size) for labels in nearest]
    return np.array([size - 1 - np.argmax(count[::-1]) for count in votes])


@misconception("knn_predict", hint="With two votes each, does it matter which row is nearer?")
def nearest_label_wins_a_tie(X_train, y_train, X, k, metric="l2"):
    """lets the label that was met first, the nearest one, win a tie"""
    if not 1 <= k <= len(X_train) or metric not in ("l1", "l2"):
        raise ValueError(f"Received: k={k}, metric={metric!r}")
    differences = X[:, None, :] - X_train
    power = 1 if metric == "l1" else 2
    distances = np.sum(np.abs(differences) ** power, axis=2)
    nearest = y_train[np.argsort(distances, axis=1)[:, :k]].tolist()
    return np.array([max(labels, key=labels.count) for labels in nearest])


@misconception("build_model", hint="What does the loss expect, and what does the unit give?")
def has_no_sigmoid(n_features, l2=0.0):
    """has no sigmoid on its output"""
    unit = keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(l2 / 2))
    model = keras.Sequential([keras.Input((n_features,)), unit])
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall()],
    )
    return model


@misconception("build_model", hint="The course writes l2/2 ‖w‖². What does Keras's L2 write?")
def doubles_the_keras_penalty(n_features, l2=0.0):
    """passes l2 to Keras, whose L2 has no half"""
    unit = keras.layers.Dense(1, activation="sigmoid", kernel_regularizer=keras.regularizers.L2(l2))
    model = keras.Sequential([keras.Input((n_features,)), unit])
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall()],
    )
    return model


@misconception("F1Score", hint="Is F1 of a whole the mean of the F1s of its parts?")
class AveragesBatches(keras.metrics.Metric):
    """averages the F1 of the batches"""

    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, (-1,)), self.dtype)
        positive = ops.cast(ops.reshape(y_pred, (-1,)) >= 0.5, self.dtype)
        weight = ops.ones_like(y_true)
        if sample_weight is not None:
            weight = ops.cast(ops.reshape(sample_weight, (-1,)), self.dtype)
        both = ops.sum(weight * y_true * positive)
        either = ops.sum(weight * (y_true + positive))
        self.total.assign_add(ops.divide_no_nan(2 * both, either))
        self.count.assign_add(1.0)

    def result(self):
        return ops.divide_no_nan(self.total, self.count)


@misconception("F1Score", hint="Where does `sample_weight` enter your counts?")
class IgnoresWeights(keras.metrics.Metric):
    """ignores sample_weight"""

    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.both = self.add_weight(name="both", initializer="zeros")
        self.either = self.add_weight(name="either", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, (-1,)), self.dtype)
        positive = ops.cast(ops.reshape(y_pred, (-1,)) >= 0.5, self.dtype)
        self.both.assign_add(ops.sum(y_true * positive))
        self.either.assign_add(ops.sum(y_true + positive))

    def result(self):
        return ops.divide_no_nan(2 * self.both, self.either)


@misconception("F1Score", hint="What is the shape of (N,) times (N, 1)?")
class Broadcasts(keras.metrics.Metric):
    """lets labels (N,) and probabilities (N, 1) grow into a table (N, N)"""

    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.both = self.add_weight(name="both", initializer="zeros")
        self.wrong = self.add_weight(name="wrong", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, self.dtype)
        positive = ops.cast(ops.convert_to_tensor(y_pred) >= 0.5, self.dtype)
        weight = 1.0 if sample_weight is None else ops.cast(sample_weight, self.dtype)
        self.both.assign_add(ops.sum(weight * y_true * positive))
        self.wrong.assign_add(ops.sum(weight * ops.abs(y_true - positive)))

    def result(self):
        return ops.divide_no_nan(2 * self.both, 2 * self.both + self.wrong)


@misconception("F1Score", hint="What is left of a Python number when Keras makes a graph of it?")
class CountsInPython(keras.metrics.Metric):
    """keeps its counts as Python numbers, which no graph of `fit` and `evaluate` keeps"""

    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.reset_state()

    def update_state(self, y_true, y_pred, sample_weight=None):
        import numpy as np

        y = np.asarray(y_true).ravel() == 1
        p = np.asarray(y_pred).ravel() >= 0.5
        w = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight).ravel()
        self.both += float(w[y & p].sum())
        self.either += float(w[y].sum() + w[p].sum())

    def result(self):
        return 2 * self.both / self.either if self.either else 0.0

    def reset_state(self):
        self.both = self.either = 0.0


@misconception("build_softmax_model", hint="Do the outputs of one row add up to 1?")
def uses_sigmoids(n_features, n_classes):
    """uses a sigmoid for every class"""
    model = keras.Sequential(
        [keras.Input((n_features,)), keras.layers.Dense(n_classes, activation="sigmoid")]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    return model


@misconception("build_softmax_model", hint="What kind of label does the handout speak of?")
def expects_one_hot_labels(n_features, n_classes):
    """is compiled with the loss for one-hot labels"""
    model = keras.Sequential(
        [keras.Input((n_features,)), keras.layers.Dense(n_classes, activation="softmax")]
    )
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    return model
