"""Every character of the normalised text leads back to its place in the source."""

import numpy as np

from grader.similarity.fingerprints import fingerprint, place_in_source, take_out
from grader.similarity.reading import normalise
from tests.similarity.conftest import GIVEN, functions, source

SOURCE = '''# a comment first
import numpy as np  # and one behind


class Model(Base):
    """A model."""

    size: int = 3

    def call(self, values):
        """Call it.

        As often as you like.
        """
        return np.dot(values, "weights")


class LongName(Model):
    pass  # the last word
'''


def test_tokens_lead_back_to_their_places():
    one = normalise(SOURCE)
    made = fingerprint("", SOURCE, [one])
    assert one.text.startswith("importnumpyasnpclassO(V):V:int=3defF(self,V):")
    for token, words in {
        "import": ["import numpy"],
        "classO": ["class Model", "class LongName"],
        "O(": ["Model", "LongName"],
        "defF": ["def call"],
        "return": ["return np"],
        "pass": ["pass"],
    }.items():
        places = [at for at in range(len(one.text)) if one.text.startswith(token, at)]
        found = place_in_source(made, np.array(places))
        assert [SOURCE.startswith(word, at) for at, word in zip(found, words, strict=True)] == [
            True
        ] * len(words)
    assert place_in_source(made, np.array([len(one.text)])) == [len(SOURCE)]


def test_the_second_file_begins_where_the_first_ends():
    files = [SOURCE, "# second\n" + source(functions(1))]
    normalised = [normalise(one) for one in files]
    made = fingerprint("", "".join(files), normalised)
    at = len(normalised[0].text) + normalised[1].text.index("defF")
    assert made.raw_code[place_in_source(made, np.array([at]))[0] :].startswith("def mean")


def test_what_was_taken_out_neither_matches_nor_counts():
    code = source(functions(1))
    stub = fingerprint("", GIVEN, [normalise(GIVEN)])
    both = fingerprint("", GIVEN + code, [normalise(GIVEN), normalise(code)])
    alone = fingerprint("", code, [normalise(code)])
    take_out(both, stub.hashes)
    take_out(alone, stub.hashes)
    assert both.hashes == alone.hashes and both.token_coverage == alone.token_coverage > 0


def test_a_passage_that_occurs_twice_is_not_taken_for_given():
    code = source([functions(1)[0]] * 2)
    made = fingerprint("", code, [normalise(code)])
    before = made.token_coverage
    take_out(made, {1})
    assert made.token_coverage == before
