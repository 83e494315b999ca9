"""The steps of a script, as the student's process will run them."""

from __future__ import annotations

from typing import Any

from grader.wire.encoding import Ref

Step = dict[str, Any]
LEARNS = 40.0
"""CPU seconds that a check may take which asks by `step.learning` whether a model learns: it fits
two models several times, and Keras traces each of them anew."""


class step:
    """Makes steps; a script saves each result under the name of its keyword."""

    @staticmethod
    def ref(name: str) -> Ref:
        """Refer to an earlier result as an argument."""
        return Ref(name)

    @staticmethod
    def call(function: str, *args: Any, **options: Any) -> Step:
        """Call a function, or construct a class, of the student's module."""
        return {"op": "call", "target": function, "args": list(args), "options": options}

    construct = call

    @staticmethod
    def method(on: str, name: str, *args: Any, **options: Any) -> Step:
        """Call a method of an earlier result."""
        return {"op": "method", "on": on, "target": name, "args": list(args), "options": options}

    @staticmethod
    def attribute(on: str, name: str) -> Step:
        """Read an attribute of an earlier result."""
        return {"op": "attribute", "on": on, "target": name}

    @staticmethod
    def item(on: str, key: int | str) -> Step:
        """Take one entry of an earlier tuple, list or dict."""
        return {"op": "item", "on": on, "key": key}

    @staticmethod
    def cache(on: str, index: int = -1) -> Step:
        """Take what a forward pass keeps for its backward pass: never compared, never sent."""
        return {"op": "cache", "on": on, "key": index}

    @staticmethod
    def fill(on: str, attribute: str, entries: dict[str, Any]) -> Step:
        """Put copies of arrays into a dict attribute, `params` say."""
        return {"op": "fill", "on": on, "target": attribute, "value": entries}

    @staticmethod
    def snapshot(on: str, attribute: str) -> Step:
        """Copy the arrays of a dict attribute, `params` say, as they are at this step."""
        return {"op": "snapshot", "on": on, "target": attribute}

    @staticmethod
    def control(*, within: float = 3.0, **steps: Step) -> Step:
        """Run steps of their own and take the last one's result; None where they fail.

        They see no other result, draw the same random numbers as if they were run first, and are
        left out when what was run before took more than `within` CPU seconds: a second training,
        on other targets, is for what was hardly trained.
        """
        inner = [{**one, "save": name} for name, one in steps.items()]
        return {"op": "control", "within": within, "steps": inner}

    @staticmethod
    def with_scaled(called: Step, owner: str, method: str, factors: dict[str, float]) -> Step:
        """Run another step while a method of a class returns some of its entries scaled.

        The method returns a dict, or a tuple that ends in one. What is computed from these
        entries changes with them; what was made up does not.
        """
        method_of = {"target": owner, "method": method, "factors": factors}
        return {"op": "with_scaled", "step": called, **method_of}

    @staticmethod
    def lookup(table: Any, by: str = "last") -> Step:
        """Make a function from ids to a row of `table`: the last id's, or that of their sum."""
        return {"op": "lookup", "value": table, "by": by}

    @staticmethod
    def length(on: str) -> Step:
        """Take the length of an earlier result."""
        return {"op": "length", "on": on}

    @staticmethod
    def difference(first: Any, second: Any) -> Step:
        """Subtract two results, or arrays, number by number, whatever holds them."""
        return {"op": "difference", "first": first, "second": second}

    @staticmethod
    def quotient(first: Any, second: Any) -> Step:
        """Divide two results, or arrays, number by number, whatever holds them."""
        return {"op": "quotient", "first": first, "second": second}

    @staticmethod
    def equal_share(first: Any, second: Any) -> Step:
        """Tell which share of the numbers of two results, or arrays, is equal."""
        return {"op": "equal_share", "first": first, "second": second}

    @staticmethod
    def sorted(on: str) -> Step:
        """Sort all numbers of a result: what is the same but for its order is the same then."""
        return {"op": "sorted", "on": on}

    @staticmethod
    def class_share(rows: Any, labels: Any) -> Step:
        """Tell which share of the rows' variance lies between the means of their classes.

        All columns count alike, each scaled to variance 1.
        An array of one number; NaN of rows that are all equal.
        """
        return {"op": "class_share", "rows": rows, "labels": labels}

    @staticmethod
    def cancellation(terms: Any) -> Step:
        """Add up the standard deviations of the columns, over that of the rows' sums.

        An array of one number: 1 where all terms go together, large where they cancel.
        """
        return {"op": "cancellation", "terms": terms}

    @staticmethod
    def correlation(first: Any, second: Any) -> Step:
        """Compute how far two arrays of one shape go together, from −1 to 1; NaN of a constant."""
        return {"op": "correlation", "first": first, "second": second}

    @staticmethod
    def lagged_correlation(first: Any, second: Any) -> Step:
        """Take the largest size of the correlations of two sequences, shifted by any lag.

        Of a sequence with itself, lag 0 is left out: name one result twice.
        """
        return {"op": "lagged_correlation", "first": first, "second": second}

    @staticmethod
    def seed(value: int) -> Step:
        """Seed Keras, NumPy and the backend."""
        return {"op": "keras.seed", "value": value}

    @staticmethod
    def keras(target: str, *args: Any, **options: Any) -> Step:
        """Call something of Keras's own by its dotted name: `optimizers.Adam`, `Sequential`, …"""
        return {"op": "keras.make", "target": target, "args": list(args), "options": options}

    @staticmethod
    def record_calls(on: str) -> Step:
        """Make a list that grows with each Python call of a model: a finished graph makes none."""
        return {"op": "keras.record_calls", "on": on}

    @staticmethod
    def describe(on: str, *facts: str) -> Step:
        """Read facts of a model; see `grader.worker.keras_facts`."""
        return {"op": "keras.describe", "on": on, "facts": list(facts)}

    @staticmethod
    def set_weights(on: str, weights: list[Any]) -> Step:
        """Put these weights into a model or layer."""
        return {"op": "keras.set_weights", "on": on, "value": weights}

    @staticmethod
    def get_weights(on: str) -> Step:
        """Read the weights of a model or layer."""
        return {"op": "keras.get_weights", "on": on}

    @staticmethod
    def kernels(on: str) -> Step:
        """Read the weights of a model or layer that have two or more axes, by their paths."""
        return {"op": "keras.kernels", "on": on}

    @staticmethod
    def predict(on: str, X: Any) -> Step:
        """Call a model or layer on `X`, in inference mode."""
        return {"op": "keras.predict", "on": on, "value": X}

    @staticmethod
    def call_keras(on: str, X: Any, **options: Any) -> Step:
        """Call a model or layer with options of its own, `training=True` or a mask say."""
        return {"op": "keras.call", "on": on, "value": X, "options": options}

    @staticmethod
    def fit(on: str, X: Any, y: Any, **options: Any) -> Step:
        """Train a compiled model in silence; the result is the history of its curves."""
        return {"op": "keras.fit", "on": on, "X": X, "y": y, "options": options}

    @staticmethod
    def gradients(on: str, X: Any, dout: Any, **options: Any) -> Step:
        """Differentiate Σ layer(X) · dout with respect to X and to the trainable weights."""
        return {"op": "keras.gradients", "on": on, "value": X, "dout": dout, "options": options}

    @staticmethod
    def loss_gradient(on: str, y: Any, logits: Any) -> Step:
        """Compute a loss object's value and its gradient with respect to the logits."""
        return {"op": "keras.loss_gradient", "on": on, "y": y, "value": logits}

    @staticmethod
    def loss_and_gradients(on: str, X: Any, y: Any) -> Step:
        """Compute the compiled loss of one batch and its gradients."""
        return {"op": "keras.loss_and_gradients", "on": on, "X": X, "y": y}

    @staticmethod
    def metric_values(on: str, X: Any, y: Any, batch_size: int) -> Step:
        """Evaluate a compiled model in batches, and read its metrics by their kinds."""
        return {"op": "keras.metric_values", "on": on, "X": X, "y": y, "batch_size": batch_size}

    @staticmethod
    def learning(on: str, X: Any, y: Any, like: str | None = None) -> Step:
        """Ask whether a compiled model learns, by a few steps of Keras's own `fit` with all rows.

        The result is a dict from sentences to whether they are true. With `like`, the name of a
        compiled model of Keras's own layers with the same weights, its steps are compared with
        those of that model, which is given the student's optimizer as Keras has it.
        """
        found = {"op": "keras.learning", "on": on, "X": X, "y": y}
        return found if like is None else found | {"like": like}

    @staticmethod
    def train_sequences(
        on: str,
        sequences: Any,
        answer_start: int,
        prompts: Any,
        *,
        watched: int = 200,
        enough: float = 0.99,
        batch_size: int = 64,
        epochs: int = 100,
    ) -> Step:
        """Train a language model, epoch by epoch, and complete `prompts` by `generate`.

        The loss counts the answers of `sequences`, from column `answer_start` on; the last
        `watched` of them are kept from training, and it stops once the model answers `enough`
        of these exactly, or after so many epochs. The result is the prompts' answers. Epochs,
        not seconds: a slow machine shall not decide what a model has learnt.
        """
        return {
            "op": "sequences.train",
            "on": on,
            "sequences": sequences,
            "answer_start": answer_start,
            "prompts": prompts,
            "watched": watched,
            "enough": enough,
            "batch_size": batch_size,
            "epochs": epochs,
        }

    @staticmethod
    def refuse_to_train() -> Step:
        """Refuse `fit`, `train_on_batch` and their like, until a later step asks Keras again."""
        return {"op": "keras.refuse_to_train"}

    @staticmethod
    def zero_weights(on: str) -> Step:
        """Set all weights of a model to zero: what it answers then, it has not learnt."""
        return {"op": "keras.zero_weights", "on": on}

    @staticmethod
    def compute_loss(on: str, X: Any, y: Any, outputs: Any) -> Step:
        """Compute the loss that a model was compiled with, of outputs that are given."""
        return {"op": "keras.compute_loss", "on": on, "X": X, "y": y, "value": outputs}

    @staticmethod
    def recurrence(
        single: str,
        double: str,
        short: str,
        long: str,
        few: int,
        steps: int,
        inputs: int,
        seed: int = 0,
    ) -> Step:
        """Ask what only recurrent layers do, of models for 1, 2, `few` and many `steps`.

        The result is a dict from sentences to whether they are true; a recurrent classifier of
        sequences has them all.
        """
        return {
            "op": "networks.recurrence",
            "single": single,
            "double": double,
            "few": few,
            "on": short,
            "long": long,
            "steps": steps,
            "inputs": inputs,
            "seed": seed,
        }

    @staticmethod
    def idle_weights(on: str, X: Any) -> Step:
        """List the numbers of the weights that a model's outputs do not depend on."""
        return {"op": "networks.idle_weights", "on": on, "value": X}

    @staticmethod
    def moments(on: str) -> Step:
        """Take sum, row, column, angle and side of each image of one channel, as a dict."""
        return {"op": "networks.moments", "on": on}

    @staticmethod
    def influence(on: str, ids: Any, changed: Any, tolerance: float = 1e-5) -> Step:
        """Ask which logits (rows) move when one sequence becomes another (columns)."""
        return {
            "op": "sequences.influence",
            "on": on,
            "value": ids,
            "changed": changed,
            "tolerance": tolerance,
        }

    @staticmethod
    def given_weights_logits(on: str, ids: Any, shapes: list[Any], seed: int) -> Step:
        """Take a language model's logits of `ids`, with weights of these shapes from a seed.

        The order is that of the layers; whether the embedding is scaled does not matter.
        """
        return {
            "op": "sequences.given_weights_logits",
            "on": on,
            "value": ids,
            "shapes": shapes,
            "seed": seed,
        }

    @staticmethod
    def table_model(table: Any, length: int) -> Step:
        """Make a causal Keras model: a row of `table` for each sum of (id + 1) up to a position."""
        return {"op": "sequences.table_model", "value": table, "length": length}

    @staticmethod
    def next_id_model(vocabulary: int, length: int, learning_rate: float = 0.1) -> Step:
        """Make a compiled Keras model whose logits depend on the id at the same position alone."""
        return {
            "op": "sequences.next_id_model",
            "vocabulary": vocabulary,
            "length": length,
            "learning_rate": learning_rate,
        }

    @staticmethod
    def best(on: str, X: Any) -> Step:
        """Take the most likely id at each position."""
        return {"op": "sequences.best", "on": on, "value": X}

    @staticmethod
    def round_trip(on: str) -> Step:
        """Ask whether `from_config(get_config())` keeps the config."""
        return {"op": "keras.round_trip", "on": on}

    @staticmethod
    def rebuilt(on: str) -> Step:
        """Make another layer from the config of this one."""
        return {"op": "keras.rebuilt", "on": on}

    @staticmethod
    def functional(on: str, shape: tuple[int, ...], dtype: str = "float32", **options: Any) -> Step:
        """Make a functional model of one layer, called on `keras.Input(shape)`."""
        return {
            "op": "keras.functional",
            "on": on,
            "shape": list(shape),
            "dtype": dtype,
            "options": options,
        }

    @staticmethod
    def reloaded(on: str, X: Any = None) -> Step:
        """Save a model to a `.keras` file in the worker's scratch, and load it from there.

        The result is the loaded model. It has to have the saved weights and, where `X` is given,
        the saved model's answers; what is missing has a sentence. Classes and functions of the
        student's file need not be registered with Keras.
        """
        return {"op": "keras.reloaded", "on": on, "value": X}

    @staticmethod
    def number(on: str) -> Step:
        """Read a scalar tensor as a number."""
        return {"op": "keras.number", "on": on}

    @staticmethod
    def history(on: str, metric: str) -> Step:
        """Read one curve of a History or of its dict."""
        return {"op": "keras.history", "on": on, "value": metric}

    @staticmethod
    def falls(on: str, to: float = 1.0) -> Step:
        """Ask whether a curve ends below its beginning, or below this part of it."""
        return {"op": "falls", "on": on, "to": to}
