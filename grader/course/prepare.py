"""From an author's assignment to prepared data: run the references on seeded cases.

References and misconceptions answer in a worker, like a student's code, so that what is
compared was made the same way on both sides, and TensorFlow stays out of the judge.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.confine import Launcher, Limits, Worker, WorkerSettings
from grader.course.assignment import OF_WEIGHTS, Assignment, Check, StudentFile
from grader.course.case import Case, Observation
from grader.course.course_forward import AGREEMENT, FORWARD_FILE, best_agreement
from grader.course.forward_worker import ForwardFailed, ForwardWorker
from grader.course.misconception import Misconception, splice
from grader.course.observed import observe
from grader.course.prepared import (
    PreparedAssignment,
    PreparedCheck,
    PreparedExercise,
    PreparedFile,
)
from grader.course.question import question_of
from grader.course.raised import raised_where
from grader.course.reference_answer import case_place, require_answer
from grader.course.slip_recorder import SlipRecorder, told_apart
from grader.course.sources import PreparationError as PreparationError
from grader.course.worker_pool import LoadingFailed, WorkerPool
from grader.result import Kind, Visibility

_REFERENCE_SECONDS = 300.0
NOT_OBSERVED = {Kind.SRC, Kind.TRAIN}
"""Checks of which no answers of misconceptions are recorded: of sources, and of training."""


@dataclass(frozen=True)
class LiveCourse:
    """An assignment as it lies in ``solutions/``: declarations, references, misconceptions."""

    assignment: Assignment
    misconceptions: tuple[Misconception, ...]
    references: dict[str, str]
    """Source text by file name."""
    sha256: str
    forward_files: dict[str, str] = field(default_factory=dict)
    """The files of the course's own forward pass, by name; empty where no check asks it."""


def _without_weights(check: Check, case: Case, expected: Observation) -> Observation:
    """Without what only a student's weights are compared with: no copy shall hold a model."""
    left_out = {check.settings.get(one) for one in OF_WEIGHTS}
    if case.course_forward is not None:
        left_out -= {case.course_forward.parameters}
    values = zip(case.returns, expected.values, strict=False)
    return replace(expected, values=[None if name in left_out else one for name, one in values])


def _mistaken(answer: dict[str, Any], expected: Observation) -> Observation:
    """What a misconception answers; its exception is kept closely where none was due."""
    found = observe(answer)
    error = answer.get("error")
    if found.outcome != "raised" or found.raised == expected.raised or type(error) is not dict:
        return found
    message, place = raised_where(error)
    return replace(found, message=message, place=place)


def prepare(
    course: LiveCourse,
    seed: str,
    visibility: Visibility,
    launcher: Launcher,
    *,
    only_backend: str | None = None,
    with_mistakes: bool = True,
    with_training: bool = True,
    with_slips: bool = False,
    jobs: int = 1,
) -> PreparedAssignment:
    """Generate every case from `seed` and record the reference's and each mistake's answer.

    A check's cases come from a stream of its own and its answers from a worker that is set back
    before each question, so the outcome is the same whatever the number of jobs.

    Parameters
    ----------
    only_backend
        Prepare the files of one backend alone; the others' checks keep no cases.
    with_mistakes
        Record what the misconceptions answer, too; without it nothing is diagnosed.
    with_training
        Run the training of train checks. Without it their cases have no answer, so they cannot
        be graded, and all the rest is ready in no time.
    with_slips
        Record what the slips of references answer, too; it takes most of the time.
    jobs
        How many checks to prepare at once, each with a worker.

    Raises
    ------
    PreparationError
        When a reference fails on its own case, naming the check and the case.
    """
    assignment = course.assignment
    known = course if with_mistakes else replace(course, misconceptions=())
    preparing = {
        file.name: FilePreparation(
            known, file, seed, launcher, with_training=with_training, with_slips=with_slips
        )
        for file in assignment.files
        if only_backend in {None, file.backend}
    }
    for one in preparing.values():
        launcher.warm_up(one.settings)  # Keras gets ready while the NumPy file is prepared
    wanted = [
        (preparing.get(file.name), checks)
        for file in assignment.files
        for checks in _asked_in_turn(file)
    ]
    with contextlib.ExitStack() as workers, ThreadPoolExecutor(jobs) as pool:
        for one in preparing.values():
            workers.callback(one.close)
        prepared = pool.map(_prepared, *zip(*wanted, strict=True))
        checks = tuple(itertools.chain.from_iterable(prepared))
    made = {name: found for one in preparing.values() for name, found in one.slips.said().items()}
    slips, checks = told_apart(made, checks)
    return PreparedAssignment(
        name=assignment.name,
        title=assignment.title,
        summary=assignment.summary,
        files=tuple(PreparedFile(f.name, f.backend, f.imports) for f in assignment.files),
        exercises=tuple(
            PreparedExercise(e.name, e.file, e.hints, e.needs, e.forbid, e.instead, e.eagerly)
            for e in assignment.exercises()
        ),
        checks=checks,
        misconceptions=tuple(replace(one, source="") for one in course.misconceptions),
        visibility=visibility,
        seed=fingerprint(seed),
        sha256=course.sha256,
        forward_files=course.forward_files if visibility is Visibility.HIDDEN else {},
        slips=slips,
    )


def fingerprint(seed: str) -> str:
    """A name for a seed that does not give it away."""
    return hashlib.sha256(f"grader seed {seed}".encode()).hexdigest()[:16]


def case_generator(seed: str, exercise: str, check: str) -> np.random.Generator:
    """A stream of its own for every check, so that a new check changes no other's cases."""
    root = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "little")
    return np.random.default_rng([root, zlib.crc32(f"{exercise}.{check}".encode())])


def _asked_in_turn(file: StudentFile) -> list[list[Check]]:
    """The checks that one worker is asked of, one after the other.

    Those of a file's only exercise, which may be a graph that remembers its calls: then mistakes
    answer as they will when they are graded, and not by which worker was free.
    """
    if len(file.exercises) == 1:
        return [list(file.exercises[0].checks)]
    return [[check] for exercise in file.exercises for check in exercise.checks]


def _prepared(
    preparing: FilePreparation | None, checks: Sequence[Check]
) -> tuple[PreparedCheck, ...]:
    return tuple(
        prepared_check(one, preparing.cases_of(one, preparing.seed) if preparing else ())
        for one in checks
    )


def prepared_check(check: Check, cases: tuple[Case, ...]) -> PreparedCheck:
    """A check with its cases, without the generator of these."""
    return PreparedCheck(
        check.exercise,
        check.name,
        check.kind,
        check.title,
        check.points,
        check.needs,
        check.settings,
        cases,
    )


class FilePreparation:
    """Prepares the checks of one file, with as many workers as checks are prepared at once."""

    def __init__(
        self,
        course: LiveCourse,
        file: StudentFile,
        seed: str,
        launcher: Launcher,
        *,
        with_training: bool,
        with_slips: bool,
    ) -> None:
        self.course, self.file, self.seed = course, file, seed
        self.with_training = with_training
        self.slips = SlipRecorder(course.references, file if with_slips else None, launcher)
        self.mistakes = {
            one.id: (f"mistake_{number}.py", one)
            for number, one in enumerate(course.misconceptions)
            if one.exercise in {exercise.name for exercise in file.exercises}
        }
        files = {name: text.encode() for name, text in course.references.items()}
        for file_name, one in self.mistakes.values():
            reference = course.references[file.name]
            files[file_name] = splice(reference, one.exercise, one.source).encode()
        self.settings = WorkerSettings(
            files=files,
            backend=file.backend,
            imports=file.imports,
            guarded=course.assignment.guarded(),
            limits=Limits(numpy_megabytes=8_192),
        )
        self._forward = ForwardWorker(course.forward_files, launcher)
        # All of them, though one exercise's suffice: what a file registers with Keras is then the
        # same in every worker.
        loaded = [file.name, *(name for name, _ in self.mistakes.values())]
        self._pool = WorkerPool(launcher, self.settings, loaded)

    def cases_of(self, check: Check, seed: str) -> tuple[Case, ...]:
        """Make the cases of a check from a seed and record what they are answered."""
        stream = check.settings.get("same_cases_as", check.name)
        generator = case_generator(seed, check.exercise, stream)
        try:
            with self._pool.worker() as worker:
                return tuple(self._recorded(worker, check, case) for case in check.cases(generator))
        except LoadingFailed as failed:
            raise PreparationError(str(failed)) from None

    def close(self) -> None:
        """End the workers."""
        self._forward.close()
        self.slips.close()
        self._pool.close()

    def _recorded(self, worker: Worker, check: Check, case: Case) -> Case:
        asked = case.calling(check.exercise)
        if check.kind is Kind.TRAIN and not self.with_training:
            return asked
        expected = self._reference(worker, check, asked)
        if asked.course_forward is not None:
            expected = self._agreeing(check, asked, expected)
        expected = _without_weights(check, asked, expected)
        mistaken = {}
        if check.kind not in NOT_OBSERVED:
            for identifier, (file_name, one) in self.mistakes.items():
                if one.exercise == check.exercise:
                    answer = worker.ask(question_of(asked, file_name), _REFERENCE_SECONDS)
                    mistaken[identifier] = _mistaken(answer, expected)
        slips = self.slips.signatures(check, asked)
        return replace(asked, expected=expected, mistaken=mistaken, slips=slips)

    def _reference(self, worker: Worker, check: Check, case: Case) -> Observation:
        question = question_of(case, self.file.name)
        answer = worker.ask(question, _REFERENCE_SECONDS)
        expected = observe(answer)
        require_answer(check, case, expected, answer.get("error"))
        return expected

    def _agreeing(self, check: Check, case: Case, expected: Observation) -> Observation:
        """Require that the course's forward pass agrees with the reference on its parameters.

        Of these only the names and shapes are kept: no student's copy shall hold a trained model.
        """
        forward = case.course_forward
        assert forward is not None
        place = case_place(check, case)
        values = dict(zip(case.returns, expected.values, strict=True))
        parameters = values[forward.parameters]
        try:
            outputs = self._forward.outputs(case, parameters)
        except ForwardFailed as failed:
            raise PreparationError(f"{place}: {failed}") from None
        nearest, distance = best_agreement(np.asarray(values[forward.outputs]), outputs)
        if distance > AGREEMENT:
            raise PreparationError(
                f"{place}: {FORWARD_FILE} was expected to compute what the reference does. "
                f"Received: other outputs, by {distance:.2g} of the largest ({nearest})"
            )
        values[forward.parameters] = {
            name: np.zeros_like(array) for name, array in parameters.items()
        }
        return replace(expected, values=list(values.values()))
