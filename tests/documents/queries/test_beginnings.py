"""What is made of a name's beginnings is bounded, however long a name is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.links.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Key


class Asked(Scope):
    """One that keeps what it is asked, and knows nobody."""

    def __init__(self) -> None:
        self.keys: list[Key] = []

    def anywhere(self, key: Key, _node: type[object]) -> Iterator[object]:  # type: ignore[override]
        self.keys.append(key)
        yield from ()


def test_the_beginnings_of_a_name_are_asked_for() -> None:
    scope = Asked()
    assert not scope.may_begin("qwen-kserve-workload", "models")
    assert [key[-1] for key in scope.keys] == ["qwen", "qwen-kserve"]


def test_what_is_too_long_for_a_service_begins_none() -> None:
    scope = Asked()
    assert not scope.may_begin("-".join("a" * 100_000), "models")
    assert scope.keys == []
