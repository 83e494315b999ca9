"""What students get wrong in assignment 6's language model, in generation and in fine-tuning.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

# ruff: noqa: F821  # names such as `TransformerBlock` belong to the reference's file
import keras
import numpy as np
from keras import ops

from grader.course import misconception


@misconception("build_language_model", hint="Could your model copy the answer from its input?")
def sees_the_future(vocabulary, length, d_model, heads, layers):
    """lets every position see what comes after it"""
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(vocabulary, d_model)(ids)
    x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    model = keras.Model(ids, keras.layers.Dense(vocabulary)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=loss)
    return model


@misconception("build_language_model", hint="Rows of the mask are queries. Which keys are True?")
def turns_the_mask_round(vocabulary, length, d_model, heads, layers):
    """has its causal mask transposed: each position sees only itself and what follows"""
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(vocabulary, d_model)(ids)
    x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))
    mask = np.triu(np.ones((length, length), dtype=bool))
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=mask)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    model = keras.Model(ids, keras.layers.Dense(vocabulary)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=loss)
    return model


@misconception("build_language_model", hint="Are your outputs logits, or already probabilities?")
def ends_in_a_softmax(vocabulary, length, d_model, heads, layers):
    """ends in a softmax, with a loss that expects probabilities"""
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(vocabulary, d_model)(ids)
    x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))
    mask = np.tril(np.ones((length, length), dtype=bool))
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=mask)
    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)
    model = keras.Model(ids, keras.layers.Dense(vocabulary, activation="softmax")(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=loss)
    return model


@misconception("build_language_model", hint="Does anything normalise what the last block gives?")
def leaves_out_the_last_norm(vocabulary, length, d_model, heads, layers):
    """has no layer norm behind the last block"""
    ids = keras.Input((length,), dtype="int32")
    x = keras.layers.Embedding(vocabulary, d_model)(ids)
    x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))
    mask = np.tril(np.ones((length, length), dtype=bool))
    for _ in range(layers):
        x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=mask)
    model = keras.Model(ids, keras.layers.Dense(vocabulary)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=loss)
    return model


@misconception(
    "build_language_model",
    hint="How wide is the hidden layer of a block?",
    instead={"TransformerBlock(heads, 4 * d_model, 0.0)": "TransformerBlock(heads, d_model, 0.0)"},
)
def has_narrow_blocks():
    """has blocks with d_ff = d_model, not 4·d_model"""


@misconception(
    "build_language_model",
    hint="How does your model know which id comes first?",
    instead={
        "PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))": (
            "keras.layers.Rescaling(d_model**0.5)(x)"
        )
    },
)
def leaves_out_the_positions():
    """has no positional encoding"""


@misconception("generate", hint="At which position do you read the logits of a padded row?")
def reads_the_padding(model, prompt, n_tokens):
    """reads the logits of the last position, which may be padding"""
    length = model.input_shape[1]
    ids = np.atleast_2d(prompt)
    for _ in range(n_tokens):
        recent = ids[:, -length:]
        padded = np.pad(recent, ((0, 0), (0, length - recent.shape[1])))
        logits = ops.convert_to_numpy(model(padded, training=False))[:, -1]
        ids = np.concatenate([ids, np.argmax(logits, axis=1)[:, None]], axis=1)
    return ids if np.ndim(prompt) == 2 else ids[0]


@misconception("generate", hint="On which side does causality hide the padding from the prompt?")
def pads_on_the_left(model, prompt, n_tokens):
    """pads on the left, where every position of the prompt sees the padding"""
    length = model.input_shape[1]
    ids = np.atleast_2d(prompt)
    for _ in range(n_tokens):
        recent = ids[:, -length:]
        padded = np.pad(recent, ((0, 0), (length - recent.shape[1], 0)))
        logits = ops.convert_to_numpy(model(padded, training=False))[:, -1]
        ids = np.concatenate([ids, np.argmax(logits, axis=1)[:, None]], axis=1)
    return ids if np.ndim(prompt) == 2 else ids[0]


@misconception("generate", hint="Which part of a long row matters most for the next id?")
def keeps_the_beginning(model, prompt, n_tokens):
    """cuts long rows to their first ids in place of their last"""
    length = model.input_shape[1]
    ids = np.atleast_2d(prompt)
    for _ in range(n_tokens):
        recent = ids[:, :length]
        width = recent.shape[1]
        padded = np.pad(recent, ((0, 0), (0, length - width)))
        logits = ops.convert_to_numpy(model(padded, training=False))[:, width - 1]
        ids = np.concatenate([ids, np.argmax(logits, axis=1)[:, None]], axis=1)
    return ids if np.ndim(prompt) == 2 else ids[0]


@misconception("generate", hint="Does the result begin with the prompt?")
def returns_the_new_ids_alone(model, prompt, n_tokens):
    """returns the new ids without the prompt"""
    length = model.input_shape[1]
    ids = np.atleast_2d(prompt)
    for _ in range(n_tokens):
        recent = ids[:, -length:]
        width = recent.shape[1]
        padded = np.pad(recent, ((0, 0), (0, length - width)))
        logits = ops.convert_to_numpy(model(padded, training=False))[:, width - 1]
        ids = np.concatenate([ids, np.argmax(logits, axis=1)[:, None]], axis=1)
    new = ids[:, ids.shape[1] - n_tokens :]
    return new if np.ndim(prompt) == 2 else new[0]


@misconception("pretrain_then_finetune", hint="By how many places do input and target differ?")
def does_not_shift(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    """asks for the same id in place of the next one when it pre-trains"""
    options = {"batch_size": batch_size, "verbose": 0}
    pretrained = model.fit(corpus[:, :-1], corpus[:, :-1], epochs=pretrain_epochs, **options)
    finetuned = model.fit(x, y, sample_weight=sample_weight, epochs=finetune_epochs, **options)
    return pretrained.history["loss"], finetuned.history["loss"]


@misconception("pretrain_then_finetune", hint="Which model is it that the caller looks at?")
def finetunes_a_copy(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    """fine-tunes a copy of the model, so that the given one knows the corpus alone"""
    options = {"batch_size": batch_size, "verbose": 0}
    pretrained = model.fit(corpus[:, :-1], corpus[:, 1:], epochs=pretrain_epochs, **options)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile(optimizer=keras.optimizers.Adam(0.1), loss=model.loss)
    finetuned = copy.fit(x, y, sample_weight=sample_weight, epochs=finetune_epochs, **options)
    return pretrained.history["loss"], finetuned.history["loss"]


@misconception("pretrain_then_finetune", hint="What do you do with `sample_weight`?")
def ignores_the_weights_of_tokens(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    """ignores sample_weight"""
    options = {"batch_size": batch_size, "verbose": 0}
    pretrained = model.fit(corpus[:, :-1], corpus[:, 1:], epochs=pretrain_epochs, **options)
    finetuned = model.fit(x, y, epochs=finetune_epochs, **options)
    return pretrained.history["loss"], finetuned.history["loss"]


@misconception("pretrain_then_finetune", hint="How many numbers stand for five epochs?")
def returns_the_last_losses(
    model, corpus, x, y, sample_weight=None, pretrain_epochs=5, finetune_epochs=5, batch_size=64
):
    """returns the loss of the last epoch alone"""
    options = {"batch_size": batch_size, "verbose": 0}
    pretrained = model.fit(corpus[:, :-1], corpus[:, 1:], epochs=pretrain_epochs, **options)
    finetuned = model.fit(x, y, sample_weight=sample_weight, epochs=finetune_epochs, **options)
    return pretrained.history["loss"][-1:], finetuned.history["loss"][-1:]
