"""What the syntax tree tells: stubs, helpers, and functions behind aliases."""

import pytest

from grader.worker.source import inspect_source


def definitions(tmp_path, text):
    file = tmp_path / "student.py"
    file.write_text(text, encoding="utf-8")
    found = inspect_source(file, {"f": ["numpy.linalg.lstsq"], "g": ["numpy.linalg.lstsq"]})
    assert found["problem"] is None
    return found["definitions"]


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ("raise NotImplementedError", True),
        ("raise NotImplementedError('f is yours')", True),
        ("pass", True),
        ("...", True),
        ("'''Doc.'''\n    raise NotImplementedError", True),
        ("return None", True),
        ("return", True),
        ("return 0", False),
        ("raise ValueError", False),
        ("x = 1\n    raise NotImplementedError", False),
    ],
)
def test_a_stub_is_told_from_an_attempt(tmp_path, body, stub):
    assert definitions(tmp_path, f"def f(x):\n    {body}\n")["f"]["stub"] is stub


def test_a_class_is_a_stub_when_all_its_methods_are(tmp_path):
    method = "    def {}(self):\n        {}\n"
    empty = method.format("m", "raise NotImplementedError")
    text = f"class A:\n{empty}\nclass B:\n{empty}{method.format('n', 'return 1')}"
    found = definitions(tmp_path, text)
    assert found["A"]["stub"] and not found["B"]["stub"]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef f(): return np.linalg.lstsq",
        "import numpy\ndef f(): return numpy.linalg.lstsq",
        "from numpy import linalg as la\ndef f(): return la.lstsq",
        "from numpy.linalg import lstsq as secret\ndef f(): return secret",
        "import numpy as np\nla = np.linalg\ndef f(): return la.lstsq",
        "import numpy as np\ndef f(): return getattr(np.linalg, 'lstsq')",
        "import numpy as np\ndef g(): return np.linalg.lstsq\ndef f(): return g()",
        "def f():\n    import numpy.linalg as la\n    return la.lstsq",
    ],
)
def test_a_function_is_seen_behind_aliases_and_helpers(tmp_path, text):
    assert "numpy.linalg.lstsq" in definitions(tmp_path, text)["f"]["uses"]


def test_what_another_function_uses_is_not_blamed_on_this_one(tmp_path):
    text = "import numpy as np\ndef g(): return np.linalg.lstsq\ndef f(): return 1\n"
    assert "numpy.linalg.lstsq" not in definitions(tmp_path, text)["f"]["uses"]


def test_a_long_chain_of_aliases_takes_no_time(tmp_path):
    """Each of two thousand functions calls the last of two thousand aliases."""
    chain = "".join(f"a{n} = a{n + 1}\n" for n in range(2_000)) + "a2000 = f\ndef f(): pass\n"
    text = chain + "".join(f"def g{n}(): return a0()\n" for n in range(2_000))
    file = tmp_path / "student.py"
    file.write_text(text, encoding="utf-8")
    found = inspect_source(file, {}, ["f"])["definitions"]
    assert found["g0"]["calls"] == ["f"]
    assert found["g1999"]["perhaps"] == ["*"]
