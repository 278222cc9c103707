"""What conditions can be about: types of nodes under a word each, with the fields they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.core.fact import ABSENT, Missing
from imagelint.core.record import NamedTuple
from imagelint.custom.values import Entries, Item, Items, Record, located

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imagelint.documents.base import Document, Node

SCALARS = ("string", "int", "double", "bool")
"""The kinds of fields that hold one word or number."""


# Where nothing is written, a map and a list hold nothing: that a label is missing is then true.
_EMPTY: Mapping[str, Callable[[Node | None], Entries | Items]] = {
    "map": lambda place: Entries({}, place),
    "list": lambda _place: Items(()),
}


class Attribute(NamedTuple):
    """A field of a subject.

    `kind` is `string`, `int`, `double`, `bool`, `map` (texts by keys), `yaml` (anything), the word
    of another subject, or `list(…)` of one of these. `read` gives it of a node in a document: a
    fact, a field with its place, a plain value, or None where it is absent.
    """

    name: str
    kind: str
    doc: str
    read: Callable[[Any, Document], object]


class Subject(NamedTuple):
    """A type of node under its word in conditions.

    `doc` says what it is, `file` is the name of a file in which it occurs, `example` a rule of
    ours about it. With `main` rules may be about it; the others are only fields of these.
    """

    word: str
    types: tuple[type[Any], ...]
    doc: str
    file: str
    example: str
    attributes: tuple[Attribute, ...]
    main: bool = True


class Reader:
    """Reads nodes of a document as records; `fields` are those of each subject by its word."""

    def __init__(self, fields: Mapping[str, Mapping[str, Attribute]], document: Document) -> None:
        self._fields = fields
        self._document = document

    def record(self, word: str, node: Node) -> Record:
        """A node as the subject of that word."""
        fields = self._fields[word]

        def read(name: str) -> Item:
            attribute = fields[name]
            item = located(attribute.read(node, self._document), node)
            return self._wrapped(item, attribute.kind)

        return Record(word, fields, read)

    def _wrapped(self, item: Item, kind: str) -> Item:
        value = item.value
        if isinstance(value, Missing):
            empty = _EMPTY.get(kind.partition("(")[0]) if value is ABSENT else None
            return item if empty is None else Item(empty(item.place), item.place)
        if kind.startswith("list("):
            given = value.items if isinstance(value, Items) else value
            complete = not isinstance(value, Items) or value.complete
            items = tuple(self._items(given, kind[5:-1], item.place))
            return Item(Items(items, complete), item.place)
        if kind in self._fields:
            node: Any = value
            return Item(self.record(kind, node), node)
        return item

    def _items(self, values: Any, kind: str, place: Node | None) -> Iterable[Item]:
        for value in values:
            yield self._wrapped(located(value, place), kind)
