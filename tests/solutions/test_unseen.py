"""Writings that nobody's diagnosis was made for get full points, and mistakes are made in them."""

import ast

import pytest

from benchmarks.unseen_mistakes import FOLDER, mistakes_of, texts_of, verdicts_of
from tests.conftest import ASSIGNMENTS, exercises_of
from tests.solutions.test_alternatives import check_alternative
from tests.conftest import untrained

WRITTEN = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
