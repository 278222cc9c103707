"""Questions about the instructions of a Dockerfile and the text that they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.queries.stages import enclosing_stage, stages

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction

__all__ = ["blank_lines", "in_case_of", "is_trigger", "whole_lines"]


def whole_lines(document: Document, instruction: Instruction) -> Span:
    """The lines on which an instruction stands, with the feed behind the last one."""
    text = document.source.text
    start = text.rfind("\n", 0, instruction.span.start) + 1
    end = text.find("\n", instruction.span.end)
    return Span(start, len(text) if end < 0 else end + 1)


def is_trigger(document: Document, instruction: Instruction) -> bool:
    """Whether an instruction is what ONBUILD keeps for other builds."""
    stage = enclosing_stage(document, instruction.span)
    return stage is not None and stage.instruction_at(instruction.span.start) is not instruction


def blank_lines(document: Document, instruction: Instruction) -> tuple[Span, ...]:
    """The blank lines inside the continuation of an instruction, each with its line feed.

    Those in the bodies of its here-documents are a part of them. A last instruction that goes on
    and is followed by nothing else goes on over the blank lines at the end of the file.
    """
    last = document.derived(_open_end)
    if last is not None and last[0] == instruction.span.start:
        return (last[1],)
    start, end = instruction.span
    if instruction.heredocs:
        end = instruction.heredocs[0].content_span.start
    text = document.source.text
    found: list[Span] = []
    feed = text.find("\n", start, end)
    while feed >= 0:
        following = text.find("\n", feed + 1, end)
        if following >= 0 and not text[feed + 1 : following].strip():
            found.append(Span(feed + 1, following + 1))
        feed = following
    return tuple(found)


def _open_end(document: Document) -> tuple[int, Span] | None:
    """Where the last instruction begins, and the blank lines at the end over which it goes on."""
    every = stages(document)
    if not every:
        return None
    text, last = document.source.text, every[-1].instructions[-1]
    end = len(text.rstrip())
    feed = text.find("\n", end)
    if feed < 0 or feed + 1 == len(text):
        return None
    from imagelint.documents.queries.dockerfiles.references import escape_of

    if text[end - 1] != escape_of(document):
        return None
    # What ends with the sign may be a comment, or the body of a here-document.
    line = text[text.rfind("\n", 0, end) + 1 : end].lstrip()
    if line.startswith("#") or last.heredocs or last.end_line < text.count("\n", 0, end) + 1:
        return None
    return last.span.start, Span(feed + 1, len(text))


def in_case_of(written: str, keyword: str) -> str:
    """A keyword in lower case where the one that it replaces is, else in upper case."""
    return keyword.lower() if written.islower() else keyword.upper()
