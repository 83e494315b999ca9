"""The grader's own wheel: valid, whole, the same twice, and never one that pip passes over."""

import email
import io
import zipfile

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from wheel.wheelfile import WheelFile

import grader
from grader.authoring import wheel_file as module
from grader.authoring.wheel_file import CannotPackage, pinned_versions, wheel_file
from tests.conftest import ROOT

NOT_FOR_NUMPY = {"keras", "tensorflow", "tensorflow-cpu", "scikit-learn"}


@pytest.fixture(scope="module")
def made():
    return wheel_file()


@pytest.fixture(scope="module")
def archive(made, tmp_path_factory):
    name, content = made
    path = tmp_path_factory.mktemp("wheel") / name
    path.write_bytes(content)
    with WheelFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def metadata(archive):
    return email.message_from_bytes(archive.read(f"{archive.dist_info_path}/METADATA"))


def needs_of(metadata, extra=""):
    """What an extra requires on this machine, or the package alone."""
    found = map(Requirement, metadata.get_all("Requires-Dist"))
    return {one.name for one in found if not one.marker or one.marker.evaluate({"extra": extra})}


def test_record_names_every_file_and_its_digest(archive):
    names = archive.namelist()
    assert len(names) == len(set(names)) > 300
    for name in names:
        archive.read(name)  # raises where RECORD has another digest, or none
    record = archive.read(archive.record_path).decode().splitlines()
    assert [line.split(",")[0] for line in record] == names
    assert names[-1] == archive.record_path  # what describes a wheel stands at its end


def test_every_module_is_in_it_and_nothing_that_python_made(archive):
    own = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "grader").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    described = f"{archive.dist_info_path}/"
    found = {name for name in archive.namelist() if not name.startswith(described)}
    assert found - own == {"grader/authoring/lock.txt", "grader/datasets/sunspots.csv"}
    assert own <= found
    assert archive.read("grader/authoring/lock.txt") == pinned_versions()
    assert f"{described}licenses/LICENSE" in archive.namelist()


def test_it_brings_the_command(archive):
    said = archive.read(f"{archive.dist_info_path}/entry_points.txt").decode()
    assert "grader = grader.cli:main" in said.splitlines()


def test_the_plain_package_is_what_numpy_parts_need(metadata):
    assert not needs_of(metadata) & NOT_FOR_NUMPY
    assert not needs_of(metadata, "ci-numpy") & NOT_FOR_NUMPY
    assert {"numpy", "msgpack", "pytest"} <= needs_of(metadata)
    assert {"cryptography", "junitparser"} <= needs_of(metadata, "ci-numpy")
    for extra in ("keras", "ci", "instructor", "gpu", "jax", "torch"):
        assert "keras" in needs_of(metadata, extra), extra
    extras = metadata.get_all("Provides-Extra")
    assert [one for one in extras if "scikit-learn" in needs_of(metadata, one)] == ["instructor"]


def test_it_says_which_pythons_it_is_for(metadata):
    supported = SpecifierSet(metadata["Requires-Python"])
    assert all(version in supported for version in ("3.11.0", "3.12.1", "3.13.9"))
    assert "3.10.9" not in supported and "3.14.0" not in supported


def test_the_same_code_gives_the_same_bytes(made, archive, monkeypatch):
    assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert wheel_file() == made


def test_other_code_has_another_version(made, metadata, archive, monkeypatch):
    included = module._included()
    monkeypatch.setattr(module, "_included", lambda: {**included, "grader/more.py": b"x = 1\n"})
    name, content = wheel_file()
    assert name != made[0]
    for file, opened in ((made[0], archive), (name, zipfile.ZipFile(io.BytesIO(content)))):
        version = file.split("-")[1]
        about = f"deep_learning_grader-{version}.dist-info/METADATA"
        assert f"\nVersion: {version}\n".encode() in opened.read(about)
        assert opened.read("grader/_version.py").decode() == f'__version__ = "{version}"\n'
        assert version.startswith(grader.__version__)


def test_what_pip_knows_otherwise_is_refused(monkeypatch):
    project = module._project(ROOT)
    more = {**project["project"], "dependencies": [*project["project"]["dependencies"], "pandas"]}
    with monkeypatch.context() as patched, pytest.raises(CannotPackage, match=r"pip install -e \."):
        patched.setattr(module, "_project", lambda _: {**project, "project": more})
        wheel_file()
    with monkeypatch.context() as patched, pytest.raises(CannotPackage, match="another version"):
        patched.setattr(grader, "__version__", "9.9")
        wheel_file()


def test_a_grader_that_nobody_installed_is_refused(monkeypatch):
    monkeypatch.setattr(module, "DISTRIBUTION", "a-name-of-nobodys")
    with pytest.raises(CannotPackage, match="nobody has installed it"):
        wheel_file()
