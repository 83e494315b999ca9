"""Checks of assignment 6's Keras part, 34 points: layers, then the model made of them."""

from grader.course import Assignment
from solutions.a6_transformer.keras_block_checks import declare_keras_block
from solutions.a6_transformer.keras_layer_checks import declare_keras_layers
from solutions.a6_transformer.keras_model_checks import declare_keras_models


def declare_keras_part(assignment: Assignment) -> None:
    """Declare the Keras file with its six exercises."""
    keras_file = assignment.file("keras_transformer.py", backend="keras")
    declare_keras_layers(keras_file)
    declare_keras_block(keras_file)
    declare_keras_models(keras_file)
