"""Questions about RUNs that change into a folder first."""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import start_of
from imagelint.documents.queries.dockerfiles.instructions import in_case_of
from imagelint.documents.queries.stages import base_word, stages

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Command, Script

__all__ = ["change_of_folder"]

# What does not care in which folder it stands.
_INDIFFERENT = ("ARG", "ENV", "EXPOSE", "LABEL", "SHELL", "STOPSIGNAL", "USER", "VOLUME")
_JOINED = pattern(r"[ \t]*&&[ \t]*(?:\\\r?\n[ \t]*)?")


def change_of_folder(
    document: Document, stage: Stage, script: Script, first: Command
) -> tuple[tuple[Span, str], ...]:
    """What to replace, by what, so that WORKDIR stands before a RUN instead of `cd` in it.

    Nothing where the RUN does not begin so, or something behind it asks for the folder it was in.
    """
    own = stage.instruction_at(first.span.start)
    later = next((one for one in script.commands if one.span.start >= first.span.end), None)
    if own is None or own.flags or own.heredocs or len(first.words) != 2 or later is None:  # noqa: PLR2004 - `cd` and a folder
        return ()
    begins = own.words and own.words[0].span.start == first.span.start
    if not begins or stage.index in document.derived(_bases):
        return ()
    if not _JOINED.fullmatch(document.written(Span(first.words[1].span.end, later.span.start))):
        return ()
    at = bisect_right(stage.instructions, own.span.start, key=start_of)
    behind = takewhile(_keeps_folder, islice(stage.instructions, at, None))
    if any(one.keyword not in _INDIFFERENT for one in behind):
        return ()
    word = in_case_of(document.written(own.keyword_span), "WORKDIR")
    line = f"{word} {document.written(first.words[1].span)}\n"
    before = Span(own.span.start, own.span.start)
    return (before, line), (Span(first.span.start, later.span.start), "")


def _keeps_folder(instruction: Instruction) -> bool:
    """Whether an instruction leaves the working directory to those before it."""
    absolute = instruction.words and instruction.words[0].text.startswith("/")
    return not (instruction.keyword == "WORKDIR" and absolute)


def _bases(document: Document) -> frozenset[int | None]:
    """The stages that others are built upon, or may be where a FROM names a variable."""
    every = stages(document)
    found = frozenset(stage.base_stage for stage in every)
    if any("$" in document.written(base_word(document, stage).span) for stage in every):
        return found.union(stage.index for stage in every if stage.name)
    return found
