"""Assignment 6: exercises, checks and points."""

from grader.course import Assignment
from solutions.a6_transformer.attention_checks import declare_attention
from solutions.a6_transformer.generation_checks import declare_generation
from solutions.a6_transformer.heads_checks import declare_heads
from solutions.a6_transformer.keras_checks import declare_keras_part
from solutions.a6_transformer.layer_checks import declare_layers

assignment = Assignment(
    "a6_transformer",
    title="Transformer",
    summary="Attention, the transformer block, and a language model that reverses, sorts and adds.",
)
numpy_file = assignment.file("transformer.py", backend="numpy")

declare_attention(numpy_file)
declare_heads(numpy_file)
declare_layers(numpy_file)
declare_generation(numpy_file)
declare_keras_part(assignment)
