"""Grades answers that are too much to compare beside honest work, and tells what that took.

Run as a program, for the memory of its judges: ``python -m tests.hostile.large COURSE``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.confine import LimitBook, Limits, quickest_launcher
from grader.judge.grading import GradingOptions
from grader.submissions import CourseDirectory
from tests.hostile.attack import PREAMBLE
from tests.mini import REFERENCE, prepare_mini

EXERCISES = ("predict", "half_mse", "gradients", "solve", "root", "noise", "fit")
_ALL = "".join(f"def {name}(*given, **more):\n    return VALUE\n\n\n" for name in EXERCISES)
VALUES = {
    "one long text and many short ones": "['b' * 3_000_000] + ['c'] * 300",
    "texts within the budget": "['b' * 200_000] + ['c'] * 2_000",
    "large arrays": "np.ones(7_500_000)",
    "many large arrays": "[np.ones(2_000_000)] * 6",
    "empty lists": "[[] for _ in range(300_000)]",
    "empty dicts within the budget": "[{} for _ in range(90_000)]",
    "dicts in dicts": "{str(one): {str(two): {} for two in range(200)} for one in range(400)}",
}
"""What every exercise returns."""
_FORGED = """
def predict(X, w, b):
    loop = sys.modules["grader.worker.loop"]
    real = loop.write_frame
    loop.write_frame = lambda stream, data: real(stream, forged(data))


def forged(data):
    number = data[data.index(b"id") + 2 :][:9]
    return %s
"""
FORGED = {
    "a frame of empty dicts": "b'\\xdd' + (2 * 10**7).to_bytes(4, 'big') + b'\\x80' * 2 * 10**7",
    "dicts behind the right number": (
        "b'\\x82\\xa2id' + number + b'\\xa6values\\xdd' + (25 * 10**5).to_bytes(4, 'big')"
        " + b'\\x80' * 25 * 10**5"
    ),
    "extensions in extensions": (
        "b''.join(b'\\xc9' + (6 * n).to_bytes(4, 'big') + b'\\x03' for n in range(99_999, -1, -1))"
    ),
    "a length without end": "b'\\xc6\\xff\\xff\\xff\\xff'",
    "keys of bytes": "b'\\x82\\xa2id' + number + b'\\xa6values\\x91\\x81\\xc4\\x01a\\x01'",
}
"""What a worker writes instead of its answer."""


def texts() -> dict[str, str]:
    """Every hostile file by a name, each between two honest ones."""
    hostile = {
        name: f"import numpy as np\nVALUE = {value}\n{_ALL}" for name, value in VALUES.items()
    }
    hostile |= {name: f"{PREAMBLE}\n{_FORGED % data}" for name, data in FORGED.items()}
    found = {}
    for number, (name, text) in enumerate(hostile.items()):
        found[f"{number:02} {name}"] = text
        found[f"{number:02} honest"] = REFERENCE
    return found


def own_peak() -> int:
    """Kilobytes at most of this program; `ru_maxrss` would tell of who started it as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def main(course: Path) -> None:
    import resource  # where the programs of these tests run, not where they are collected

    """Grade the class and write ``memory.json`` beside its results."""
    for name, text in texts().items():
        folder = course / "submitted" / name / "m1_mini"
        folder.mkdir(parents=True)
        (folder / "mini.py").write_text(text, encoding="utf-8")
    (course / "grader.toml").write_text('seed = "a seed"\n', encoding="utf-8")
    limits = LimitBook(Limits(seconds=5, cpu_seconds=5, numpy_megabytes=1_024))
    with quickest_launcher() as chosen:
        assignment = prepare_mini(chosen)
        directory = CourseDirectory(course)
        store = ResultStore(directory.results / "m1_mini")
        plan = plan_batch(directory, assignment, store)
        run_batch(plan, assignment, store, chosen, GradingOptions(limits=limits), jobs=2)
        # Of the children that have ended the judges alone: the workers' server still runs.
        judges = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        largest = max(judges, own_peak())
    (course / "memory.json").write_text(json.dumps(largest // 1024), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
