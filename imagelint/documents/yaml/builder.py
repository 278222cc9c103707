"""Events of a YAML parser to nodes, without recursion and within bounds."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.yaml.nodes import (
    Entries,
    Entry,
    Mapping,
    Scalar,
    Sequence,
    YamlError,
    YamlNode,
)
from imagelint.documents.yaml.schema import resolve, resolve_tagged
from imagelint.documents.yaml.skim import ReadWholeError, is_definition

_MOST_NODES = 1_000_000
_MOST_SHARED = 200_000
_DEEPEST = 200
_FEW_ENTRIES = 64
_MERGE_TAG = "tag:yaml.org,2002:merge"
_PROPERTIES = pattern(r"(?:[&!]\S*\s+)+|[&!]\S*\Z")
_BLOCKS = ("|", ">")
_SPEC_OF_DOCUMENT, _SPEC_OF_ITEM = 2, 4
"""How many collections are open within the spec of a document, and of an item of a list."""

if TYPE_CHECKING:
    from collections.abc import Iterator


class Merging(Enum):
    """What counts where a merge key (`<<`) brings in a key that its mapping has itself.

    https://yaml.org/type/merge.html says the mapping's own, and so do most readers. kubectl and
    Helm take whatever stands last: https://github.com/yaml/go-yaml/blob/v2/decode.go
    """

    OWN_FIRST = "own first"
    LAST = "last"


_new = tuple.__new__  # a record without its constructor, in half of the time


class Mark(Protocol):
    """A place as the parser tells it, in code points."""

    index: int


class Event(Protocol):
    """What the parser tells of a scalar, an alias, or where a collection begins or ends."""

    start_mark: Mark
    end_mark: Mark
    anchor: str
    tag: str | None
    value: str
    style: str | None


class _Frame:
    """A collection that is not closed yet: `pending` is a key without its value.

    `size` is the builder's size when it was opened, `deepest` its height so far, `end` the end of
    what was put into it last. `merges` are what each merge key brings in, with the number of own
    entries before it. `skimmed` tells that a part of it was passed over.
    """

    __slots__ = (
        "anchor",
        "deepest",
        "end",
        "entries",
        "items",
        "merges",
        "pending",
        "size",
        "skimmed",
        "start",
        "template",
    )

    def __init__(self, start: int, anchor: str | None, size: int) -> None:
        self.start = start
        self.end = start
        self.anchor = anchor
        self.size = size
        self.deepest = 0
        self.items: list[YamlNode] | None = None
        self.entries: list[Entry] = []
        self.merges: list[tuple[int, tuple[Mapping, ...]]] = []
        self.pending: Scalar | None = None
        self.template = False
        self.skimmed = False


class _Anchored(NamedTuple):
    node: YamlNode | None  # None while it is open
    size: int
    height: int


class Builder:
    """Makes nodes of events. `_size` counts nodes as seen through aliases and merges."""

    def __init__(self, text: str, shift: int, merging: Merging = Merging.OWN_FIRST) -> None:
        self.documents: list[YamlNode] = []
        self.overridden: list[Scalar] = []
        self.duplicates: list[Scalar] = []
        self.replaced: list[Entry] = []
        self._text = text
        self._shift = shift
        self._merging = merging
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored] = {}
        self._merge_keys: set[int] = set()
        self._size = 0
        self._shared = 0

    def at_definition(self) -> bool:
        """Whether the mapping that has just begun is the spec of a custom resource definition.

        It is one of its own, or an item of a list.
        """
        frames = self._stack
        if len(frames) == _SPEC_OF_DOCUMENT:
            owner = frames[0]
        elif len(frames) == _SPEC_OF_ITEM and _key_of(frames[0]) == "items":
            owner = frames[2]
        else:
            return False
        if frames[-1].anchor or _key_of(owner) != "spec" or not is_definition(owner.entries):
            return False
        owner.skimmed = True
        return True

    def close_skimmed(self, end: Event, last: Event) -> None:
        """The mapping ends whose content was passed over; `last` is what stands last in it."""
        stop = last.end_mark.index + self._shift
        if getattr(last, "style", None) in _BLOCKS:
            start = last.start_mark.index + self._shift
            stop = start + len(self._text[start:stop].rstrip())
        self._stack[-1].end = stop
        self.close(end)

    def start_document(self, _event: Event) -> None:
        """Anchors hold within one document."""
        self._anchors = {}

    def scalar(self, event: Event) -> None:
        """A leaf."""
        start = event.start_mark.index + self._shift
        end = event.end_mark.index + self._shift
        value: str = event.value
        if event.anchor or event.tag:
            start = self._after_properties(start, end)
        plain = not event.style
        raw = self._text[start:end]
        if not plain and event.style in _BLOCKS:
            raw = raw.rstrip()
            end = start + len(raw)
        if event.tag:
            resolved = resolve_tagged(value, event.tag)
        else:
            resolved = resolve(value) if plain else value
        if value == "<<" and (event.tag == _MERGE_TAG if event.tag else plain):
            self._merge_keys.add(start)
        node = _new(Scalar, (_new(Span, (start, end)), resolved, raw, plain))
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)
        self._count(start)
        self._put(node, end)

    def open_mapping(self, event: Event) -> None:
        """A mapping begins."""
        self._open(event)

    def open_sequence(self, event: Event) -> None:
        """A list begins."""
        self._open(event).items = []

    def alias(self, event: Event) -> None:
        """The node of an anchor stands here again."""
        start = event.start_mark.index + self._shift
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise YamlError(f"nothing is anchored as &{event.anchor}", start)
        if anchored.node is None:
            raise YamlError(f"the alias *{event.anchor} stands within what it refers to", start)
        self._raise_to(anchored.height + 1, start)  # anchors end with their document's root
        self._share(anchored.size, start)
        self._put(anchored.node, event.end_mark.index + self._shift)

    def close(self, event: Event) -> None:
        """The innermost collection ends."""
        frame = self._stack.pop()
        end = event.end_mark.index + self._shift
        if event.start_mark.index == event.end_mark.index:
            end = frame.end  # a block collection is closed only where the next thing begins
        if frame.skimmed and (frame.merges or not is_definition(frame.entries)):
            raise ReadWholeError  # a key that is written again says otherwise
        node = self._made(frame, Span(frame.start, end))
        if self._stack:
            self._raise_to(frame.deepest + 1, frame.start)
        if frame.anchor:
            self._anchors[frame.anchor] = _Anchored(node, self._size - frame.size, frame.deepest)
        self._put(node, end)

    def _open(self, event: Event) -> _Frame:
        start = event.start_mark.index + self._shift
        self._count(start)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(None, 0, 0)
        if event.anchor or event.tag:
            start = self._after_properties(start, len(self._text))
        frame = _Frame(start, event.anchor, self._size - 1)
        self._stack.append(frame)
        if len(self._stack) > _DEEPEST:
            raise YamlError(f"nested more than {_DEEPEST} levels deep", start, too_large=True)
        return frame

    def _made(self, frame: _Frame, span: Span) -> YamlNode:
        if frame.items is not None:
            return Sequence(span, tuple(frame.items))
        if frame.template:
            written = self._text[span.start : span.end]
            return Scalar(span, written, written, plain=False)
        names = {entry.key.text for entry in frame.entries}
        if len(names) != len(frame.entries):
            self._note_duplicates(frame.entries)
        if frame.merges:
            later = self._overriding(frame) if self._merging is Merging.LAST else []
            for _, entry in _brought_in(frame.merges):
                if entry.key.text not in names:
                    names.add(entry.key.text)
                    frame.entries.append(entry)
                    self._share(1, span.start)
            frame.entries += later
        many = len(frame.entries) > _FEW_ENTRIES
        return Mapping(span, Entries(frame.entries) if many else tuple(frame.entries))

    def _overriding(self, frame: _Frame) -> list[Entry]:
        """What merge keys bring in for keys which the mapping has itself, before them."""
        own = {entry.key.text: (at, entry) for at, entry in enumerate(frame.entries)}
        found: dict[str, Entry] = {}
        for behind, entry in _brought_in(frame.merges):
            name = entry.key.text
            at, replaced = own.get(name, (behind, entry))
            if at < behind and name not in found and not _same(replaced, entry):
                found[name] = entry
                self._share(1, frame.start)
        self.overridden += [own[name][1].key for name in found]
        self.replaced += [own[name][1] for name in found]
        return list(found.values())

    def _put(self, node: YamlNode, end: int) -> None:
        if not self._stack:
            self.documents.append(node)
            return
        frame = self._stack[-1]
        frame.end = end
        if frame.items is not None:
            frame.items.append(node)
            return
        key = frame.pending
        if key is None:
            frame.pending = node if type(node) is Scalar else self._worded(frame, node)
            return
        frame.pending = None
        merged = _merged(node) if key.span.start in self._merge_keys else ()
        if merged:
            frame.merges.append((len(frame.entries), merged))
        else:
            frame.entries.append(_new(Entry, (key, node)))

    def _worded(self, frame: _Frame, node: YamlNode) -> Scalar:
        """A key that is itself a collection: `{{ x }}` reads so, and nothing else that we know."""
        written = self._text[node.span.start : node.span.end]
        frame.template = self._text.startswith("{{", frame.start)
        return Scalar(node.span, written, written, plain=False)

    def _after_properties(self, start: int, end: int) -> int:
        """Where the value begins behind its anchor and tag."""
        properties = _PROPERTIES.match(self._text, start, end)
        return properties.end() if properties else start

    def _count(self, offset: int) -> None:
        self._size += 1
        if self._size > _MOST_NODES:
            raise YamlError(f"more than {_MOST_NODES:,} nodes", offset, too_large=True)

    def _share(self, size: int, offset: int) -> None:
        self._size += size
        self._shared += size
        if self._shared > _MOST_SHARED:
            raise YamlError("aliases expand to too many nodes", offset, too_large=True)

    def _raise_to(self, height: int, offset: int) -> None:
        frame = self._stack[-1]
        frame.deepest = max(frame.deepest, height)
        if len(self._stack) + height > _DEEPEST:
            raise YamlError(f"nested more than {_DEEPEST} levels deep", offset, too_large=True)

    def _note_duplicates(self, entries: list[Entry]) -> None:
        seen: dict[str, Entry] = {}
        for entry in entries:
            if entry.key.text in seen:
                self.duplicates.append(entry.key)
                self.replaced.append(seen[entry.key.text])
            seen[entry.key.text] = entry


def _key_of(frame: _Frame) -> str:
    """The key whose value is being read."""
    return frame.pending.text if frame.pending is not None else ""


def _brought_in(merges: list[tuple[int, tuple[Mapping, ...]]]) -> Iterator[tuple[int, Entry]]:
    """What merge keys bring in, with the number of own entries before: which is first, counts.

    Of several merge keys that is the last, of the list of one the first.
    """
    for behind, mappings in reversed(merges):
        for mapping in mappings:
            for entry in mapping.entries:
                yield behind, entry


def _same(one: Entry, other: Entry) -> bool:
    first, second = one.value, other.value
    if isinstance(first, Scalar) and isinstance(second, Scalar):
        return (type(first.value), first.value) == (type(second.value), second.value)
    return first is second


def _merged(node: YamlNode) -> tuple[Mapping, ...]:
    """The mappings that a merge key brings in; empty when it is an ordinary entry.

    https://yaml.org/type/merge.html
    """
    if isinstance(node, Mapping):
        return (node,)
    items = node.items if isinstance(node, Sequence) else ()
    mappings = tuple(item for item in items if isinstance(item, Mapping))
    return mappings if len(mappings) == len(items) else ()
