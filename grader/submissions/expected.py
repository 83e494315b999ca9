"""What an assignment asks for: files, and the exercises that are told apart by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

Exercises = Mapping[str, tuple[str, ...]]
"""Names of exercises by the file that they belong to."""


@dataclass(frozen=True)
class Expected:
    """The files of one assignment.

    Attributes
    ----------
    files
        Their names, the NumPy part first.
    exercises
        What each file is to define; without them files are told by their names alone.
    others
        The exercises of the course's other assignments, by assignment. It is asked only when
        something does not look like this one.
    aside
        The files of the assignment's other parts, where only a part of it is graded.
    """

    files: tuple[str, ...]
    exercises: Exercises = field(default_factory=dict)
    others: Callable[[], Mapping[str, Exercises]] = field(default=dict, compare=False)
    aside: tuple[str, ...] = ()
    exercises_aside: Callable[[], Collection[str]] = field(default=frozenset, compare=False)
    """What these are to define; asked only where a file is of no use to this part."""

    @classmethod
    def of(cls, given: Expected | Sequence[str]) -> Expected:
        """The same, or the files of these names.

        Raises
        ------
        ValueError
            When no file is expected at all.
        """
        expected = given if isinstance(given, Expected) else cls(tuple(given))
        if not expected.files:
            raise ValueError("expected_files is empty; an assignment asks for at least one file")
        return expected

    def exercises_of(self, file: str) -> frozenset[str]:
        """What a file is to define."""
        return frozenset(self.exercises.get(file, ()))

    @property
    def all_exercises(self) -> frozenset[str]:
        """What all files together are to define."""
        return frozenset(name for file in self.files for name in self.exercises.get(file, ()))
