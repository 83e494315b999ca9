"""What an exception is called where a person reads of it: by a name that could be written in code.

Libraries raise classes from modules of their own, such as ``numpy._core._exceptions``, which no
manual names. What the student wrote is called as it is called in the student's file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

_PUBLIC = {
    "builtins.": "",
    "concurrent.futures._base.": "concurrent.futures.",
    "concurrent.futures.thread.": "concurrent.futures.",
    "jax._src.errors.": "jax.errors.",
    "jaxlib._jax.": "jax.errors.",
    "jaxlib.xla_extension.": "jax.errors.",
    "json.decoder.": "json.",
    "keras.src.": "keras.",
    "multiprocessing.context.": "multiprocessing.",
    "tensorflow.python.framework.errors_impl.": "tf.errors.",
}
"""Where classes of a module are found that a manual names, by the module that defines them."""
_INNER = ("keras.src.", "tensorflow.python.")
UNKNOWN = "an unknown exception"


def public_name(chain: Any, own: Collection[str] = ()) -> str:
    """The first name in a chain of classes that a person may know.

    Parameters
    ----------
    chain
        The class and its bases, dotted, most derived first; as a worker sent it.
    own
        The student's modules, dotted: their classes have no other name than their own.
    """
    names = [one for one in chain if type(one) is str and one] if _is_series(chain) else []
    for name in names:
        known = _known(name, own)
        if known:
            return known
    return names[0].rpartition(".")[2] if names else UNKNOWN


def _known(name: str, own: Collection[str]) -> str:
    """The name to show, or "" where a base is to be shown instead."""
    module = next((one for one in own if name.startswith(f"{one}.")), None)
    if module is not None:
        return name.removeprefix(f"{module}.").rpartition("<locals>.")[2]
    start = next((one for one in _PUBLIC if name.startswith(one)), None)
    if start is not None:
        rest = name.removeprefix(start)
        return "" if rest.startswith("_") or "." in rest else f"{_PUBLIC[start]}{rest}"
    parts = name.split(".")
    if parts[0].startswith("_") and len(parts) == 2 and parts[0] != "__main__":
        parts[0] = parts[0].lstrip("_")  # written in C: `_pickle.PicklingError` is pickle's
    is_inner = any(one.startswith("_") for one in parts) or name.startswith(_INNER)
    return "" if is_inner else ".".join(parts)


def _is_series(chain: Any) -> bool:
    return isinstance(chain, Sequence) and not isinstance(chain, str)
