"""What stands in YAML as values of conditions, read when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.custom.values import Entries, Item, Items
from imagelint.documents.quantity import MOST
from imagelint.documents.yaml.cursor import is_template
from imagelint.documents.yaml.nodes import Mapping as YamlMapping
from imagelint.documents.yaml.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.yaml.cursor import Cursor


def yaml_item(place: Cursor, *, complete: bool) -> Item:
    """What stands at a place. If it is not `complete`, what is not written may still be there."""
    node = place.node
    if node is None or place.null:
        return Item(ABSENT if complete else UNKNOWN, place)
    if isinstance(node, YamlMapping):
        keys_known = not any(is_template(key.text) for key, _ in node.entries)
        children, head = _Children(place, complete), _Head(place)
        return Item(Entries(children, head, complete and keys_known, filled=False), head)
    if isinstance(node, Sequence):
        items = tuple(yaml_item(item, complete=complete) for item in place.items())
        return Item(Items(items, complete), _Head(place))
    return Item(_scalar(place, node), place)


def _scalar(place: Cursor, node: Scalar) -> object:
    if place.templated:
        return UNKNOWN
    if isinstance(node.value, str):
        said = place.boolean()  # words of YAML 1.1, as Kubernetes reads them
        return said.value if isinstance(said, Known) else node.value
    if isinstance(node.value, bool) or abs(node.value or 0) <= MOST:
        return node.value
    return UNKNOWN


class _Head:
    """The key of a mapping or a list: a finding about either stands there, not under all of it."""

    __slots__ = ("_place",)

    def __init__(self, place: Cursor) -> None:
        self._place = place

    @property
    def span(self) -> Span:
        return self._place.key_span

    @property
    def path(self) -> str:
        return self._place.path


class _Children(Mapping[str, Item]):
    """The entries of a mapping, each read when it is asked for."""

    def __init__(self, place: Cursor, complete: bool) -> None:  # noqa: FBT001 - as above
        self._place = place
        self._complete = complete
        self._known: dict[str, Item] = {}
        self._keys: tuple[str, ...] | None = None

    def __getitem__(self, key: str) -> Item:
        known = self._known.get(key)
        if known is None:
            child = self._place[key]
            if not child.exists:
                raise KeyError(key)
            # A condition asks for one list again and again: it is as long as its file allows.
            known = self._known[key] = yaml_item(child, complete=self._complete)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> tuple[str, ...]:
        if self._keys is None:
            self._keys = tuple(dict.fromkeys(key for key, _ in self._place.entries()))
        return self._keys
