"""The references on a GPU: the same answers as on the processor, and how much sooner.

    KERAS_BACKEND=torch python -m benchmarks.gpu
    python -m benchmarks.gpu --device cpu --quick    # tries the benchmark itself, without a GPU

The processor's answers are what the GPU's are compared with: Keras references by the checks of
their exercises, NumPy references, on CuPy's arrays where CuPy is installed, by their cases.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.common import ROOT
from benchmarks.references import ON_THE_HOST, answer, cases_of, mapped, module_of, problem
from grader.confine import LimitBook, Limits, SpawnedLauncher
from grader.confine.engine import CannotCompute, Engine
from grader.course.assignment import StudentFile
from grader.course.catalogue import live_assignments, load_live
from grader.course.prepare import LiveCourse, prepare
from grader.judge.grading import GradingOptions, grade
from grader.result import Kind, Status, Visibility
from grader.submissions import Submission

SEED = "gpu"
PATIENT = GradingOptions(limits=LimitBook(Limits().times(10)))
"""A cold GPU and a busy machine take their time; that is not what is judged here."""
NAMES = {
    "tensorflow": "import tensorflow as t; d = t.config.list_physical_devices('GPU'); "
    "print(t.config.experimental.get_device_details(d[0])['device_name'])",
    "jax": "import jax; print(jax.devices()[0].device_kind)",
    "torch": "import torch; print(torch.cuda.get_device_name())",
}


def courses() -> Iterator[LiveCourse]:
    for path in live_assignments(ROOT).values():
        yield load_live(path)


def device_name(engine: Engine) -> str:
    """What the GPU calls itself."""
    if engine.device == "cpu":
        return "the processor"
    command = [sys.executable, "-c", NAMES[engine.keras_backend]]
    environment = {**os.environ, **engine.environment()}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return (said.stdout.strip().splitlines() or ["a GPU"])[-1]


def without_training(course: LiveCourse, file: StudentFile) -> LiveCourse:
    """The course with one file, and without its checks that train for minutes."""
    exercises = [
        replace(one, checks=[check for check in one.checks if check.kind is not Kind.TRAIN])
        for one in file.exercises
    ]
    assignment = replace(course.assignment, files=[replace(file, exercises=exercises)])
    return replace(course, assignment=assignment, misconceptions=())


def compare_keras(engine: Engine, quick: bool) -> bool:
    """Ask the processor, then grade the device's answers; whether all are right."""
    print("\nKeras references: checks of the device's answers against the processor's")
    all_right = True
    for course in courses():
        for file in (one for one in course.assignment.files if one.backend == "keras"):
            if "tensorflow" in file.imports and find_spec("tensorflow") is None:
                print(f"  {file.name:32} needs TensorFlow, which is not installed")
                continue
            if quick:
                file = replace(file, exercises=file.exercises[:1])
            chosen = without_training(course, file)
            launchers = [SpawnedLauncher(replace(engine, device=d)) for d in ("cpu", engine.device)]
            started = time.perf_counter()
            with launchers[0] as processor:
                expected = prepare(chosen, SEED, Visibility.HIDDEN, processor, with_mistakes=False)
            submission = Submission(
                "reference", expected.name, {file.name: course.references[file.name].encode()}
            )
            with launchers[1] as device:
                result = grade(submission, expected, device, PATIENT)
            wrong = [one for one in result.checks if one.status is not Status.PASSED]
            right, seconds = len(result.checks) - len(wrong), time.perf_counter() - started
            print(f"  {file.name:32} {right:3} of {len(result.checks):3} right, {seconds:.0f} s")
            for one in wrong:
                print(f"    {one.exercise}.{one.check}: {one.status.value}, {one.message}")
            all_right = all_right and not wrong
    return all_right


def arrays_of_the_device(engine: Engine) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """To the device's arrays, and back."""
    if engine.device == "cpu":
        return np.copy, lambda value: value
    import cupy

    def back(value: Any) -> Any:
        return mapped(
            value, lambda one: cupy.asnumpy(one) if isinstance(one, cupy.ndarray) else one
        )

    return cupy.asarray, back


def compare_numpy(engine: Engine) -> bool:
    """Ask the NumPy references with arrays of both kinds; whether the answers agree."""
    if engine.device == "gpu" and find_spec("cupy") is None:
        print("\nNumPy references: not compared, since CuPy is not installed (pip install cupy).")
        return True
    there, back = arrays_of_the_device(engine)
    print("\nNumPy references: cases with the device's arrays against NumPy's")
    all_right = True
    for course in courses():
        for file in (one for one in course.assignment.files if one.backend == "numpy"):
            module, asked, wrong = module_of(course, file.name), 0, []
            started = time.perf_counter()
            for exercise in (one.name for one in file.exercises if one.name not in ON_THE_HOST):
                for check, case in cases_of(course, exercise, SEED):
                    asked += 1
                    expected = answer(module, case, np.copy)
                    received = back(answer(module, case, there))
                    found = problem(check, received, expected, case.rtol, case.atol)
                    wrong += [f"{exercise}.{check.name}, {case.label}: {found}"] if found else []
            seconds = time.perf_counter() - started
            print(f"  {file.name:32} {asked - len(wrong):3} of {asked:3} right, {seconds:.0f} s")
            print("".join(f"    {line}\n" for line in wrong), end="")
            all_right = all_right and not wrong
    return all_right


def training_steps(engine: Engine, quick: bool) -> dict[str, float]:
    """Milliseconds of a training step of each model, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.training_steps", *(["--quick"] if quick else [])]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **engine.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise SystemExit(f"The training steps ended with:\n{ended.stderr[-2000:]}")
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--quick", action="store_true", help="one exercise each, one step each")
    given = parser.parse_args()
    try:
        engine = Engine.from_environment(given.device)
        engine.require()
    except CannotCompute as reason:
        print(f"No GPU was measured. {reason}")
        return
    print(f"{engine.keras_backend} on {device_name(engine)}, {os.cpu_count()} processor cores")
    right = compare_numpy(engine)
    right = compare_keras(engine, given.quick) and right
    print("\nA training step, milliseconds               processor       device    ratio")
    processor = training_steps(replace(engine, device="cpu"), given.quick)
    device = training_steps(engine, given.quick)
    for title, before in processor.items():
        print(f"  {title:52} {before:9.1f} {device[title]:9.1f} {before / device[title]:7.1f}")
    raise SystemExit(0 if right else 1)


if __name__ == "__main__":
    main()
