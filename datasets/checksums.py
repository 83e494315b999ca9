"""Make the course's own data sets as their datasheets describe them, and print the checksums.

python datasets/checksums.py            all of them
python datasets/checksums.py spirals    one
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

from grader import datasets

ROWS = 1_000
LENGTHS = {"adding_problem": 20, "reversal": 6, "sorting": 6}
GENERATED = ("xor", "spirals", "adding_problem", "reversal", "sorting", "addition", "henon")
SUNSPOTS = "sunspots"


def make(name):
    """Arrays of a generated data set: 1,000 rows of seed 0."""
    length = (LENGTHS[name],) if name in LENGTHS else ()
    made = getattr(datasets, name)(ROWS, *length, np.random.default_rng(0))
    if isinstance(made, tuple) and not isinstance(made, datasets.TokenTask):
        return made
    return (made.sequences if isinstance(made, datasets.TokenTask) else made,)


def checksum(name):
    """SHA-256 of a file's bytes, or of the arrays as float64, rounded to 6 decimals.

    Sines and logarithms differ by their last bit from one machine to another.
    """
    if name == SUNSPOTS:
        return hashlib.sha256(Path(__file__).with_name("sunspots.csv").read_bytes()).hexdigest()
    digest = hashlib.sha256()
    for array in make(name):
        rounded = np.round(array.astype("<f8"), 6) + 0.0  # and no −0.0
        digest.update(np.ascontiguousarray(rounded).tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    for name in sys.argv[1:] or (*GENERATED, SUNSPOTS):
        print(f"{name:15}{checksum(name)}")
