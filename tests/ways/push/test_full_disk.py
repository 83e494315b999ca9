"""A disk that is really full, under the results or the whole course: small ones are mounted."""

import contextlib
import os
import subprocess
import sys

import pytest

from tests.conftest import strongest
from tests.mini import REFERENCE
from tests.ways.push.university import University, git, push, stop, wait_until, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        strongest().confinement == "unconfined", reason="nothing can be confined here"
    ),
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounting needs root"
    ),
]


@contextlib.contextmanager
def small_disk(folder):
    """Mount four megabytes over a folder; yield what fills it and what makes room again."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ("-o", "size=4m,mode=0700")
    mounted = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("nothing may be mounted here")
    ballast = folder / "ballast"

    def fill():
        with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4_096))

    try:
        yield fill, ballast.unlink
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_under_the_results_keeps_the_push_for_later(tmp_path):
    university = University(tmp_path)
    bare, clone = university.enrol("ada")
    with small_disk(university.course / "results") as (fill, make_room):
        process = university.start()
        write(clone, REFERENCE)
        fill()
        output = push(clone)
        assert "could not read or write a file" in output and "nobody loses points" in output
        assert str(university.course) not in output and "No space left" in university.log()
        assert git(bare, "rev-parse", "main") == git(clone, "rev-parse", "main")
        assert process.poll() is None and university.result("ada") is None
        make_room()
        assert stop(process) == 0
        process = university.start()  # the next server takes up what failed
        wait_until(lambda: university.result("ada") is not None, university)
        result = university.result("ada")
        assert result.points == result.max_points
        assert stop(process) == 0


def test_a_full_disk_under_the_whole_course_stops_neither_the_push_nor_the_server(tmp_path):
    with small_disk(tmp_path / "course") as (fill, make_room):
        university = University(tmp_path)
        bare, clone = university.enrol("ada")
        process = university.start()
        write(clone, "x = 1\n")
        fill()
        output = push(clone)
        assert "could not be queued" in output and "Traceback" not in output, output
        assert git(bare, "rev-parse", "main") == git(clone, "rev-parse", "main")
        assert process.poll() is None
        make_room()
        write(clone, REFERENCE)
        said = push(clone)
        result = university.result("ada")
        assert result is not None, said + university.log()
        assert result.points == result.max_points
        assert stop(process) == 0
