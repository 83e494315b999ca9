"""The worker's loop: read a question, answer it, until the judge hangs up."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from grader.wire import decode, encode, read_frame, write_frame
from grader.worker.limits import limit_memory


def main() -> None:
    """Serve the judge on the process's own input and output.

    The two descriptors are moved away first: what the student's code prints or reads
    meets the error stream and an empty input, never the conversation.
    """
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.dup2(2, 1)
    serve(questions, answers)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Read the settings, then answer every question in turn."""
    first = read_frame(questions)
    if first is None:
        return
    settings = decode(first)
    from grader.worker.session import Session

    session = Session(settings)
    limit_memory(settings["megabytes"])
    write_frame(answers, encode({"id": 0, "outcome": "answered", "versions": _versions(settings)}))
    while (frame := read_frame(questions)) is not None:
        question = decode(frame)
        answer = session.answer(question)
        write_frame(answers, encode({**answer, "id": question["id"]}))
    # Threads or exit handlers that a student left behind must not hold the process.
    os._exit(0)


def _versions(settings: dict[str, str]) -> dict[str, str]:
    import numpy

    versions = {"python": sys.version.split()[0], "numpy": numpy.__version__}
    if settings["backend"] == "keras":
        import keras

        versions["keras"] = keras.__version__
        versions["backend"] = keras.backend.backend()
    return versions
