"""Draws terminal.svg: what `grader check` shows of a student's file with two mistakes in it.

Run it as ``make images`` when the layout of the terminal changes.
"""

from __future__ import annotations

import re
import shutil
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import MONOKAI

from grader.render.terminal import print_result
from grader.result import Result
from grader.student.checking import check_own, load_public, read_own

ROOT = Path(__file__).parents[2]
IMAGE = Path(__file__).with_name("terminal.svg")
NAME, FILE = "a2_logistic_regression", "logistic_regression.py"
WIDTH = 96
FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"
MISTAKES = {
    "sigmoid": "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n\n\n",
    "softmax_cross_entropy": (
        "def softmax_cross_entropy(logits, y):\n"
        "    rows = np.arange(len(y))\n"
        "    shifted = logits - np.max(logits, axis=1, keepdims=True)\n"
        "    log_sums = np.log(np.sum(np.exp(shifted), axis=1))\n"
        "    loss = np.mean(log_sums - shifted[rows, y])\n"
        "    return loss, softmax(logits) - one_hot(y, logits.shape[1])\n\n\n"
    ),
}


def result() -> Result:
    """Check the reference with both mistakes in it, and the Keras file as it was handed out."""
    text = (ROOT / "solutions" / NAME / FILE).read_text(encoding="utf-8")
    for name, wrong in MISTAKES.items():
        pattern = re.compile(rf"^def {name}\(.*?(?=^def )", re.MULTILINE | re.DOTALL)
        text, count = pattern.subn(lambda _, wrong=wrong: wrong, text)
        if count != 1:
            raise SystemExit(f"Expected one definition of {name} in {FILE}. Received: {count}")
    with TemporaryDirectory() as place:
        folder = Path(place) / NAME
        shutil.copytree(ROOT / "assignments" / NAME, folder)
        for notebook in folder.glob("*.ipynb"):
            notebook.unlink()
        (folder / FILE).write_text(text, encoding="utf-8")
        public = load_public(folder)
        return check_own(read_own(folder, public), public)


def drawn(shown: Result) -> str:
    """The result as `grader check` prints it, as an SVG that loads no font from elsewhere."""
    console = Console(
        file=StringIO(), record=True, width=WIDTH, force_terminal=True, color_system="truecolor"
    )
    console.print("[bold]$ grader check[/bold]")
    print_result(console, shown, more="; --all explains everything")
    svg = console.export_svg(title="grader check", theme=MONOKAI, unique_id="terminal")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", FONTS)
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


if __name__ == "__main__":
    IMAGE.write_text(drawn(result()), encoding="utf-8", newline="\n")
    print(f"{IMAGE.relative_to(ROOT)} was drawn.")
