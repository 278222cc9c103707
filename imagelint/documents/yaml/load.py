"""Text to positioned YAML nodes, over the events of libyaml.

Anchors are shared nodes, merge keys are resolved, and everything is bounded: the number of nodes
as written and as seen through aliases, and the depth. Nothing here recurses.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.yaml.builder import Builder, Merging
from imagelint.documents.yaml.cursor import Cursor, is_template
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence, YamlError, YamlNode
from imagelint.documents.yaml.skim import ReadWholeError, may_skim, skim

if TYPE_CHECKING:
    from imagelint.documents.yaml.builder import Event

__all__ = ["Cursor", "Entry", "Mapping", "Scalar", "Sequence", "YamlError", "YamlNode"]
__all__ += ["Merging", "YamlStream", "is_template", "load_yaml", "looks_templated", "read_yaml"]

_UNREADABLE = pattern(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A brace of a template where a value or a line begins, or a control block anywhere.
_TEMPLATE = pattern(r"^[ \t-]*\{[{%]|:[ \t]+[\"']?\{\{|\{[{%]-", re.MULTILINE)
# JSON writes characters beyond the basic plane as two escapes, which YAML does not know. The
# replacement is as long: an escaped line break, which stands for nothing, and one escape.
_TOO_DEEP = "maximum nesting depth"  # as newer releases of libyaml say it
_ENDS = "found unexpected end of stream"
_SURROGATES = pattern(r"\\\\|\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_BYTE_ORDER_MARK = "\ufeff"


class YamlStream(NamedTuple):
    """All documents of a text, the keys that are written again in the same mapping.

    `overridden` are keys that a merge key behind them brings in again, with another value.
    `replaced` are the entries that do not count because of either.
    """

    documents: tuple[YamlNode, ...]
    duplicates: tuple[Scalar, ...] = ()
    overridden: tuple[Scalar, ...] = ()
    replaced: tuple[Entry, ...] = ()


def load_yaml(text: str) -> tuple[YamlNode, ...]:
    """The documents of a text.

    Raises:
        YamlError: it is not YAML, a template, nested too deeply or too large.
    """
    return read_yaml(text).documents


def looks_templated(text: str) -> bool:
    """Whether a text that is not YAML is a template of YAML: control blocks, bare braces."""
    return _TEMPLATE.search(text) is not None


def read_yaml(text: str, merging: Merging = Merging.OWN_FIRST) -> YamlStream:
    """The documents of a text, with what `load_yaml` passes over in silence.

    Raises:
        YamlError: it is not YAML, a template, nested too deeply or too large.
    """
    # libyaml drops the mark itself and does not count it.
    shift = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
    return _read(text, text, shift, merging)


def read_part(text: str, start: int, end: int) -> YamlStream:
    """The documents in a part of a text, each node at its place in the whole.

    Raises:
        YamlError: it is not YAML, a template, nested too deeply or too large.
    """
    return _read(text, text[start:end], start)


def _read(text: str, part: str, shift: int, merging: Merging = Merging.OWN_FIRST) -> YamlStream:
    from imagelint.documents.yaml.pyyaml import yaml

    try:
        if may_skim(part):
            with suppress(ReadWholeError):
                return _built(Builder(text, shift, merging), part, skims=True)
        return _built(Builder(text, shift, merging), part, skims=False)
    except yaml.MarkedYAMLError as error:
        # What is never closed is wrong where it begins, and not at the end of the text.
        unclosed = error.problem == _ENDS and error.context_mark is not None
        mark = error.context_mark if unclosed else error.problem_mark
        offset = min(mark.index + shift, len(text)) if mark else 0
        message = ", ".join(part for part in (error.problem, error.context) if part)
        if _TOO_DEEP in message:
            raise YamlError(message, offset, too_large=True) from None
        raise YamlError(message, offset, template=looks_templated(text)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise _unreadable(text) from None


def _built(builder: Builder, part: str, *, skims: bool) -> YamlStream:
    _feed(builder, _joined(part), skims=skims)
    return YamlStream(
        tuple(builder.documents),
        tuple(builder.duplicates),
        tuple(builder.overridden),
        tuple(builder.replaced),
    )


def _joined(text: str) -> str:
    """The text with pairs of surrogate escapes joined, when it looks like JSON."""
    return _SURROGATES.sub(_one_escape, text) if text.lstrip().startswith(("{", "[")) else text


def _one_escape(pair: re.Match[str]) -> str:
    if not pair[1]:
        return pair[0]  # an escaped backslash: what follows is no escape
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\\n\\U{0x10000 + ((high - 0xD800) << 10) + low - 0xDC00:08x}"


def _unreadable(text: str) -> YamlError:
    found = _UNREADABLE.search(text)
    what = f"the character U+{ord(found[0]):04X}" if found else "a character"
    return YamlError(f"{what} cannot be in YAML", found.start() if found else 0)


def _feed(builder: Builder, text: str, *, skims: bool) -> None:
    from imagelint.documents.yaml.pyyaml import yaml

    events = yaml.events
    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)

    def open_or_skim(event: Event) -> None:
        builder.open_mapping(event)
        if builder.at_definition():
            builder.close_skimmed(*skim(parser))

    take = {
        events.ScalarEvent: builder.scalar,
        events.MappingStartEvent: open_or_skim if skims else builder.open_mapping,
        events.SequenceStartEvent: builder.open_sequence,
        events.MappingEndEvent: builder.close,
        events.SequenceEndEvent: builder.close,
        events.AliasEvent: builder.alias,
        events.DocumentStartEvent: builder.start_document,
    }.get
    last = events.StreamEndEvent
    try:
        while True:
            event = parser.get_event()
            act = take(type(event))
            if act is not None:
                act(event)
            elif type(event) is last:
                return
    finally:
        parser.dispose()
