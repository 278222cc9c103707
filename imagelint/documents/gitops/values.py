"""Values of charts as trees: texts in a field, and assignments such as those of `--set`.

https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.yaml.load import YamlError, read_yaml
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence
from imagelint.documents.yaml.text import offsets

if TYPE_CHECKING:
    from typing import TypeAlias

    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

    Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"

_KEY = pattern(r"((?:\\.|[^.\\\[\]])+)(?:\.|$)")
_INTEGER = pattern(r"-?(?:0|[1-9][0-9]{0,17})")
_WORDS = {"true": True, "false": False, "null": None}
# Of a word, not of a script, which has variables of its own.
_UNFILLED = pattern(r"\S*(?:\$\{\w+(?::?[-=?+][^}]*)?\}|<[A-Z][A-Z0-9_]+>)\S*")


def tree_in(scalar: Scalar) -> YamlNode | None:
    """The YAML that a text holds, at the places of the text; None where it holds none."""
    try:
        found = read_yaml(scalar.text).documents
    except YamlError:
        return None
    starts = offsets(scalar)
    return _moved(found[0], starts, scalar.span) if found else None


def _moved(node: YamlNode, starts: tuple[int, ...] | None, whole: Span) -> YamlNode:
    span = _place(node.span, starts, whole)
    if isinstance(node, Mapping):
        entries = tuple(
            Entry(
                entry.key._replace(span=_place(entry.key.span, starts, whole)),
                _moved(entry.value, starts, whole),
            )
            for entry in node.entries
        )
        return Mapping(span, entries)
    if isinstance(node, Sequence):
        return Sequence(span, tuple(_moved(item, starts, whole) for item in node.items))
    return node._replace(span=span)


def _place(span: Span, starts: tuple[int, ...] | None, whole: Span) -> Span:
    if not starts or span.start >= len(starts):
        return whole
    if span.end <= span.start:
        return Span(starts[span.start], starts[span.start])
    return Span(starts[span.start], starts[min(span.end, len(starts)) - 1] + 1)


def assigned(name: str, value: Scalar, *, text: bool = False) -> YamlNode | None:
    """The tree that an assignment `a.b.c=value` means; None where it names an item of a list.

    `text` tells that the value is a string, whatever it looks like.
    """
    keys, at = [], 0
    while at < len(name):
        match = _KEY.match(name, at)
        if match is None:
            return None
        keys.append(match[1].replace("\\", ""))
        at = match.end()
    written: YamlNode = _as_text(value) if text else _typed(value)
    for key in reversed(keys):
        written = Mapping(value.span, (Entry(Scalar(value.span, key, key, plain=True), written),))
    return written if keys else None


def _as_text(value: Scalar) -> Scalar:
    return value._replace(value=value.text, plain=False)


def _typed(value: Scalar) -> Scalar:
    said = value.text
    if said in _WORDS:
        return value._replace(value=_WORDS[said], plain=True)
    return value._replace(value=int(said), plain=True) if _INTEGER.fullmatch(said) else value


def plain(node: YamlNode) -> Plain:
    """A tree as JSON writes it, with the words of YAML 1.1 that Go takes for truth values."""
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if node.plain and node.raw in GO_YAML:
        return GO_YAML[node.raw]
    return node.value


def is_filled_later(node: YamlNode) -> bool:
    """Whether a value in a tree is a variable that somebody else fills."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, Mapping):
            pending += [part for entry in one.entries for part in entry]
        elif isinstance(one, Sequence):
            pending += one.items
        elif _UNFILLED.fullmatch(one.text):
            return True
    return False


def scalar_at(place: Cursor) -> Scalar | None:
    """The text, number or truth value at a place."""
    return place.node if isinstance(place.node, Scalar) else None
