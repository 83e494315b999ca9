"""What a forward pass needs of a reference is all that leaves with it."""

import pytest

from grader.course.excerpt import excerpt, forward_files

SOURCE = '''
import math
import numpy as np

LIMIT = math.pi

def clipped(x):
    """Keeps within the limit."""
    return np.minimum(x, LIMIT)

class Layer:
    """A layer."""

    def forward(self, x):
        """Clipped."""
        return clipped(x)

def train(x):
    return "the solution"
'''


def test_what_a_name_needs_comes_with_it_and_nothing_else():
    found = excerpt(SOURCE, ["Layer"])
    for one in ("import math", "import numpy as np", "LIMIT = ", "def clipped", "class Layer"):
        assert one in found
    for one in ("train", "the solution", "Keeps within", "A layer", "Clipped"):
        assert one not in found
    scope = {}
    exec(found, scope)
    assert scope["Layer"]().forward(5.0) == scope["LIMIT"]


def test_an_import_is_kept_where_it_is_needed():
    assert "numpy" not in excerpt(SOURCE, ["LIMIT"])


def test_a_forward_pass_brings_what_it_imports_of_the_references():
    forward = "import numpy as np\nfrom own import clipped\n"
    files = forward_files(forward, {"own.py": SOURCE, "other.py": SOURCE}, "forward.py")
    assert files == {"forward.py": forward, "own.py": excerpt(SOURCE, ["clipped"])}


def test_a_name_that_the_reference_lacks_is_named():
    with pytest.raises(ValueError, match="Received: \\['solve'\\]"):
        excerpt(SOURCE, ["solve", "train"])
