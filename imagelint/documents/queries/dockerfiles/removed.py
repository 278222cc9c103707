"""What to take out of a document so that a setting, an entry or a word is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.edits import removal
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.queries.dockerfiles.instructions import whole_lines
from imagelint.documents.queries.stages import enclosing_stage

if TYPE_CHECKING:
    from imagelint.documents.base import Document

__all__ = ["removed"]

_REFERENCE = pattern(r"\$[{(]?([A-Za-z_]\w*)")


def removed(document: Document, name: str, span: Span) -> tuple[Span, str] | None:
    """What to replace, by what, so that what is called so under a span is gone; None if unclear.

    The only setting of an instruction goes with it, of several all are written again: two fixes
    must not take all of them. What is rendered is written in another way than it is seen, a
    variable that something refers to is needed, and a reference may stand for other words as well.
    """
    if document.rendered or name in document.derived(_referred_to):
        return None
    written = document.written(span)
    if "$" in written and name not in written:
        return None
    part = document.part_at(span.start)
    gone = removal(part.source, part.local(span))
    stage = enclosing_stage(document, span)
    instruction = stage.instruction_at(span.start) if stage is not None else None
    if instruction is not None and instruction.keyword == "ONBUILD":
        return None
    if instruction is not None and instruction.keyword in ("ARG", "ENV", "LABEL"):
        every = Span(instruction.words[0].span.start, instruction.words[-1].span.end)
        if span.covers(every):
            return whole_lines(document, instruction), ""
        if gone is None:
            return None
        begin = instruction.keyword_span.end
        text = part.source.text
        return Span(begin, every.end), text[begin : gone.start] + text[gone.end : every.end]
    return (part.shifted(gone), "") if gone is not None else None


def _referred_to(document: Document) -> frozenset[str]:
    """The names of variables that the text refers to."""
    return frozenset(match[1] for match in _REFERENCE.finditer(document.source.text))
