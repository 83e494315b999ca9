"""Checks of assignment 5: the assignment, and where the checks of each subject stand."""

from grader.course import Assignment
from solutions.a5_lstm.keras_checks import declare_keras_part
from solutions.a5_lstm.lstm_checks import declare_lstm
from solutions.a5_lstm.model_checks import declare_model
from solutions.a5_lstm.rnn_checks import declare_plain_network
from solutions.a5_lstm.variant_checks import declare_variants

assignment = Assignment(
    name="a5_lstm",
    title="Recurrent networks and LSTM",
    summary="Sequences: memory, gradients through time, and the gates that keep them alive.",
)
numpy_file = assignment.file("lstm.py", backend="numpy")
declare_plain_network(numpy_file)
declare_lstm(numpy_file)
declare_variants(numpy_file)
declare_model(numpy_file)
declare_keras_part(assignment)
