"""Each family on small snippets: what it changes, and what it leaves alone."""

import pytest

from grader.authoring.mutation import mutants_of


def changed(line, family, head="def f(x, y, n):"):
    """What a family makes of one line in a function."""
    text = f"{head}\n    {line}\n"
    return {one.after for one in mutants_of(text, "f.py") if one.family == family}


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return x + y", {"return x - y", "return x", "return y"}),
        ("return x - y", {"return x + y", "return x", "return -y"}),
        ("return x * y", {"return x / y", "return x", "return y"}),
        ("return x / y", {"return x * y", "return x"}),
        ("return x @ y", {"return x * y", "return x", "return y"}),
        ("return x**n", {"return x"}),
        ("return -x", {"return x"}),
        ("x += y", {"x -= y", "x = y"}),
        ("return x | y", set()),
    ],
)
def test_arithmetic(line, mutants):
    assert changed(line, "arithmetic") == mutants


def test_parentheses_stand_only_where_they_are_needed():
    assert "return n - -y" in changed("return n - (x - y)", "arithmetic")
    assert "return (-y) ** n" in changed("return (x - y) ** n", "arithmetic")
    assert "return (-y).sum()" in changed("return (x - y).sum()", "arithmetic")
    assert "return (n + x) * y" in changed("return (n + x - y) * y", "arithmetic")
    assert changed("return (x + y) * n", "arithmetic") == {
        "return (x + y) / n",
        "return (x + y)",
        "return n",
        "return (x - y) * n",
        "return x * n",
        "return y * n",
    }


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return x < y", {"return x <= y", "return x > y"}),
        ("return x >= y", {"return x > y", "return x <= y"}),
        ("return x == y", {"return x != y"}),
        ("return x in y", {"return x not in y"}),
        (
            "return 1 <= x < y",
            {"return 1 < x < y", "return 1 >= x < y", "return 1 <= x <= y", "return 1 <= x > y"},
        ),
    ],
)
def test_comparison(line, mutants):
    assert changed(line, "comparison") == mutants


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return x and y", {"return x or y", "return x", "return y"}),
        (
            "return (x < n) & (y > n)",
            {"return (x < n) | (y > n)", "return (x < n)", "return (y > n)"},
        ),
        ("return ~x", {"return x"}),
        ("return x if n else y", {"return x if not n else y", "return x", "return y"}),
        ("return [i for i in x if i > n]", {"return [i for i in x if not (i > n)]"}),
    ],
)
def test_condition(line, mutants):
    assert changed(line, "condition") == mutants


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return 0", {"return 1", "return -1"}),
        ("return 1", {"return 2", "return 0"}),
        ("return 7 * x", {"return 8 * x", "return 6 * x"}),
        ("return x[-1]", {"return x[0]", "return x[-2]"}),
        ("return 0.0", {"return 1.0"}),
        ("return 1.0", {"return 2.0", "return 0.0"}),
        ("return 0.5", {"return 1.5", "return -0.5"}),
        ("return x**2", {"return x**3"}),
        ("return True", {"return False"}),
        ('return x("sigmoid")', {'return x("softmax")'}),
        ('return x("anything else")', set()),
        ("return x.sum(axis=1)", set()),
        ("return x.reshape(n, -1)", {"return x.reshape(n, 0)"}),
        ("return zip(x, y, strict=True)", set()),
    ],
)
def test_constant(line, mutants):
    assert changed(line, "constant") == mutants


def test_default_values_are_changed():
    assert changed("return x", "constant", "def f(x, n=2):") == {
        "def f(x, n=3):",
        "def f(x, n=1):",
    }


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return x.sum(axis=0)", {"return x.sum()", "return x.sum(axis=1)"}),
        ("return np.sum(x, axis=-1)", {"return np.sum(x)", "return np.sum(x, axis=0)"}),
        ("return np.argsort(x, axis=-1)", {"return np.argsort(x, axis=0)"}),
        (
            "return x.sum(axis=(0, 2), keepdims=True)",
            {
                "return x.sum(keepdims=True)",
                "return x.sum(axis=(2,), keepdims=True)",
                "return x.sum(axis=(0,), keepdims=True)",
                "return x.sum(axis=(0, 2))",
            },
        ),
    ],
)
def test_axis(line, mutants):
    assert changed(line, "axis") == mutants


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return g(x, y, n)", {"return g(y, x, n)", "return g(x, n, y)"}),
        ("return g(x, x)", set()),
        ("return np.maximum(x, y)", set()),
        ("return g(x, bias=y, name=n)", {"return g(x, name=n)"}),
        ("return zip(x, y, strict=True)", set()),
        ("return x.swapaxes(1, -1)", set()),
        ("return np.swapaxes(x, 0, 1)", {"return np.swapaxes(0, x, 1)"}),
    ],
)
def test_argument(line, mutants):
    assert changed(line, "argument") == mutants


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return np.mean(x)", {"return np.sum(x)"}),
        ("return x.max()", {"return x.min()"}),
        ("return max(x, y)", {"return min(x, y)"}),
        ("return x.copy()", {"return x"}),
        ("return np.copy(x)", {"return x"}),
        ("return np.linalg.norm(x)", set()),
        ("return x.T", {"return x"}),
        ("return np.abs(x - y) * n", {"return (x - y) * n"}),
        ("return x.reshape(y, n)", {"return x"}),
    ],
)
def test_function(line, mutants):
    assert changed(line, "function") == mutants


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("return range(n)", {"return range(n + 1)", "return range(n - 1)", "return range(1, n)"}),
        ("return range(10)", {"return range(1, 10)"}),
        ("return x[1:]", {"return x[:]"}),
        (
            "return x[: n * y]",
            {"return x[:]", "return x[: (n * y) + 1]", "return x[: (n * y) - 1]"},
        ),
    ],
)
def test_range(line, mutants):
    assert changed(line, "range") == mutants


def test_order():
    assert changed("return x, y, n", "order") == {"return y, x, n", "return x, n, y"}
    assert changed("x, y = n", "order") == {"y, x = n"}
    assert changed("return g((x, y))", "order") == set()


def test_statement():
    assert changed("x[0] = y", "statement") == {"pass"}
    assert changed("x.append(y)", "statement") == {"pass"}
    assert changed("if x:\n        raise ValueError(x)", "statement") == {"pass"}
    assert changed("if x:\n        y = 1\n    else:\n        y = n", "statement") == {
        "if True:",
        "if False:",
    }
    assert changed("y = x", "statement") == set()
