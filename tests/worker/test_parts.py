"""A text as statements: what does not parse costs itself and nothing else."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.parts import CELL_MARK, MERGE_MARKS, future_flags, merges_of, parts_of

GOOD = "def f(x):\n    return x\n"


def parsed(text):
    return [(one.line, one.end_line) for one in parts_of(text.encode()) if one.node is not None]


def broken(text):
    return [one for one in parts_of(text.encode()) if one.node is None]


BROKEN = {
    "a print of Python 2": ("print 'hi'\n", 1, ()),
    "a bracket that stays open": ("x = (1,\n", 1, ()),
    "a definition without a body": ("def g(x):\n# later\n", 2, ("g",)),
    "a definition with a bad line": ("def g(x):\n    return x x\n", 2, ("g",)),
    "marks of a merge": ("<<<<<<< HEAD\n", 1, ()),
    "a string that stays open": ("x = 'a\n", 1, ()),
    "a decorated definition": ("@wraps\ndef g(:\n    pass\n", 2, ("g",)),
    "an indented comment and line": ("#\n  y = 1\n", 2, ()),
    "a class with a bad method": ("class G:\n    def m(self)\n        pass\n", 2, ("G",)),
}


UNDER_A_NEIGHBOUR = {
    "a bracket": ("}\n", ()),
    "an else": ("else:\n    x = = 1\n", ()),
    "a broken definition one space in": (" def h(x:\n    return x\n", ("h",)),
    "the same as a whole": (" def h(x:\n     return x\n", ("h",)),
}


@pytest.mark.parametrize("name", UNDER_A_NEIGHBOUR)
def test_what_is_broken_costs_nothing_above_it(name):
    text, names = UNDER_A_NEIGHBOUR[name]
    whole = "def g(x):\n    y = x\n    return y\n\n"
    (found,) = broken(f"{whole}{text}{GOOD}")
    assert found.line == 5 and found.names == names
    assert parsed(f"{whole}{text}{GOOD}")[0] == (1, 3)
    assert len(parsed(f"{whole}{text}{GOOD}")) == 2


INDENTED = {
    "one space in": " def h(x):\n    return x\n",
    "two spaces in": "  def h(x):\n      return x\n",
    "as deep as the body": "    def h(x):\n    return x\n",
    "a class": " class h:\n    x = 1\n",
    "by a tab": "\tdef h(x):\n\t\treturn x\n",
    "with a decorator": " @wraps\n def h(x):\n     return x\n",
}


@pytest.mark.parametrize("text", INDENTED.values(), ids=INDENTED)
@pytest.mark.parametrize("above", ["", "x = 1\n", "def g(x):\n    y = x\n    return y\n\n"])
def test_a_definition_that_begins_with_spaces_is_read_without_them(text, above):
    found = parts_of(f"{above}{text}{GOOD}".encode())
    (moved,) = [part for part in found if part.moved]
    assert moved.node.name == "h" and moved.line == above.count("\n") + 1
    assert all(part.problem is None for part in found)
    assert len(found) == (3 if above else 2)


def test_two_of_them_are_both_read():
    text = "def g(x):\n    return x\n" + INDENTED["one space in"] + INDENTED["two spaces in"]
    assert [part.moved for part in parts_of((text + GOOD).encode())] == [False, True, True, False]


def test_no_part_of_a_broken_function_is_taken():
    for text in (
        "def f(x):\n    y = 1\n  def g():\n      return 2\n    return g\n",
        "def f(x):\n    def g(y):\n        return y\n    return g(x\n",
        "if x:\n    y = 1\nelse:\n    y = = 1\n",
    ):
        (found,) = broken(text + GOOD)
        assert found.line == 1
        assert len(parsed(text + GOOD)) == 1


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("where", ["above", "below"])
def test_a_broken_stretch_costs_itself(name, where):
    text, line, names = BROKEN[name]
    before = f"{GOOD}y = 0\n" if where == "below" else ""
    after = GOOD if where == "above" else "y = 2\n"
    (found,) = broken(before + text + after)
    assert found.problem["line"] == line + before.count("\n")
    assert found.names == names
    lines = text.count("\n")
    if where == "above":
        assert parsed(text + GOOD) == [(lines + 1, lines + 2)]
    else:
        assert parsed(before + text + after)[0] == (1, 2)
        assert parsed(before + text + after)[-1] == (lines + 4, lines + 4)


def test_lines_at_the_margin_inside_of_a_string_belong_to_it():
    text = "def f():\n    '''\nclass A:\n    pass\n'''\nx = [\n1,\n]\nprint 'x'\n"
    assert parsed(text) == [(1, 5), (6, 8)]
    assert [one.line for one in broken(text)] == [9]


def test_a_string_that_stays_open_in_a_cell_does_not_swallow_the_next():
    text = f"{CELL_MARK}1\nx = '''\n{CELL_MARK}2\n{GOOD}{CELL_MARK}3\ny = '''\n"
    assert parsed(text) == [(4, 5)]
    assert [one.line for one in broken(text)] == [2, 7]


def test_a_text_of_which_nothing_parses_is_a_syntax_error_with_its_line():
    with pytest.raises(SyntaxError) as found:
        parts_of(b"\ndef f(:\n")
    assert found.value.lineno == 2


def test_only_the_compilers_ends_of_lines_count():
    text = "x = 1 # a\x0cb\u2028c\r\ny = 2\rprint 'x'\n"
    assert parsed(text) == [(1, 1), (2, 2)]
    assert [one.line for one in broken(text)] == [3]


def test_thousands_of_broken_lines_end():
    text = "x = 1\n" + "print 'x'\n" * 20_000 + "y = 1\n"
    assert parsed(text) == [(1, 1), (20_002, 20_002)]
    assert broken(text)[-1].end_line == 20_001


BETWEEN = {
    "a function": (GOOD, 2),
    "a text over lines at the margin": ('"""A text\nat the margin.\n"""\n', 3),
    "brackets over lines at the margin": ("x = [\n1,\n2,\n]\n", 4),
    "a decorated function": (f"@wrap\n{GOOD}", 3),
}


@pytest.mark.parametrize(("text", "lines"), BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("count", [100, 600, 1_200])
def test_what_is_whole_among_many_broken_lines_counts(text, lines, count):
    junk = "We show that it's convex\n" * count
    assert parsed(f"{junk}{text}{junk}{text}") == [
        (count + 1, count + lines),
        (2 * count + lines + 1, 2 * (count + lines)),
    ]


def test_a_run_of_many_broken_lines_names_its_own_line():
    found = broken("x = = 1\n" * 500 + "y = (1\n" * 300 + GOOD)
    last = found[-1]
    assert last.problem["line"] == last.line and "line 1)" not in last.problem["message"]


DEEP = {
    "a sum": "+".join(["1"] * 5_000),
    "many signs": "-" * 5_000 + "1",
    "attributes": "a" + ".b" * 5_000,
    "powers": "**".join(["1"] * 3_000),
    "conditions": "1 if 0 else " * 3_000 + "1",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_too_deep_for_the_compiler_costs_itself(name):
    deep = f"x = {DEEP[name]}\n"
    (found,) = broken(f"{GOOD}y = 0\n{deep}{GOOD}y = '''\ntext\n'''\n") or [None]
    assert found.problem["line"] == 4
    assert found.problem["message"] == "it is nested too deeply for Python to read"
    assert found.assigned == ("x",)


def test_one_that_goes_over_lines_at_the_margin_costs_no_other():
    deep = "x = '''\na\nb\n''' + " + "+".join(["1"] * 5_000) + "\n"
    assert {(1, 2), (7, 8)} <= set(parsed(f"{GOOD}{deep}{GOOD}"))


def test_many_that_are_too_deep_cost_themselves():
    deep = f"x = {DEEP['a sum']}\n"
    text = f"{GOOD}{deep * 20}print 'x'\n{deep * 20}{GOOD}"
    assert parsed(text) == [(1, 2), (44, 45)]
    assert len(broken(text)) == 41


def test_what_comes_from_the_future_holds_for_every_statement():
    flags = future_flags(parts_of(b"from __future__ import annotations, no_such_thing\n"))
    assert flags == 0x1000000


@given(st.lists(st.sampled_from([GOOD, "x = 1\n", "print 'x'\n", "\n", "# c\n", "y = (\n"])))
def test_statements_that_parse_alone_are_found_between_others(pieces):
    """A bracket that stays open may take what follows with it, but nothing that stands before."""
    text = "z = 0\n" + "".join(pieces)
    before = text.partition("y = (")[0]
    expected = parsed(before)
    assert parsed(text)[: len(expected)] == expected


def merged(upper: str, lower: str, base: str | None = None) -> str:
    middle = "=======\n" if base is None else f"||||||| 1a2b3c4\n{base}=======\n"
    return f"<<<<<<< HEAD\n{upper}{middle}{lower}>>>>>>> theirs\n"


STUB = "def f(x):\n    raise NotImplementedError\n"
RETURNS = "def f(x):\n    return {}\n"
MERGES = {
    "definitions": (merged(RETURNS.format(1), RETURNS.format(2)), 1),
    "a stub above": (merged(STUB, RETURNS.format(2)), 2),
    "a stub below": (merged(RETURNS.format(1), STUB), 1),
    "with what both came from": (merged(RETURNS.format(1), RETURNS.format(2), STUB), 1),
    "a broken one above": (merged("def f(x:\n    return 1\n", RETURNS.format(2)), 2),
    "inside of a definition": ("def f(x):\n" + merged("    return 1\n", "    return 2\n"), 1),
    "a stub inside of one": (
        "def f(x):\n" + merged("    raise NotImplementedError\n", "    return 2\n"),
        2,
    ),
    "a part of a block": (
        "def f(x):\n    if x:\n        return 1\n"
        + merged("    else:\n        return 1\n", "    elif y:\n        return 2\n"),
        1,
    ),
    "nothing above": (merged("", RETURNS.format(2)), 2),
}


@pytest.mark.parametrize("name", MERGES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("around", ["", "x = (\n", CELL_MARK + "1\n"])
def test_of_two_versions_between_marks_of_a_merge_one_counts(name, end, around):
    text, which = MERGES[name]
    text = f"{around}{text}def g(x):\n    return x\n".replace("\n", end).encode()
    (found,) = merges_of(text)
    assert found.is_upper is (which == 1)
    f, g = [part for part in parts_of(text) if part.node is not None]
    assert (f.node.name, g.node.name) == ("f", "g")
    assert f"Constant(value={which})" in ast.dump(f.node)
    assert g.line == text.count(b"\n") - 1
    assert [part.line for part in parts_of(text) if part.problem] == [1] * (around == "x = (\n")


def test_each_of_several_merges_is_decided_by_itself():
    text = merged(STUB, RETURNS.format(2)) + "z = 1\n"
    text += merged(RETURNS.format(1), STUB).replace("f(x)", "g(x)")
    assert [one.is_upper for one in merges_of(text.encode())] == [False, True]
    assert [part.line for part in parts_of(text.encode())] == [5, 8, 10]


def test_marks_without_their_others_are_lines_that_do_not_parse():
    found = parts_of(b"<<<<<<< HEAD\ndef f(x):\n    return 1\n")
    assert [part.problem and part.problem["message"] for part in found] == [MERGE_MARKS, None]


def test_seven_signs_that_are_python_are_no_marks():
    assert all(part.problem is None for part in parts_of(b"x = (1\n== 2)\n'''\n=======\n'''\n"))
