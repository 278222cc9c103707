"""Shell text as commands: what runs in a RUN, a CMD in shell form, a `sh -c`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.mapped import MappedText
from imagelint.documents.shell.fast import read_fast
from imagelint.documents.shell.normalize import command_first
from imagelint.documents.shell.reader import Reader, ScriptOutput
from imagelint.documents.shell.scope import Scope
from imagelint.documents.shell.script import Script, ScriptRole
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span

__all__ = ["Script", "ScriptRole", "read_script"]

LONGEST = 1_000_000
"""Characters of a script that is read."""


def read_script(  # noqa: PLR0913 - the fields of a script
    text: str,
    span: Span,
    role: ScriptRole,
    *,
    shell: str = "sh",
    variables: Mapping[str, Fact[str]] | None = None,
    mounts: tuple[str, ...] = (),
    workdir: str = "",
    path: str = "",
) -> Script:
    """Read shell text that stands at a span of the same length. Never raises.

    Args:
        text: The shell text.
        span: Where it stands; every span in the result is relative to the same text as this one.
        role: What runs it.
        shell: The base name of the shell (`sh`, `bash`, `powershell` …). A `#!` line overrules it.
        variables: What is known about variables before the first command: a value, certainly not
            set (absent), or unknown. A name that is not there is unknown.
        mounts: Targets of `RUN --mount` as `type:target`.
        workdir: The working directory, empty when unknown.
        path: The logical path.

    Returns:
        The script with its commands in source order; none, and unreadable, when the shell is not a
        POSIX one or the text is longer than a million characters.
    """
    shell = shebang_shell(text) or shell
    output = ScriptOutput(text, span.start, _read)
    if shell in POSIX_SHELLS and len(text) <= LONGEST:
        mapped = MappedText.verbatim(text, span.start)
        moved = command_first(text)
        mapped = moved.within(mapped) if moved else mapped
        _read(Reader(mapped, Scope(variables or {}), output))
    else:
        output.readable = False
    commands = tuple(output.commands)
    readable = output.readable
    return Script(
        span=span,
        text=text,
        role=role,
        commands=commands,
        shell=shell,
        readable=readable,
        mounts=mounts,
        workdir=workdir,
        path=path,
    )


def _read(reader: Reader) -> None:
    """Read a text the fast way if that will do, else through the grammar of bash."""
    if read_fast(reader):
        return
    from imagelint.documents.shell.tree import read_tree

    read_tree(reader)
