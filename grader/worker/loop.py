"""The worker's loop: read a question, answer it, until the judge hangs up.

It also ends after an answer that is marked as its last: what the question left behind in the
process cannot be undone, and a fresh worker goes on.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from grader.wire.encoding import decode, encode, encode_plain, read_frame, write_frame
from grader.worker.lockdown import lock_down

SUBMISSION = "submission"
"""The folder, inside the worker's own scratch, that holds the submission."""


def main(arguments: list[str]) -> None:
    """Serve the judge on the process's own input and output.

    Inside a sandbox the arguments say how large its scratch is, and which user to become.

    The two descriptors are moved away first: what the student's code prints or reads
    meets the error stream and an empty input, never the conversation.
    """
    if arguments:
        from grader.worker import system

        size, files, user, group = map(int, arguments)
        system.mount_private(os.getcwd(), size=size, files=files, owner=(user, group))
        os.chdir(os.getcwd())  # into the new file system
        system.leave_root(user, group)
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
    from grader.worker.stopwatch import Stopwatch

    folder = _unpack(settings["files"])
    os.chdir(folder)  # what was handed in can be opened by its name
    number = 0

    def time_is_up(frame: FrameType | None, seconds: float, computing: bool) -> None:
        late = session.late_answer(frame, seconds)
        write_frame(answers, encode({**late, "computing": computing, "id": number}))

    session = Session(settings, folder, Stopwatch(time_is_up))
    versions = _versions(settings)
    lock_down(settings)
    write_frame(answers, encode({"id": 0, "outcome": "answered", "versions": versions}))
    while (received := read_frame(questions)) is not None:
        number, question = decode(received, items=None)
        answer = session.answer(decode(question, items=None))
        write_frame(answers, encode_plain({**answer, "id": number}))
        if answer.get("last"):
            break
    # Threads or exit handlers that a student left behind must not hold the process.
    os._exit(0)


def _unpack(files: dict[str, bytes]) -> Path:
    """Write the submission's files into the scratch folder, which is the current one."""
    folder = os.path.join(os.path.realpath(os.getcwd()), SUBMISSION)
    os.mkdir(folder, 0o700)
    for name, content in files.items():
        path = os.path.join(folder, *name.split("/"))
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)
    for name in {name.partition("/")[0] for name in files if not name.endswith(".py")}:
        with contextlib.suppress(OSError):  # from a folder beside it, it is ``../data``
            os.symlink(os.path.join(folder, name), os.path.join(os.path.dirname(folder), name))
    return Path(folder)


def _versions(settings: dict[str, Any]) -> dict[str, str]:
    import numpy

    versions = {"python": sys.version.split()[0], "numpy": numpy.__version__}
    if settings["backend"] == "keras":
        import keras

        versions["keras"] = keras.__version__
        versions["backend"] = keras.backend.backend()
    return versions
