"""The report of a batch from a process of its own, so that the gradebook need not wait for it.

Not by `multiprocessing`, which would run the caller's own script again to start one.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import grader
from grader.batch import BatchReport
from grader.batch.store import ResultStore
from grader.cli.problems import UsageProblem
from grader.cli.report import write_html
from grader.problems import MachineProblem


class ReportProcess:
    """Gets ready to write a report, writes it when it is told to, and is ended with `end`."""

    def __init__(self) -> None:
        places = [str(Path(grader.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            # -P: the folder that the command runs in holds none of our modules.
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        )

    def begin(self, outcome: BatchReport, folder: Path) -> None:
        """Have the report of what was graded written into a folder."""
        order = {
            "store": str(outcome.store.directory),
            "students": outcome.students,
            "folder": str(folder),
        }
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
            pipe.write(json.dumps(order).encode())

    def page(self) -> Path:
        """Wait for the report, and return its first page.

        Raises
        ------
        UsageProblem, MachineProblem
            When it cannot be written.
        """
        assert self._process.stdout is not None
        output = self._process.stdout.read()
        self._process.wait()
        try:
            answer = json.loads(output)
        except ValueError:
            raise MachineProblem(
                "The report was not written, since the process that wrote it ended too early "
                f"(exit code {self._process.returncode}). The results are kept; "
                "`grader report` writes it from them."
            ) from None
        if "refused" in answer:
            raise MachineProblem(answer["refused"])
        if "problem" in answer:
            raise UsageProblem(answer["problem"])
        return Path(answer["page"])

    def end(self) -> None:
        """End the process, whether it is done or not."""
        with self._process:
            self._process.kill()


def main() -> None:
    """Import what a report needs, wait for the order, write; say how that went as JSON."""
    with contextlib.suppress(ModuleNotFoundError):  # `write_html` tells it
        importlib.import_module("grader.render.html")
    order = json.load(sys.stdin)
    store = ResultStore(Path(order["store"]))
    results = [found for one in order["students"] if (found := store.read(one)) is not None]
    try:
        page = write_html(results, Path(order["folder"]))
        print(json.dumps({"page": str(page)}))
    except MachineProblem as problem:
        print(json.dumps({"refused": str(problem)}))
    except UsageProblem as problem:
        print(json.dumps({"problem": str(problem)}))


if __name__ == "__main__":
    main()
