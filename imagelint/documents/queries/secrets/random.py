"""Whether a password is drawn while a script runs, so that nobody can read it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script

__all__ = ["is_random", "piped_text"]

# Not `$RANDOM`, which has 32,768 values, nor the time.
_SOURCE = pattern(
    r"\bopenssl[ \t]+rand\b|\b(?:pwgen|apg|makepasswd|uuidgen)\b|/dev/u?random\b"
    r"|/proc/sys/kernel/random/uuid|\bsecrets\.token_|\bgpg2?[ \t]+--gen-random\b"
)
_VARIABLE = pattern(r"\$\{?([A-Za-z_]\w*)")
_ASSIGNMENT = pattern(r"(?<![\w-])([A-Za-z_]\w*)=(\"[^\"\n]*|[$`][^\n;&]*|[^\s;&]*)")


def is_random(text: str, script: Script) -> bool:
    """Whether what is written draws something at random, itself or by a variable of the script."""
    if _SOURCE.search(text):
        return True
    names = set(_VARIABLE.findall(text))
    if not names or not _SOURCE.search(script.text):
        return False
    set_to = (match for match in _ASSIGNMENT.finditer(script.text) if match[1] in names)
    return any(_SOURCE.search(match[2]) for match in set_to)


def piped_text(command: Command, script: Script) -> str:
    """What stands before a command in its pipeline, as it is written; empty at its beginning."""
    if command.stage == 0:
        return ""
    begun = (one for one in script.commands if one.pipe == command.pipe and one.stage == 0)
    first = next(begun, command).span.start
    return script.text[first - script.span.start : command.span.start - script.span.start]
