"""Of several files that could be meant one counts, and a note says which and why."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.submissions import read_path
from tests.submissions.handing_in import (
    CODE,
    EXPECTED,
    FILE,
    KERAS,
    KERAS_CODE,
    SOFTMAX,
    is_code,
    lay,
    notebook,
    read,
    zipped,
)

DAY = 86_400.0


@pytest.mark.parametrize(
    ("names", "modified", "right", "why"),
    [
        (["v1.py", "v2.py"], {"v1.py": 3 * DAY, "v2.py": DAY}, "v1.py", "the newest"),
        (["v9.py", "v10.py"], {}, "v10.py", "the number in its name is higher"),
        (["a.py", "a_final.py"], {}, "a_final.py", "its name says that it is the later one"),
        (["a_final.py", "b2.py"], {}, "a_final.py", "its name says"),
        (["a_final.py", "a_final2.py"], {}, "a_final2.py", "number in its name is higher"),
        (["try1/a.py", "try2/a.py"], {}, "try2/a.py", "the number of its folder is higher"),
        (["first/a.py", "final/a.py"], {}, "final/a.py", "its folder is named"),
        ([f"v1/{FILE}", f"v2/{FILE}"], {}, f"v2/{FILE}", "the number of its folder is higher"),
        ([f"old/{FILE}", f"work/{FILE}"], {}, f"work/{FILE}", "its folder is named"),
        (
            ["v9.py", "v10.py"],
            {"v9.py": 30.0, "v10.py": 0.0},
            "v10.py",
            "number in its name is higher",
        ),
        (["a.py", "b.py"], {}, "a.py", "its name comes first"),
    ],
)
@pytest.mark.parametrize("stem", ["", "logistic_regression_"])
def test_of_two_that_fit_equally(
    tmp_path: Path, stem: str, names: list[str], modified: dict[str, float], right: str, why: str
) -> None:
    files = {f"{stem}{name}": CODE + f"WHO = '{name}'\n".encode() for name in names}
    found = read(lay(tmp_path, files, {f"{stem}{name}": at for name, at in modified.items()}))
    assert f"WHO = '{right}'".encode() in found.files[FILE]
    assert any(why in note and f"{stem}{right}" in note for note in found.notes)


def test_what_counts_and_what_does_not_is_one_note(tmp_path: Path) -> None:
    names = {"my work v1.2.py": CODE, "my work v1.10.py": CODE + b"x = 1\n"}
    (note,) = read(lay(tmp_path / "a", names)).notes
    assert "my work v1.2.py defines as many, but my work v1.10.py counts, because the num" in note
    names = {"work_march_30.py": CODE, "work_april_2.py": CODE + b"x = 1\n"}
    (note,) = read(lay(tmp_path / "b", names)).notes
    assert note.endswith("work_april_2.py counts, because the date in its name is later")
    names["work_march_30.py"] = CODE.split(b"def sigmoid_grad")[0] + SOFTMAX
    notes = read(lay(tmp_path / "c", names)).notes
    assert "both work_april_2.py and work_march_30.py define sigmoid; " in notes[1]
    notes = read(lay(tmp_path / "d", {f"{FILE}/{FILE}": CODE})).notes
    assert [note for note in notes if "fits" in note] == [] and "is a directory" in notes[1]


def test_of_two_free_names_an_old_one_stands_back(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {"a_old.py": CODE + b"OLD = 1\n", "b.py": CODE}))
    assert b"OLD" not in found.files[FILE]


def test_without_times_and_numbers_the_fuller_of_two_counts(tmp_path: Path) -> None:
    fuller = CODE + b"def softmax(z):\n    return z\n"
    found = read(
        lay(tmp_path, {"ada_logistic_regression.py": CODE, "bob_logistic_regression.py": fuller})
    )
    assert found.files[FILE] == fuller
    assert any("it has more exercises" in note for note in found.notes)


def test_the_times_of_a_checkout_are_no_times(tmp_path: Path) -> None:
    files = {"logistic_regression_1.py": b"#1\n" + CODE, "logistic_regression_2.py": CODE}
    lay(tmp_path, files, {"logistic_regression_1.py": 9 * DAY})
    found = read_path(tmp_path, EXPECTED, student="", assignment="a2", dated=False)
    assert found.files[FILE] == CODE


def test_the_times_in_an_archive_are_times(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, year in (("logistic_regression_1.py", 2026), ("logistic_regression_2.py", 2025)):
            info = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            archive.writestr(info, CODE + f"YEAR = {year}\n".encode())
    found = read(lay(tmp_path, {"work.zip": stream.getvalue()}))
    assert b"YEAR = 2026" in found.files[FILE]
    assert found.submitted_at == "1970-01-12T13:46:40+00:00"  # the zip's own, which came here


def test_two_archives_are_compared_file_by_file(tmp_path: Path) -> None:
    files = {
        "v1.zip": zipped({FILE: CODE + b"OLD = 1\n"}, 2025),
        "v2.zip": zipped({FILE: CODE}, 2026),
    }
    found = read(lay(tmp_path, files))
    assert found.files == {FILE: CODE}
    assert found.sources == {FILE: f"v2.zip/{FILE}"}


def test_one_notebook_serves_both_files_with_one_note(tmp_path: Path) -> None:
    content = notebook(b"import numpy as np\nimport keras", CODE, KERAS_CODE)
    found = read(lay(tmp_path, {"logistic_regression.ipynb": content}))
    assert found.files[KERAS] == found.files[FILE]
    assert found.line_origins[KERAS] == found.line_origins[FILE]
    assert len(found.notes) == 1
    assert "logistic_regression.ipynb defines 1 of the 2 exercises" in found.notes[0]


def test_one_file_serves_both_although_the_other_stub_lies_beside_it(tmp_path: Path) -> None:
    stub = b"def build_model(n):\n    raise NotImplementedError\n"
    found = read(lay(tmp_path, {FILE: CODE + KERAS_CODE, KERAS: stub}))
    assert found.files == {FILE: CODE + KERAS_CODE, KERAS: CODE + KERAS_CODE}
    assert len(found.notes) == 1


def test_parts_in_folders_of_their_own(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {"numpy/hw.py": CODE, "keras/hw.py": KERAS_CODE}))
    assert found.files == {FILE: CODE, KERAS: KERAS_CODE}
    assert set(found.sources.values()) == {"numpy/hw.py", "keras/hw.py"}


def test_a_file_that_takes_everything_from_another_is_not_empty(tmp_path: Path) -> None:
    own = b"from functions import *\nVERSION = 2\n"
    found = read(lay(tmp_path, {FILE: own, "functions.py": CODE}))
    assert found.files == {FILE: own, "functions.py": CODE}
    assert found.notes == ()


def test_helpers_are_not_mistaken_for_the_file(tmp_path: Path) -> None:
    files = {
        "ada_logistic_regression.py": b"from logistic_regression_tools import stable\n" + CODE,
        "logistic_regression_tools.py": b"def stable(z):\n    return z\n",
    }
    found = read(lay(tmp_path, files))
    assert is_code(found.files[FILE])
    assert "logistic_regression_tools.py" in found.files


@pytest.mark.parametrize("in_notebook", [True, False])
def test_of_a_file_and_its_notebook_the_one_with_more_exercises_counts(
    tmp_path: Path, in_notebook: bool
) -> None:
    part = CODE.partition(b"def sigmoid_grad")[0]
    python, cells = (part, CODE) if in_notebook else (CODE, part)
    found = read(lay(tmp_path, {FILE: python, f"{FILE[:-3]}.ipynb": notebook(cells)}))
    assert b"def sigmoid_grad" in found.files[FILE]
    assert any("because it has more exercises" in note for note in found.notes) is in_notebook


def test_a_file_with_some_exercises_of_both_assignments_is_ours(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {"hw.py": CODE + b"def softmax(z):\n    return z\n", "b.py": b""}))
    assert is_code(found.files[FILE])
    assert found.nothing_to_grade == ""


def test_the_other_assignments_are_not_read_without_need(tmp_path: Path) -> None:
    def asked() -> dict:
        raise AssertionError("nobody needs to know")

    asking = replace(EXPECTED, others=asked)
    assert is_code(read(lay(tmp_path, {FILE: CODE, "tools.py": b""}), asking).files[FILE])


THEIRS = b"import numpy as np\n\n\ndef relu(z):\n    return z\n\n\ndef softmax(z):\n    return z\n"
OPEN = CODE.partition(b"def softmax")[0] + b"def softmax(z):\n    raise NotImplementedError\n"


@pytest.mark.parametrize("name", ["mlp.py", "mlp.ipynb"])
@pytest.mark.parametrize("text", [THEIRS, THEIRS.replace(b"def relu", b"def helper")])
def test_another_assignments_file_beside_it_gives_nothing(
    tmp_path: Path, name: str, text: bytes
) -> None:
    content = notebook(text) if name.endswith("ipynb") else text
    found = read(lay(tmp_path, {FILE: OPEN, name: content}))
    assert list(found.files) == [FILE]
    whose = "a3's" if name == "mlp.py" else "a3's mlp.py"
    assert f"{name} was left out: it looks like {whose}" in found.notes


def test_a_file_of_that_name_which_is_imported_is_a_module(tmp_path: Path) -> None:
    graded = b"from mlp import softmax as soft\n" + OPEN
    assert set(read(lay(tmp_path, {FILE: graded, "mlp.py": THEIRS})).files) == {FILE, "mlp.py"}


def test_a_file_of_that_name_with_this_assignments_exercises_is_ours(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {FILE: OPEN, "mlp.py": CODE + b"def softmax(z):\n    return z\n"}))
    assert "mlp.py" in found.files


@pytest.mark.parametrize(
    ("names", "right"),
    [
        (["28-03-2024/work.py", "01-04-2024/work.py"], "01-04-2024/work.py"),
        (["work_28.03.2024.py", "work_01.04.2024.py"], "work_01.04.2024.py"),
        (["2024-03-28/work.py", "2024-04-01/work.py"], "2024-04-01/work.py"),
        (["work_march_30.py", "work_april_2.py"], "work_april_2.py"),
        (["30 Dec 2023/work.py", "2 Jan 2024/work.py"], "2 Jan 2024/work.py"),
        (["work-Sept.28.py", "work-OCT.1.py"], "work-OCT.1.py"),
        (["work_mary_3.py", "work_may_b_2.py"], "work_mary_3.py"),
        (["work_final.py", "work_final_final.py"], "work_final_final.py"),
        (["work_alt.py", "work_neu.py"], "work_neu.py"),
        (["work.py", "work_korr.py"], "work_korr.py"),
        (["demo.py", "work.py"], "work.py"),
    ],
)
def test_dates_and_words_in_other_forms(tmp_path: Path, names: list[str], right: str) -> None:
    files = {name: CODE + f"# {name}\n".encode() for name in names}
    found = read_path(
        lay(tmp_path, files),
        EXPECTED,
        student="ada",
        assignment="a2_logistic_regression",
        dated=False,
    )
    assert f"# {right}".encode() in found.files[FILE]
