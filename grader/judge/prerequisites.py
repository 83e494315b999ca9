"""What an exercise depends on: what its code and its checks really call, and how that did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.checks import Verdict
from grader.checks.choices import Choice
from grader.checks.trivial import telling_cases
from grader.course.prepared import PreparedAssignment, PreparedCheck, PreparedExercise
from grader.diagnose import Explained
from grader.judge.judged_checks import JudgedChecks, loses_values
from grader.result import CheckResult, Kind, Status

ANYTHING = "*"
"""What may be called, where the source does not show it."""
_FACTS = (
    "generic.raised_",
    "generic.mutated",
    "generic.none",
    "generic.library",
    "generic.training_",
)
"""Diagnoses that say what happened, and are true whatever is wrong beside."""
_ENDINGS = {
    Status.TIMEOUT: "takes too long",
    Status.CRASHED: "ends the process",
    Status.OUT_OF_MEMORY: "runs out of memory",
}


@dataclass(frozen=True)
class Prerequisites:
    """The prerequisites of one file's exercises.

    Attributes
    ----------
    calls
        The definitions of the student's that one of them calls.
    may_call
        What one may call beside; `ANYTHING` where nobody can say.
    is_right
        Finds out whether an exercise that is not judged yet gives the right values; None where the
        grader or its machine fails on that.
    results
        The results so far; they grow while the submission is graded.
    """

    assignment: PreparedAssignment
    calls: Callable[[str], Iterable[str]]
    may_call: Callable[[str], Iterable[str]]
    is_right: Callable[[str], bool | None]
    results: JudgedChecks
    _reached: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def lost(self, exercise: PreparedExercise, check: PreparedCheck) -> Verdict | None:
        """Skip a check without asking where something that it calls did not come to an end.

        What hangs on an impossible input alone is right on all others.
        """
        for name in self._earlier(exercise, check):
            ended = self.results.lost.get(name)
            if ended is not None and self._is_wrong(name, check):
                ending = _ENDINGS[ended.status]
                text = f"{exercise.name} waits for {name}, which {ending}. Fix {name} first."
                return Verdict(Status.SKIPPED, message=text, waits_for=name)
        return None

    def held_back(self, check: PreparedCheck) -> Verdict | None:
        """Skip an edge until its exercise is right on ordinary input, at least in part.

        Where an exercise has no other checks, nothing is waited for.
        """
        ordinary = {one.name for one in self.assignment.ordinary(check.exercise)}
        judged = [one for one in self.results.of(check.exercise) if one.check in ordinary]
        if not check.is_edge or not judged or self._is_right_in_part(check.exercise, judged):
            return None
        first = judged[0]
        if all(one.status is Status.MISSING for one in judged):
            return Verdict(Status.MISSING, message=first.message)
        if first.waits_for and all(one.status is Status.SKIPPED for one in judged):
            why = first.message.rpartition("\n")[2]  # behind what went wrong in that check
            return Verdict(Status.SKIPPED, message=why, waits_for=first.waits_for)
        wrong = next((one for one in judged if one.lost_points), first)
        text = (
            f"This check is easy to satisfy, so it counts once {check.exercise} is right on "
            f"ordinary input, in at least one case. Fix “{wrong.title}” first."
        )
        return Verdict(Status.SKIPPED, message=text)

    def _is_right_in_part(self, exercise: str, judged: Sequence[CheckResult]) -> bool:
        """Whether a case of these is right that no constant answers, if there is such a case."""
        checks = {one.name: one for one in self.assignment.checks_of(exercise)}
        is_any_telling = False
        for one in judged:
            check = checks[one.check]
            if one.points and (check.kind is Kind.TRAIN or one.status is not Status.PASSED):
                return True  # a part of the points: of training, or of a gradient
            telling = telling_cases(check)
            unknown = range(one.cases.passed)
            if telling & set(self.results.right.get((exercise, one.check), unknown)):
                return True
            is_any_telling = is_any_telling or bool(telling)
        return not is_any_telling and any(one.cases.passed for one in judged)

    def blamed(self, exercise: PreparedExercise, check: PreparedCheck, verdict: Verdict) -> Verdict:
        """Turn a failure into `skipped` where something that it needs and calls is wrong.

        The check was run all the same: who solved it without the broken helper keeps the
        points. What it found is told first, so that a mistake of its own is not hidden. Nothing is
        diagnosed then, nor where it cannot be said what is called: the same answers may come from
        a right function whose helper is wrong. Where the grader failed on something that decides
        here, it has failed on this check, too.
        """
        if verdict.status not in {Status.FAILED, Status.ERROR}:
            return verdict
        for name in self._looked_at(exercise, check):
            if any(one.status is Status.GRADER_ERROR for one in self.results.of(name)):
                return _undecided(exercise, name, verdict)
        if verdict.share > 0:
            return verdict
        called = [
            name
            for name in self._earlier(exercise, check)
            if self._is_wrong(name, check) and not self._others_chosen(name, check, verdict)
        ]
        if _may_name_a_cause(verdict) and (called or self._suspected(exercise, check)):
            verdict = _without_cause(verdict)
        for name in self._called_later(exercise, check) if _may_name_a_cause(verdict) else ():
            is_right = self.is_right(name)
            if is_right is None:
                return _undecided(exercise, name, verdict)
            if not is_right:
                verdict = _without_cause(verdict)
                break
        needed = self._declared(exercise, check)
        broken = [name for name in called if name in needed]
        if not broken or check.settings.get("judges") == "purity":  # no value changes an input
            return verdict
        # What waits itself is not where the mistake lies.
        name = next((one for one in broken if not self._waits(one)), broken[0])
        name = next(iter(self._suspected_behind(name)), name)
        unwritten = all(
            one.status is Status.MISSING and not one.message.startswith(f"{name} is written in ")
            for one in self.results.of(name)
        )
        state, what = ("written", "Write") if unwritten else ("right", "Fix")
        text = f"{exercise.name} waits for {name}, which is not {state} yet. {what} {name} first."
        return replace(
            verdict,
            status=Status.SKIPPED,
            message=f"{verdict.message}\n{text}",
            waits_for=name,
        )

    def needed_for(self, exercises: Iterable[str]) -> set[str]:
        """What has to be judged as well, before these can be judged as in a full run."""
        wanted = set(exercises)
        found: set[str] = set()
        waiting = list(wanted)
        while waiting:
            exercise = self.assignment.exercise(waiting.pop())
            more = {
                name
                for check in self.assignment.checks_of(exercise.name)
                for name in self._looked_at(exercise, check)
            }
            waiting += sorted(more - found - wanted)
            found |= more - wanted
        return found

    def _looked_at(self, exercise: PreparedExercise, check: PreparedCheck) -> Iterator[str]:
        """The exercises whose results decide on a check, too."""
        yield from self._earlier(exercise, check)
        loss = check.settings.get("of")
        if loss in self.assignment.before(exercise.name):  # a gradient may be that of a wrong loss
            yield loss

    def _earlier(self, exercise: PreparedExercise, check: PreparedCheck) -> list[str]:
        """What is called, directly or not, and is judged before; the nearest first."""
        before = self.assignment.before(exercise.name)
        return [name for name in self._called(exercise, check) if name in before]

    def _called(self, exercise: PreparedExercise, check: PreparedCheck) -> list[str]:
        """What a check and the student's code call, at any remove; the nearest first."""
        start = exercise.name, *check.called
        if start not in self._reached:
            found = list(dict.fromkeys(start))
            for name in found:  # grows while it is walked
                found += [one for one in self.calls(name) if one not in found]
            self._reached[start] = found
        return self._reached[start]

    def _called_later(self, exercise: PreparedExercise, check: PreparedCheck) -> list[str]:
        """What is called and stands below the exercise in its file."""
        known = (exercise.name, *self.assignment.before(exercise.name))
        return [
            name
            for name in self._called(exercise, check)
            if name not in known
            and name in self.assignment.names
            and self.assignment.exercise(name).file == exercise.file
        ]

    def _suspected(self, exercise: PreparedExercise, check: PreparedCheck) -> list[str]:
        """What is wrong and may be called, although the source does not show it.

        Nobody sees from a text what `getattr` finds: then all that is declared may be meant.
        """
        called = self._called(exercise, check)
        own = [exercise.name, *(name for name in called if name not in self.assignment.names)]
        perhaps = {name for one in own for name in self.may_call(one)}
        if ANYTHING in perhaps:
            perhaps.update(self._declared(exercise, check))
        before = self.assignment.before(exercise.name)
        return [name for name in before if name in perhaps and self._is_wrong(name, check)]

    def _suspected_behind(self, exercise: str) -> list[str]:
        found = self.assignment.exercise(exercise)
        return self._suspected(found, self.assignment.checks_of(exercise)[0])

    def _declared(self, exercise: PreparedExercise, check: PreparedCheck) -> list[str]:
        """What a check is declared to need, directly or not."""
        found = [*exercise.needs, *check.needs]
        for name in found:  # grows while it is walked
            needs = next((one.needs for one in self.assignment.exercises if one.name == name), ())
            found += [one for one in needs if one not in found]
        return found

    def _is_wrong(self, exercise: str, waiting: PreparedCheck) -> bool:
        """Whether its values are wrong where that may be why a check of another one fails.

        What lost points by its errors, by a warning, by what it changes or by a rule about its
        source alone gives the right values. What is wrong at its edges alone is right for all but
        other edges.
        """
        telling = self.assignment.ordinary(exercise)
        if not telling or waiting.is_edge or waiting.kind is Kind.TRAIN:
            telling = self.assignment.checks_of(exercise)
        checks = {one.name: one for one in telling}
        return any(
            loses_values(checks[one.check], one.status, self.results.differing.get(_key(one)))
            for one in self.results.of(exercise)
            if one.check in checks
        )

    def _others_chosen(self, name: str, check: PreparedCheck, verdict: Verdict) -> bool:
        """Whether each case that fails chooses another exercise by its name instead of this one.

        Of activations in a dict, say, all are called by the source, and one in each case. What
        chooses nothing does not mean one that is always wrong, where such a case is right.
        """
        choice = Choice.of(self.assignment.checks_of(check.exercise), self.assignment.names, name)
        is_never_right = not any(one.cases.passed for one in self.results.of(name))
        return choice.excludes(check, verdict.right, is_never_right=is_never_right)

    def _waits(self, exercise: str) -> bool:
        statuses = {one.status for one in self.results.of(exercise)}
        return statuses <= {Status.PASSED, Status.SKIPPED}


def _key(result: CheckResult) -> tuple[str, str]:
    return result.exercise, result.check


def _names_a_cause(verdict: Verdict) -> bool:
    """Whether a diagnosis says why, which a helper may make false, and not merely what came."""
    known = verdict.diagnosis.id if verdict.diagnosis else ""
    return bool(known) and not known.startswith(_FACTS)


def _may_name_a_cause(verdict: Verdict) -> bool:
    """Whether a cause is named, or may be once the other checks of the exercise are judged."""
    return _names_a_cause(verdict) or len(verdict.explained.by) > 1


def _without_cause(verdict: Verdict) -> Verdict:
    kept = None if _names_a_cause(verdict) else verdict.diagnosis
    return replace(verdict, diagnosis=kept, explained=Explained())


def _undecided(exercise: PreparedExercise, name: str, verdict: Verdict) -> Verdict:
    """What becomes of a verdict that rests on an exercise on which the grader failed."""
    text = (
        f"{exercise.name} depends on {name}, and the grader failed on that: nobody can say yet "
        "where the mistake is."
    )
    return Verdict(Status.GRADER_ERROR, message=f"{verdict.message}\n{text}")
