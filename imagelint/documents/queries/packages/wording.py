"""Questions about how words of a command are written, to write others beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["end_of_script", "subcommand", "word_behind"]


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


def subcommand(command: Command, install: PackageInstall) -> Word:
    """The word by which a command installs: `install`, else its program."""
    last = install.verb.rpartition(" ")[2]
    return next((word for word in command.arguments if word.text == last), command.words[0])


def end_of_script(script: Script) -> int | None:
    """Where ` && …` can be written so that it is run behind all that a script does.

    None where something ends there that is no command: a loop, a comment, a JSON array.
    """
    if not script.commands or not script.shell:
        return None
    last = script.commands[-1]
    rest = script.text[last.span.end - script.span.start :]
    plain = not rest.strip() and not last.redirects and last.stage == 0 and not last.nested
    return last.span.end if plain else None
