"""Pass over what nobody asks for: the schemas of custom resource definitions.

They are most of what there is of YAML in a cluster's repository, and no rule looks into them. Their
text is parsed as any other, so that what is no YAML is said, but no nodes are made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from imagelint.core.pattern import pattern
from imagelint.documents.yaml.nodes import Entry, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.yaml.builder import Event

_DEEPEST = 100
_DEFINITION = {
    "kind": pattern("CustomResourceDefinition"),
    "apiVersion": pattern(r"apiextensions\.k8s\.io/.+"),
}
# Comments speak of the node that they stand above.
_SPOKEN_OF = ("imagelint", ":ignore:", ":skip=")


class ReadWholeError(Exception):
    """What was to be passed over must be read: something in it counts elsewhere."""


class Parser(Protocol):
    """What tells one event of a text after the other."""

    def get_event(self) -> Event:
        """The next event.

        Raises:
            yaml.YAMLError: there the text is not YAML.
        """
        ...


def may_skim(text: str) -> bool:
    """Whether parts of a text may be passed over: no comment speaks of them."""
    if "CustomResourceDefinition" not in text:
        return False
    low = text.lower()
    return not any(sign in low for sign in _SPOKEN_OF)


def is_definition(entries: Iterable[Entry]) -> bool:
    """Whether these are the entries of a custom resource definition; the last of a key counts."""
    found = {entry.key.text: entry.value for entry in entries if entry.key.text in _DEFINITION}
    return all(
        isinstance(node := found.get(key), Scalar) and wanted.fullmatch(node.text) is not None
        for key, wanted in _DEFINITION.items()
    )


def skim(parser: Parser) -> tuple[Event, Event]:
    """Pass over the rest of a mapping: its end, and the last that was written in it.

    Raises:
        ReadWholeError: it holds anchors, aliases, tags, merges, keys that are written twice or are
            no words, or is nested too deeply.
        yaml.YAMLError: it is not YAML.
    """
    from imagelint.documents.yaml.pyyaml import yaml

    events = yaml.events
    skimmer = _Skimmer()
    take = {
        events.ScalarEvent: skimmer.scalar,
        events.MappingStartEvent: skimmer.open_mapping,
        events.SequenceStartEvent: skimmer.open_sequence,
        events.AliasEvent: skimmer.alias,
    }
    while True:
        event = parser.get_event()
        act = take.get(type(event))
        if act is not None:
            act(event)
        elif not skimmer.close(event):
            return event, skimmer.last or event


class _Skimmer:
    """Where in what is passed over a parser is: `names` are the keys of the innermost mapping.

    They are None in a list. `last` is the last event that has an extent: blocks are closed where
    the next thing begins.
    """

    __slots__ = ("_above", "_is_key", "_names", "last")

    def __init__(self) -> None:
        self.last: Event | None = None
        self._names: set[str] | None = set()
        self._is_key = True
        self._above: list[set[str] | None] = []

    def scalar(self, event: Event) -> None:
        """A leaf, or a key."""
        names = self._names
        if event.anchor or event.tag:
            raise ReadWholeError
        self.last = event
        if names is None:
            return
        if self._is_key:
            name = event.value
            if name in names or name == "<<":
                raise ReadWholeError
            names.add(name)
        self._is_key = not self._is_key

    def open_mapping(self, event: Event) -> None:
        """A mapping begins."""
        self._open(event, set())

    def open_sequence(self, event: Event) -> None:
        """A list begins."""
        self._open(event, None)

    def alias(self, _event: Event) -> NoReturn:
        """Something that stands elsewhere too."""
        raise ReadWholeError

    def _open(self, event: Event, names: set[str] | None) -> None:
        is_key = self._names is not None and self._is_key
        if event.anchor or event.tag or is_key or len(self._above) > _DEEPEST:
            raise ReadWholeError
        self._above.append(self._names)
        self._names = names
        self._is_key = True

    def close(self, event: Event) -> bool:
        """The innermost collection ends; false when that is the outermost."""
        if event.start_mark.index != event.end_mark.index:
            self.last = event
        if not self._above:
            return False
        self._names = self._above.pop()
        self._is_key = True
        return True
