"""Files that code opens by their place on its author's machine are found where they lie here."""

import pytest

from grader.result import Status
from tests.forms.helpers import assert_full, notebook
from tests.mini import REFERENCE, check_of

OPENING = {
    r"float(open('data\\k.txt').read())": r"data\k.txt",
    r"float(open(r'.\data\k.txt', mode='r').read())": r".\data\k.txt",
    "float(open('C:/Users/ada/hw2/k.txt').read())": "C:/Users/ada/hw2/k.txt",
    "np.loadtxt('/content/drive/MyDrive/hw2/data/K.txt')": "/content/drive/MyDrive/hw2/data/K.txt",
    r"np.genfromtxt(r'D:\hw2\k.txt')": r"D:\hw2\k.txt",
    "float(__import__('pathlib').Path('/home/ada/k.txt').read_text())": "/home/ada/k.txt",
}


@pytest.mark.parametrize("opening", OPENING)
def test_a_file_that_was_handed_in_is_opened_and_told(handed_in, opening):
    text = REFERENCE.replace("def root", f"K = {opening}\n\ndef root").replace("(x)\n", "(x) * K\n")
    result = handed_in({"mini.ipynb": notebook(text), "data/k.txt": "1.0"})
    said = OPENING[opening]
    assert_full(result, f"{said} is not here; data/k.txt was opened in its place")
    assert len(result.submission.notes) == 1


def test_a_function_finds_what_a_statement_above_has_found(handed_in):
    text = "K = open('/home/ada/k.txt')\n" + REFERENCE.replace(
        "return np.sqrt(x)", "return np.sqrt(x) * float(open('/home/ada/k.txt').read())"
    )
    assert_full(handed_in({"mini.py": text, "k.txt": "1.0"}), "k.txt was opened in its place")


def test_several_are_one_note(handed_in):
    text = (
        f"K = [open(f'C:/hw/{{one}}.txt').read() for one in ['k', 'm']]\n{REFERENCE}# k.txt m.txt\n"
    )
    result = handed_in({"mini.py": text, "k.txt": "1.0", "m.txt": "1"})
    assert_full(result, "C:/hw/k.txt and C:/hw/m.txt are not here; k.txt and m.txt were opened in")
    assert len(result.submission.notes) == 1


@pytest.mark.parametrize(
    "opening",
    [
        "open('/home/ada/k.txt', 'w')",
        "open('/home/ada/other.txt')",
        "open('/home/ada/twice.txt')",
    ],
)
def test_what_is_written_or_named_in_doubt_is_not(handed_in, opening):
    text = REFERENCE.replace("def root", f"K = {opening}\n\ndef root").replace("(x)\n", "(x, K)\n")
    files = {"mini.py": text + "# a b\n", "k.txt": "1", "a/twice.txt": "1", "b/twice.txt": "2"}
    result = handed_in(files)
    assert check_of(result, "root.positive").status is Status.ERROR
    assert "was left out: FileNotFoundError" in " ".join(result.submission.notes)


@pytest.mark.parametrize("folder", ["", "/content/"])
def test_what_a_cell_writes_is_there_when_a_later_one_opens_it(handed_in, folder):
    text = REFERENCE.replace("(x)\n", "(x) * K\n")
    opening = f"import json\nK = json.load(open('{folder}cfg.json'))['K']"
    cells = f'%%writefile {folder}cfg.json\n{{"K": 1.0}}', opening, text
    result = handed_in({"mini.ipynb": notebook(*cells)})
    assert_full(result, f"cell 1: written to {folder}cfg.json, which the code may open")
    notes = (
        [] if not folder else ["/content/cfg.json is not here; cfg.json was opened in its place"]
    )
    assert [note.partition(": ")[2] for note in result.submission.notes[1:]] == notes


DRIVE = "/content/drive/MyDrive/hw2/"


@pytest.mark.parametrize(
    "reading",
    [
        f"for one in 'ab':\n    found.append(float(open('{DRIVE}' + one + '.txt').read()))",
        "for one in 'ab':\n    found.append(float(np.loadtxt('data\\\\' + one + '.txt')))",
    ],
)
def test_a_loop_is_not_run_twice_for_the_files_that_it_opens(handed_in, reading):
    text = REFERENCE.replace("(x)\n", "(x) * sum(found)\n")
    files = {"mini.py": f"import numpy as np\nfound = []\n{reading}\n{text}# data a.txt b.txt\n"}
    assert_full(handed_in({**files, "data/a.txt": "0.25", "data/b.txt": "0.75"}), "are not here")


@pytest.mark.parametrize(
    "writing", [f"open('{DRIVE}w.txt', 'w')", f"np.savetxt('{DRIVE}w.txt', [1.0])"]
)
def test_what_could_not_be_written_is_not_called_opened(handed_in, writing):
    result = handed_in({"mini.py": f"import numpy as np\n{writing}\n{REFERENCE}", "w.txt": "1"})
    assert_full(result, "was left out: FileNotFoundError")
    assert len(result.submission.notes) == 1


def test_what_asks_for_files_takes_what_it_takes_elsewhere(handed_in):
    asking = (
        f"import inspect\nimport os\nK = float(open(file='{DRIVE}k.txt').read())\n"
        "class Reader:\n    opening = open\n"
        "assert Reader().opening('k.txt').read() == open.__name__.replace('open', '1')\n"
        "assert os.path.exists(path='k.txt') and os.path.isfile(path='k.txt')\n"
        f"assert os.path.exists('{DRIVE}k.txt') and not os.path.exists(path='m.txt')\n"
        "assert list(inspect.signature(os.path.isfile).parameters) == ['path']\n"
    )
    result = handed_in({"mini.py": asking + REFERENCE, "k.txt": "1"})
    assert_full(result, "k.txt was opened in its place")
    assert len(result.submission.notes) == 1


@pytest.mark.parametrize(
    ("handler", "is_opened"),
    [
        ("except FileNotFoundError:\n    K = 1.0", False),
        ("except (KeyError, OSError) as e:\n    K = 1.0", False),
        ("except FileNotFoundError:\n    print('mount your drive')\n    raise", True),
        ("except ZeroDivisionError:\n    K = 1.0", True),
    ],
)
def test_code_that_goes_on_without_a_file_goes_its_own_way(handed_in, handler, is_opened):
    text = REFERENCE.replace("(x)\n", "(x) * K\n")
    opening = f"try:\n    K = float(open('{DRIVE}k.txt').read())\n{handler}\n"
    result = handed_in({"mini.py": opening + text, "k.txt": "1.0" if is_opened else "7"})
    assert_full(result, "was opened in its place" if is_opened else "")
    assert len(result.submission.notes) == is_opened


def test_of_several_the_one_beside_the_code_is_opened(handed_in):
    text = f"K = open('{DRIVE}k.txt').read()\n" + REFERENCE.replace("(x)\n", "(x) * float(K)\n")
    files = {"h/mini.py": text, "h/k.txt": "1", "old/k.txt": "7"}
    assert_full(handed_in(files), "h/k.txt was opened in its place")
