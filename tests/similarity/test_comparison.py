"""Planted copies are found, however disguised, and independent students are not accused."""

import re

import pytest
from copydetect import compare_files

from grader.similarity import Text
from grader.similarity.comparison import LEAST_MATCHED
from tests.similarity.conftest import GIVEN, HEAD, compared, functions, source, text


def renamed(code):
    return re.sub(r"\b(total|count|values|squares|weights|ordered|x)\b", r"my_\1_7", code)


def commented(code):
    return "\n".join(f"{line}  # so it is" if line else "# here" for line in code.split("\n"))


DISGUISES = {
    "verbatim": lambda parts: source(parts),
    "renamed": lambda parts: renamed(source(parts)),
    "reordered": lambda parts: source(parts[::-1]),
    "commented": lambda parts: commented(source(parts)),
    "documented": lambda parts: source(parts).replace("):\n", '):\n    """Do it."""\n'),
    "respaced": lambda parts: source(parts).replace("    ", "  ").replace(" = ", "="),
    "all at once": lambda parts: commented(renamed(source(parts[::-1]))),
}


def pair_of(comparison, *students):
    names = [comparison.texts[one].student for one in range(len(comparison.texts))]
    for pair in comparison.pairs:
        if {names[pair.first], names[pair.second]} == set(students):
            return pair
    return None


@pytest.fixture(scope="module")
def with_copies(independent):
    """Return the class and a copy of each of six students."""
    disguised = enumerate(DISGUISES.items())
    return compared(
        *independent, *(text(name, change(functions(n))) for n, (name, change) in disguised)
    )


@pytest.mark.parametrize(("number", "disguise"), list(enumerate(DISGUISES)))
def test_a_copy_is_found(with_copies, number, disguise):
    pair = pair_of(with_copies, f"student {number}", disguise)
    assert pair.unusual and pair.similarity > 0.95


def test_nobody_but_the_copies_is_named(with_copies):
    assert len(with_copies.pairs) == len(with_copies.unusual) == len(DISGUISES)


def test_independent_students_are_no_pair(independent):
    comparison = compared(*independent)
    assert comparison.pairs == () and comparison.pair_count == 66
    assert len(comparison.nearest) == 12 and max(comparison.nearest) < 0.6


def test_what_everybody_writes_is_not_unusual(independent):
    same = [text(f"twin {number}", source(functions(99))) for number in range(12)]
    comparison = compared(*independent, *same)
    assert comparison.unusual == () and len(comparison.ordinary) == 66


def test_stubs_are_no_code_of_ones_own(independent):
    comparison = compared(text("a", GIVEN), text("b", GIVEN), *independent)
    assert [(one.student, "no code" in why) for one, why in comparison.left_out] == [
        ("a", True),
        ("b", True),
    ]
    copied_one = GIVEN.replace('    raise NotImplementedError("mean', functions(3)[0][12:] + "#")
    assert compared(text("a", copied_one), text("b", source(functions(4)))).pairs == ()


def test_shortest_functions_are_no_evidence():
    code = HEAD + "\n\ndef mean(x):\n    return np.mean(x)\n\n\ndef two():\n    return 2\n"
    comparison = compared(text("a", code), text("b", code))
    assert comparison.pairs == () and len(comparison.left_out) == 2


def test_little_in_common_is_no_pair():
    code = (
        HEAD + "\n\ndef mean(x):\n    x = np.asarray(x, dtype=float)\n    return x.sum() / len(x)\n"
    )
    assert LEAST_MATCHED > 40
    assert compared(text("a", code), text("b", code)).pairs == ()


def test_a_part_that_was_copied_counts_for_who_has_less(independent):
    more = source(functions(3) + [one.replace("def ", "def other_") for one in functions(77)])
    comparison = compared(*independent, text("more", more))
    pair = pair_of(comparison, "student 3", "more")
    assert pair.shares[0] > 0.95 and pair.shares[1] < 0.75
    assert pair.similarity == pair.shares[0]


def test_code_moved_into_another_file_is_found(independent):
    parts = functions(3)
    moved = Text("mover", "", (("answers.py", source(parts[:2])), ("help.py", source(parts[2:]))))
    assert pair_of(compared(*independent, moved), "student 3", "mover").similarity > 0.95


def test_an_unclosed_string_costs_its_own_file():
    parts = functions(3)
    broken = Text("broken", "", (("answers.py", '"""\n'), ("help.py", source(parts))))
    comparison = compared(broken, text("whole", source(parts)))
    assert comparison.pairs[0].similarity > 0.95


def test_previous_courses_are_compared_with_this_one_alone(independent):
    old = [text("Ada", source(functions(3)), "2024"), text("Bob", source(functions(3)), "2024")]
    comparison = compared(*independent, *old)
    labels = {comparison.texts[pair.second].label for pair in comparison.unusual}
    assert labels == {"Ada (2024)", "Bob (2024)"} and len(comparison.unusual) == 2
    assert comparison.pair_count == 66 + 12 * 2
    assert len(comparison.nearest) == 12


def attempts(student, *codes):
    """All but the last are earlier ones."""
    earlier = [text(student, code, attempt=f"attempt {n}") for n, code in enumerate(codes[:-1], 1)]
    return [*earlier, text(student, codes[-1])]


def test_a_copy_that_was_handed_in_first_and_rewritten_later_is_found(independent):
    thief = attempts("thief", source(functions(3)), source(functions(88)))
    comparison = compared(*independent, *thief)
    (pair,) = comparison.unusual
    labels = {comparison.texts[one].label for one in (pair.first, pair.second)}
    assert labels == {"student 3", "thief, attempt 1"}
    assert compared(*independent, thief[-1]).pairs == ()


def test_attempts_of_one_person_are_no_pair_and_make_nothing_common(independent):
    once = compared(*independent, text("a", source(functions(3))))
    parts = functions(3)
    grown = attempts("a", source(parts[:2]), source(parts[:3]), source(parts))
    often = compared(*independent, *grown)
    assert often.pair_count == once.pair_count == 78 and len(often.nearest) == 13
    assert often.limit == once.limit
    (pair,) = often.pairs
    assert (pair.similarity, pair.rarity) == (once.pairs[0].similarity, once.pairs[0].rarity)
    assert not often.texts[pair.first].attempt and not often.texts[pair.second].attempt


def test_an_attempt_that_began_with_the_stub_is_no_news(independent):
    comparison = compared(*independent, *attempts("a", GIVEN, source(functions(77))))
    assert comparison.left_out == () and len(comparison.nearest) == 13


def test_lines_that_only_two_have_are_counted(independent):
    odd = source(functions(3)) + "\n# as my grandmother would write it\n"
    comparison = compared(*independent, text("a", odd), text("b", odd))
    assert pair_of(comparison, "a", "b").sole_lines == 1
    assert pair_of(comparison, "student 3", "a").sole_lines == 0
    again = compared(*independent, *attempts("a", odd, odd + "x = 1\n"), text("b", odd))
    assert pair_of(again, "a", "b").sole_lines == 1


def test_two_students_can_be_compared():
    code = source(functions(1))
    assert len(compared(text("a", code), text("b", code)).unusual) == 1
    assert compared().pairs == () and compared(text("a", code)).pairs == ()


def test_the_same_class_gives_the_same_pairs(independent):
    copy = text("copy", renamed(source(functions(3))))
    assert compared(*independent, copy).pairs == compared(*independent, copy, jobs=2).pairs


def test_shares_are_those_of_copydetect(with_copies):
    assert with_copies.pairs
    for pair in with_copies.pairs:
        prints = (with_copies.prints[pair.first], with_copies.prints[pair.second])
        _, shares, slices = compare_files(*prints)
        assert pair.shares == pytest.approx(shares)
        assert pair.passages == slices[0].shape[1]
