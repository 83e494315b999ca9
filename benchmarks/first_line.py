"""How soon `grader check` tells something: the first exercise's line, on a full a1.

    python -m benchmarks.first_line [--rounds 5]

The references are the submission. Measured from the start of the process, without a terminal and
in one; Keras is loaded for the last file, so the first line is to come long before.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.common import ROOT, median_of

NAME = "a1_least_squares"
FIRST, FIRST_OF_KERAS = "predict", "build_model"


def full_copy(folder: Path) -> Path:
    """Lay out the assignment as a student has it who has solved everything."""
    copy = folder / "assignments" / NAME
    shutil.copytree(ROOT / "assignments" / NAME, copy, ignore=lambda *_: [".grader"])
    for file in copy.glob("*.ipynb"):
        file.unlink()
    for file in copy.glob("*.py"):
        reference = ROOT / "solutions" / NAME / file.name
        if reference.is_file():
            shutil.copy(reference, file)
    return copy


def seconds_to_line_of(exercise: str, folder: Path, terminal: bool) -> float:
    """Seconds until the exercise's line is there; what comes after it is not waited for."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "check"],
        cwd=folder,
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
        stdout=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        line = re.compile(rf"✓\S*  {exercise}\b".encode())
        text = b""
        with contextlib.suppress(OSError):  # so a terminal ends on Linux
            while line.search(text) is None and (piece := os.read(ours, 65_536)):
                text += piece
        spent = time.perf_counter() - started
        process.terminate()
    os.close(ours)
    if line.search(text) is None:
        raise SystemExit(f"There was no line of {exercise}:\n{text.decode()}")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as scratch:
        folder = full_copy(Path(scratch))
        for terminal in (False, True):
            middle, times = median_of(rounds, partial(seconds_to_line_of, FIRST, folder, terminal))
            where = "in a terminal" if terminal else "without a terminal"
            print(f"{where}: {FIRST} after {middle:.2f} s ({times})")
        print(f"first of Keras: {seconds_to_line_of(FIRST_OF_KERAS, folder, False):.1f} s")


if __name__ == "__main__":
    main()
