"""What a command does to the variables of the script that it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.documents.shell.scope import names_set

if TYPE_CHECKING:
    from imagelint.documents.shell.scope import Scope
    from imagelint.documents.shell.script import Command

DECLARING = frozenset({"export", "declare", "typeset", "readonly", "local"})
_READING = frozenset({"read", "mapfile", "readarray", "getopts", "printf", "let", "eval"})
_SOURCING = frozenset({".", "source"})
EFFECTIVE = DECLARING | _READING | _SOURCING | {"unset"}
# Files that set up an environment of their own and leave the author's variables alone.
_HARMLESS = frozenset(
    {"activate", "conda.sh", "mamba.sh", "nvm.sh", ".bashrc", ".profile", ".bash_profile"}
)
_HARMLESS_ENDS = ("/.cargo/env", "/cargo/env", "/.local/bin/env")


def apply_effects(command: Command, scope: Scope, text: str) -> None:
    """Bring a scope up to date behind a command; `text` is the command as written."""
    program = command.program
    if not command.words or program in DECLARING:
        _assign(command, scope, program)
    elif program == "unset":
        _unset(command, scope)
    elif program == "eval" and any(word.value is UNKNOWN for word in command.arguments):
        scope.taint_all()
    elif program in _READING:
        scope.taint(names_set(text))
    elif program in _SOURCING and not _is_harmless(command):
        scope.taint_all()


def _assign(command: Command, scope: Scope, program: str) -> None:
    for variable in command.assignments:
        scope.assign(variable.name, variable.value if command.unconditional else UNKNOWN)
    exports = program == "export" or (program and command.has_flag("-x"))
    if exports:
        for variable in command.assignments:
            scope.export(variable.name)
        for word in command.arguments:
            scope.export(word.text)


def _unset(command: Command, scope: Scope) -> None:
    for word in command.arguments:
        if command.unconditional:
            scope.unset(word.text)
        else:
            scope.taint((word.text,))


def _is_harmless(command: Command) -> bool:
    path = command.words[1].text if len(command.words) > 1 else ""
    return path.rpartition("/")[2] in _HARMLESS or path.endswith(_HARMLESS_ENDS)
