"""Where an entry that is missing in a mapping of YAML is put: for fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import Entry


def missing_entry(
    document: Document, mapping: Cursor, key: str, written: str, behind: tuple[str, ...] = ()
) -> tuple[Span, str] | None:
    """Where to put `key: written` into a mapping, and what to put there, in the mapping's style.

    In a block it gets a line of its own behind the last of the entries that `behind` names (of all
    that are on one line, where it names none), else before the first entry; in braces it comes
    first. None where the mapping is not written at one place, is empty, or has such an entry.
    """
    node = mapping.node
    if document.rendered or not isinstance(node, Mapping) or not node.entries:
        return None  # of what is rendered, the patches of an overlay may have their say
    if node.entry(key) is not None:
        return None
    part = document.part_at(node.span.start)
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


def security_entry(
    document: Document, holder: Cursor, key: str, written: str
) -> tuple[Span, str] | None:
    """Where a container or the spec of a pod gets an entry of its security context."""
    context = holder["securityContext"]
    if context.exists:
        return missing_entry(document, context, key, written)
    whole = f"{{{key}: {written}}}"
    return missing_entry(document, holder, "securityContext", whole, _BEHIND)


# Of a container; the spec of a pod gets it first.
_BEHIND = ("name", "image", "imagePullPolicy")


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
