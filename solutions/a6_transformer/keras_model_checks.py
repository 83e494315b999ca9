"""Checks of assignment 6's language model: its making, its training, and what it generates."""

import numpy as np

from grader import datasets
from grader.course import StudentFile, script, step
from solutions.a6_transformer.generation_checks import leading_to

N_TRAINED, N_WATCHED, N_HELD_OUT = 2_000, 200, 300
TRAINED = (48, 4, 1)
"""d_model, heads and layers of the models that are trained."""
N_DRAWN = 2_600
"""A few more, since a row may be drawn twice."""
TRAINS = 40
"""CPU seconds of a case that trains or differentiates a model; the machine may be busy."""
NOT_IT = "the model that was trained is not the language model of the handout"


LOOSE = 0.1
"""What logits may differ by where the model is trained: an ε or another gelu does not matter."""


def declare_keras_models(keras_file: StudentFile) -> None:
    """Declare the language model, generation with the train checks, and fine-tuning."""
    _build_language_model(keras_file)
    _generate(keras_file)
    _pretrain_then_finetune(keras_file)


def shapes_of(vocabulary, d_model, layers):
    """The shapes of a language model's weights, layer by layer."""
    square, row = [d_model, d_model], [d_model]
    block = [row, row, *[square] * 4, row, row]
    block += [[d_model, 4 * d_model], [4 * d_model], [4 * d_model, d_model], row]
    return [[vocabulary, d_model], *block * layers, row, row, [d_model, vocabulary], [vocabulary]]


def logits_with(rng, on, ids, vocabulary, d_model, layers):
    """The step that puts weights of a seed into a language model and asks for its logits."""
    shapes = shapes_of(vocabulary, d_model, layers)
    return step.given_weights_logits(on, ids, shapes, int(rng.integers(2**31)))


def _build_language_model(keras_file):
    build = keras_file.exercise(
        "build_language_model",
        needs=["PositionalEncoding", "TransformerBlock"],
        hints=[
            "`keras.Input((length,), dtype='int32')`, an embedding, and then the layers above.",
            "Position t predicts id t + 1, which its input holds: who may see it?",
        ],
    )

    def drawn(rng, layers):
        """Sizes of a small model: vocabulary, length, d_model, heads and layers."""
        heads, length = int(rng.integers(2, 5)), int(rng.integers(4, 9))
        d_model = heads * int(rng.choice([2, 4, 6]))
        return int(rng.integers(length + 1, 13)), length, d_model, heads, layers

    @build.keras(points=0.5, edge=True, cpu_seconds=TRAINS)
    def sizes(rng):
        """gives logits for every position, with the weights of all its layers"""
        for layers in (int(rng.integers(2, 5)), 1):
            sizes = drawn(rng, layers)
            vocabulary, length, d_model, _, _ = sizes
            ids = rng.integers(vocabulary, size=(2, length))
            yield script(
                f"V = {vocabulary}, length {length}, d_model {d_model}, {layers} layers",
                model=step.call("build_language_model", *sizes),
                facts=step.describe("model", "output_shape", "parameters"),
                logits=step.predict("model", ids),
                best=step.best("model", ids),
                shape=step.attribute("best", "shape"),
                returns=("facts", "shape"),
            )

    @build.keras(points=2.25, cpu_seconds=TRAINS)
    def causal(rng):
        """is the handout's network: blocks in which a position sees only what came before"""
        trained = (11, int(rng.choice([7, 12, 16])), *TRAINED)  # one of those of the train checks
        for sizes in (drawn(rng, int(rng.integers(2, 4))), trained):
            vocabulary, length, d_model, _, layers = sizes
            ids = rng.integers(vocabulary - 1, size=length)
            changed = np.where(np.eye(length, dtype=bool), vocabulary - 1, ids)
            yield script(
                f"length {length}, d_model {d_model}, {layers} layers",
                model=step.call("build_language_model", *sizes),
                facts=step.describe("model", "parameters"),
                idle=step.idle_weights("model", changed),
                influence=step.influence("model", ids, changed),
                logits=logits_with(rng, "model", changed, vocabulary, d_model, layers),
                returns=("facts", "idle", "influence", "logits"),
                atol=LOOSE if sizes == trained else 1e-2,  # either form of gelu
            )

    @build.keras(points=0.25, edge=True, cpu_seconds=TRAINS)
    def positions(rng):
        """tells the order of the ids before a position"""
        ids, d_model, heads = rng.permutation(9)[:6], *((8, 2), (12, 3))[rng.integers(2)]
        yield script(
            "the first two ids change places",
            model=step.call("build_language_model", 9, 6, d_model, heads, 1),
            influence=step.influence("model", ids, ids[[1, 0, 2, 3, 4, 5]][None]),
            returns=("influence",),
        )

    @build.keras(points=0.5, cpu_seconds=TRAINS)
    def compiled(rng):
        """is compiled with sparse categorical cross-entropy from logits"""
        ids = rng.integers(6, size=(3, 4))
        logits = 3 * rng.normal(size=(3, 4, 6)).astype("float32")
        yield script(
            "the loss of given logits",
            model=step.call("build_language_model", 6, 4, 4, 2, 1),
            tensor=step.compute_loss("model", ids, ids[:, ::-1].copy(), logits),
            loss_value=step.number("tensor"),
            facts=step.describe("model", "last_activation"),
            returns=("loss_value", "facts"),
        )


def generated(label, rng, prompt, n_tokens, length):
    """A case of generation from a model whose logits depend on all ids it sees, and their order."""
    return script(
        label,
        model=step.table_model(leading_to(rng, rng.permutation(11)), length),
        # Another prompt of the same shape goes before: what is kept of it is none of this one's.
        _other=step.call("generate", step.ref("model"), (prompt + 1) % 11, n_tokens),
        ids=step.call("generate", step.ref("model"), prompt, n_tokens),
        returns=("ids",),
    )


def task_case(rng, task, n_trained=N_TRAINED):
    """A case of training: a model that learns a task and answers prompts it has not seen."""
    sequences, start = task.sequences, task.answer_start
    # No row twice, so that no held-out row was trained on: only the first of equal ones stays.
    _, first = np.unique(sequences, axis=0, return_index=True)
    sequences = sequences[np.sort(first)[: n_trained + N_WATCHED + N_HELD_OUT]]
    given, held_out = sequences[:-N_HELD_OUT], sequences[-N_HELD_OUT:]
    length = sequences.shape[1]
    return script(
        f"{n_trained} sequences of {length} ids",
        model=step.call("build_language_model", 11, length - 1, *TRAINED),
        facts=step.describe("model", "parameters"),
        network=logits_with(rng, "model", given[:8, :-1], 11, TRAINED[0], TRAINED[2]),
        idle=step.idle_weights("model", given[:20, :-1]),
        before=step.kernels("model"),
        trained=step.train_sequences("model", given, start, held_out[:, :start], watched=N_WATCHED),
        blank=step.item("trained", "blank"),
        decoded=step.item("trained", "decoded"),
        answers=step.item("trained", "answers"),
        kernels=step.item("trained", "kernels"),
        returns=("facts", "network", "idle", "before", "kernels", "blank", "decoded", "answers"),
        held_out={"y": held_out[:, start:]},
        atol=LOOSE,
    )


def _generate(keras_file):
    generate = keras_file.exercise(
        "generate",
        hints=[
            "The logits of the last real id, not those of the padding behind it.",
            "`np.concatenate` along the axis of time, once for each new id.",
        ],
    )

    @generate.keras(points=1.25)
    def rows(rng):
        """appends the most likely ids to each row of a prompt (N, P)"""
        yield generated("three rows", rng, rng.integers(11, size=(3, 2)), 4, 8)
        yield generated("one row", rng, rng.integers(11, size=(1, 3)), 3, 6)

    @generate.keras(points=0.5)
    def one_prompt(rng):
        """takes a single prompt (P,) and gives (P + n,)"""
        yield generated("three ids and four more", rng, rng.integers(11, size=3), 4, 8)

    @generate.keras(points=0.5)
    def beyond_the_length(rng):
        """goes on beyond the model's length with the last ids"""
        yield generated("ten ids, length 5", rng, rng.integers(11, size=(2, 3)), 7, 5)

    @generate.keras(points=0.25)
    def long_prompt(rng):
        """cuts a prompt longer than the model's length, and returns it whole"""
        yield generated("nine ids, length 4", rng, rng.integers(11, size=(2, 9)), 3, 4)

    trained = {
        "measure": "decoded_match",
        "baseline": 0.1,
        "same": {
            "facts": f"{NOT_IT}: it has another number of parameters",
            "idle": f"{NOT_IT}: its logits do not depend on some of its weights",
            "network": f"{NOT_IT}: with the same weights it gives other logits",
        },
        "blank": "blank",
        "trained": "kernels",
        "before": "before",
        "cpu_seconds": 300,
        "needs": ["build_language_model"],
    }

    @generate.training(points=4, threshold=0.9, stated=0.92, **trained)
    def reversal(rng):
        """reverses eight digits, with your language model trained"""
        yield task_case(rng, datasets.renamed_ids(datasets.reversal(N_DRAWN, 8, rng), rng))

    @generate.training(points=4, threshold=0.9, stated=0.92, **trained)
    def sorting(rng):
        """sorts six digits, with your language model trained"""
        yield task_case(rng, datasets.renamed_ids(datasets.sorting(N_DRAWN, 6, rng), rng))

    @generate.training(points=4, threshold=0.8, stated=0.85, **trained)
    def addition(rng):
        """adds numbers of two digits, with your language model trained"""
        task = datasets.renamed_ids(datasets.addition(2 * N_DRAWN, rng), rng)
        yield task_case(rng, task, 2 * N_TRAINED)


def succession(rng, n, ids, successor, length=6):
    """Sequences `(n, length + 1)` of these ids, of which each is followed by its successor."""
    sequences = np.zeros((n, length + 1), dtype=int)
    sequences[:, 0] = rng.permutation(np.resize(ids, n))
    for t in range(length):
        sequences[:, t + 1] = successor[sequences[:, t]]
    return sequences


def two_stages(label, corpus, x, y, weight=None, returns=("best",), **options):
    """A case of pre-training and fine-tuning of a model that sees one id at a time."""
    vocabulary = 10
    every = np.resize(np.arange(vocabulary), (2, x.shape[1]))  # all ids, in two rows
    given = [] if weight is None else [weight]
    return script(
        label,
        model=step.next_id_model(vocabulary, x.shape[1], learning_rate=0.3),
        losses=step.call(
            "pretrain_then_finetune", step.ref("model"), corpus, x, y, *given, **options
        ),
        pretrain=step.item("losses", 0),
        finetune=step.item("losses", 1),
        n_pretrain=step.length("pretrain"),
        n_finetune=step.length("finetune"),
        pretrain_falls=step.falls("pretrain"),
        finetune_falls=step.falls("finetune"),
        best=step.best("model", every),
        # Another model with a tiny learning rate stays where it is, and so does its loss.
        still=step.next_id_model(vocabulary, x.shape[1], learning_rate=1e-7),
        still_losses=step.call(
            "pretrain_then_finetune", step.ref("still"), corpus, x, y, *given, **options
        ),
        _still_pretrain=step.item("still_losses", 0),
        _still_finetune=step.item("still_losses", 1),
        still_pretrain=step.falls("_still_pretrain", to=0.99),
        still_finetune=step.falls("_still_finetune", to=0.99),
        still_weights=step.get_weights("still"),
        returns=returns,
        rtol=0.0,
        atol=1e-3,
    )


def stages(rng, n=40):
    """A corpus of ids 0 … 6 and a task on ids 3 … 9, which gives 3 … 6 other answers.

    The corpus is twice as large: whoever trains on both at once learns its answers to 3 … 6.
    """
    order = rng.permutation(7)
    successor = np.zeros(7, dtype=int)
    successor[order] = np.roll(order, -1)
    corpus = succession(rng, 2 * n, np.arange(7), successor)
    answer = np.arange(10)
    answer[3:] = rng.permutation(np.arange(3))[np.arange(7) % 3] + 7  # 7, 8 or 9
    x = rng.permuted(np.resize(np.arange(3, 10), (n, 6)), axis=1)
    return corpus, x, answer[x]


def _pretrain_then_finetune(keras_file):
    finetune = keras_file.exercise(
        "pretrain_then_finetune",
        hints=[
            "Two calls of `fit` on one model; the first asks for each next id of the corpus.",
            "`fit` returns a History, whose `history['loss']` has one number for each epoch.",
        ],
    )
    epochs = {"pretrain_epochs": 6, "finetune_epochs": 5, "batch_size": 10}
    facts = ("n_pretrain", "n_finetune", "pretrain_falls", "finetune_falls")
    still = ("still_pretrain", "still_finetune", "still_weights")

    @finetune.keras(points=0.75, edge=True, cpu_seconds=TRAINS)
    def losses(rng):
        """returns the losses of both stages, one for each epoch, and they fall"""
        yield two_stages("six and five epochs", *stages(rng), returns=(*facts, *still), **epochs)

    @finetune.keras(points=0.75, cpu_seconds=TRAINS)
    def learns_both(rng):
        """trains the given model in place, first on the corpus, then on the task"""
        yield two_stages("two stages", *stages(rng), returns=("best", *still), **epochs)

    @finetune.keras(points=0.25, cpu_seconds=TRAINS)
    def weighted(rng):
        """weighs the tokens of the task by sample_weight"""
        corpus, x, y = stages(rng)
        # Three quarters of the targets are wrong, and weigh nothing.
        counts = rng.permuted(np.resize(np.arange(4), x.shape), axis=None) == 0
        wrong = np.where(y == 9, 0, y + 1)
        weight = counts.astype("float32")
        yield two_stages(
            "most targets without weight",
            corpus,
            x,
            np.where(counts, y, wrong),
            weight,
            returns=("best", "still_weights"),
            **epochs,
        )

    @finetune.keras(points=0.25, edge=True, cpu_seconds=TRAINS)
    def defaults(rng):
        """trains for 5 and 5 epochs unless told otherwise"""
        yield two_stages("no options", *stages(rng), returns=("n_pretrain", "n_finetune"))
