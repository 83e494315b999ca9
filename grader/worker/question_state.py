"""What every question finds the same: streams, warnings, error handling and random numbers."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from grader.worker import randomness
from grader.worker.printing import BoundedText

_MAX_WARNINGS = 20


class Surroundings:
    """The parts of Python's global state that a question starts with and leaves traces in."""

    def __init__(self) -> None:
        self.printed = BoundedText()
        self.caught: list[str] = []
        """What NumPy warned of since the last reset."""
        warnings.simplefilter("always")
        warnings.showwarning = self._catch
        self._filters = list(warnings.filters)
        randomness.govern()

    def reset(self) -> None:
        """Put everything back, whatever the code before did to it."""
        self.printed = BoundedText()
        self.caught = []
        sys.stdout = sys.stderr = self.printed
        if warnings.filters != self._filters:
            warnings.filters[:] = self._filters  # type: ignore[index]
        warnings.showwarning = self._catch
        np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
        randomness.reset()

    def _catch(self, message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        if len(self.caught) < _MAX_WARNINGS and issubclass(category, RuntimeWarning):
            self.caught.append(f"{category.__name__}: {str(message)[:200]}")
