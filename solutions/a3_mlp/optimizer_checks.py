"""Checks of the optimisers' steps, of clipping, and of early stopping."""

import numpy as np

from grader.course import StudentFile, case, others, script, step

SHAPE = (3, 2)


def declare_optimizers(file: StudentFile) -> None:
    """Declare four optimisers, the clipping of gradients, and early stopping."""
    _sgd_step(file)
    _momentum_step(file)
    _adam_step(file)
    _adamw_step(file)
    _clip_by_global_norm(file)
    _early_stopping(file)


def clear(rng, shape=SHAPE):
    """Numbers of both signs between 0.3 and 2."""
    size = int(np.prod(shape))
    signs = rng.permutation(np.where(np.arange(size) % 2, 1.0, -1.0))
    return (signs * rng.uniform(0.3, 2, size=size)).reshape(shape)


def one_step(rng, label, tolerance=1e-6, **options):
    """The first step, whose state is None; a case of its own, so that its inputs are watched."""
    given = {"param": clear(rng), "grad": clear(rng), "state": None}
    return case(label, takes=1, options=options, rtol=tolerance, atol=tolerance, **given)


def steps(rng, exercise, count, label, shape=SHAPE, tolerance=1e-6, pause=None, **options):
    """Several steps, each from the last one's parameter and state; the last is compared.

    In the step of number `pause` one row of the gradient is 0: what an optimiser remembers
    moves its parameters all the same. Another parameter of the same shape is moved turn about,
    with a state of its own, so that no state may be kept elsewhere than in what is returned.
    """
    arguments = {"param": clear(rng, shape)}
    arguments |= {f"grad{number}": clear(rng, shape) for number in range(count)}
    if pause is not None:
        arguments[f"grad{pause}"][1] = 0.0
    other = others(arguments)
    chain = {}
    param, state = step.ref("param"), None
    other_param, other_state = other["param"], None
    for number in range(count):
        gradient = step.ref(f"grad{number}")
        called = step.call(exercise, param, gradient, state, **options)
        turn = step.call(exercise, other_param, other[gradient.name], other_state, **options)
        # What the other call changes in place has the name that it has in the first.
        turn["names"] = [param.name, gradient.name, state.name if state else "argument 3"]
        for kind, one in (("", called), ("other ", turn)):
            chain[f"{kind}step {number}"] = one
            chain[f"{kind}param {number}"] = step.item(f"{kind}step {number}", 0)
            chain[f"{kind}state {number}"] = step.item(f"{kind}step {number}", 1)
        param, state = step.ref(f"param {number}"), step.ref(f"state {number}")
        other_param, other_state = (step.ref(f"other {one.name}") for one in (param, state))
    last = (f"param {count - 1}",)
    return script(label, arguments=arguments, returns=last, rtol=tolerance, atol=tolerance, **chain)


def _sgd_step(file):
    sgd_step = file.exercise(
        "sgd_step",
        hints=["Downhill is against the gradient.", "The state is yours; nothing needs one here."],
    )

    @sgd_step.outputs(points=0.75)
    def trajectory(rng):
        """goes against the gradient, by the learning rate"""
        yield one_step(rng, "one step", learning_rate=0.3)
        yield one_step(rng, "the default learning rate")
        yield steps(rng, "sgd_step", 3, "three steps", learning_rate=0.2)

    sgd_step.purity(points=0.25)


def _momentum_step(file):
    momentum_step = file.exercise(
        "momentum_step",
        hints=["What of the last step lives on in this one?", "The velocity is the state."],
    )

    @momentum_step.outputs(points=1.25)
    def trajectory(rng):
        """adds up a velocity, step by step"""
        yield one_step(rng, "one step", learning_rate=0.3, momentum=0.8)
        yield steps(rng, "momentum_step", 4, "four steps", learning_rate=0.3, momentum=0.6)
        options = {"learning_rate": 0.2, "momentum": 0.7, "pause": 2}
        yield steps(rng, "momentum_step", 3, "three steps, zeros in the last", **options)

    @momentum_step.outputs(points=0.25)
    def defaults(rng):
        """has the defaults 0.01 and 0.9"""
        yield steps(rng, "momentum_step", 3, "three steps", shape=(5,))

    momentum_step.purity(points=0.25)


BETAS = {"learning_rate": 0.2, "beta_1": 0.8, "beta_2": 0.95}


def _adam_step(file):
    adam_step = file.exercise(
        "adam_step",
        hints=[
            "The state holds three things: two averages, and how many steps there were.",
            "At the first step the correction makes the update nearly learning_rate · sign(g).",
        ],
    )

    @adam_step.outputs(points=1.75)
    def trajectory(rng):
        """averages gradients and their squares, and corrects both"""
        yield one_step(rng, "one step", **BETAS)
        yield steps(rng, "adam_step", 4, "four steps", **BETAS)
        options = {**BETAS, "pause": 2, "tolerance": 1e-5}
        yield steps(rng, "adam_step", 3, "three steps, zeros in the last", **options)

    @adam_step.outputs(points=0.5)
    def defaults(rng):
        """has the defaults 0.001, 0.9 and 0.999"""
        # Both places for epsilon agree within 1e-7 here: no gradient is small.
        yield steps(rng, "adam_step", 5, "five steps", shape=(5,), tolerance=1e-7)

    @adam_step.outputs(points=0.25)
    def no_gradient(rng):
        """stays at its first step where the gradient is 0"""
        given = {"param": clear(rng), "grad": clear(rng), "state": None}
        given["grad"][1] = 0.0
        yield case("two zeros in the gradient", takes=1, options=BETAS, **given)

    adam_step.purity(points=0.25)


def _adamw_step(file):
    adamw_step = file.exercise(
        "adamw_step",
        needs=["adam_step"],
        hints=["The decay is a step of its own, before Adam's.", "It never meets m and v."],
    )

    @adamw_step.outputs(points=1.5)
    def trajectory(rng):
        """decays the weights beside Adam's step"""
        yield one_step(rng, "one step", weight_decay=0.3, **BETAS)
        yield steps(rng, "adamw_step", 4, "four steps", weight_decay=0.5, **BETAS)
        options = {**BETAS, "weight_decay": 0.4, "pause": 2, "tolerance": 1e-5}
        yield steps(rng, "adamw_step", 3, "three steps, zeros in the last", **options)

    @adamw_step.outputs(points=0.5)
    def defaults(rng):
        """has the default weight_decay 0.004"""
        # Epsilon beside the corrected root moves this by up to 4e-6: less than the tolerance.
        rate = {"learning_rate": 0.3}
        yield steps(rng, "adamw_step", 3, "three steps", shape=(5,), tolerance=1e-5, **rate)
        yield steps(rng, "adamw_step", 3, "its learning rate", shape=(5,), tolerance=1e-6)

    adamw_step.purity(points=0.25)


def _clip_by_global_norm(file):
    clip_by_global_norm = file.exercise(
        "clip_by_global_norm",
        hints=[
            "One norm of all arrays together, one factor for all of them.",
            "The direction stays: only a norm above the limit changes anything.",
        ],
    )

    def gradients(rng, norm):
        grads = {"W1": rng.normal(size=(4, 3)), "b1": rng.normal(size=3), "W2": clear(rng)}
        length = np.sqrt(sum(np.sum(one**2) for one in grads.values()))
        return {name: one * norm / length for name, one in grads.items()}

    @clip_by_global_norm.outputs(points=1.25)
    def above(rng):
        """shortens all gradients by one factor, and returns the norm before"""
        yield case("norm 5, at most 2", grads=gradients(rng, 5.0), max_norm=2.0)
        renamed = dict(zip(("gamma", "V", "bias"), gradients(rng, 0.7).values(), strict=True))
        yield case("norm 0.7, at most 0.1", grads=renamed, max_norm=0.1)

    @clip_by_global_norm.outputs(points=0.25)
    def below(rng):
        """leaves shorter gradients alone"""
        yield case("norm 1.5, at most 2", grads=gradients(rng, 1.5), max_norm=2.0)

    @clip_by_global_norm.outputs(points=0.25, edge=True)
    def zero(rng):
        """leaves gradients of 0 alone"""
        yield case("zeros", grads={"W1": np.zeros(SHAPE), "b1": np.zeros(2)}, max_norm=1.0)

    clip_by_global_norm.purity(points=0.25)


def _early_stopping(file):
    early_stopping = file.exercise(
        "EarlyStopping",
        hints=[
            "Two numbers to remember: the best value, and how long ago it was.",
            "An improvement sets the count back to 0; `best` starts above everything.",
        ],
    )

    def updates(label, values, patience, **options):
        """A case of one of two objects that are updated turn about; the other's values are less."""
        chain = {
            "stopping": step.construct("EarlyStopping", patience, **options),
            "other": step.construct("EarlyStopping", patience + 4, min_delta=0.05),
        }
        answers = [f"update {number}" for number in range(1, len(values) + 1)]
        for answer, value in zip(answers, values, strict=True):
            chain[answer] = step.method("stopping", "update", float(value))
            chain[f"other {answer}"] = step.method("other", "update", float(value) / 9)
        chain["best"] = step.attribute("stopping", "best")
        return script(label, returns=(*answers, "best"), rtol=1e-9, atol=1e-9, **chain)

    @early_stopping.outputs(points=1.5)
    def patient(rng):
        """stops after `patience` updates in a row without an improvement"""
        best = rng.uniform(0.3, 0.5)
        falls = [best + 0.3, best + 0.1, best]
        worse = best + rng.uniform(0.01, 0.05) * np.array([5, 4, 1])  # ever better, never best
        yield updates("patience 3", [*falls, *worse], 3)
        yield updates("patience 1", [best, best + 0.1], 1)

    @early_stopping.outputs(points=0.5)
    def anew(rng):
        """counts anew after an improvement"""
        best = rng.uniform(0.3, 0.5)
        values = [best + 0.4, best + 0.5, best + 0.1, best + 0.3, best, best + 0.2, best + 0.1]
        yield updates("patience 2", values, 2)

    @early_stopping.outputs(points=0.25)
    def margin(rng):
        """counts an improvement only below best − min_delta, and moves `best` only then"""
        start = rng.uniform(0.8, 1.0)
        # Down by little, up, and down: only the fourth value is below the first by min_delta.
        values = start - np.array([0.0, 0.04, 0.02, 0.13, 0.16, 0.2, 0.22])
        yield updates("min_delta = 0.1", values, 3, min_delta=0.1)

    @early_stopping.outputs(points=0.25)
    def equal(rng):
        """takes an equal value for no improvement"""
        value = rng.uniform(0.3, 0.5)
        yield updates("three equal values", [value, value, value], 2)
