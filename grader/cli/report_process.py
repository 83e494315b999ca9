"""The report of a batch from a process of its own, so that the gradebook need not wait for it.

Not by `multiprocessing`, which would run the caller's own script again to start one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import grader
from grader.batch import BatchReport
from grader.cli.problems import UsageProblem
from grader.cli.report import write_html
from grader.store import ResultStore


class ReportProcess:
    """Begins to write the report of what was graded; at the end of a `with` block it is gone."""

    def __init__(self, outcome: BatchReport, folder: Path) -> None:
        places = [str(Path(grader.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        with tempfile.TemporaryFile() as students:
            students.write(json.dumps(outcome.students).encode())
            students.seek(0)
            self._process = subprocess.Popen(
                # -P: the folder that the command runs in holds none of our modules.
                [sys.executable, "-P", "-m", __name__, outcome.store.directory, folder],
                stdin=students,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
            )

    def page(self) -> Path:
        """Wait for the report, and return its first page.

        Raises
        ------
        UsageProblem
            When it cannot be written.
        """
        output = self._process.communicate()[0]
        try:
            answer = json.loads(output)
        except ValueError:
            raise UsageProblem(
                "The report was not written, since the process that wrote it ended too early "
                f"(exit code {self._process.returncode}). The results are kept; "
                "`grader report` writes it from them."
            ) from None
        if "problem" in answer:
            raise UsageProblem(answer["problem"])
        return Path(answer["page"])

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """End the process where nobody waited for it."""
        with self._process:
            self._process.kill()


def main() -> None:
    """Write the report of the students whom the input names; say how that went as JSON."""
    store, folder = map(Path, sys.argv[1:])
    students = json.load(sys.stdin)
    results = [found for one in students if (found := ResultStore(store).read(one)) is not None]
    try:
        print(json.dumps({"page": str(write_html(results, folder))}))
    except UsageProblem as problem:
        print(json.dumps({"problem": str(problem)}))


if __name__ == "__main__":
    main()
