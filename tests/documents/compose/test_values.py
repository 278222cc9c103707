from __future__ import annotations

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.compose.interpolation import ComposeRoot
from imagelint.documents.compose.values import (
    boolean,
    is_collection,
    is_set,
    parts,
    size,
    value,
    word,
)
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


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


def test_values_are_filled_from_the_root() -> None:
    (node,) = load_yaml("{a: '${X}', b: 'p/${X}:${Y}', c: [], d: '${ON:-yes}', e: '${Y}'}")
    root = ComposeRoot(node, {"X": "1"})
    assert word(root["a"]) == "1"
    assert [parts(root[key]) for key in "bc"] == ["p/1:\0", "\0"]
    assert boolean(root["d"]) == Known(value=True, span=root["d"].span)
    assert boolean(root["e"]) is boolean(root["a"]) is UNKNOWN
    assert boolean(root["z"]) is ABSENT
