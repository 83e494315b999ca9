"""`grader collect` takes tars as it takes zips: a student's, and the download itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.submissions.intake import collect
from tests.files.unpack.test_tar import tar_bytes
from tests.submissions.intake.collected import ASSIGNMENT, WANTED, run, tree

HANDED_IN = {f"submitted/ada/{ASSIGNMENT}/mlp.py": "x = 1\n"}


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz"])
def test_a_student_hands_in_a_tar(course: Path, ending: str) -> None:
    mode = "w" if ending == "tar" else "w:gz"
    content = tar_bytes({"my work/mlp.py": b"x = 1\n"}, mode)
    run(course, {f"ada/work.{ending}": content, "grace/mlp.py": "y = 2\n"})
    assert HANDED_IN.items() <= tree(course).items()


def test_the_download_is_a_tar_of_tars(course: Path, tmp_path: Path) -> None:
    inner = tar_bytes({"mlp.py": b"x = 1\n"}, "w:gz")
    download = tmp_path / "class.tar.gz"
    download.write_bytes(tar_bytes({"ada.tar.gz": inner, "grace.py": b""}, "w:gz"))
    report = collect(course, [download], WANTED)
    assert report.new == ["ada", "grace"]
    assert HANDED_IN.items() <= tree(course).items()


def test_the_time_of_a_file_is_that_of_the_archive(course: Path) -> None:
    run(course, {"ada/work.tar": tar_bytes({"mlp.py": b""}), "grace/mlp.py": ""})
    assert (course / "submitted/ada" / ASSIGNMENT / "mlp.py").stat().st_mtime == 1_000_000
