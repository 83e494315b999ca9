"""Two uses of one thing turn about, so that what is kept in a global is that of the other one."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.course.case import Case, script
from grader.course.step import Step, step


def backward_case(
    label: str,
    /,
    *,
    forward: str,
    douts: dict[str, Any],
    cache: int = -1,
    options: dict[str, Any] | None = None,
    between: dict[str, Any] | None = None,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    **arguments: Any,
) -> Case:
    """Make a case that runs `…_forward` and hands its cache to the same student's `…_backward`.

    In between, `…_forward` is called with other numbers: what it keeps elsewhere than in its
    cache is then that of another call. The loss that a gradient check differentiates is
    Σ out · dout over the first outputs.

    Parameters
    ----------
    forward
        The forward exercise; the backward one has the same name with the other ending.
    douts
        The gradients of the first outputs, in order.
    cache
        Where the cache stands among the outputs.
    between
        The arguments of the call in between: those of `others` unless they would leave the same
        behind, as those of a pool do that keeps a shape alone.
    """
    refer = [step.ref(name) for name in arguments]
    outputs = {f"output {number}": number - 1 for number in range(1, len(douts) + 1)}
    steps: dict[str, Any] = {
        "forward": step.call(forward, *refer, **(options or {})),
        **{name: step.item("forward", index) for name, index in outputs.items()},
        "cache": step.cache("forward", cache),
        "_forward_of_others": {
            **step.call(forward, *(between or others(arguments)).values(), **(options or {})),
            "names": list(arguments),
        },
        "gradients": step.call(
            forward.removesuffix("_forward") + "_backward",
            *(step.ref(name) for name in douts),
            step.ref("cache"),
        ),
    }
    return script(
        label,
        arguments={**arguments, **douts},
        returns=("gradients",),
        loss=tuple(outputs),
        loss_weights=tuple(douts.values()),
        rtol=rtol,
        atol=atol,
        **steps,
    )


def another_layer(name: str, x: Any, *args: Any, **options: Any) -> dict[str, Step]:
    """Make steps that build another layer of a student's class, after the one that is asked.

    What the class keeps, and not its objects, is then that of the other layer.
    """
    return {
        "_another": step.construct(name, *args, **options),
        "_built_another": step.predict("_another", x),
    }


def others(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make other arguments of the same shapes: the numbers of each array change their places."""
    return {name: _others_of(value) for name, value in arguments.items()}


def _others_of(value: Any) -> Any:
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value
    if value.size == 1:
        return 1.5 * value + 0.5
    return np.roll(value.ravel(), 1).reshape(value.shape)
