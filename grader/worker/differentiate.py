"""Gradients by automatic differentiation: the one place that knows Keras's backends apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

Tensor = Any
Function = Callable[[Tensor], Tensor]


def value_and_gradients(
    function: Function, x: Tensor, variables: Sequence[keras.Variable] = ()
) -> tuple[Tensor, Tensor | None, list[Tensor | None]]:
    """Return f(x), ∂f/∂x and ∂f/∂v for each variable v that `function` reads.

    Parameters
    ----------
    function
        From a tensor to a scalar tensor, in operations of Keras or of the backend.
    x
        A tensor; its gradient is None when its dtype is not a floating one.
    variables
        A variable that the value does not depend on has gradient None, or zeros in JAX.
    """
    tensor = keras.ops.convert_to_tensor(x)
    floating = keras.backend.is_float_dtype(keras.backend.standardize_dtype(tensor.dtype))
    take = _BACKENDS[keras.backend.backend()]
    value, of_x, of_variables = take(function, tensor, list(variables), floating)
    return value, of_x if floating else None, of_variables


def _tensorflow(
    function: Function, x: Tensor, variables: list[keras.Variable], floating: bool
) -> tuple[Tensor, Tensor, list[Tensor]]:
    import tensorflow

    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    of_x, of_variables = tape.gradient(value, (x, [variable.value for variable in variables]))
    dense = [None if g is None else tensorflow.convert_to_tensor(g) for g in of_variables]
    return value, of_x, dense  # the gradient of an embedding comes as slices


def _jax(
    function: Function, x: Tensor, variables: list[keras.Variable], floating: bool
) -> tuple[Tensor, Tensor, list[Tensor]]:
    import jax

    def pure(moving: Tensor, values: list[Tensor]) -> Tensor:
        given = moving if floating else x
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return function(given)

    values = [variable.value for variable in variables]
    start = x if floating else keras.ops.zeros(())
    value, (of_x, of_variables) = jax.value_and_grad(pure, argnums=(0, 1))(start, values)
    return value, of_x, of_variables


def _torch(
    function: Function, x: Tensor, variables: list[keras.Variable], floating: bool
) -> tuple[Tensor, Tensor, list[Tensor]]:
    import torch

    moving = x.detach().clone().requires_grad_(floating)
    value = function(moving)
    sources = [*([moving] if floating else []), *(variable.value for variable in variables)]
    found = list(torch.autograd.grad(value, sources, allow_unused=True))
    return value, found.pop(0) if floating else None, found


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
