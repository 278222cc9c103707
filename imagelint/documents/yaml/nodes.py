"""YAML as a tree of immutable nodes, each with its place in the text."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias, Union

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.documents.mapped import MappedText

_BLOCK_STYLES = ("|", ">")


class YamlError(Exception):
    """A text cannot be read as YAML.

    `offset` is the code point at which reading ended. `template` tells that the text is a template
    of YAML (Helm, Jinja) rather than broken, `too_large` that it was refused for its size.
    """

    def __init__(
        self, message: str, offset: int = 0, *, template: bool = False, too_large: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.template = template
        self.too_large = too_large

    @property
    def span(self) -> Span:
        """The place at which reading ended."""
        return Span(self.offset, self.offset)


class Scalar(NamedTuple):
    """A word, a number, a truth value or nothing, by the core schema of YAML 1.2.

    `raw` is what is written under the span, quotes included. `plain` is false for quoted and block
    scalars, which are always strings. A value that a template will fill (`{{ .Values.x }}` without
    quotes) is a scalar that is not plain, with the text of the template as its value.
    """

    span: Span
    value: str | int | float | bool | None
    raw: str
    plain: bool

    @property
    def text(self) -> str:
        """The value as a string; for what is not one, what is written, without quotes."""
        if isinstance(self.value, str):
            return self.value
        return self.raw if self.plain else self.raw.strip("\"'")

    @property
    def block(self) -> bool:
        """Whether it is a block scalar: its lines are indented and its value is not contiguous."""
        return not self.plain and self.raw.startswith(_BLOCK_STYLES)


class MappedScalar(Scalar):
    """A scalar of what was rendered, whose characters are written in lines of something else.

    `find` tells where each stands when somebody asks: most of them are read as a whole.
    """

    find: Callable[[], MappedText]

    @cached_property
    def mapped(self) -> MappedText:
        """The value with the places of its characters."""
        return self.find()


class Sequence(NamedTuple):
    """A list."""

    span: Span
    items: tuple[YamlNode, ...]


class Entry(NamedTuple):
    """A key and its value. An alias shares its anchor's node, so spans may lie anywhere."""

    key: Scalar
    value: YamlNode

    @property
    def span(self) -> Span:
        """From the key to the end of the value; the key alone when the value stands elsewhere."""
        end = self.value.span.end
        return Span(self.key.span.start, max(end, self.key.span.end))


class Entries(tuple[Entry, ...]):  # noqa: SLOT001 - it holds its index
    """The entries of a large mapping, found by their names without a walk through all of them."""

    _by_name: dict[str, Entry]

    def named(self, name: str) -> Entry | None:
        """The last entry of that key, or None."""
        if "_by_name" not in self.__dict__:
            self._by_name = {entry.key.text: entry for entry in self}
        return self._by_name.get(name)


class Remaining(tuple[Entry, ...]):  # noqa: SLOT001 - it holds what is gone
    """The entries of a mapping out of which something else took some: `taken` tells where."""

    taken: dict[str, Span]

    @classmethod
    def of(cls, entries: Iterable[Entry], taken: dict[str, Span]) -> Remaining:
        """Some entries, and where it is written that those of some keys are gone."""
        made = cls(entries)
        made.taken = taken
        return made


class Mapping(NamedTuple):
    """Keys with values in source order; what merge keys (`<<`) bring in comes after the own ones.

    A key that is written twice is there twice: the last one counts, as Kubernetes reads it.
    """

    span: Span
    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry | None:
        """The entry of that key, or None."""
        if type(self.entries) is Entries:
            return self.entries.named(name)
        found = None
        for entry in self.entries:
            # Asked of every key, again and again: not by its text, and without names of fields.
            key = entry[0]
            value = key[1]
            if value == name or (value.__class__ is not str and key[2] == name):
                found = entry
        return found

    def get(self, name: str) -> YamlNode | None:
        """The value of that key, or None."""
        entry = self.entry(name)
        return entry.value if entry else None


YamlNode: TypeAlias = Union[Scalar, Sequence, Mapping]  # noqa: UP007 - used before 3.14 at run time


def is_decided_elsewhere(node: YamlNode | None) -> bool:
    """Whether a value, or a part of it, takes effect here but is not written here."""
    if isinstance(node, Scalar):
        return node.value is not None and not node.raw
    return isinstance(node, Mapping) and any(
        is_decided_elsewhere(entry.value) for entry in node.entries
    )
