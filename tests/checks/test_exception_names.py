"""An exception is called by a name that its reader may know."""

import pytest

from grader.checks.exception_names import UNKNOWN, public_name
from tests.mini import body, check_of, grade_mini

CHAINS = {
    "a private class of NumPy's": (
        ["numpy._core._exceptions._ArrayMemoryError", "builtins.MemoryError"],
        "MemoryError",
    ),
    "a public class in a private module": (
        [
            "numpy._core._exceptions._UFuncOutputCastingError",
            "numpy._core._exceptions.UFuncTypeError",
            "builtins.TypeError",
        ],
        "TypeError",
    ),
    "a public class of NumPy's": (
        ["numpy.linalg.LinAlgError", "builtins.ValueError"],
        "numpy.linalg.LinAlgError",
    ),
    "TensorFlow's": (
        ["tensorflow.python.framework.errors_impl.InvalidArgumentError"],
        "tf.errors.InvalidArgumentError",
    ),
    "an inner one of TensorFlow's": (
        ["tensorflow.python.autograph.impl.api.StagingError", "builtins.TypeError"],
        "TypeError",
    ),
    "JAX's": (
        ["jax._src.errors.TracerBoolConversionError", "builtins.TypeError"],
        "jax.errors.TracerBoolConversionError",
    ),
    "one written in C": (["_pickle.PicklingError", "builtins.Exception"], "pickle.PicklingError"),
    "one of a part of a library": (["json.decoder.JSONDecodeError"], "json.JSONDecodeError"),
    "Python's own": (["builtins.ZeroDivisionError"], "ZeroDivisionError"),
    "the student's": (["mine._Own", "builtins.Exception"], "_Own"),
    "the student's, in a function": (["mine.f.<locals>.Own", "builtins.Exception"], "Own"),
    "the student's, in a package": (["kit.parts.Own", "builtins.Exception"], "Own"),
    "nothing": ([], UNKNOWN),
    "no list": (7, UNKNOWN),
    "all of it private": (["a._b.C"], "C"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_the_name_is_one_that_could_be_written_in_code(name):
    chain, expected = CHAINS[name]
    assert public_name(chain, ["kit.parts", "mine"]) == expected


TOLD = {
    "no room": ("return np.zeros((10**6, 10**6))", "out of memory"),
    "no cast": ("X = np.arange(3); X += 0.5", "TypeError: Cannot cast"),
}


@pytest.mark.parametrize("name", TOLD)
def test_no_message_holds_the_name_of_a_private_module(name):
    code, expected = TOLD[name]
    text = check_of(grade_mini(body(code), public=True), "predict.batch").message
    assert expected in text
    assert "_core" not in text


def test_a_note_names_what_a_statement_raised_by_its_public_name():
    result = grade_mini("import numpy as np\nBIG = np.zeros((10**6, 10**6))\n", public=True)
    (note,) = [one for one in result.submission.notes if "left out" in one]
    assert "left out: MemoryError: Unable to allocate" in note
