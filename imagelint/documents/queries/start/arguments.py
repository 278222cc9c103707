"""Questions about the words that a shell is given behind its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.stages import stages, words_started
from imagelint.documents.shell.script import Command
from imagelint.documents.shell.shells import operands, script_index
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import StartCommand
    from imagelint.documents.shell.script import Script, Word

# `$1`, `"$@"`, `${1:-x}`, `$#`, and what uses them without naming one. What begins with a
# variable or a substitution may be any script.
_USES = pattern(
    r"\$(?:[0-9@*#]|\{[#!]?[0-9@*])|\b(?:shift|getopts|source|eval|BASH_ARGV|argv)\b"
    r"|(?:^|[\s;&|(])\.[ \t]|^[\s\"]*[$`]|\{\{|\bfor[ \t]+\w+[ \t]*(?:;|\n|do\b)"
)


class UnusedArguments(NamedTuple):
    """The words behind a script that it does not use.

    `lost` is the first of them that somebody must have meant, `text` the script, which is a program
    and nothing else where `bare` says so.
    """

    lost: Word
    text: str
    bare: bool


def unused_arguments(subject: Script | Command) -> UnusedArguments | None:
    """What a shell is given behind a script that uses none of it.

    A single word behind a script of several is a name by custom: `sh -c 'a && b' sh`.
    """
    if isinstance(subject, Command):
        return _of_words(subject.words)
    return _unused(subject.text, subject.text, subject.operands)


def unused_command(start: StartCommand, document: Document) -> UnusedArguments | None:
    """The words of a CMD that stand behind the shell of an ENTRYPOINT, which does not use them.

    Of those within one instruction its script tells.
    """
    last = next((stage for stage in stages(document) if stage.final), None)
    entry = last.entrypoint if last is not None and start.final else None
    if entry is None:
        return None
    if start.instruction.keyword != "CMD" or not entry.json or not start.instruction.words:
        return None
    words = words_started(document)
    found = _of_words(words[unwrap(words).start :])
    own = found is not None and start.span.covers(found.lost.span)
    return found if own else None


def _of_words(words: tuple[Word, ...]) -> UnusedArguments | None:
    index = script_index(words)
    if index is None:
        return None
    return _unused(words[index].text, words[index].raw, operands(words))


def _unused(text: str, written: str, behind: Sequence[Word]) -> UnusedArguments | None:
    if not all(isinstance(word.value, Known) for word in behind[:2]):
        return None  # something else decides what stands there
    if not behind or not text.strip() or _USES.search(text) or _USES.search(written):
        return None
    if not any(character.isspace() for character in text.strip()):
        return UnusedArguments(behind[0], text.strip(), bare=True)
    named = not behind[0].text.startswith("-") or behind[0].text in ("-", "--")
    lost = behind[1:] if named else behind
    return UnusedArguments(lost[0], text.strip(), bare=False) if lost else None
