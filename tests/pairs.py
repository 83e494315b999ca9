"""A small assignment of scripts: a forward and backward pair, a class with params, a loss."""

from __future__ import annotations

from functools import lru_cache

from grader.confine import SpawnedLauncher
from grader.course import Assignment, backward_case, case, script, step
from grader.course.prepare import LiveCourse, prepare
from grader.course.prepared import PreparedAssignment
from grader.result import Result, Visibility
from tests.conftest import grade_text

PAIR = """
import numpy as np

def dense_forward(x, W, b):
    return x @ W + b, (x, W)

def dense_backward(dout, cache):
    x, W = cache
    return dout @ W.T, x.T @ dout, dout.sum(axis=0)

class Model:
    def __init__(self, d):
        self.params = {"W": np.zeros((d, 1)), "b": np.zeros(1)}

    def loss(self, X, y):
        out, _ = dense_forward(X, self.params["W"], self.params["b"])
        return np.mean((out[:, 0] - y) ** 2)

    def gradients(self, X, y):
        out, cache = dense_forward(X, self.params["W"], self.params["b"])
        dout = 2 * (out - y[:, None]) / len(X)
        _, W, b = dense_backward(dout, cache)
        return {"W": W, "b": b}

def greedy(start, next_logits, steps):
    ids = list(start)
    for _ in range(steps):
        ids.append(int(np.argmax(next_logits(np.array(ids)))))
    return np.array(ids)
"""


def _assignment() -> Assignment:
    assignment = Assignment(name="p1_pairs", title="Pairs", summary="For tests.")
    file = assignment.file("pairs.py", backend="numpy")

    def arrays(rng):
        return {
            "x": rng.normal(size=(5, 3)),
            "W": rng.normal(size=(3, 2)),
            "b": rng.normal(size=2),
        }

    forward = file.exercise("dense_forward", hints=["shapes", "@"])

    @forward.outputs(points=2)
    def outputs(rng):
        """computes xW + b, whatever stands in the cache"""
        yield case("five rows", takes=1, **arrays(rng))

    backward = file.exercise("dense_backward", hints=["shapes", "sums"], needs=["dense_forward"])

    @backward.gradient(points=3, of="dense_forward", wrt=("x", "W", "b"))
    def derivatives(rng):
        """the gradients with respect to x, W and b"""
        dout = rng.normal(size=(5, 2))
        yield backward_case(
            "five rows", forward="dense_forward", douts={"dout": dout}, **arrays(rng)
        )

    model = file.exercise("Model", hints=["a", "b"], needs=["dense_backward"])

    def filled(rng):
        return {
            "X": rng.normal(size=(6, 3)),
            "y": rng.normal(size=6),
            "W": rng.normal(size=(3, 1)),
            "b": rng.normal(size=1),
        }

    made = {
        "model": step.construct("Model", 3),
        "filled": step.fill("model", "params", {"W": step.ref("W"), "b": step.ref("b")}),
        "objective": step.method("model", "loss", step.ref("X"), step.ref("y")),
    }

    @model.outputs(points=1)
    def loss(rng):
        """computes the loss from its params"""
        given = filled(rng)
        yield script("six rows", arguments=given, returns=("objective",), **made)
        zeros = {**given, "W": 0 * given["W"], "b": 0 * given["b"]}
        yield script("zeros", arguments=zeros, returns=("objective",), **made)

    @model.gradient(points=4, of="Model", wrt=("W", "b"))
    def derivative_of_loss(rng):
        """the gradients of the loss with respect to every parameter"""
        yield script(
            "six rows",
            arguments=filled(rng),
            returns=("gradients",),
            loss=("objective",),
            **made,
            gradients=step.method("model", "gradients", step.ref("X"), step.ref("y")),
        )

    greedy = file.exercise("greedy", hints=["a", "b"])

    @greedy.outputs(points=1)
    def follows(rng):
        """takes the most likely id, step by step"""
        yield script(
            "four ids",
            returns=("ids",),
            table=step.lookup(rng.normal(size=(6, 6))),
            ids=step.call("greedy", [1], step.ref("table"), 4),
        )

    return assignment


@lru_cache
def pairs() -> PreparedAssignment:
    course = LiveCourse(_assignment(), (), {"pairs.py": PAIR}, "0" * 64)
    return prepare(course, "pairs seed", Visibility.HIDDEN, SpawnedLauncher())


def grade_pairs(*replacements: tuple[str, str]) -> Result:
    """Grade the reference with pieces of its text replaced."""
    text = PAIR
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return grade_text(pairs(), {"pairs.py": text})
