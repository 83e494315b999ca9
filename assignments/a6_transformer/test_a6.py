"""Plain pytest: one test for each public check of transformer."""

from pathlib import Path

from grader import pytest_parameters, run_public_check

import pytest


@pytest.mark.parametrize("check", pytest_parameters(Path(__file__).parent))
def test_a6(check):
    run_public_check(Path(__file__).parent, check)
