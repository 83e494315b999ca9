"""Assignment 3's checks, by subject; each module beside this one declares some of them."""

from grader.course import Assignment
from solutions.a3_mlp.activation_checks import declare_activations
from solutions.a3_mlp.dense_checks import declare_dense_layer
from solutions.a3_mlp.keras_checks import declare_keras_part
from solutions.a3_mlp.loss_checks import declare_losses
from solutions.a3_mlp.model_checks import declare_model
from solutions.a3_mlp.optimizer_checks import declare_optimizers
from solutions.a3_mlp.regularisation_checks import declare_regularisation

assignment = Assignment(
    name="a3_mlp",
    title="Multi-layer perceptron",
    summary="Activations, losses, layers and optimisers of a network, and training it.",
)
numpy_file = assignment.file("mlp.py", backend="numpy")
declare_activations(numpy_file)
declare_dense_layer(numpy_file)
declare_losses(numpy_file)
declare_regularisation(numpy_file)
declare_optimizers(numpy_file)
declare_model(numpy_file)
declare_keras_part(assignment)
