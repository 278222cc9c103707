"""Questions about what a script sets at its end, where nothing comes behind it."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.documents.packages.lookup import ACTIVATING, SOURCED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.shell.script import Command, Script

__all__ = ["set_last"]


def set_last(script: Script) -> Iterator[tuple[Command, str]]:
    """The commands at the end of a script that change nothing but its shell, each with advice."""
    found: list[tuple[Command, str]] = []
    for command in reversed(script.commands):
        help_ = _advice(command)
        if not help_:
            break
        found.append((command, help_))
    yield from reversed(found)


def _advice(command: Command) -> str:
    """What to write instead; empty for what does more than change its shell."""
    if not command.unconditional or command.nested or command.redirects:
        return ""
    words = [word.text for word in command.arguments]
    match command.program:
        case "export" | "" if command.assignments and not command.wrappers:
            names = ", ".join(f"`ENV {one.name}=…`" for one in command.assignments)
            return f"write {names} instead, or set it in the RUN that needs it"
        case "source" | "." if words and basename(words[0]) in SOURCED:
            return _PATH if basename(words[0]) == "activate" else _SAME
        case "alias" if words:
            return "write a script of that name into a folder of `PATH`"
        case "umask" | "ulimit" if words:
            return _SAME
        case program if words[:1] and words[0] in ACTIVATING.get(program, ()):
            return _SAME
        case _:
            return ""


_PATH = "put it first into the path: `ENV PATH=<environment>/bin:$PATH`"
_SAME = "write it before the commands that need it, in the same RUN"
