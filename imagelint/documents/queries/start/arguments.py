"""Questions about the words that a shell is given behind its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.script import Command
from imagelint.documents.shell.shells import operands, script_index

if TYPE_CHECKING:
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
        index = script_index(subject.words)
        if index is None:
            return None
        text, written = subject.words[index].text, subject.words[index].raw
        behind = operands(subject.words)
    else:
        text = written = subject.text
        behind = subject.operands
    if not all(isinstance(word.value, Known) for word in behind[:2]):
        return None  # something else decides what stands there
    if not behind or not text.strip() or _USES.search(text) or _USES.search(written):
        return None
    if not any(character.isspace() for character in text.strip()):
        return UnusedArguments(behind[0], text.strip(), bare=True)
    named = not behind[0].text.startswith("-") or behind[0].text in ("-", "--")
    lost = behind[1:] if named else behind
    return UnusedArguments(lost[0], text.strip(), bare=False) if lost else None
