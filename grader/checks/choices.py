"""Exercises that a case chooses by their names, as an activation is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from grader.checks.trivial import telling_cases
from grader.course.case import Case
from grader.course.prepared import PreparedCheck


@dataclass(frozen=True)
class Choice:
    """What may be chosen, and by which of these names one exercise is.

    A `relu_grad` goes with the choice of `relu`.
    """

    known: frozenset[str]
    own: frozenset[str]

    @classmethod
    def of(cls, checks: Iterable[PreparedCheck], names: Collection[str], name: str) -> Choice:
        """The choice among exercises that the cases of an exercise's checks offer."""
        given = {text for check in checks for case in check.cases for text in _texts(case)}
        known = frozenset(given & set(names))
        own = (one for one in known if name == one or name.startswith(f"{one}_"))
        return cls(known, frozenset(own))

    def excludes(
        self, check: PreparedCheck, right: Collection[int], *, is_never_right: bool
    ) -> bool:
        """Whether no failing case of a check has chosen the exercise.

        Parameters
        ----------
        right
            The numbers of the cases that are right.
        is_never_right
            Whether the exercise answers nothing right: what is right has not chosen it then.
        """
        if not self.own:
            return False
        chosen = [_texts(case) & self.known for case in check.cases]
        is_default = not is_never_right or all(chosen[at] for at in telling_cases(check) & {*right})
        failing = (one for at, one in enumerate(chosen) if at not in right)
        return all(one.isdisjoint(self.own) if one else not is_default for one in failing)


def _texts(case: Case) -> set[str]:
    """The strings among what a case calls with."""
    given = [(*one.get("args", ()), *one.get("options", {}).values()) for one in case.asked_steps()]
    return {value for values in given for value in values if type(value) is str}
