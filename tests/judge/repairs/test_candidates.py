"""Which small changes are thought of: each of these mistakes is undone by one of them."""

import ast
import textwrap

from grader.judge.repairs.candidates import changes_of
from grader.judge.repairs.source import Source, definitions_of
from grader.judge.repairs.unread import only_unread

# From a wrong function to the right one, with the kind of the change and its line.
PAIRS = [
    ("return x + b", "return x - b", "sign", 4),
    ("return a - b", "return b - a", "sign", 4),
    ("return x * a + b", "return x + b", "factor", 4),
    ("return x", "return x / len(x)", "factor", 4),
    ("return x", "return x / x.shape[1]", "factor", 4),
    ("return 0.5 * x", "return x", "factor", 4),
    ("return x", "return 2 * x", "factor", 4),
    ("return a * x", "return a * x + b", "term", 4),
    ("return a * x", "return a * x + (1 - a) * b", "term", 4),
    ("return x / a + b", "return x / (a + b)", "parentheses", 4),
    ("return -x ** 2 + a", "return -(x ** 2 + a)", "parentheses", 4),
    ("return x @ a", "return x.T @ a", "transposed", 4),
    ("return x @ a", "return a @ x", "order", 4),
    ("return x * a", "return x @ a", "product", 4),
    ("return x.sum(axis=0)", "return x.sum(axis=1)", "axis", 4),
    ("return x.sum()", "return x.sum(axis=0)", "axis", 4),
    ("return x.max(axis=1)", "return x.max(axis=1, keepdims=True)", "axis", 4),
    ("return x.sum(axis=(0, 1))", "return x.sum(axis=(0, 2, 3))", "axis", 4),
    ("return np.mean(x)", "return np.sum(x)", "function", 4),
    ("return np.sqrt(x)", "return x", "function", 4),
    ("return x", "return np.sqrt(x)", "function", 4),
    ("return np.maximum(x, 0)", "return x", "bound", 4),
    ("return x", "return x ** 2", "power", 4),
    ("return x", "return 1 - x", "sign", 4),
    ("return x", "return x.copy()", "copy", 4),
    ("return np.where(x > 0, a, b)", "return np.where(x >= 0, a, b)", "border", 4),
    ("return np.where(x > 0, a, b)", "return np.where(x > 0, b, a)", "order", 4),
    ("return a if x > 0 else b", "return b if x > 0 else a", "condition", 4),
    ("return x[1:]", "return x[:]", "range", 4),
    ("return x[::1]", "return x[::-1]", "constant", 4),
    ("return x[a]", "return x[a - 1]", "index", 4),
    ("return a, b", "return b, a", "order", 4),
    ("return f(x, a)", "return f(a, x)", "order", 4),
    ("return x, a", "return x, b", "name", 4),
    ("return np.dot(a, x + b)", "return np.dot(a, x) + b", "parentheses", 4),
    ("return x + np.clip(b, 0, 1)", "return np.clip(x + b, 0, 1)", "parentheses", 4),
    ("return x.sum() ** 2", "return (x ** 2).sum()", "parentheses", 4),
    ("return (a - b + 1) // x", "return (a - b) // x + 1", "parentheses", 4),
    ("return np.sum(np.sqrt(x), axis=1)", "return np.sqrt(np.sum(x, axis=1))", "order", 4),
    ("return (1 - x) * a", "return (1 - a) * x", "order", 4),
    ("return x.T @ x", "return a.T @ a", "name", 4),
    ("return x[::-1]", "return x[:, ::-1]", "axis", 4),
    ("return x[len(x) - 1 - a, b]", "return x[a, b]", "index", 4),
    ("return x[:, :10, :8]", "return x[:, a : a + 10, a : a + 8]", "range", 4),
    ("x = a['W1'] + a['b1']\nreturn x", "x = a['W2'] + a['b2']\nreturn x", "name", 4),
    ("return x[a, a]", "return x[a, : a + 1]", "range", 4),
    ("return np.einsum('nd,n->n', x, a)", "return np.einsum('nd,n->d', x, a)", "axis", 4),
    ("return np.abs(x)", "return np.maximum(x, 0)", "function", 4),
    ("return np.where(x > a, x, b)", "return np.where(x > 0, x, b)", "bound", 4),
    ("a = x\nb = 2 * x\nreturn a, b", "a = 2 * x\nb = x\nreturn a, b", "order", 4),
    (
        "if x > 0:\n    a += 1\nb += 1\nreturn a, b",
        "if x > 0:\n    a += 1\nelse:\n    b += 1\nreturn a, b",
        "condition",
        6,
    ),
    ("b += a\nreturn b", "b -= a\nreturn b", "sign", 4),
    ("b = a\nreturn b", "b += a\nreturn b", "accumulated", 4),
    ("b += a\nreturn b", "b = a\nreturn b", "accumulated", 4),
    ("x -= a\nreturn x", "x = x - a\nreturn x", "copy", 4),
    (
        "for i in range(1, a):\n    b += i\nreturn b",
        "for i in range(a):\n    b += i\nreturn b",
        "range",
        4,
    ),
    (
        "for i in range(a - 1):\n    b += i\nreturn b",
        "for i in range(a):\n    b += i\nreturn b",
        "term",
        4,
    ),
    (
        "for i in x:\n    b += i\n    return b",
        "for i in x:\n    b += i\nreturn b",
        "indentation",
        6,
    ),
    (
        "for i in x:\n    t = 0\n    t += i\nreturn t",
        "t = 0\nfor i in x:\n    t += i\nreturn t",
        "moved",
        5,
    ),
    (
        "t = 0\nfor i in x:\n    t += i\nreturn t",
        "for i in x:\n    t = 0\n    t += i\nreturn t",
        "moved",
        4,
    ),
    ("t = b\nb = a\nreturn t, b", "b = a\nt = b\nreturn t, b", "moved", 4),
    (
        "while a:\n    a -= 1\n    b += 2\nreturn b",
        "while a:\n    a -= 1\n    b += 1\nreturn b",
        "constant",
        6,
    ),
    ("return f(x * a, b)", "return f(x * a, b * a)", "factor", 4),
    ("return len(x)", "return x[..., 0].size", "factor", 4),
    ("return x / a", "return x / a ** 0.5", "power", 4),
    ("return (1 - a) * x", "return b * x", "name", 4),
    ("return x - a", "return x - a[:, None]", "form", 4),
    ("return x.mean(axis=1)", "return x[:, -1]", "index", 4),
    ("return x.mean(axis=0)", "return x.mean(axis=(0, 1, 2))", "axis", 4),
    ("return x[0]", "return x[:, None]", "axis", 4),
    ("return f([a, b, x])", "return f([a, x, b])", "order", 4),
    ("return np.zeros(a)", "return np.zeros(a) - np.inf", "constant", 4),
    ("return int(x), int(a)", "return round(x), round(a)", "function", 4),
    ("return (a // 2) * (b // 2)", "return (a // 4) * (b // 4)", "constant", 4),
    ("return a * np.log(x)", "return a * np.log(x) + (1 - a) * np.log(1 - x)", "term", 4),
    (
        "a -= f(a, b)\nb -= f(a, b)\nreturn a, b",
        "a, b = a - f(a, b), b - f(a, b)\nreturn a, b",
        "order",
        4,
    ),
    ("return a[0] ** 2 * b", "return a[0] * a[1] * b", "power", 4),
    ("n, m = x * a, b\nreturn n", "n, m = x * a, b * a\nreturn n", "factor", 4),
    ("return x.shape[0]", "return x[..., 0].size", "factor", 4),
    ("t = x\nreturn a['w'] * b", "t = x\nreturn t * b", "name", 5),
    (
        "t = {'u': a, 'w': b}\nreturn t['u'] * x",
        "t = {'u': a, 'w': b}\nreturn t['u'] * t['w']",
        "name",
        5,
    ),
    (
        "t = x.mean(axis=0)\nreturn t / x.std(axis=0)",
        "t = x.mean(axis=1)\nreturn t / x.std(axis=1)",
        "axis",
        4,
    ),
    (
        "for k in (1, 2):\n    x = np.abs(x)\nreturn x",
        "for k in (1, 2):\n    x = np.abs(x) if k != 2 else x\nreturn x",
        "condition",
        5,
    ),
    ("return x.reshape(a, b)", "return x.reshape(b, a).swapaxes(0, 1)", "form", 4),
    ("return x.reshape(a, 2, b).transpose(0, 2, 1)", "return x.reshape(a, b, 2)", "form", 4),
    ("b = b + a\nreturn b", "b = a\nreturn b", "accumulated", 4),
    ("t = x\nu = a / b\nreturn t, u", "t = x / b\nu = a / b\nreturn t, u", "factor", 4),
    ("return x[a : a + 3]", "return x[a * b : a * b + 3]", "factor", 4),
    ("if a > 0:\n    b = 1\nreturn b", "if a > 0 and b > 0:\n    b = 1\nreturn b", "condition", 4),
    ("return x[a], b", "return x[a], b[a]", "index", 4),
    ("return x + a + b", "return x + (a + b) / 2", "factor", 4),
    (
        "x_hat, b_hat = f(x, b)\nreturn a + x_hat * b_hat",
        "x_hat, b_hat = f(x, b)\nreturn a + x * b",
        "name",
        5,
    ),
    (
        "x_hat, b_hat = f(x, b)\nreturn a + x * b",
        "x_hat, b_hat = f(x, b)\nreturn a + x_hat * b_hat",
        "name",
        5,
    ),
    ("t, u = f(x, 1)\nreturn u.max()", "t, u = f(x, 1)\nreturn t[u.max()]", "index", 5),
    (
        "t = x.max()\nt = np.log(x - t)\nreturn t",
        "t = x.max()\nt = np.log(x - t) + t\nreturn t",
        "term",
        5,
    ),
    ("return x - x.mean(axis=0)", "return x - a", "name", 4),
    ("return f(x[a])", "return np.nan_to_num(f(x[a]))", "bound", 4),
    (
        "for i in range(a):\n    x = f(x)\nreturn x",
        "for i in range(a):\n    x = f(x) if i != range(a)[-1] else x\nreturn x",
        "condition",
        5,
    ),
]


def file_of(body):
    return "import numpy as np\n\ndef exercise(x, a, b):\n" + textwrap.indent(body, "    ") + "\n"


def iterated(text):
    source = Source(text.encode())
    return changes_of(source, definitions_of(source, "exercise", ("exercise",)))


def changes(text):
    return list(iterated(text))


def same(text):
    try:
        return ast.unparse(ast.parse(text))
    except SyntaxError:
        return None


def test_each_mistake_is_undone_by_a_change_of_its_kind_on_its_line():
    missing = []
    for wrong, right, kind, line in PAIRS:
        text, wanted = file_of(wrong), same(file_of(right))
        likely = (c for c in iterated(text) if (c.kind, c.line) == (kind, line))
        if not any(same(c.applied(text)) == wanted for c in likely):
            missing.append((wrong, right))
    assert not missing


def test_of_a_size_that_is_compared_only_the_place_is_said():
    """Many sizes have a comparison right: ``s > 0.1 / t`` as well as ``s > 1e-9 * t``."""
    found = [one for one in changes(file_of("return x > 0.1 * a")) if one.text == "((0.1) / (a))"]
    assert {one.said for one in found} == {"with something else compared there"}


def test_of_a_condition_that_refuses_only_the_place_is_said():
    """The opposite of a wrong condition refuses an impossible input as well, by chance."""
    text = file_of("if x.shape[1] != a:\n    raise ValueError(a)\nreturn b")
    found = [one for one in changes(text) if "==" in one.text and one.kind == "condition"]
    assert {one.said for one in found} == {"with another condition there"}


def test_no_function_of_what_is_filled_with_one_number_is_tried():
    found = changes(file_of("return np.zeros(a)"))
    assert "filled with another number there" in {one.said for one in found}
    assert "np.log(np.zeros(a))" not in {one.text for one in found}


def test_what_a_branch_does_not_set_back_is_put_in():
    text = (
        "class exercise:\n"
        "    def __init__(self):\n        self.count = 0\n"
        "    def update(self, x):\n        if x:\n            return 1\n"
    )
    wanted = same(
        text.replace("            return 1", "            self.count = 0\n            return 1")
    )
    assert any(same(one.applied(text)) == wanted for one in changes(text))


def test_the_one_name_that_nothing_reads_is_found():
    def unread(body):
        source = Source(file_of(body).encode())
        found = only_unread(definitions_of(source, "exercise", ("exercise",)))
        return found and found[:2]

    assert unread("_, slope = b[a]\nreturn x") == (4, "slope")
    assert unread("return x + a") == (3, "b")
    assert unread("return x") is None  # of several, none is known to be missing
    assert unread("n, m = x.shape\nreturn n + a + b") is None
    assert unread("part = x[a:b]\npart += 1\nreturn x") is None
    assert unread("tp, fp, tn = f(x, a, b)\nreturn tp / fp") is None


def test_likely_changes_come_first_and_none_twice():
    found = changes(file_of("return np.mean(x * a) + b"))
    assert [one.rank for one in found] == sorted(one.rank for one in found)
    texts = [(one.start, one.end, one.text) for one in found]
    assert len(set(texts)) == len(texts)


def test_what_is_said_never_shows_what_takes_the_place():
    text = file_of("return x")
    said = {one.said for one in changes(text) if "len(" in one.text}
    assert said == {
        "with one more factor there (a length)",
        "with one more division there (a length)",
    } | {one for one in said if "term" in one}
    assert not any("len(" in one for one in said)


def said_of(wrong, right):
    text, wanted = file_of(wrong), same(file_of(right))
    return {one.said for one in changes(text) if same(one.applied(text)) == wanted}


def test_what_is_said_of_an_end_is_meant_in_the_order_of_the_loop():
    """From 3 down to 1, 0 comes later: it would stand earlier in the row of numbers."""
    down = said_of("return list(range(a, 0, -1))", "return list(range(a, 0 - 1, -1))")
    assert "with that range to end one place later" in down
    assert not any("earlier" in one for one in down)
    up = said_of("return list(range(0, a, 1))", "return list(range(0, a - 1, 1))")
    assert "with that range to end one place earlier" in up
    unknown = said_of("return list(range(0, a, b))", "return list(range(0, a - 1, b))")
    assert "with that range to end at another place" in unknown
    back = said_of("return x[a:b:-1]", "return x[a:b - 1:-1]")
    assert back == {"with that slice to end one place later"}


def test_what_no_parentheses_do_is_not_said_of_parentheses():
    assert said_of("return x * a + b", "return (x + b) * a") == {
        "with the two operations there done in the other order"
    }
    assert said_of("return x * a + b", "return x * (a + b)") == {
        "with the parentheses put otherwise"
    }


def test_of_a_part_of_a_line_it_is_not_said_as_of_the_whole():
    assert said_of("return x * a", "return (x + 1) * a") == {
        "with one of the values there one larger"
    }
    assert "one larger there" in said_of("return x * a", "return x * a + 1")


def test_an_argument_that_no_call_hands_on_is_put_into_each():
    text = (
        "def _size(n, k, step=1):\n    return (n - k) // step\n\n"
        "def exercise(x, k, step):\n    h = _size(x, k)\n    w = _size(2, k)\n    return h, w\n"
    )
    source = Source(text.encode())
    found = changes_of(source, definitions_of(source, "exercise", ("exercise",)))
    wanted = same(text.replace(", k)\n", ", k, step=step)\n"))
    said = [one.said for one in found if same(one.applied(text)) == wanted]
    assert said == ["with one more argument in each call of `_size` there"]


HELPERS = """
import numpy as np
EPS = 1e-3

def _helper(z):
    return z + EPS

def other(z):
    return 2 * z

def exercise(x):
    return _helper(other(x))

def twice(x):
    return x

def twice(x):
    return x + 1
"""


def test_helpers_and_constants_are_looked_into_and_other_exercises_are_not():
    source = Source(HELPERS.encode())
    found = definitions_of(source, "exercise", {"exercise", "other"})
    assert [one.name for one in found] == ["exercise", "_helper", "EPS"]
    assert definitions_of(source, "twice", {"twice"}) == ()


def test_places_are_those_of_the_text_whatever_letters_it_has():
    text = "def exercise(x):\n    ä, ö = x, 'größe'; return ä + 1\n"
    assert any(
        "return (ä) - (1)" in c.applied(text).replace("((ä) - (1))", "(ä) - (1)")
        for c in changes(text)
    )


def test_text_that_cannot_be_looked_into_is_told_apart():
    for content in (b"def f(:\n", b"\xff\xfe", b"x = 1\r\n\ry = 2", b"#" * 300_000):
        try:
            Source(content)
        except SyntaxError:
            continue
        raise AssertionError(content[:20])


def test_code_that_is_too_long_or_too_deep_costs_no_memory():
    long = "def exercise(x):\n    return [" + ", ".join(["x"] * 5_000) + "]\n"
    assert not changes(long)
    deep = "def exercise(x):\n    return " + " + ".join(["x"] * 400) + "\n"
    found = 0
    for one in iterated(deep):
        found += len(one.text)
        if one.rank > 1:
            break
    assert 0 < found < 6_000_000
