"""Checks of assignment 4: the assignment, and where the checks of each subject stand."""

from grader.course import Assignment
from solutions.a4_cnn.block_checks import declare_blocks
from solutions.a4_cnn.conv_checks import declare_convolution
from solutions.a4_cnn.image_checks import declare_images
from solutions.a4_cnn.keras_checks import declare_keras_part
from solutions.a4_cnn.model_checks import declare_model
from solutions.a4_cnn.pool_checks import declare_pools
from solutions.a4_cnn.variant_checks import declare_variants

assignment = Assignment(
    name="a4_cnn",
    title="Convolutional networks",
    summary="Convolution, pooling, residual blocks, and a network that reads digits.",
)
numpy_file = assignment.file("cnn.py", backend="numpy")
declare_convolution(numpy_file)
declare_pools(numpy_file)
declare_variants(numpy_file)
declare_blocks(numpy_file)
declare_model(numpy_file)
declare_images(numpy_file)
declare_keras_part(assignment)
