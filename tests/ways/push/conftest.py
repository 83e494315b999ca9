"""One university with a running server, shared by the tests that do not disturb it."""

import sys

import pytest

from tests.conftest import strongest

# The queue locks its file as Unix does.
collect_ignore_glob = ["test_*.py"] if sys.platform == "win32" else []


@pytest.fixture(scope="package")
def university(tmp_path_factory):
    if strongest().confinement == "unconfined":
        pytest.skip("nothing can be confined here")
    from tests.ways.push.university import University, stop

    made = University(tmp_path_factory.mktemp("university"))
    process = made.start()
    yield made
    assert process.poll() is None, made.log()  # whatever was pushed, the server lives
    assert stop(process) == 0
