from __future__ import annotations

from imagelint.run.changes.renames import renamed

A = "FROM a\nRUN one\nRUN two\nUSER 1\n"
B = "services:\n  x:\n    image: y\n"


def test_the_same_text_goes_before_a_like_one() -> None:
    assert renamed({"a": A, "b": B}, {"c": B, "d": A, "e": f"{A}RUN three\n"}) == {
        "a": "d",
        "b": "c",
    }


def test_half_of_the_lines_must_be_the_same() -> None:
    assert renamed({"a": A}, {"b": "FROM a\nRUN one\nRUN x\nUSER 2\n"}) == {"a": "b"}
    assert renamed({"a": A}, {"b": "FROM a\nRUN y\nRUN x\nUSER 2\n"}) == {}
    assert renamed({"a": ""}, {"b": "x\n"}) == {}


def test_of_two_that_are_as_like_the_one_of_the_same_name_is_it() -> None:
    assert renamed({"x/Dockerfile": A}, {"a": A, "y/Dockerfile": A}) == {
        "x/Dockerfile": "y/Dockerfile"
    }


def test_lines_that_are_everywhere_tell_nothing() -> None:
    many = {f"gone{number}": f"FROM a\nRUN {number}\n" for number in range(100)}
    assert renamed(many, {"new": "FROM a\nRUN 7\n"}) == {"gone7": "new"}
    assert renamed(many, {"new": "FROM a\nRUN x\n"}) == {}
