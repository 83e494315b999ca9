"""Checks of assignment 1's NumPy part; those of the Keras part stand in `keras_checks.py`."""

import numpy as np

from grader import datasets
from grader.course import Assignment, Rng, case
from grader.datasets import disguise
from solutions.a1_least_squares.keras_checks import declare_keras_part

assignment = Assignment(
    name="a1_least_squares",
    title="Least squares",
    summary="Linear regression by search, by algebra and by gradient descent.",
)
numpy_file = assignment.file("least_squares.py", backend="numpy")

NOISE = 0.05
"""The part of the other targets' variance that no model can explain."""
LINALG_ERROR = "numpy.linalg.LinAlgError"


def rows(rng, n, d, scale=1.0):
    """A matrix whose columns differ in size, so that no axis can be mistaken for another."""
    return scale * rng.normal(size=(n, d)) * np.linspace(0.5, 2.0, d)


def regression(rng, n, d, noise=0.3, scale=1.0):
    """Rows and targets that a linear model explains in part."""
    X = rows(rng, n, d, scale)
    y = X @ rng.normal(size=d) + 1.5 + noise * rng.normal(size=n)
    return X, y


def problem(rng, n, d, scale=1.0):
    """All arguments of the loss, away from its minimum."""
    X, y = regression(rng, n, d, scale=scale)
    return {"X": X, "y": y, "w": rng.normal(size=d), "b": float(rng.normal())}


def model_case(label, rng, n, d, scale=1.0, **options):
    """A case of a function of X, w, b."""
    given = problem(rng, n, d, scale)
    del given["y"]
    return case(label, **given, **options)


predict = numpy_file.exercise(
    "predict",
    hints=[
        "Write the shapes beside the formula: (N, D) times (D,) plus a number.",
        "NumPy's matrix product is `@`; a number is added to every entry.",
    ],
)


@predict.outputs(points=2)
def batch(rng):
    """computes Xw + b for a batch of rows"""
    yield model_case("five rows, three features", rng, 5, 3)
    yield model_case("seven rows, one feature", rng, 7, 1)
    yield model_case("as many rows as features", rng, 4, 4)


@predict.outputs(points=0.5)
def one_row(rng):
    """keeps the axis of rows when there is one row"""
    yield model_case("one row", rng, 1, 3)


predict.purity(points=0.5)

half_mse = numpy_file.exercise(
    "half_mse",
    needs=["predict"],
    hints=[
        "Square the residuals, add them up, divide: by what exactly?",
        "The factor is 1/(2m); `np.sum` and `len(y)` are enough.",
    ],
)


@half_mse.outputs(points=3)
def value(rng):
    """computes 1/(2m) times the sum of squared residuals"""
    yield case("six rows, three features", **problem(rng, 6, 3))
    yield case("nine rows, two features", **problem(rng, 9, 2))


@half_mse.outputs(points=0.5)
def one_row_loss(rng):
    """works for one row"""
    yield case("one row", **problem(rng, 1, 3))


@half_mse.outputs(points=0.5)
def scales(rng):
    """works for large and tiny numbers"""
    yield case("large numbers", **problem(rng, 5, 2, scale=1e6))
    given = problem(rng, 5, 2)
    tiny = {key: 1e-6 * given[key] for key in ("y", "w", "b")}
    yield case("tiny numbers", atol=1e-20, X=given["X"], **tiny)


half_mse.purity(points=0.5)

grid_search = numpy_file.exercise(
    "grid_search",
    hints=[
        "For every candidate, how large is the sum of squared errors?",
        "`np.argmin` gives the index of the first smallest value; you want the value itself.",
    ],
)


@grid_search.outputs(points=3.5)
def best(rng):
    """returns the candidate with the least squared error"""
    for n, count in ((8, 11), (5, 30)):
        x = np.linspace(-1.0, 1.2, n)  # errors of both signs: their plain sum misleads
        slope = rng.uniform(-1.5, 1.5)
        # Moved by the seed, so that no candidate is the answer to other cases, too.
        candidates = rng.permutation(np.linspace(-2.1, 2.2, count) + rng.uniform(-0.03, 0.03))
        y = slope * x + 0.1 * rng.normal(size=n) + 0.3
        yield case(f"{count} candidates", x=x, y=y, candidates=candidates)
    # Squares heed a large error more than amounts do.
    x, candidates = np.linspace(-1.0, 1.2, 7), rng.permutation(np.linspace(-2.5, 2.5, 41))
    y = rng.uniform(-1, 1) * x + 0.05 * rng.normal(size=7)
    y[-1] += rng.choice([-2.0, 2.0])
    yield case("one value far off", x=x, y=y, candidates=candidates + rng.uniform(-0.06, 0.06))


@grid_search.outputs(points=0.5, edge=True)
def tie(rng):
    """lets the first of two equally good candidates win"""
    sign = float(rng.choice([-1.0, 1.0]))
    x = np.array([1.0, 2.0])
    yield case("a tie of two", x=x, y=np.zeros(2), candidates=np.array([4, sign / 2, -sign / 2, 3]))


@grid_search.outputs(points=0.5, edge=True)
def one_candidate(rng):
    """works with one candidate"""
    x = rng.normal(size=3)
    yield case("one candidate", x=x, y=x.copy(), candidates=rng.normal(size=1))


grid_search.purity(points=0.5)

add_bias_column = numpy_file.exercise(
    "add_bias_column",
    hints=["What shape must the ones have to stand beside X?", "`np.hstack` takes (N, 1) arrays."],
)


@add_bias_column.outputs(points=2)
def last_column(rng):
    """appends ones as the last column"""
    yield case("four rows, three features", X=rows(rng, 4, 3))
    yield case("three rows, one feature", X=rows(rng, 3, 1))


@add_bias_column.outputs(points=0.5)
def one_row_bias(rng):
    """works for one row"""
    yield case("one row", X=rows(rng, 1, 4))


add_bias_column.purity(points=0.5)

normal_equation = numpy_file.exercise(
    "normal_equation",
    needs=["add_bias_column"],
    hints=[
        "Set the gradient of the squared error to zero and solve for the weights.",
        "`np.linalg.solve` takes the matrix and the right-hand side; look at the rank first.",
    ],
)


@normal_equation.outputs(points=6)
def solution(rng):
    """solves the normal equation with a bias"""
    for n, d in ((12, 3), (20, 5), (9, 1)):
        X, y = regression(rng, n, d)
        yield case(f"{n} rows, {d} features", X=X + 0.5, y=y)


@normal_equation.outputs(points=0.5)
def exact_fit(rng):
    """goes through the points when there are as many rows as weights"""
    X = np.vstack([np.eye(3), np.zeros(3)]) * 2 + 0.1 * rng.normal(size=(4, 3))
    yield case("four rows, three features", X=X, y=rng.normal(size=4))


@normal_equation.errors(points=1, raises=LINALG_ERROR)
def rank_deficient(rng):
    """raises LinAlgError when the columns depend on each other"""
    X, y = regression(rng, 10, 3)
    yield case("a column twice", X=np.column_stack([X, X[:, 1]]), y=y)
    yield case("a sum of two columns", X=np.column_stack([X, X[:, 0] + X[:, 1]]), y=y)


@normal_equation.errors(points=0.5, raises=LINALG_ERROR)
def constant_column(rng):
    """raises LinAlgError for a constant column, which repeats the bias"""
    X, y = regression(rng, 10, 2)
    yield case("a column of sevens", X=np.column_stack([X, np.full(10, 7.0)]), y=y)


normal_equation.forbids(
    "numpy.linalg.lstsq",
    "numpy.linalg.pinv",
    "numpy.linalg._umath_linalg.lstsq",
    instead="solve AᵀA v = Aᵀy, for example with `np.linalg.solve`",
)
normal_equation.source(points=0.5, title="does without lstsq and pinv")
normal_equation.purity(points=0.5)

least_squares = numpy_file.exercise(
    "least_squares",
    needs=["add_bias_column"],
    hints=[
        "Of many exact solutions, which is the shortest? The singular value decomposition knows.",
        "`np.linalg.lstsq` and `np.linalg.pinv` are allowed here; the bias column stays part of X.",
    ],
)


@least_squares.outputs(points=5)
def full_rank(rng):
    """agrees with the normal equation when the rank is full"""
    for n, d in ((15, 4), (8, 2)):
        X, y = regression(rng, n, d)
        yield case(f"{n} rows, {d} features", X=X + 0.5, y=y)


@least_squares.outputs(points=0.5)
def collinear(rng):
    """takes the shortest of many solutions for collinear columns"""
    X, y = regression(rng, 12, 3)
    yield case("a column twice", X=np.column_stack([X, X[:, 0]]), y=y)


@least_squares.outputs(points=0.25)
def cut_off(rng):
    """measures singular values by the largest to tell which count as 0"""
    X, y = regression(rng, 12, 2)
    yield case("large numbers, a column twice", X=1e3 * np.column_stack([X, X[:, 0]]), y=y)
    # The two columns are nearly parallel, so that the largest singular value stands out.
    a, b = 1e3 * X[:, 0], 1e3 * X[:, 0] + X[:, 1]
    yield case("three columns on one line, far out", X=np.column_stack([a, b, 2 * b - a]), y=y)


@least_squares.outputs(points=0.5)
def constant(rng):
    """shares the bias between a constant column and b"""
    X, y = regression(rng, 10, 2)
    yield case("a column of twos", X=np.column_stack([X, np.full(10, 2.0)]), y=y)


@least_squares.outputs(points=0.5)
def underdetermined(rng):
    """works with fewer rows than features"""
    X, y = regression(rng, 3, 6)
    yield case("three rows, six features", X=X, y=y)


least_squares.purity(points=0.5)

ridge = numpy_file.exercise(
    "ridge",
    hints=[
        "Which of the weights should the penalty leave alone?",
        "Centre X and y first: the bias then drops out, and comes back at the end.",
    ],
)


@ridge.outputs(points=4.5)
def penalised(rng):
    """minimises the penalised sum of squares and leaves the bias free"""
    for n, d, l2 in ((12, 3, 0.7), (30, 5, 4.0)):
        X, y = regression(rng, n, d)
        yield case(f"{n} rows, l2 = {l2}", X=X + 1.0, y=y + 3.0, l2=l2)


@ridge.outputs(points=0.5)
def no_penalty(rng):
    """is least squares for l2 = 0"""
    X, y = regression(rng, 14, 3)
    yield case("l2 = 0", X=X, y=y, l2=0.0)


@ridge.outputs(points=0.5)
def collinear_ridge(rng):
    """shares the weight between equal columns"""
    X, y = regression(rng, 10, 2)
    yield case("a column twice", X=np.column_stack([X, X[:, 0]]), y=y, l2=0.5)


@ridge.errors(points=0.5)
def negative_penalty(rng):
    """raises ValueError for a negative l2"""
    X, y = regression(rng, 8, 2)
    yield case("l2 = -0.5", X=X, y=y, l2=-0.5, offending="-0.5")


ridge.purity(points=0.5)

gradients = numpy_file.exercise(
    "gradients",
    needs=["predict"],
    hints=[
        "Differentiate one term of the sum by hand, then write the sum as a matrix product.",
        "Xᵀ times the residuals gives all D sums at once.",
    ],
)


@gradients.gradient(points=6, of="half_mse", wrt=("w", "b"))
def derivative(rng):
    """is the gradient of half_mse"""
    yield case("six rows, three features", **problem(rng, 6, 3))
    yield case("nine rows, two features", **problem(rng, 9, 2))


@gradients.outputs(points=0.5)
def one_row_gradient(rng):
    """works for one row"""
    yield case("one row", **problem(rng, 1, 3))


@gradients.outputs(points=0.5, edge=True)
def at_the_minimum(rng):
    """is zero where the fit is perfect"""
    given = problem(rng, 6, 2)
    given["y"] = given["X"] @ given["w"] + given["b"]
    yield case("a perfect fit", **given)


gradients.purity(points=0.5)

gradient_descent = numpy_file.exercise(
    "gradient_descent",
    needs=["half_mse", "gradients"],
    hints=[
        "One step changes w and b; the loss is written down before the step.",
        "Compute both gradients before you change either parameter.",
    ],
)


def descent(rng, n, d, steps, learning_rate=0.07):
    """Arguments of gradient descent."""
    return {**problem(rng, n, d), "learning_rate": learning_rate, "steps": steps}


@gradient_descent.outputs(points=6)
def trajectory(rng):
    """takes the right steps and writes down the loss before each"""
    yield case("one step", **descent(rng, 6, 3, 1))
    yield case("ten steps", **descent(rng, 8, 2, 10, learning_rate=0.04))


@gradient_descent.outputs(points=0.5, edge=True)
def no_steps(rng):
    """returns the given parameters and an empty history for no steps"""
    yield case("steps = 0", **descent(rng, 5, 2, 0))


gradient_descent.purity(points=0.5)

sgd = numpy_file.exercise(
    "sgd",
    needs=["gradients"],
    hints=[
        "Draw one permutation per epoch, then cut it into batches.",
        "A slice may reach beyond the end: the last batch is then just shorter.",
    ],
)


def stochastic(rng, n, d, epochs, batch_size, learning_rate=0.05):
    """Arguments of stochastic gradient descent."""
    return {
        **problem(rng, n, d),
        "learning_rate": learning_rate,
        "epochs": epochs,
        "batch_size": batch_size,
        "rng": Rng(int(rng.integers(2**31))),
    }


@sgd.outputs(points=5)
def epochs(rng):
    """goes through a new permutation in every epoch"""
    yield case("three epochs of four batches", **stochastic(rng, 12, 3, 3, 3))
    yield case("two epochs, one row a batch", **stochastic(rng, 5, 2, 2, 1, learning_rate=0.08))


@sgd.outputs(points=0.75)
def short_last_batch(rng):
    """averages a short last batch over its own length"""
    yield case("ten rows in fours", **stochastic(rng, 10, 2, 2, 4))


@sgd.outputs(points=0.5)
def large_batch(rng):
    """takes all rows when the batch size is above N"""
    yield case("batch size 50 for six rows", **stochastic(rng, 6, 3, 3, 50))


sgd.purity(points=0.5)


def declare_metric(name, hints, needs=()):
    """Declare mae, mse or rmse, which differ in their formula alone."""
    exercise = numpy_file.exercise(name, hints=hints, needs=needs)

    @exercise.outputs(points=1.25)
    def average(rng):
        """averages over the rows"""
        y = 3 * rng.normal(size=9) + 5
        yield case("nine rows", y_true=y, y_pred=y + rng.normal(size=9))
        yield case("four rows", y_true=y[:4], y_pred=rng.normal(size=4))

    @exercise.outputs(points=0.25)
    def one_row(rng):
        """works for one row"""
        yield case("one row", y_true=rng.normal(size=1), y_pred=rng.normal(size=1))

    exercise.purity(points=0.25)


declare_metric("mae", ["Take absolute values, then the mean.", "`np.abs` and `np.mean`."])
declare_metric("mse", ["Square, then take the mean; no half here.", "`np.mean` of a square."])
declare_metric(
    "rmse", ["In which order do mean and root come?", "The root of the mean of squares."], ["mse"]
)

mape = numpy_file.exercise(
    "mape",
    hints=[
        "Percent of what? Of the true value, taken without its sign.",
        "Look for zeros among the true values before you divide.",
    ],
)


@mape.outputs(points=2)
def percent(rng):
    """averages the errors in percent of the true values"""
    y = rng.uniform(1, 5, size=7)
    yield case("seven rows", y_true=y, y_pred=y + rng.normal(size=7))


@mape.outputs(points=0.5)
def negative_truth(rng):
    """takes true values without their sign"""
    y = rng.uniform(1, 5, size=6) * np.array([1, -1, 1, -1, -1, 1])
    yield case("true values of both signs", y_true=y, y_pred=y + rng.normal(size=6))


@mape.errors(points=0.5)
def zero_truth(rng):
    """raises ValueError where a true value is 0"""
    y = rng.uniform(1, 5, size=4)
    y[2] = 0.0
    yield case("a true value of 0", y_true=y, y_pred=rng.normal(size=4), offending="0")
    y_minus = y.copy()
    y_minus[2] = -0.0
    yield case("a true value of -0.0", y_true=y_minus, y_pred=rng.normal(size=4), offending="0")


mape.purity(points=0.25)

standardize = numpy_file.exercise(
    "standardize",
    hints=[
        "Which set may the mean and the deviation be taken from, and why only that one?",
        "Find the columns whose largest and smallest value are equal before you divide.",
    ],
)


@standardize.outputs(points=4.5)
def training_statistics(rng):
    """uses the training mean and deviation for both sets"""
    yield case("two sets", X_train=rows(rng, 9, 3) + 4, X_test=rows(rng, 5, 3) + 6)
    yield case("one feature", X_train=rows(rng, 6, 1) - 2, X_test=rows(rng, 2, 1))


@standardize.outputs(points=0.75)
def constant_feature(rng):
    """turns a constant training column into zeros in both sets"""
    train, test = rows(rng, 7, 3), rows(rng, 4, 3)
    train[:, 1] = 0.1  # its computed deviation is not exactly 0
    yield case("a column of 0.1", X_train=train, X_test=test)


@standardize.outputs(points=0.25)
def one_test_row(rng):
    """works for one test row"""
    yield case("one test row", X_train=rows(rng, 6, 2), X_test=rows(rng, 1, 2))


standardize.purity(points=0.5)

train_val_test_split = numpy_file.exercise(
    "train_val_test_split",
    hints=[
        "Permute the row numbers once, then cut.",
        "Validation first, then test, and training gets the rest; index X and y alike.",
    ],
)


def split(rng, n, val_fraction, test_fraction, d=2):
    """Arguments of the split."""
    return {
        "X": rows(rng, n, d),
        "y": rng.normal(size=n),
        "val_fraction": val_fraction,
        "test_fraction": test_fraction,
        "rng": Rng(int(rng.integers(2**31))),
    }


@train_val_test_split.outputs(points=4.25)
def three_sets(rng):
    """cuts one permutation into three sets"""
    yield case("twenty rows", **split(rng, 20, 0.2, 0.3))
    yield case("eleven rows, rounded counts", **split(rng, 11, 0.25, 0.15, d=3))


@train_val_test_split.outputs(points=0.25)
def half_a_row(rng):
    """rounds a half to the even number, as `round` does"""
    yield case("ten rows: 2.5 and 1.5", **split(rng, 10, 0.25, 0.15))
    yield case("fourteen rows: 3.5 and 4.5", **split(rng, 14, 0.25, 4.5 / 14))


@train_val_test_split.outputs(points=0.5)
def empty_set(rng):
    """gives an empty pair for a fraction of 0"""
    yield case("no validation rows", **split(rng, 8, 0.0, 0.25))
    yield case("no test rows", **split(rng, 8, 0.25, 0.0))
    yield case("no training rows", **split(rng, 8, 0.75, 0.25))


@train_val_test_split.errors(points=0.75)
def bad_fractions(rng):
    """raises ValueError for impossible fractions and lengths"""
    yield case("a negative fraction", **split(rng, 8, -0.25, 0.5), offending="-0.25")
    yield case("a negative test fraction", **split(rng, 8, 0.5, -0.25), offending="-0.25")
    yield case("a sum above 1", **split(rng, 8, 0.75, 0.5), offending="0.75")
    given = split(rng, 8, 0.25, 0.25)
    given["y"] = given["y"][:5]
    yield case("five labels for eight rows", **given, offending="5")


train_val_test_split.purity(points=0.25)

fit = numpy_file.exercise(
    "fit",
    hints=[
        "You have written three methods that do this.",
        "`least_squares` or `ridge` with a small l2 reach the threshold at once.",
    ],
)


@fit.training(
    points=6, measure="linear_r2", baseline=0.0, threshold=0.28, stated=0.30, cpu_seconds=60
)
def held_out(rng):
    """explains what it has not seen: patients' progression (R²), and other targets of theirs"""
    X, y = datasets.diabetes()
    order = rng.permutation(len(X))
    X, y = disguise.mixed(X, rng)[order], disguise.rescaled(y, rng)[order]
    # The control: whoever ignores y explains one of the two at most.
    explained = disguise.other_scores(X, 1, rng, directions=8)[:, 0]
    other = np.sqrt(1 - NOISE) * explained + np.sqrt(NOISE) * rng.normal(size=len(y))
    other = disguise.rescaled(y.std() * other, rng)
    for label, target, bounds in (
        ("142 held-out patients", y, None),
        ("142 held-out patients, other targets", other, (0.75, 0.88, 0.9)),
    ):
        yield case(
            label,
            X_train=X[:300],
            y_train=target[:300],
            held_out={"X": X[300:], "y": target[300:]},
            bounds=bounds,
        )


declare_keras_part(assignment)
