"""A student's own modules and files are found wherever they lie, in grading and in a check."""

from __future__ import annotations

import json

import pytest

from grader.course.expected import expected_of
from grader.judge.grading import grade
from grader.result import Result, Status
from grader.student.checking import check_own
from grader.submissions import read_path
from tests.conftest import strongest
from tests.mini import REFERENCE, mini
from tests.submissions.handing_in import zipped

ROOT = """def root(x):
    if x < 0:
        raise ValueError(f"Expected x >= 0. Received: {x}")
    return np.sqrt(x)
"""
HELPER = f"import numpy as np\n\n{ROOT.replace('root', 'my_root')}"
USING = REFERENCE.replace(ROOT, "def root(x):\n    return my_root(x)\n")
FACTOR = REFERENCE.replace("np.sqrt(x)", "FACTOR * np.sqrt(x)")
FIRST, SECOND = REFERENCE.split("def solve")
SECOND = f"import numpy as np\n\ndef solve{SECOND}"
assert "FACTOR" in FACTOR and "my_root" in USING


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def importing(line: str, *places: str) -> dict[str, str | bytes]:
    return {"mini.py": f"{line}\n{USING}", **dict.fromkeys(places, HELPER)}


IMPORTED = {
    "of Canvas": (importing("from helper import my_root", "helper-1.py"), "helper-1.py"),
    "of a browser": (importing("from helper import my_root", "helper (1).py"), "helper (1).py"),
    "with a name": (
        importing("from helper import my_root", "ada_helper_final.py"),
        "ada_helper_final.py",
    ),
    "with capitals": (importing("from Helper import my_root", "helper.py"), "helper.py"),
    "as text": (importing("from helper import my_root", "helper.py.txt"), "helper.py.txt"),
    "as a whole": (
        {"mini.py": f"import helper\n{USING.replace('my_root(x)', 'helper.my_root(x)')}"}
        | {"helper-2.py": HELPER},
        "helper-2.py",
    ),
    "in a folder of the path": (
        importing("import sys\nsys.path.insert(0, 'src')\nfrom helper import my_root")
        | {"src/helper.py": HELPER},
        "src/helper.py",
    ),
    "in a folder beside": (
        {f"hw/{name}": text for name, text in importing("from helper import my_root").items()}
        | {"lib/helper.py": HELPER},
        "lib/helper.py",
    ),
    "by a call": (
        importing("import importlib\nmy_root = importlib.import_module('helper').my_root")
        | {"src/helper.py": HELPER},
        "src/helper.py",
    ),
    "with a dot": (
        importing("from .helper import my_root") | {"src/helper.py": HELPER},
        "src/helper.py",
    ),
    "of a package in a folder": (
        importing("from utils.roots import my_root")
        | {"src/utils/roots.py": "from .base import my_root\n", "src/utils/base.py": HELPER}
        | {"src/utils/__init__.py": "from utils import base\n"},
        "src/utils/roots.py",
    ),
    "a module of a package": (
        {"mini.py": f"from utils import roots\n{USING.replace('my_root(x)', 'roots.my_root(x)')}"}
        | {"src/utils/roots.py": HELPER},
        "src/utils/roots.py",
    ),
    "of a package without its folder": (
        importing("from utils.roots import my_root", "roots-1.py"),
        "roots-1.py",
    ),
    "a notebook": (
        {"mini.ipynb": notebook("from helper import my_root", USING)}
        | {"lib/helper.ipynb": notebook(HELPER)},
        "lib/helper.ipynb",
    ),
    "in an archive": (
        importing("from helper import my_root")
        | {"more.zip": zipped({"helper.py": HELPER.encode()})},
        "more.zip/helper.py",
    ),
    "a package in an archive": (
        importing("from utils.roots import my_root")
        | {"utils.zip": zipped({"utils/roots.py": HELPER.encode()})},
        "utils.zip/roots.py",
    ),
    "in an archive, for a module": (
        importing("from first import my_root", "unused.py")
        | {"first.py": "from helper import my_root\n"}
        | {"more.zip": zipped({"helper.py": HELPER.encode()})},
        "more.zip/helper.py",
    ),
}
OPENED = {
    "run by its text": importing("exec(open('helper.py').read())", "helper.py"),
    "run by its text, in a folder": importing(
        "from pathlib import Path\nexec(Path('src', 'my-helper.py').read_text())",
        "src/my-helper.py",
    ),
    "run as a file": importing(
        "import runpy\nglobals().update(runpy.run_path('src/helper.py'))", "src/helper.py"
    ),
    "loaded by its place": importing(
        "import importlib.util as u\ns = u.spec_from_file_location('h', 'helper.py')\n"
        "h = u.module_from_spec(s)\ns.loader.exec_module(h)\nmy_root = h.my_root",
        "helper.py",
    ),
    "settings": {
        "mini.py": f"import json\nFACTOR = json.load(open('config.json'))['k']\n{FACTOR}",
        "config.json": '{"k": 1}',
    },
    "a table": {
        "hw 1/mini.py": f"import numpy as np\nFACTOR = np.loadtxt('data/d.csv')[0]\n{FACTOR}",
        "hw 1/data/d.csv": "1\n2\n",
    },
    "a table beside the folder": {
        "src/mini.py": f"import numpy as np\nFACTOR = np.loadtxt('../data/my d.csv')[0]\n{FACTOR}",
        "data/my d.csv": "1\n2\n",
    },
    "a table seen from the top": {
        "src/mini.py": f"import numpy as np\nFACTOR = np.loadtxt('src/d.csv')[0]\n{FACTOR}",
        "src/d.csv": "1\n2\n",
    },
    "a table in an archive": {
        "work.zip": zipped(
            {
                "hw/mini.py": b"import numpy as np\nFACTOR = np.loadtxt('data/d.csv')[0]\n"
                + FACTOR.encode(),
                "hw/data/d.csv": b"1\n2\n",
            }
        )
    },
    "an archive": {
        "mini.py": "import zipfile\nwith zipfile.ZipFile('data.zip') as packed:\n"
        f"    FACTOR = float(packed.read('k.txt'))\n{FACTOR}",
        "data.zip": zipped({"k.txt": b"1"}),
    },
    "all of a folder": {
        "mini.py": "import glob\nFACTOR = sum(float(open(one).read()) for one in "
        f"glob.glob('data/*.txt'))\n{FACTOR}",
        "data/a.txt": "0.5",
        "data/b.txt": "0.5",
    },
    "what a helper opens": {
        "mini.py": f"from tools.h import FACTOR\n{FACTOR}",
        "tools/h.py": "import os\n"
        "FACTOR = float(open(os.path.join(os.path.dirname(__file__), 'k.txt')).read())\n",
        "tools/k.txt": "1",
    },
}
RUN = {
    "a folder above": ("part/mini.ipynb", "../src/part1.ipynb", "src/part1.ipynb"),
    "a drive": ("mini.ipynb", "/content/drive/MyDrive/part1.ipynb", "part1.ipynb"),
    "another folder": ("mini.ipynb", "part1.ipynb", "src/part1.ipynb"),
    "a folder that Python has, too": ("mini.ipynb", "code/part1.ipynb", "code/part1.ipynb"),
}


@pytest.fixture(scope="module")
def launcher():
    with strongest() as chosen:
        yield chosen


@pytest.fixture
def handed_in(tmp_path, launcher):
    def handed_in(files: dict[str, str | bytes]) -> Result:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        submission = read_path(tmp_path, expected_of(mini()), student="ada", assignment="m1_mini")
        return grade(submission, mini(), launcher)

    return handed_in


def assert_full(result: Result) -> list[str]:
    lost = [(one.exercise, one.message) for one in result.checks if one.status != Status.PASSED]
    assert lost == [], result.submission.notes
    assert not any("neither" in note or "left out" in note for note in result.submission.notes)
    return result.submission.notes


@pytest.mark.parametrize("kind", IMPORTED)
def test_a_module_is_found_and_told_of(handed_in, kind):
    files, place = IMPORTED[kind]
    notes = assert_full(handed_in(files))
    assert any(note.startswith(f"{place} was taken as the module ") for note in notes), notes


@pytest.mark.parametrize("kind", OPENED)
def test_a_file_that_was_handed_in_can_be_opened(handed_in, kind):
    assert_full(handed_in(OPENED[kind]))


@pytest.mark.parametrize(
    "files",
    [
        IMPORTED["of Canvas"][0],
        IMPORTED["in a folder of the path"][0],
        OPENED["run as a file"],
        OPENED["a table beside the folder"],
    ],
)
def test_a_check_of_ones_own_finds_the_same(handed_in, tmp_path, files):
    graded = handed_in(files)
    submission = read_path(tmp_path, expected_of(mini()), student="me", assignment="m1_mini")
    checked = check_own(submission, mini())
    assert assert_full(checked) == graded.submission.notes


@pytest.mark.parametrize("kind", RUN)
@pytest.mark.parametrize(
    "line",
    [
        "%run {}",
        "if True:\n    %run {}",
        "def first():\n    %run {}\nfirst()",
        "get_ipython().run_line_magic('run', '{}')",
    ],
)
def test_a_notebook_is_run_wherever_it_lies(handed_in, kind, line):
    name, path, place = RUN[kind]
    first = notebook(f"SCALE = 1\n{FIRST}")
    second = notebook(line.format(path), "FACTOR = SCALE + 0", FACTOR[FACTOR.index("def solve") :])
    notes = assert_full(handed_in({name: second, place: first}))
    assert any(f"%run {path} was taken as from " in note for note in notes), notes


def test_the_exercise_of_a_module_in_a_folder_comes_before_a_stray_file(handed_in):
    files = {
        "mini.py": f"import sys\nsys.path.append('src')\nfrom roots import root\n"
        f"{REFERENCE.replace(ROOT, '')}",
        "src/roots.py": f"import numpy as np\n\n{ROOT}",
        "old_try.py": "def root(x):\n    return x\n",
    }
    notes = assert_full(handed_in(files))
    assert "root was taken from src/roots.py" in notes


@pytest.mark.parametrize("line", ["from utils import h", "import utils\nh = utils.h"])
def test_each_of_two_folders_has_its_own_module_of_a_name(handed_in, line):
    first = FIRST.replace("return X @ w + b", "return h(X @ w, b)")
    second = SECOND.replace("return np.sqrt(x)", "return h(np.sqrt(x))")
    files = {
        "q1/solution.py": f"{line}\n{first}",
        "q1/utils.py": "from more import zero\ndef h(a, b): return a + b + zero\n",
        "q1/more.py": "zero = 0\n",
        "q2/solution.py": f"{line}\n{second}",
        "q2/utils.py": "import more\ndef h(a): return more.zero * a\n",
        "q2/more.py": "zero = 1\n",
    }
    assert_full(handed_in(files))


@pytest.mark.parametrize(
    "line",
    [
        "exec(open('utils.py').read())",
        "from pathlib import Path\nexec(Path('utils.py').read_text())",
        "exec(open('./utils.py').read())",
    ],
)
def test_each_of_two_files_opens_what_lies_beside_it(handed_in, line):
    first = FIRST.replace("return X @ w + b", "return h(X @ w, b) * K")
    second = SECOND.replace("return np.sqrt(x)", "return h(np.sqrt(x)) * K")
    table = "K = np.loadtxt('data/k.txt')\n"
    files = {
        "q1/solution.py": f"{line}\nimport numpy as np\n{table}{first}",
        "q1/utils.py": "def h(a, b): return (a + b) / 2\n",
        "q1/data/k.txt": "2",
        "q2/solution.py": f"{line}\n{second}".replace("as np\n", f"as np\n{table}", 1),
        "q2/utils.py": "def h(a): return a / 4\n",
        "q2/data/k.txt": "4",
    }
    assert_full(handed_in(files))


def test_each_of_two_notebooks_has_what_its_own_cells_write(handed_in):
    first = "import json\nK = json.load(open('k.json'))\nfrom utils import h\n" + FIRST.replace(
        "return X @ w + b", "return h(X @ w, b) * K"
    )
    second = "import json\nK = json.load(open('k.json'))\nfrom utils import h\n" + SECOND.replace(
        "return np.sqrt(x)", "return h(np.sqrt(x)) * K / 2"
    )
    files = {
        "part1.ipynb": notebook(
            "%%writefile utils.py\ndef h(a, b): return a + b", "%%writefile k.json\n1", first
        ),
        "part2.ipynb": notebook(
            "%%writefile utils.py\ndef h(a): return a", "%%writefile k.json\n2", second
        ),
        "k.json": "3",
    }
    assert_full(handed_in(files))


HERE = "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'k.txt')"


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (f"import os\nK = float(open({HERE}).read())", "1"),
        ("from pathlib import Path\nK = float((Path(__file__).parent / 'k.txt').read_text())", "1"),
        (r"K = float(open('C:\\hw2\\k.txt').read())", "1"),
        ("K = float(np.loadtxt('/content/drive/MyDrive/k.txt'))", "1"),
        ("np.savetxt('k.txt', [NUMBER])\nK = float(np.loadtxt('k.txt'))", "9"),
        ("open('k.txt', 'w').write(str(NUMBER))\nK = float(open('k.txt').read())", "9"),
        (
            "import os\nos.chdir('data')\nK = float(open('k.txt').read()) + NUMBER - 1\n"
            "os.chdir('..')",
            "9",
        ),
    ],
)
def test_each_of_two_files_has_what_lies_in_its_folder_and_what_it_writes(handed_in, line, first):
    files = {
        "q1/solution.py": f"import numpy as np\nNUMBER = 1.0\n{line}\n"
        + FIRST.replace("return X @ w + b", "return (X @ w + b) * K"),
        "q1/k.txt": first,
        "q1/data/k.txt": "1",
        "q2/solution.py": f"import numpy as np\nNUMBER = 2.0\n{line}\n"
        + SECOND.replace("return np.sqrt(x)", "return np.sqrt(x) * K / 2"),
        "q2/k.txt": first.replace("1", "2"),
    }
    assert_full(handed_in(files))


@pytest.mark.parametrize(
    "line",
    [
        "from importlib import import_module\nh = import_module('utils').h",
        "h = __import__('utils').h",
        "from importlib import util\nspec = util.spec_from_file_location('utils', 'utils.py')\n"
        "it = util.module_from_spec(spec)\nspec.loader.exec_module(it)\nh = it.h",
    ],
)
def test_each_of_two_files_imports_its_own_by_a_call(handed_in, line):
    files = {
        "q1/solution.py": f"{line}\n" + FIRST.replace("return X @ w + b", "return h(X @ w, b)"),
        "q1/utils.py": "def h(a, b): return a + b\n",
        "q2/solution.py": f"{line}\n" + SECOND.replace("return np.sqrt(x)", "return h(np.sqrt(x))"),
        "q2/utils.py": "def h(a): return a\n",
    }
    assert_full(handed_in(files))


@pytest.mark.parametrize("said", ["'{}'", "'../src/{}'", "r'C:\\hw\\src\\{}'"])
def test_each_of_two_files_has_the_module_of_the_folder_that_it_names(handed_in, said):
    line = f"import sys\nsys.path.append({said})\nfrom utils import h\n"
    first = FIRST.replace("return X @ w + b", "return h(X @ w, b)")
    second = SECOND.replace("return np.sqrt(x)", "return h(np.sqrt(x))")
    files = {
        "part1.ipynb": notebook(line.format("one") + first),
        "part2.ipynb": notebook(line.format("two") + second),
        "src/one/utils.py": "def h(a, b): return a + b\n",
        "src/two/utils.py": "def h(a): return a\n",
    }
    notes = assert_full(handed_in(files))
    modules = [one for one in notes if "as the module utils" in one]
    assert len(modules) == 2 and modules[1].endswith("as the module utils of part1.ipynb"), notes


def test_a_module_that_is_too_large_is_not_called_missing(handed_in):
    large = HELPER + "#" * (6 * 2**20)
    result = handed_in({**importing("from helper import my_root"), "helper.py": large})
    notes = result.submission.notes
    assert "helper.py was left out: it is 6.1 MB, the limit is 5 MB" in notes
    assert not any("neither" in one for one in [*notes, *(one.message for one in result.checks)])


def test_a_module_that_is_not_there_is_called_missing(handed_in):
    result = handed_in(importing("from helper import my_root", "other.py"))
    assert any("is neither handed in nor a package" in one for one in result.submission.notes)


def test_what_has_the_name_alone_is_no_module(handed_in):
    files = {"lib/my_root.py": "def other(x): return x\n", "lib/ada_helper.py": "x = 1\n"}
    for line in ("from helper import my_root", "from utils.helper import my_root"):
        result = handed_in({**importing(line), **files})
        assert result.submission.files == ["mini.py"]


def test_a_sentence_about_a_missing_file_has_one_full_stop(handed_in):
    text = f"import numpy as np\nFACTOR = np.loadtxt('d.csv')\n{FACTOR}"
    result = handed_in({"mini.py": text})
    (message,) = {one.message for one in result.checks if "d.csv" in one.message}
    assert message.endswith("FileNotFoundError: d.csv not found.")


def test_what_the_code_opens_is_limited(handed_in):
    text = f"import os\nFACTOR = len(os.listdir('data')) / 200\n{FACTOR}"
    result = handed_in({"mini.py": text, **{f"data/{n:03}.csv": "1" for n in range(300)}})
    assert result.points == 20
    assert result.submission.notes == [
        "data/200.csv and what else the code may open was left out: 200 files and 20 MB together "
        "are the limit"
    ]


def test_what_nobody_speaks_of_stays_behind(handed_in):
    files = {"mini.py": REFERENCE, "data.csv": "1", "data/x.csv": "1", "mini_notes.txt": "done"}
    assert handed_in(files).submission.files == ["mini.py"]
