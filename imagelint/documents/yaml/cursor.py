"""A place in a YAML document that may not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.quantity import MOST
from imagelint.documents.yaml.nodes import Mapping, Remaining, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping as Choice

    from imagelint.documents.parts import TextPart
    from imagelint.documents.yaml.nodes import YamlNode

# Helm, Jinja, envsubst and the like: a value that something else will fill.
_FILLED_LATER = pattern(r"\{\{|\{%|\$\{|<%|\$\(\(|__[A-Z][A-Z0-9_]*__")
_BRACKETED = pattern(r"\[[0-9]+\]")
_PLAIN_KEY = pattern(r"[A-Za-z0-9_-]+")


def is_template(text: str) -> bool:
    """Whether a value will be filled by something that we do not run (`{{ … }}`, `${…}`)."""
    return _FILLED_LATER.search(text) is not None


_new = object.__new__
_known = tuple.__new__  # a record without its constructor, in half of the time
T = TypeVar("T")


class Cursor:
    """A place reached by keys from a root; it never fails, it just may not exist.

    Facts are unknown where a template fills the value or the type is another one, and absent where
    nothing, or null, is written.
    """

    __slots__ = ("key", "key_span", "known_path", "node", "parent")

    def __init__(self, node: YamlNode | None, path: str = "") -> None:
        self.node = node
        self.key = ""
        self.key_span = _head(node) if node else Span(0, 0)
        self.parent: Cursor | None = None
        self.known_path: str | None = path

    def __repr__(self) -> str:
        return f"Cursor({self.path!r}, {self.node!r})"

    def __getitem__(self, key: str | int) -> Cursor:
        node = self.node
        if isinstance(key, int):
            inside = isinstance(node, Sequence) and 0 <= key < len(node.items)
            item = node.items[key] if inside and isinstance(node, Sequence) else None
            return self._child(item, f"[{key}]", _head(item) if item else self.key_span)
        # What is asked most of all: not by names of fields.
        entry = node.entry(key) if node.__class__ is Mapping else None
        if entry is None:
            gone = node.entries if node.__class__ is Mapping else ()
            if gone.__class__ is Remaining and key in gone.taken:
                return self._child(None, key, gone.taken[key])
            return self._child(None, key, self.key_span)
        return self._child(entry[1], key, entry[0][0])

    def holds_any(self, keys: frozenset[str]) -> bool:
        """Whether a mapping is there with one of the keys."""
        node = self.node
        return isinstance(node, Mapping) and any(key.text in keys for key, _ in node.entries)

    def at(self, *keys: str | int) -> Cursor:
        """The place under this one at the end of the keys."""
        place = self
        for key in keys:
            place = place[key]
        return place

    @property
    def exists(self) -> bool:
        """Whether anything is written there, be it null."""
        return self.node is not None

    @property
    def span(self) -> Span:
        """Where the value is written; without one, the key of the deepest ancestor that exists.

        What a patch took out of a mapping is missing where that says so.
        """
        if self.node is None or self.node.span.start == self.node.span.end:
            return self.key_span
        return self.node.span

    @property
    def taken(self) -> Span | None:
        """Where a patch took away what is missing there; None where nobody did."""
        place = self
        while place.parent is not None and place.parent.node is None:
            place = place.parent
        if place.node is not None or place.parent is None:
            return None
        return place.key_span if place.key_span != place.parent.key_span else None

    @property
    def path(self) -> str:
        """The full logical path from the root, `spec.containers[0].image`."""
        above: list[Cursor] = []
        place = self
        while place.known_path is None and place.parent is not None:
            above.append(place)
            place = place.parent
        path = place.known_path or ""
        for place in reversed(above):
            part = place.key
            if _PLAIN_KEY.fullmatch(part):
                path += f".{part}" if path else part
            else:
                path += part if _BRACKETED.fullmatch(part) or not path else f'["{part}"]'
            place.known_path = path
        return path

    def missing_entry(
        self, part: TextPart, key: str, written: str, behind: tuple[str, ...] = ()
    ) -> tuple[Span, str] | None:
        """Where the mapping that is there takes an entry that it lacks, in the text of a part.

        See `documents.yaml.insertion`.
        """
        from imagelint.documents.yaml.insertion import missing_entry

        if not isinstance(self.node, Mapping) or not self.node.entries:
            return None
        return missing_entry(part, self.node, key, written, behind)

    def text(self) -> Fact[str]:
        """The string that is there; numbers and truth values as they are written."""
        node = self.node
        if node is None:
            return ABSENT
        if not isinstance(node, Scalar):
            return UNKNOWN
        if node.value is None:
            return ABSENT
        text = node.text
        return UNKNOWN if is_template(text) else _known(Known, (text, node.span))

    def word(self) -> str:
        """The string that is there when it is known, else the empty string."""
        fact = self.text()
        return fact.value if isinstance(fact, Known) else ""

    def integer(self) -> Fact[int]:
        """The whole number that is there; unknown beyond what a Kubernetes field can hold.

        `2.0` is one too: it becomes JSON, which writes both in the same way.
        """
        number = self.number()
        if not isinstance(number, Known):
            return number
        value = self.node.value if isinstance(self.node, Scalar) else None
        if isinstance(value, float) and not value.is_integer():
            return UNKNOWN
        return Known(int(value), number.span) if isinstance(value, int | float) else UNKNOWN

    def number(self) -> Fact[float]:
        """The number that is there, whole or not; unknown where it is infinite or none."""
        node = self.node
        if node is None or self.null:
            return ABSENT
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and type(value) is not bool and abs(value) <= MOST:
            return Known(float(value), node.span)
        return UNKNOWN

    def boolean(self) -> Fact[bool]:
        """The truth value that is there, also as a YAML 1.1 word without quotes."""
        node = self.node
        if node is None or self.null:
            return ABSENT
        if not isinstance(node, Scalar):
            return UNKNOWN
        if isinstance(node.value, bool):
            return Known(node.value, node.span)
        if node.plain and node.raw in GO_YAML:
            return Known(GO_YAML[node.raw], node.span)
        return UNKNOWN

    @property
    def null(self) -> bool:
        """Whether null, or nothing behind the key, is written there."""
        return isinstance(self.node, Scalar) and self.node.value is None

    @property
    def templated(self) -> bool:
        """Whether a scalar is there that a template will fill."""
        return isinstance(self.node, Scalar) and is_template(self.node.text)

    def items(self) -> tuple[Cursor, ...]:
        """The places of a list's items; empty when it is not a list."""
        if not isinstance(self.node, Sequence):
            return ()
        found = [
            self._child(item, f"[{index}]", _head(item))
            for index, item in enumerate(self.node.items)
        ]
        return tuple(found)

    def entries(self) -> tuple[tuple[str, Cursor], ...]:
        """The keys of a mapping with their places; empty when it is not a mapping."""
        if not isinstance(self.node, Mapping):
            return ()
        found = [
            (key.text, self._child(value, key.text, key.span)) for key, value in self.node.entries
        ]
        return tuple(found)

    def chosen(self, table: Choice[str, T]) -> list[tuple[Cursor, T]]:
        """The entries whose keys a table knows, with what it says; `*` says it of all others.

        Of a list: the items, by their numbers.
        """
        node = self.node
        others = table.get("*")
        if isinstance(node, Sequence):
            items = enumerate(self.items())
            known = [(item, table.get(str(number), others)) for number, item in items]
            return [(item, said) for item, said in known if said is not None]
        found: list[tuple[Cursor, T]] = []
        for key, value in node.entries if isinstance(node, Mapping) else ():
            said = table.get(key.text, others)
            if said is not None:
                found.append((self._child(value, key.text, key.span), said))
        return found

    def branches(self) -> list[Cursor]:
        """The items or entries that are lists or mappings themselves."""
        node = self.node
        if isinstance(node, Sequence):
            return [item for item in self.items() if not isinstance(item.node, Scalar)]
        return [
            self._child(value, key.text, key.span)
            for key, value in (node.entries if isinstance(node, Mapping) else ())
            if not isinstance(value, Scalar)
        ]

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The entries whose values are known strings: labels, annotations, selectors."""
        return tuple(
            (name, fact.value)
            for name, place in self.entries()
            if isinstance(fact := place.text(), Known)
        )

    def _child(self, node: YamlNode | None, key: str, key_span: Span) -> Cursor:
        child = _new(Cursor)
        child.node = node
        child.key = key
        child.key_span = key_span
        child.parent = self
        child.known_path = None
        return child


def _head(node: YamlNode) -> Span:
    """What a reader should look at first: the first key of a mapping with its short value."""
    if isinstance(node, Mapping) and node.entries:
        first = node.entries[0]
        return (
            first.span if isinstance(first.value, Scalar) and first.value.plain else first.key.span
        )
    return node.span


def next_item(place: Cursor) -> Cursor:
    """The place behind the last item of a list; the list's own place where there is none."""
    items = place.items()
    return place[len(items)] if items else place
