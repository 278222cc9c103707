from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.dockerfile.expansion.layers import Layers

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(st.integers(0, 30), st.lists(NAMES, max_size=4)), max_size=30))
def test_it_is_what_copies_would_be(built: list[tuple[int, list[str]]]) -> None:
    layers: list[Layers[int]] = [Layers()]
    copies: list[dict[str, int]] = [{}]
    value = 0
    for below, names in built:
        at = below % len(layers)
        layers.append(layers[at].above())
        copies.append(dict(copies[at]))
        for name in names:
            value += 1
            layers[-1][name] = copies[-1][name] = value
    for layer, copy in zip(layers, copies, strict=True):
        assert dict(layer) == copy
        assert len(layer) == len(copy)
        assert [layer.get(name) for name in "abcdefghi"] == [copy.get(name) for name in "abcdefghi"]
        assert [name in layer for name in "abcdefghi"] == [name in copy for name in "abcdefghi"]
        assert layer.get("i", 0) == 0


def test_what_is_set_later_is_not_seen_above() -> None:
    below: Layers[int] = Layers()
    above = below.above()
    below["a"] = 1
    assert "a" not in above
    assert above.own("a") is None
    assert (below.own("a"), below.above().own("a"), below.above()["a"]) == (1, None, 1)


def test_values_join_in_order() -> None:
    layer: Layers[list[int]] = Layers(add)
    for number in range(100):
        layer["a"] = [number]
        layer[f"b{number}"] = [number]
        layer = layer.above()
    joined = [number for part in reversed(list(layer.each("a"))) for number in part]
    assert joined == list(range(100))
    assert len(list(layer.each("a"))) <= 8


def test_there_are_few_layers_however_many_are_built() -> None:
    layer: Layers[int] = Layers()
    for number in range(5_000):
        layer[str(number)] = number
        layer = layer.above()
    assert len(layer._below) <= 13
    assert len(layer) == 5_000


def test_whether_there_is_anything_is_told_without_a_walk() -> None:
    class Unwalkable(Layers[int]):
        def __iter__(self) -> Iterator[str]:
            raise AssertionError

    layer = Unwalkable()
    assert not layer
    layer["a"] = 1
    assert layer
    assert layer.above()
