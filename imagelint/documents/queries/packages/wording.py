"""Questions about how words of a command are written, to write others beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.shell.script import Command, Word

__all__ = ["word_behind"]


def word_behind(document: Document, command: Command, word: Word, text: str) -> str | None:
    """What is written right behind a word, not the first, so that another follows it.

    ` -y` in a script, `, "-y"` in a JSON array, None where words stand in lines of their own.
    """
    before = [one for one in command.words if one.span.end <= word.span.start]
    if not before:
        return None
    gap = document.written(Span(before[-1].span.end, word.span.start)).strip(" \t")
    if gap.startswith(","):
        return f', "{text}"' if word.raw.startswith('"') else None
    return None if gap.startswith("\n") else f" {text}"
