"""A session in a process of its own, which answers questions about one file."""

import json
import subprocess
import sys

from tests.conftest import ROOT

_SCRIPT = """
import json, pathlib, sys, traceback
sys.path.insert(0, {root!r})
folder, backend, *names = sys.argv[1:]
out = sys.stdout
from grader.worker.session import Session
from grader.worker.stopwatch import Stopwatch
from grader.wire.encoding import decode
packages = ["numpy"] if backend == "numpy" else ["keras", "numpy", "tensorflow"]
settings = dict(backend=backend, imports=packages, guarded=[], answer_bytes=2**20)
session = Session(settings | dict(files=["file.py"]), pathlib.Path(folder), Stopwatch(print))
sys.excepthook = lambda *raised: traceback.print_exception(*raised, file=sys.__stderr__)
loaded = session.answer(dict(kind="load", file="file.py"))
assert loaded["outcome"] == "answered" and not loaded["values"][0]["count"], loaded
answers = []
for name in names:
    step = dict(op="call", save="r", target=name, args=[])
    answer = session.answer(dict(kind="ask", file="file.py", steps=[step], returns=["r"]))
    ended = answer["outcome"] == "answered"
    said = repr(decode(answer["values"])) if ended else answer["error"]["message"]
    answers.append([answer["outcome"], said, bool(answer.get("last"))])
print(json.dumps(answers), file=out, flush=True)
"""


def answers_of(folder, text, names, backend="numpy"):
    """Call these functions of a file, one question after the other.

    Return, of each, the outcome, the answer, and whether it is the worker's last.
    """
    (folder / "file.py").write_text(text)
    script = folder / "script.py"
    script.write_text(_SCRIPT.format(root=str(ROOT)))
    command = [sys.executable, script, folder, backend, *names]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr[-3_000:]
    return json.loads(ended.stdout.splitlines()[-1])
