"""The checks of a submission that are judged, in order, and at hand by exercise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from grader.course.prepared import PreparedCheck
from grader.diagnose.comparison import Difference
from grader.result import CheckResult, Kind, Status

LOST_STATUSES = {Status.TIMEOUT, Status.CRASHED, Status.OUT_OF_MEMORY}
"""After one of these the exercise's worker is gone."""


class JudgedChecks:
    """They grow while a submission is graded; each verdict asks for those of other exercises.

    Attributes
    ----------
    lost
        By exercise, the first check with which its worker was lost.
    right
        By exercise and check, the numbers of the cases that are right, where that is known.
    differing
        By exercise and check, in what ways answers differ from the expected ones, where they were
        compared and that is known.
    """

    def __init__(self, results: Iterable[CheckResult] = ()) -> None:
        self._all: list[CheckResult] = []
        self._by_exercise: defaultdict[str, list[CheckResult]] = defaultdict(list)
        self.lost: dict[str, CheckResult] = {}
        self.right: dict[tuple[str, str], tuple[int, ...]] = {}
        self.differing: dict[tuple[str, str], frozenset[Difference]] = {}
        for one in results:
            self.append(one)

    def append(self, result: CheckResult) -> None:
        """One more is judged."""
        self._all.append(result)
        self._by_exercise[result.exercise].append(result)
        if result.status in LOST_STATUSES:
            self.lost.setdefault(result.exercise, result)

    def replace(self, old: CheckResult, new: CheckResult) -> None:
        """Something else is known of a check that was judged."""
        for results in (self._all, self._by_exercise[old.exercise]):
            results[next(number for number, one in enumerate(results) if one is old)] = new

    def of(self, exercise: str) -> list[CheckResult]:
        """Those of one exercise."""
        return self._by_exercise.get(exercise, [])

    def forget(self, exercise: str) -> list[CheckResult]:
        """Take out what was judged of an exercise, which is judged again, and return it."""
        taken = self._by_exercise.pop(exercise, [])
        self._all = [one for one in self._all if one.exercise != exercise]
        self.lost.pop(exercise, None)
        return taken

    def last(self) -> CheckResult | None:
        """The one that was judged last."""
        return self._all[-1] if self._all else None

    def __iter__(self) -> Iterator[CheckResult]:
        """Yield all of them."""
        return iter(self._all)


def loses_values(
    check: PreparedCheck, status: Status, differing: Collection[Difference] | None
) -> bool:
    """Whether a check lost points by values or by the lack of any.

    Parameters
    ----------
    differing
        In what ways answers differ; None where nobody knows.
    """
    judges = check.settings.get("judges")
    if status is Status.PASSED or check.kind in {Kind.ERR, Kind.SRC} or judges == "purity":
        return False
    only_warned = judges == "warnings" and status is Status.FAILED and differing is not None
    return not only_warned or bool(differing)
