"""Put an entry into a mapping that is written already, in the style in which it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from imagelint.documents.parts import TextPart
    from imagelint.documents.yaml.nodes import Entry, Mapping

    class Mark(Protocol):
        """A place in the text of a stream."""

        index: int


_KEY = pattern(
    r"(?P<indent> *(?:- +)*)(?:[\w./-]+|\"[^\"\\]*\"|'[^']*') *: +(?:[!&][^\s,\[\]{}]+ +)*"
)
_REST = pattern(r"[ \t]*(?:#.*)?\r?")


def entry_behind(text: str, value: Span, key: str, written: str) -> tuple[Span, str] | None:
    """Where to put `key: written` behind an entry whose value is a scalar, and what to put there.

    In a block that is a line of its own, in braces a further entry. None where the value is not
    the only one in its line of a block, is written in a style that has no end there, or is no
    value of a mapping.
    """
    if "\n" in text[value.start : value.end] or text[value.start : value.start + 1] in "|>*&":
        return None
    flow = _innermost(text, value.start)
    if flow is None:
        return None
    if flow:
        return Span(value.end, value.end), f", {key}: {written}"
    start = text.rfind("\n", 0, value.start) + 1
    end = text.find("\n", value.end)
    end = len(text) if end < 0 else end
    match = _KEY.fullmatch(text[start : value.start])
    if match is None or _REST.fullmatch(text[value.end : end]) is None:
        return None
    at = end - 1 if text[value.end : end].endswith("\r") else end
    return Span(at, at), f"\n{' ' * len(match['indent'])}{key}: {written}"


def missing_entry(
    part: TextPart, node: Mapping, key: str, written: str, behind: tuple[str, ...] = ()
) -> tuple[Span, str] | None:
    """Where to put `key: written` into a mapping, and what to put there, in the mapping's style.

    In a block it gets a line of its own behind the last of the entries that `behind` names (of all
    that are on one line, where it names none), else before the first entry; in braces it comes
    first. None where the mapping is not written at one place, is empty, or has such an entry.
    """
    if node.entry(key) is not None:
        return None
    text = part.source.text
    start, end = part.local(node.span)
    if not 0 <= start < end <= len(text):
        return None
    if text[start] == "{":
        return Span(node.span.start + 1, node.span.start + 1), f"{key}: {written}, "
    entries = [entry for entry in node.entries if node.span.covers(entry.key.span)]
    if not entries:
        return None
    first = min(entries, key=lambda entry: entry.key.span.start)
    column = part.local(first.key.span).start - text.rfind(
        "\n", 0, part.local(first.key.span).start
    )
    indent = " " * (column - 1)
    anchor = max(
        (
            entry
            for entry in entries
            if (entry.key.text in behind or not behind) and _is_line(entry, text, part.start)
        ),
        key=lambda entry: entry.key.span.start,
        default=None,
    )
    if anchor is None:
        at = first.key.span.start
        return Span(at, at), f"{key}: {written}\n{indent}"
    at = _end_of_line(text, anchor.value.span.end - part.start) + part.start
    return Span(at, at), f"\n{indent}{key}: {written}"


def _is_line(entry: Entry, text: str, start: int) -> bool:
    """Whether an entry is a scalar on the line of its key."""
    value = entry.value
    if not isinstance(value, Scalar) or value.block or not value.raw:
        return False
    written = text[entry.key.span.start - start : value.span.end - start]
    return value.span.start > entry.key.span.start and "\n" not in written


def _end_of_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[offset:end].endswith("\r") else end


def _innermost(text: str, offset: int) -> bool | None:
    """Whether the mapping around an offset is in braces; None where a list is nearer, or none."""
    around: bool | None = None
    for start, end, flow in _collections(text):
        if start > offset:
            break
        if offset < end:
            around = flow
    return around


def _collections(text: str) -> Iterator[tuple[int, int, bool | None]]:
    """Start, end and style of all collections, in the order of their starts; of lists no style."""
    from imagelint.documents.yaml.pyyaml import yaml

    opened: list[int] = []
    found: list[tuple[int, int, bool | None]] = []
    loader = yaml.CSafeLoader(text)
    # libyaml counts a byte-order mark as no character.
    shift = 1 if text.startswith("\ufeff") else 0
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                style = event.flow_style if isinstance(event, yaml.MappingStartEvent) else None
                opened.append(len(found))
                found.append((_index(event.start_mark) + shift, len(text), style))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                number = opened.pop()
                start, _, style = found[number]
                found[number] = start, _index(event.end_mark) + shift, style
    except yaml.YAMLError:
        return
    finally:
        loader.dispose()
    yield from found


def _index(mark: Mark | None) -> int:
    return mark.index if mark is not None else 0
