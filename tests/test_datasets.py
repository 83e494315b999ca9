"""The data that the assignments use is the data that the datasheets describe."""

import hashlib

import numpy as np
import pytest
from sklearn import datasets


@pytest.mark.parametrize("name", ["diabetes", "breast_cancer", "digits"])
def test_the_checksum_of_the_datasheet_is_the_datas(root, name):
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    digest = hashlib.sha256(np.ascontiguousarray(X, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(y, dtype="<f8").tobytes())
    sheet = (root / "datasets" / f"{name}.md").read_text(encoding="utf-8")
    assert f"`{digest.hexdigest()}`" in sheet
    assert f"`X {X.shape}`" in sheet
