"""YAML as plain values, without places: what `yaml.load` makes of a text, several times as fast.

The schemas of a cluster's definitions are megabytes each, and PyYAML takes a dozen calls in Python
for each value. Here the events of libyaml are put together; what is rare is left to PyYAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.yaml.builder import Event

_DEEPEST = 100


class _RareError(Exception):
    """There is something that is left to PyYAML."""


def load_plain(text: str) -> object:
    """The value of the only document of a text, by the rules of YAML 1.1.

    Raises:
        yaml.YAMLError: it is not YAML, or holds several documents.
        RecursionError: it is nested too deeply.
        ValueError: a value is not what it looks like, such as a day.
    """
    from imagelint.documents.yaml.pyyaml import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _joined(text)
    except _RareError:
        return yaml.load(text, loader)


def _joined(text: str) -> object:
    from imagelint.documents.yaml.pyyaml import yaml

    events = yaml.events
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parser = loader(text)

    def resolve(word: str) -> object:
        tag = parser.resolve(yaml.ScalarNode, word, (True, False))
        return parser.construct_object(yaml.ScalarNode(tag, word))

    maker = _Maker(resolve, frozenset(loader.yaml_implicit_resolvers))
    take = {
        events.ScalarEvent: maker.scalar,
        events.MappingStartEvent: maker.open_mapping,
        events.SequenceStartEvent: maker.open_sequence,
        events.MappingEndEvent: maker.close,
        events.SequenceEndEvent: maker.close,
        events.AliasEvent: maker.alias,
        events.DocumentStartEvent: maker.start_document,
    }.get
    last = events.StreamEndEvent
    try:
        while True:
            event = parser.get_event()
            act = take(type(event))
            if act is not None:
                act(event)
            elif type(event) is last:
                return maker.value
    finally:
        parser.dispose()


class _Maker:
    """Puts values together; `resolve` is PyYAML's own reading of a word that may be no text.

    Such words begin with one of some letters. `keyed` is true where the next value is a key.
    """

    __slots__ = ("_begun", "_first", "_inner", "_key", "_keyed", "_known", "_outer", "_resolve")

    def __init__(self, resolve: Callable[[str], object], first: frozenset[str]) -> None:
        self._resolve = resolve
        self._first = first
        self._known: dict[str, object] = {}
        self._inner: dict[object, object] | list[object] = []
        self._outer: list[tuple[dict[object, object] | list[object], object]] = []
        self._key: object = None
        self._keyed = False
        self._begun = False

    @property
    def value(self) -> object:
        """What the text holds, when all of it was taken."""
        return self._inner[0] if isinstance(self._inner, list) and self._inner else None

    def start_document(self, _event: Event) -> None:
        """A document begins: there is one."""
        if self._begun:
            raise _RareError
        self._begun = True

    def scalar(self, event: Event) -> None:
        """A leaf, or a key."""
        if event.anchor or event.tag:
            raise _RareError
        word = event.value
        value = word if event.style or word[:1] not in self._first else self._resolved(word)
        inner = self._inner
        if isinstance(inner, list):
            inner.append(value)
        elif self._keyed:
            self._key = value
            self._keyed = False
        else:
            inner[self._key] = value
            self._keyed = True

    def _resolved(self, word: str) -> object:
        """A number, a truth value, nothing, or the word itself."""
        if word in {"<<", "="}:
            raise _RareError
        if word not in self._known:
            self._known[word] = self._resolve(word)
        return self._known[word]

    def open_mapping(self, event: Event) -> None:
        """A mapping begins."""
        self._open(event, {})
        self._keyed = True

    def open_sequence(self, event: Event) -> None:
        """A list begins."""
        self._open(event, [])

    def _open(self, event: Event, made: dict[object, object] | list[object]) -> None:
        inner = self._inner
        if event.anchor or event.tag or len(self._outer) > _DEEPEST:
            raise _RareError
        if isinstance(inner, list):
            inner.append(made)
        elif self._keyed:
            raise _RareError
        else:
            inner[self._key] = made
        self._outer.append((inner, self._key))
        self._inner = made

    def close(self, _event: Event) -> None:
        """The innermost collection ends."""
        self._inner, self._key = self._outer.pop()
        self._keyed = True

    def alias(self, _event: Event) -> None:
        """Something that stands elsewhere too."""
        raise _RareError
