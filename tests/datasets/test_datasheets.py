"""The data that the assignments use is the data that the datasheets describe."""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

import grader.datasets
from tests.conftest import ROOT

FOLDER = ROOT / "datasets"
SHEETS = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")


def sheet(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def checksums():
    """The script `datasets/checksums.py` as a module."""
    spec = importlib.util.spec_from_file_location("checksums", FOLDER / "checksums.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["diabetes", "breast_cancer", "digits"])
def test_the_checksum_of_the_datasheet_is_the_datas(name):
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    digest = hashlib.sha256(np.ascontiguousarray(X, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(y, dtype="<f8").tobytes())
    assert f"`{digest.hexdigest()}`" in sheet(name)
    assert f"`X {X.shape}`" in sheet(name)


def test_the_checksums_of_generated_data_are_those_that_the_script_makes(checksums):
    for name in checksums.GENERATED:
        assert f"`{checksums.checksum(name)}`" in sheet(name), name
        assert f"`python datasets/checksums.py {name}`" in sheet(name), name


def test_the_checksum_of_the_sunspots_is_the_files():
    text = (FOLDER / "sunspots.csv").read_bytes()
    assert f"`{hashlib.sha256(text).hexdigest()}`" in sheet("sunspots")
    assert text.count(b"\n") == 310 and b"\r" not in text  # a heading and 309 years


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_keras_compares_a_download_with_the_checksum_of_the_datasheet(name):
    keras = Path(importlib.util.find_spec("keras").origin).parent  # found, but not imported
    source = (keras / "src" / "datasets" / f"{name}.py").read_text(encoding="utf-8")
    digest = sheet(name).rstrip().rpartition(" ")[2].strip("`")
    assert len(digest) == 64 and digest in source


@pytest.mark.parametrize("name", SHEETS)
def test_every_datasheet_has_all_entries_and_a_place_in_the_table(name):
    for entry in ("Source", "Licence", "Loader", "Shape", "Units", "SHA-256"):
        assert f"- **{entry}**" in sheet(name), entry
    assert f"({name}.md)" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_data_set_has_a_datasheet():
    helpers = {"DatasetUnavailable", "SEPARATOR", "TokenTask", "renamed_ids", "windows"}
    assert set(grader.datasets.__all__) - helpers == set(SHEETS)
