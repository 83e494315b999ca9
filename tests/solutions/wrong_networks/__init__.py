"""Networks that are not what was asked for, by the assignments whose exercises they answer."""

from tests.solutions.wrong_networks import images, sequences, state, transformers, unlearning

WRONG = [
    *images.WRONG,
    *sequences.WRONG,
    *transformers.WRONG,
    *state.WRONG,
    *unlearning.WRONG,
]
