"""What students get wrong in assignment 1, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `predict` belong to the reference's file
import keras
import numpy as np

from grader.course import misconception


@misconception("predict", hint="Which sign does the bias have in f(x) = Xw + b?")
def subtracts_the_bias(X, w, b):
    """subtracts the bias instead of adding it"""
    return X @ w - b


@misconception("predict", hint="One term of the model has no feature beside it. Is it there?")
def forgets_the_bias(X, w, b):
    """leaves the bias out"""
    return X @ w


@misconception("predict", hint="What does `*` do with (N, D) and (D,), and which operator sums?")
def multiplies_elementwise(X, w, b):
    """multiplies elementwise and never sums over the features"""
    return X * w + b


@misconception("half_mse", hint="Compare the factor in front of the sum with its name.")
def forgets_the_half(X, y, w, b):
    """divides by m, not by 2m"""
    return np.mean((predict(X, w, b) - y) ** 2)


@misconception("half_mse", hint="Should the loss of twice as many rows be twice as large?")
def sums_instead_of_averaging(X, y, w, b):
    """adds up over the rows without dividing by their number"""
    return np.sum((predict(X, w, b) - y) ** 2) / 2


@misconception("half_mse", hint="What makes a positive and a negative error not cancel here?")
def takes_absolute_errors(X, y, w, b):
    """averages absolute errors, not squared ones"""
    return np.mean(np.abs(predict(X, w, b) - y)) / 2


@misconception("grid_search", hint="`argmin` answers where. The question was which value.")
def returns_the_index(x, y, candidates):
    """returns the index of the best candidate"""
    residuals = x[:, None] * candidates - y[:, None]
    return np.argmin(np.sum(residuals**2, axis=0))


@misconception("grid_search", hint="Can errors of opposite sign make a bad candidate look good?")
def does_not_square(x, y, candidates):
    """adds up errors without squaring them, so that they cancel"""
    residuals = x[:, None] * candidates - y[:, None]
    return candidates[np.argmin(np.abs(np.sum(residuals, axis=0)))]


@misconception("grid_search", hint="When two candidates are equally good, which one is first?")
def last_wins_a_tie(x, y, candidates):
    """lets the last of equally good candidates win"""
    errors = np.sum((x[:, None] * candidates - y[:, None]) ** 2, axis=0)
    return candidates[len(candidates) - 1 - np.argmin(errors[::-1])]


@misconception("add_bias_column", hint="Which end of the matrix does the contract name?")
def ones_first(X):
    """puts the ones in front"""
    return np.hstack([np.ones((len(X), 1)), X])


@misconception("add_bias_column", hint="What must a column hold for its weight to act as a bias?")
def appends_zeros(X):
    """appends zeros, which no weight can turn into a bias"""
    return np.hstack([X, np.zeros((len(X), 1))])


@misconception("normal_equation", hint="Where would the line have to pass without a bias?")
def has_no_bias(X, y):
    """fits without a bias"""
    return np.linalg.solve(X.T @ X, X.T @ y), 0.0


@misconception("normal_equation", hint="What does `solve` do when rounding hides a rank of D?")
def does_not_look_at_the_rank(X, y):
    """solves without looking at the rank first"""
    A = add_bias_column(X)
    weights = np.linalg.solve(A.T @ A + 1e-12 * np.eye(A.shape[1]), A.T @ y)
    return weights[:-1], weights[-1]


@misconception("normal_equation", hint="Which end of the weight vector did the ones stand at?")
def takes_the_first_weight_as_bias(X, y):
    """takes the first weight for the bias, though the ones are the last column"""
    A = add_bias_column(X)
    if np.linalg.matrix_rank(A) < A.shape[1]:
        raise np.linalg.LinAlgError("rank")
    weights = np.linalg.solve(A.T @ A, A.T @ y)
    return weights[1:], weights[0]


@misconception("least_squares", hint="The whole vector (w, b) should be short. Is b part of yours?")
def leaves_the_bias_out_of_the_norm(X, y):
    """minimises the length of w alone by centring first"""
    w = np.linalg.pinv(X - X.mean(axis=0)) @ (y - y.mean())
    return w, y.mean() - X.mean(axis=0) @ w


@misconception("least_squares", hint="Is 'almost the least squares' what was asked for?")
def adds_a_little_ridge(X, y):
    """adds a small multiple of the identity instead of dropping zero singular values"""
    A = add_bias_column(X)
    weights = np.linalg.solve(A.T @ A + 1e-2 * np.eye(A.shape[1]), A.T @ y)
    return weights[:-1], weights[-1]


@misconception("ridge", hint="What would happen to b if every y were 1,000 larger?")
def penalises_the_bias(X, y, l2):
    """penalises the bias as well"""
    if l2 < 0:
        raise ValueError(f"Expected l2 >= 0. Received: l2={l2}")
    A = np.hstack([X, np.ones((len(X), 1))])
    weights = np.linalg.pinv(A.T @ A + l2 * np.eye(A.shape[1])) @ (A.T @ y)
    return weights[:-1], weights[-1]


@misconception("ridge", hint="The objective is a sum here. Does the penalty grow with N?")
def scales_the_penalty_by_the_rows(X, y, l2):
    """multiplies the penalty by the number of rows"""
    if l2 < 0:
        raise ValueError(f"Expected l2 >= 0. Received: l2={l2}")
    centred = X - X.mean(axis=0)
    gram = centred.T @ centred + len(X) * l2 * np.eye(X.shape[1])
    w = np.linalg.solve(gram, centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


@misconception("ridge", hint="A penalty below zero rewards large weights. What should happen?")
def accepts_a_negative_penalty(X, y, l2):
    """accepts a negative l2"""
    centred = X - X.mean(axis=0)
    gram = centred.T @ centred + l2 * np.eye(X.shape[1])
    w = np.linalg.solve(gram, centred.T @ (y - y.mean()))
    return w, y.mean() - X.mean(axis=0) @ w


@misconception("gradients", hint="The loss is divided by m. What about its derivative?")
def does_not_divide_by_m(X, y, w, b):
    """does not divide by the number of rows"""
    residual = predict(X, w, b) - y
    return X.T @ residual, np.sum(residual)


@misconception("gradients", hint="What is the half in the loss there for?")
def doubles_the_gradient(X, y, w, b):
    """keeps the factor 2 of the square, which the half cancels"""
    residual = predict(X, w, b) - y
    return 2 * X.T @ residual / len(y), 2 * np.mean(residual)


@misconception("gradients", hint="Which comes first in the residual, prediction or target?")
def has_the_opposite_sign(X, y, w, b):
    """has the opposite sign"""
    residual = y - predict(X, w, b)
    return X.T @ residual / len(y), np.mean(residual)


@misconception("gradient_descent", hint="At which point is the second gradient taken?")
def updates_w_before_the_gradient_of_b(X, y, w, b, learning_rate, steps):
    """changes w before it computes the gradient of b"""
    history = np.zeros(steps)
    for step in range(steps):
        history[step] = half_mse(X, y, w, b)
        w = w - learning_rate * gradients(X, y, w, b)[0]
        b = b - learning_rate * gradients(X, y, w, b)[1]
    return w, b, history


@misconception("gradient_descent", hint="Which loss belongs to the first entry of the history?")
def writes_the_loss_after_the_step(X, y, w, b, learning_rate, steps):
    """writes down the loss after each step"""
    history = np.zeros(steps)
    for step in range(steps):
        dw, db = gradients(X, y, w, b)
        w, b = w - learning_rate * dw, b - learning_rate * db
        history[step] = half_mse(X, y, w, b)
    return w, b, history


@misconception("gradient_descent", hint="Does the gradient point downhill or uphill?")
def climbs(X, y, w, b, learning_rate, steps):
    """adds the gradient and so climbs"""
    history = np.zeros(steps)
    for step in range(steps):
        history[step] = half_mse(X, y, w, b)
        dw, db = gradients(X, y, w, b)
        w, b = w + learning_rate * dw, b + learning_rate * db
    return w, b, history


@misconception("sgd", hint="How often may the order of the rows be drawn?")
def shuffles_once(X, y, w, b, learning_rate, epochs, batch_size, rng):
    """draws one permutation for all epochs"""
    order = rng.permutation(len(y))
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            rows = order[start : start + batch_size]
            dw, db = gradients(X[rows], y[rows], w, b)
            w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b


@misconception("sgd", hint="What happens to the rows that are left over at the end?")
def drops_the_last_batch(X, y, w, b, learning_rate, epochs, batch_size, rng):
    """drops the rows that do not fill a batch"""
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for start in range(0, len(y) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            dw, db = gradients(X[rows], y[rows], w, b)
            w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b


@misconception("sgd", hint="In which order do the rows come?")
def never_shuffles(X, y, w, b, learning_rate, epochs, batch_size, rng):
    """goes through the rows in their given order"""
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            rows = slice(start, start + batch_size)
            dw, db = gradients(X[rows], y[rows], w, b)
            w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b


@misconception("mae", hint="What do an error of +1 and one of −1 add up to?")
def keeps_the_sign(y_true, y_pred):
    """lets errors of opposite sign cancel"""
    return np.mean(y_true - y_pred)


@misconception("mae", hint="How large would the error of twice as many rows be?")
def sums_absolute_errors(y_true, y_pred):
    """adds up without dividing by the number of rows"""
    return np.sum(np.abs(y_true - y_pred))


@misconception("mse", hint="The half belongs to the loss of the training. To this measure too?")
def halves_the_mse(y_true, y_pred):
    """divides by 2N, as the loss does"""
    return np.mean((y_true - y_pred) ** 2) / 2


@misconception("mse", hint="How large would the error of twice as many rows be?")
def sums_squares(y_true, y_pred):
    """adds up without dividing by the number of rows"""
    return np.sum((y_true - y_pred) ** 2)


@misconception("rmse", hint="Mean of roots or root of the mean?")
def averages_roots(y_true, y_pred):
    """takes the root before the mean, which gives the mean absolute error"""
    return np.mean(np.sqrt((y_true - y_pred) ** 2))


@misconception("rmse", hint="Where does N stand, inside or outside the root?")
def divides_outside_the_root(y_true, y_pred):
    """divides by N outside the root"""
    return np.sqrt(np.sum((y_true - y_pred) ** 2)) / len(y_true)


@misconception("mape", hint="Is the result a fraction or percent?")
def returns_a_fraction(y_true, y_pred):
    """returns a fraction, not percent"""
    if np.any(y_true == 0):
        raise ValueError("0")
    return np.mean(np.abs(y_true - y_pred) / np.abs(y_true))


@misconception("mape", hint="Percent of which of the two?")
def divides_by_the_prediction(y_true, y_pred):
    """divides by the prediction, not by the true value"""
    if np.any(y_true == 0):
        raise ValueError("0")
    return 100 * np.mean(np.abs((y_true - y_pred) / y_pred))


@misconception("mape", hint="What becomes of a negative true value in the denominator?")
def keeps_the_sign_of_the_truth(y_true, y_pred):
    """divides by the true value with its sign"""
    if np.any(y_true == 0):
        raise ValueError("0")
    return 100 * np.mean(np.abs(y_true - y_pred) / y_true)


@misconception("standardize", hint="May the test set know its own mean before it is predicted?")
def scales_each_set_by_itself(X_train, X_test):
    """scales the test set by its own statistics"""
    scaled = []
    for X in (X_train, X_test):
        constant = X.max(axis=0) == X.min(axis=0)
        scale = np.where(constant, 1.0, X.std(axis=0))
        scaled.append(np.where(constant, 0.0, (X - X.mean(axis=0)) / scale))
    return tuple(scaled)


@misconception("standardize", hint="What is the deviation of a column that never changes?")
def divides_by_zero(X_train, X_test):
    """divides by the deviation of a constant column"""
    mean, scale = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / scale, (X_test - mean) / scale


@misconception("standardize", hint="Look up what `ddof` does, and which one the contract names.")
def uses_the_sample_deviation(X_train, X_test):
    """uses the sample deviation (ddof 1)"""
    constant = X_train.max(axis=0) == X_train.min(axis=0)
    scale = np.where(constant, 1.0, X_train.std(axis=0, ddof=1))
    mean = X_train.mean(axis=0)
    return tuple(np.where(constant, 0.0, (X - mean) / scale) for X in (X_train, X_test))


@misconception("train_val_test_split", hint="Which of the three sets comes first in the order?")
def takes_training_first(X, y, val_fraction, test_fraction, rng):
    """gives the beginning of the permutation to the training set"""
    if len(X) != len(y):
        raise ValueError(f"{len(X)} and {len(y)}")
    if val_fraction < 0 or test_fraction < 0 or val_fraction + test_fraction > 1 + 1e-9:
        raise ValueError(f"{val_fraction}, {test_fraction}")
    n_val, n_test = round(val_fraction * len(X)), round(test_fraction * len(X))
    perm = rng.permutation(len(X))
    n_train = len(X) - n_val - n_test
    train, val, test = np.split(perm, [n_train, n_train + n_val])
    return (X[train], y[train]), (X[val], y[val]), (X[test], y[test])


@misconception("train_val_test_split", hint="What does Python's `round` make of 2.5?")
def rounds_halves_up(X, y, val_fraction, test_fraction, rng):
    """rounds a half up, where `round` takes the even number"""
    if len(X) != len(y):
        raise ValueError(f"{len(X)} and {len(y)}")
    if val_fraction < 0 or test_fraction < 0 or val_fraction + test_fraction > 1 + 1e-9:
        raise ValueError(f"{val_fraction}, {test_fraction}")
    n_val, n_test = (int(part * len(X) + 0.5) for part in (val_fraction, test_fraction))
    perm = rng.permutation(len(X))
    val, test, train = np.split(perm, [n_val, n_val + n_test])
    return (X[train], y[train]), (X[val], y[val]), (X[test], y[test])


@misconception("train_val_test_split", hint="If the rows were sorted, what would each set hold?")
def does_not_permute(X, y, val_fraction, test_fraction, rng):
    """cuts the rows in their given order"""
    if len(X) != len(y):
        raise ValueError(f"{len(X)} and {len(y)}")
    if val_fraction < 0 or test_fraction < 0 or val_fraction + test_fraction > 1 + 1e-9:
        raise ValueError(f"{val_fraction}, {test_fraction}")
    n_val, n_test = round(val_fraction * len(X)), round(test_fraction * len(X))
    val, test, train = np.split(np.arange(len(X)), [n_val, n_val + n_test])
    return (X[train], y[train]), (X[val], y[val]), (X[test], y[test])


@misconception("train_val_test_split", hint="Does every row keep the label that belongs to it?")
def permutes_labels_separately(X, y, val_fraction, test_fraction, rng):
    """draws a second permutation for the labels"""
    if len(X) != len(y):
        raise ValueError(f"{len(X)} and {len(y)}")
    if val_fraction < 0 or test_fraction < 0 or val_fraction + test_fraction > 1 + 1e-9:
        raise ValueError(f"{val_fraction}, {test_fraction}")
    cuts = [round(val_fraction * len(X))]
    cuts.append(cuts[0] + round(test_fraction * len(X)))
    X_val, X_test, X_train = np.split(X[rng.permutation(len(X))], cuts)
    y_val, y_test, y_train = np.split(y[rng.permutation(len(y))], cuts)
    return (X_train, y_train), (X_val, y_val), (X_test, y_test)


@misconception("build_model", hint="What values can the output take after your activation?")
def adds_an_activation(n_features):
    """puts an activation on the output, which cuts off negative predictions"""
    layers = [keras.Input((n_features,)), keras.layers.Dense(1, activation="relu")]
    model = keras.Sequential(layers)
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")
    return model


@misconception("build_model", hint="Which error does the assignment minimise?")
def minimises_the_absolute_error(n_features):
    """is compiled with the mean absolute error"""
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_absolute_error")
    return model


@misconception("fit_model", hint="How often does your code go through the data?")
def trains_one_epoch(model, X, y, epochs):
    """trains for one epoch, whatever was asked for"""
    return model.fit(X, y.reshape(-1, 1), epochs=1, verbose=0)


@misconception("fit_model", hint="What does `model.fit` give back, and who needs it?")
def returns_the_model(model, X, y, epochs):
    """returns the model instead of the history"""
    model.fit(X, y.reshape(-1, 1), epochs=epochs, verbose=0)
    return model


@misconception("weights_of", hint="Write down the shape of the kernel; which axis is too many?")
def keeps_the_kernel_shape(model):
    """returns the kernel as (D, 1) and the bias as (1,)"""
    kernel, bias = model.get_weights()
    return kernel, bias


@misconception("weights_of", hint="In which order does Keras keep kernel and bias?")
def swaps_kernel_and_bias(model):
    """returns the bias first"""
    kernel, bias = model.get_weights()
    return bias[0], kernel[:, 0]
