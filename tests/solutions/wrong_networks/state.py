"""Layers, losses and metrics that keep in their class what belongs to each object."""

from tests.solutions.wrong_networks.form import Wrong


def of_the_class(assignment, file, exercise, *attributes, quick=False):
    """The reference, which keeps these attributes in its class."""
    edits = tuple((f"self.{one}", f"{exercise}.{one}") for one in attributes)
    what = f"{', '.join(attributes)} of the class"
    return Wrong(assignment, file, exercise, what, edits, quick)


_A3, _A5, _A6 = "keras_mlp.py", "keras_lstm.py", "keras_transformer.py"
WRONG = [
    of_the_class(
        "a2_logistic_regression",
        "keras_logistic_regression.py",
        "F1Score",
        *("tp", "fp", "fn"),
        quick=True,
    ),
    of_the_class("a3_mlp", _A3, "Dense", "kernel", "bias"),
    of_the_class("a3_mlp", _A3, "FocalLoss", "gamma"),
    of_the_class("a5_lstm", _A5, "LSTMCell", "kernel", "recurrent_kernel", "bias"),
    of_the_class("a6_transformer", _A6, "MultiHeadSelfAttention", "heads"),
    of_the_class("a6_transformer", _A6, "MultiHeadSelfAttention", "Wq", "Wk", "Wv", "Wo"),
]
