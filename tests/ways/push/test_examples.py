"""What a push fails on hidden cases alone is shown on a public input, in the push itself."""

from tests.mini import right_on_public_cases
from tests.ways.push.university import push, write


def test_the_input_stands_in_the_push(university):
    _, clone = university.enrol("ines")
    write(clone, right_on_public_cases("for tests"))
    output = push(clone)
    said = " ".join(output.replace("remote:", "").split())
    assert "It fails on this input, too:" in said and "expected: [" in said
    result = university.result("ines")
    example = next(one.example for one in result.checks if one.check == "batch")
    assert example.seed.startswith("example ") and example.file
    assert "for tests" not in result.model_dump_json()
