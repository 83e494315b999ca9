"""The judge's side of the conversation with one file of a submission."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.absence import absence_of
from grader.checks.verdict import Reply
from grader.confine import (
    Announced,
    Launcher,
    LimitBook,
    Limits,
    Lost,
    Silence,
    Worker,
    WorkerSettings,
)
from grader.course.case import Case
from grader.course.forward_worker import ForwardWorker
from grader.course.prepared import PreparedAssignment, PreparedCheck, PreparedFile
from grader.course.question import Questions
from grader.judge.answers import (
    WORTH_ANOTHER_TRY,
    FileState,
    KeptReplies,
    is_used_up,
    lacking_state,
    lost_verdict,
    not_imported,
    reply_of,
)
from grader.judge.asking import Asking, Deadline
from grader.judge.judged_checks import JudgedChecks
from grader.judge.knowledge import FileKnowledge
from grader.judge.loading import BROKE_PYTHON, FILES_GONE, Loading
from grader.result import Status
from grader.submissions.places import NO_FILE, Places
from grader.wire.budget import WHOLE, Budget
from grader.wire.encoding import encode

_GONE = "builtins.FileNotFoundError"
_LOAD_SECONDS = 10.0
"""At least so long may an import take."""
_MAX_SLOW = 5
"""How many exercises of one file are confirmed where a fresh worker takes seconds."""
_ENDED = {Status.CRASHED, Status.OUT_OF_MEMORY}


class FileInterview(FileKnowledge):
    """Asks questions about one file; starts a worker when one is needed, and again when it died.

    What it knows without asking, and its first parameters, are those of `FileKnowledge`.
    """

    def __init__(
        self,
        assignment: PreparedAssignment,
        file: PreparedFile,
        files: Mapping[str, bytes],
        launcher: Launcher,
        limits: LimitBook,
        deadline: Deadline,
        questions: Questions,
        results: JudgedChecks,
        places: Places,
        forward: ForwardWorker | None = None,
    ) -> None:
        super().__init__(assignment, file, files, results, places)
        self.launcher, self.limits, self.deadline = launcher, limits, deadline
        self.asking = Asking(assignment, limits, launcher.engine, questions)
        self._forward = forward
        self.asked_own_forward: dict[str, None] = {}
        """Exercises that were measured with the student's own forward pass, in order."""
        self.checks: list[PreparedCheck] = []
        """What will be asked, in order; the judge fills it in once the source is inspected."""
        self.state: FileState | None = None
        self.inspected: dict[str, Any] = {}
        """What is known of the files' sources, by file."""
        self.loading: Loading | None = None
        """What was left out of the file; None before it is loaded."""
        self.versions: dict[str, str] = {}
        engine = launcher.engine.serving(file.imports)
        self.lacking = lacking_state(file, engine) if file.backend == "keras" else None
        """Why no code of the file can run on this machine; its source is read all the same."""
        self._worker: Worker | None = None
        self._worker_limits = Limits()
        self._loaded, self._announced = False, False
        self._has_run_code = False
        """Whether any worker was asked to run the student's code."""
        self._asked_for: dict[bytes, str] = {}
        self._lost: dict[bytes, Lost] = {}
        self._set_aside: set[str] = set()
        self._replies = KeptReplies()
        self._asked_first = ""
        """The exercise of which the present worker was asked first."""
        self._second_hand: set[str] = set()
        """Exercises on which a worker had a say that had been asked of others before."""
        self._used_up: set[str] = set()
        """Exercises that met the end of what others before them may have used up."""
        self._alone = ""
        """The exercise that is asked alone, while it is."""
        self._confirmed = 0

    def is_doubtful(self, exercise: str, statuses: Collection[Status]) -> bool:
        """Whether an exercise may have lost points by what others have left behind in its worker.

        What code leaves behind is undone, so that this may be so only where it reaches beyond its
        own names, or where it ended with memory, files or the process itself.

        Parameters
        ----------
        statuses
            Of the checks that lost points.
        """
        if exercise not in self._second_hand or self.state is not None:
            return False
        reaches = self.loading is not None and self.loading.reaches
        ended = not _ENDED.isdisjoint(statuses) or exercise in self._used_up
        return (reaches or ended) and self._can_confirm()

    def _can_confirm(self) -> bool:
        is_quick = self.file.backend == "numpy"  # to be loaded once more
        return self.deadline.can_confirm() and (is_quick or self._confirmed < _MAX_SLOW)

    @contextmanager
    def alone(self, exercise: str) -> Iterator[None]:
        """Ask an exercise of a fresh worker, which is asked of no other exercise meanwhile.

        What was said of the exercise before is forgotten. Afterwards that worker goes on. It keeps
        what the exercise leaves behind between its own cases: who counts calls and answers wrongly
        from the second one on is wrong.
        """
        self._drop()
        self._confirmed += 1
        self._alone = exercise
        self._replies.forget()
        self._set_aside.discard(exercise)
        for question, name in self._asked_for.items():
            if name == exercise:
                self._lost.pop(question, None)
        try:
            with self.deadline.confirming():
                yield
        finally:
            self._alone, self._announced = "", False

    def ask(self, check: PreparedCheck, case: Case) -> Reply:
        """Ask one case; the checks of an exercise often ask the same.

        Raises
        ------
        Lost
            When no answer comes; the worker is gone then, and the next question gets a new one.
        """
        limits = self.limits_of(check)
        question = self._question(check, case, limits)
        self._replies.begin(check.exercise)
        reply = self._replies.of(question)
        if reply is None:
            answer = self._answer(question, limits, self.asking.budget(check, case), check)
            reply = self._read(answer)
            if is_used_up(reply):
                self._used_up.add(check.exercise)
            self._replies.keep(question, reply, answer["cost"])
        if reply.observation.outcome == "answered":
            return reply
        return replace(reply, absence=absence_of(case, reply, self.origin_of(check.exercise)))

    def attempts(
        self, check: PreparedCheck, question: bytes, seconds: float, budget: Budget
    ) -> tuple[list[Any], float]:
        """What changed definitions answer (`grader.worker.attempts`); raises `Lost`.

        Beside it stands how many CPU seconds that took, as the worker says.
        """
        limits = replace(self.limits_of(check), seconds=seconds, cpu_seconds=seconds)
        answer = self._answer(question, limits, budget, check)
        values = answer.get("values")
        found = values[0] if type(values) is list and values else []
        taken = answer.get("cpu_seconds")
        told = float(taken) if isinstance(taken, int | float) else seconds
        return found if type(found) is list else [], told

    def course_outputs(
        self, check: PreparedCheck, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]]
    ) -> dict[str, np.ndarray[Any, Any]] | None:
        """Ask the course's forward pass; its time is the grader's, not the submission's."""
        if self._forward is None:
            self.asked_own_forward[check.exercise] = None
            return None
        return self._forward.outputs(case, parameters)

    def course_class_share(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        """Ask the course's forward pass how far apart the classes lie in its last hidden layer."""
        assert self._forward is not None
        return self._forward.class_share(case, parameters, network)

    def course_cancellation(
        self, case: Case, parameters: Mapping[str, np.ndarray[Any, Any]], network: str
    ) -> float:
        """Ask the course's forward pass how far its hidden units cancel in the output."""
        assert self._forward is not None
        return self._forward.cancellation(case, parameters, network)

    def _read(self, answer: dict[str, Any]) -> Reply:
        # Where the exercises are spread over several files, each is named.
        reply = reply_of(answer, self.places, NO_FILE if self.elsewhere else self.file.name)
        if reply.observation.outcome != "forbidden" or not reply.error:
            return reply
        message = str(reply.error["message"])
        refused = self.loading.refused if self.loading is not None else []
        # The sentence names no file; where the package was imported first, nearly always says it.
        file = next((one.file for one in refused if one.is_behind(message)), self.file.name)
        return replace(
            reply, error={**reply.error, "message": self.places.in_refusal(file, message)}
        )

    def _question(self, check: PreparedCheck, case: Case, limits: Limits) -> bytes:
        return self.asking.question(check, case, self.file, limits)

    def _announce(self, worker: Worker, check: PreparedCheck) -> None:
        """Say what will be asked from this check on, so that the worker need not wait for us."""
        if self._announced:
            return
        self._announced = True
        coming: dict[bytes, Announced] = {}
        for later in self._checks_from(check):
            limits = self.limits_of(later)
            if limits.of_worker() != self._worker_limits.of_worker():
                break
            for case in later.cases:
                question = self._question(later, case, limits)
                if self._replies.of(question) is None:
                    budget = self.asking.budget(later, case)
                    coming[question] = Announced(question, limits.seconds, budget)
                    self._asked_for[question] = later.exercise
        worker.announce(list(coming.values()))

    def _checks_from(self, check: PreparedCheck) -> Iterator[PreparedCheck]:
        """Yield the check and those after it that will probably be asked of this file."""
        started = False
        for later in self.checks:
            started = started or later is check
            if self._alone and later.exercise != self._alone:
                continue
            if started and later.exercise not in self._set_aside:
                yield later

    def _put_aside(self, lost: Lost, question: bytes) -> None:
        """Remember that a question which was only announced got no answer.

        Its exercise, and what depends on it, is not announced again. When its turn comes, it is
        lost at once, unless the machine may be to blame: then it is asked again.
        """
        exercise = self._asked_for[question]
        self._announce_no_more(exercise)
        self._note_who_was_asked(exercise)
        if lost.silence not in WORTH_ANOTHER_TRY:
            self._lost[question] = lost

    def _announce_no_more(self, exercise: str) -> None:
        """Keep a lost exercise, and what depends on it, from taking the next worker with it."""
        self._set_aside |= {exercise, *self.assignment.dependants(exercise)}

    def inspect(self, name: str) -> dict[str, Any]:
        """Describe the source of a file, without running it; raises `Lost`."""
        if name not in self.inspected:
            self.inspected[name] = self._inspected(name)
        facts = self.inspected[name]
        return {**facts, "definitions": dict(facts["definitions"])}

    def _inspected(self, name: str) -> dict[str, Any]:
        limits = self.limits.at(self.assignment.name)
        exercises = self.assignment.exercises
        question = {
            "kind": "inspect",
            "file": name,
            "forbidden": {one.name: list(one.forbid) for one in exercises if one.forbid},
            "exercises": [one.name for one in exercises],
            "seconds": limits.seconds,
            "cpu_seconds": limits.cpu_seconds,
        }
        answer = self._answer(encode(question), limits, WHOLE)
        facts: dict[str, Any] = answer["values"][0]
        return facts

    def close(self) -> None:
        """End the worker."""
        self._drop()

    def limits_of(self, check: PreparedCheck) -> Limits:
        """What a question of a check may cost."""
        return self.asking.limits_of(check, self.file)

    def _answer(
        self, question: bytes, limits: Limits, budget: Budget, check: PreparedCheck | None = None
    ) -> dict[str, Any]:
        """Ask, and where the machine may be to blame for silence, ask a fresh worker once more."""
        if question in self._lost:
            raise self._lost[question]
        asked_again = False
        while True:
            try:
                return self._try(question, limits, budget, check)
            except Lost as lost:
                # Not so for an import, which is asked for on behalf of the question itself.
                if lost.question in self._asked_for and lost.question != question:
                    self._put_aside(lost, lost.question)
                elif asked_again or not self._is_worth_another_try(lost):
                    if check is not None:
                        self._announce_no_more(check.exercise)
                    raise
                else:
                    asked_again = True

    def _is_worth_another_try(self, lost: Lost) -> bool:
        # A worker that crashes before it runs anything of the student's was not crashed by it.
        return lost.silence in WORTH_ANOTHER_TRY or (
            lost.silence is Silence.CRASHED and not self._has_run_code
        )

    def _try(
        self, question: bytes, limits: Limits, budget: Budget, check: PreparedCheck | None
    ) -> dict[str, Any]:
        worker = self._start(limits)
        if check is not None:
            if not self._loaded:
                self._has_run_code = True
                worker = self._load(limits)
            self._note_who_was_asked(check.exercise)
            self._announce(worker, check)
        return self._put(worker, question, limits.seconds, budget)

    def _note_who_was_asked(self, exercise: str) -> None:
        self._asked_first = self._asked_first or exercise
        if exercise != self._asked_first:
            self._second_hand.add(exercise)

    def _put(
        self, worker: Worker, question: bytes, seconds: float, budget: Budget = WHOLE
    ) -> dict[str, Any]:
        try:
            with self.deadline.counted():
                answer = worker.ask(question, self.deadline.within(seconds), budget)
        except Lost:
            self._drop()
            raise
        if answer.get("last"):  # what the code left behind in it cannot be undone
            self._drop()
        return answer

    def _start(self, limits: Limits) -> Worker:
        if self._worker is not None and self._worker_limits.of_worker() != limits.of_worker():
            self._drop()
        if self._worker is None:
            settings = WorkerSettings(
                files=self.files,
                # Whoever only reads needs no Keras, and there may be none.
                backend="numpy" if self.lacking is not None else self.file.backend,
                imports=self.file.imports,
                guarded=self.assignment.guarded(),
                limits=limits,
                effort=self.deadline.effort,
            )
            self._worker, self._worker_limits = self.launcher.start(settings), limits
            self._asked_first = ""
            self.versions = self._worker.versions
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
        self._worker, self._loaded, self._announced = None, False, False

    def _load(self, limits: Limits) -> Worker:
        """Load the student's file into a worker, which may take several.

        Raises
        ------
        NotLoadable
            With `state` set.
        Lost
            When the machine may be to blame.
        """
        if self.loading is None:
            seconds = max(limits.cpu_seconds, _LOAD_SECONDS)
            own = [one.name for one in self.assignment.exercises if one.file == self.file.name]
            self.loading = Loading(
                self.file.name,
                seconds,
                max(1.0, limits.seconds / limits.cpu_seconds),
                self.candidates,
                self.places,
                exercises=own,
            )
        while True:
            worker = self._start(limits)
            try:
                for question in self.loading.questions():
                    answer = self._put(worker, question, self.loading.wall_seconds())
                    # The loading itself went wrong, or what is no worker of ours answered.
                    if answer["outcome"] != "answered" or answer.get("last"):
                        self._drop()
                        chain = answer.get("error", {}).get("chain")
                        is_gone = type(chain) is list and chain[:1] == [_GONE]
                        raise Lost(Silence.CRASHED, FILES_GONE if is_gone else BROKE_PYTHON)
                    self.loading.take(answer)
            except Lost as lost:
                if self.loading.learn(lost):
                    continue
                if lost.silence in WORTH_ANOTHER_TRY:
                    raise
                self.state = not_imported(self.file.name, lost, self.places)
                raise NotLoadable from None
            self._loaded = True
            self.loading.settle()
            self.settle(self.loading.taken, self.loading.unfit)
            return worker


class NotLoadable(Exception):
    """The file could not be imported; the interview's `state` says why."""


def inspect_files(interviews: list[FileInterview]) -> None:
    """Read the syntax trees, in the lightest worker among those that the files need.

    A Keras worker takes seconds to start, and a file of stubs never needs one.
    """
    numpy_first = sorted(interviews, key=lambda one: one.file.backend != "numpy")
    for interview in interviews:
        try:
            facts = numpy_first[0].inspect(interview.file.name)
        except Lost as lost:
            name = interview.places.name(interview.file.name)
            text = f"{name} cannot be read: {lost.detail}."
            interview.state = FileState(lost_verdict(lost, interview.places).status, text)
            continue
        interview.definitions = facts["definitions"]
        interview.look_elsewhere(numpy_first[0].inspect)
        problem = facts["problem"]
        if problem is not None:
            interview.state = interview.unparsed(problem)
