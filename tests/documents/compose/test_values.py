from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.values import (
    interpolated,
    is_collection,
    is_set,
    size,
    value,
    word,
)
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a$$b", "a$b"),
        ("$${X}", "${X}"),
        ("$$$$X", "$$X"),
        ("5$", "5$"),
        ("$1", "$1"),
        ("$X", UNKNOWN),
        ("${X:-y}", UNKNOWN),
        ("$$$X", UNKNOWN),
        ("{{.Node}}", UNKNOWN),
    ],
)
def test_interpolation(text: str, expected: object) -> None:
    fact = interpolated(text)
    assert (fact.value if isinstance(fact, Known) else fact) == expected


def test_values_at_a_place() -> None:
    text = "{a: 1, b: $X, c: null, d: [], e: 64m, f: x}"
    (node,) = load_yaml(text)
    root = Cursor(node)
    assert value(root["a"]) == Known("1", root["a"].span)
    assert value(root["b"]) is value(root["d"]) is UNKNOWN
    assert value(root["c"]) is value(root["z"]) is ABSENT
    assert (word(root["a"]), word(root["b"])) == ("1", "")
    assert size(root["e"]) == Known(64.0 * 2**20, root["e"].span)
    assert size(root["f"]) is size(root["b"]) is UNKNOWN
    assert size(root["z"]) is ABSENT
    assert [is_set(root[key]) for key in "acz"] == [True, False, False]
    assert [is_collection(root[key]) for key in "acdz"] == [False, True, True, True]
