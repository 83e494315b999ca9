"""What code leaves behind in a worker, and how it is undone.

Every question finds the worker as it was when the student's file had been loaded, so that what
one exercise leaves behind costs no other, and a fresh worker would answer the same. What the
student's own modules keep (their globals, caches and classes) is theirs and stays.

Of what the file itself does while it is loaded, everything stays that adds something or says how
code is run: registered classes, new names, `tf.config.run_functions_eagerly`. What it overwrites
in a shared module is put back, and so is what changes the numbers of everybody: Keras's precision,
limits of epochs, random seeds.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from grader.worker.limits import watch_limits
from grader.worker.python_state import modules_in_place, settings_of_python, threads_of
from grader.worker.reach import shared_containers
from grader.worker.settings import Settings
from grader.worker.snapshots import Snapshot
from grader.worker.watching import keep_assignments, undo_assignments, watch_modules

WATCHED = frozenset(sys.stdlib_module_names) | {"numpy"}
WATCHED_BACKENDS = frozenset({"tensorflow", "jax", "torch"})
_SHARED = ("builtins", "math", "random", "numpy", "numpy.linalg", "numpy.random")


class Traces:
    """Undoes them after each question.

    Parameters
    ----------
    backend
        ``numpy`` or ``keras``.
    own_threads
        How many threads of the grader's there are.
    """

    def __init__(self, backend: str, own_threads: Callable[[], int]) -> None:
        prepare(backend)
        settings = [*settings_of_python(), threads_of(own_threads)]
        self._snapshots: tuple[Snapshot, ...] = ()
        shared: tuple[str, ...] = _SHARED
        if backend == "keras":
            from grader.worker import keras_state

            shared += ("keras", "tensorflow", "jax")
            self._snapshots = keras_state.snapshots()
            settings += keras_state.settings_of_backend()
        self._settings = Settings([*settings, modules_in_place(shared)])
        self._modules = Settings([])
        self._is_keras, self._is_thorough = backend == "keras", False

    def begin(self) -> None:
        """Let stand what the grader has assigned by itself."""
        keep_assignments()

    def keep(self, *, thoroughly: bool = False) -> None:
        """Let stand what a student's file has added while it was loaded.

        Parameters
        ----------
        thoroughly
            Whether its code reaches beyond its own names, so that more of it is to be looked at.
        """
        undo_assignments(additions=False)
        for snapshot in self._snapshots:
            snapshot.keep()
        if thoroughly and self._is_keras and not self._is_thorough:
            from grader.worker import keras_state

            self._is_thorough = True
            self._snapshots += (keras_state.thorough_snapshot(),)
            self._modules = Settings([modules_in_place(_names_of_shared_modules())])
        self._settings.keep()
        watch_modules(WATCHED)  # those that the file was the first to import

    def undo(self) -> bool:
        """Undo what a question has left behind; return whether nothing of it is left.

        Else only a fresh worker is as this one was.
        """
        self.undo_assignments()
        return all([self._undo_snapshots(), self._settings.undo(), self._modules.undo()])

    def undo_assignments(self) -> None:
        """Undo what a question has assigned into shared modules, before its answer is told."""
        undo_assignments(additions=True)

    def _undo_snapshots(self) -> bool:
        try:
            for snapshot in self._snapshots:
                snapshot.undo()
        except Exception:  # what a student's code has put in its place may raise anything
            return False
        return True


def _names_of_shared_modules() -> list[str]:
    packages = WATCHED | WATCHED_BACKENDS | {"keras"}
    return [name for name in sys.modules if name.partition(".")[0] in packages]


@functools.cache
def prepare(backend: str) -> None:
    """Begin to watch, and take snapshots of what is too much to do in each worker."""
    watch_limits()
    settings_of_python()
    shared_containers()
    watch_modules(WATCHED if backend == "numpy" else WATCHED | WATCHED_BACKENDS)
    if backend == "keras":
        from grader.worker import keras_state

        keras_state.snapshots()
