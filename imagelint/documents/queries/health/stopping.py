"""Questions about how a server ends, and what stands between it and the signal to do so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.stages import stages
from imagelint.documents.remembered import remembered_lookup_briefly
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import base_name, shell_text
from imagelint.documents.shell.wrappers import unwrap
from imagelint.knowledge.recognition import engine_of_program

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shell.script import Command, Script

# Who stands first in a container and passes signals on, or watches over several programs.
_INITS = frozenset(
    ("tini", "dumb-init", "catatonit", "s6-svscan", "supervisord", "runit", "pid1", "init")
)
# Scripts that take care of signals, or of several programs, themselves.
_CAREFUL = ("trap ", "wait", "tini", "dumb-init", "supervisord", "kill ")
# What has an `&` and leaves nothing to itself: lists, redirections (`2>&1`), pipes of both.
_NOT_BEHIND = ("&&", ">&", "<&", "&>", "|&")


class ShellInFront(NamedTuple):
    """A shell that stays the first process of a container: its name, and the server's command.

    `piped` tells that this is a part of a pipeline, where `exec` does not help, `followed` that the
    script goes on behind it.
    """

    shell: str
    command: Command
    piped: bool = False
    followed: bool = False


def drain_seconds(server: ServingCommand) -> Fact[float]:
    """How long the engine lets running requests end once it is told to stop."""
    known = server.facts
    if known is None:
        return UNKNOWN
    told = server.switch(known.drain_flag) if known.drain_flag else ABSENT
    if told is ABSENT:
        return Known(float(known.drain_seconds))
    number = parse_count(told.value) if isinstance(told, Known) else None
    return UNKNOWN if number is None or not isinstance(told, Known) else Known(number, told.span)


def shell_in_front(document: Document, server: ServingCommand) -> ShellInFront | None:
    """The shell that the signal to stop reaches instead of the server, None where none does."""
    if _is_shell_form(document) or server.program is None:
        return None
    launch = server.launch
    words = launch.argv
    bare = words[unwrap(words).start :]
    if not bare or any(base_name(word.text) in _INITS for word in words):
        return None
    for script, shell in _scripts(server, bare):
        careful = any(one in script.text for one in _CAREFUL) or not script.readable
        if careful or len(script.commands) < 2:  # noqa: PLR2004 - one alone takes the shell's place
            continue
        waited = _waited_for(script)
        if _is_left(script, waited[-1]):
            continue
        # In a pipeline, `exec` only takes the place of a shell of its own.
        piped = len(waited) > 1
        followed = waited[-1] is not script.commands[-1]
        for command in waited:
            if _serves(command) and (piped or "exec" not in command.wrappers):
                return ShellInFront(shell, command, piped, followed)
    return None


@remembered_lookup_briefly
def _waited_for(script: Script) -> list[Command]:
    """The pipeline of the only server that a script certainly starts, else its last one."""
    servers = [one for one in script.commands if _serves(one)]
    last = script.commands[-1]
    sure = len(servers) == 1 and servers[0].unconditional and servers[0].pipe >= 0
    of = servers[0] if sure else last
    return [one for one in script.commands if one.pipe == of.pipe and not one.nested] or [of]


def _scripts(server: ServingCommand, bare: tuple[object, ...]) -> list[tuple[Script, str]]:
    """The script that stands in the command itself, and those in files that it runs."""
    from imagelint.documents.shell.read import read_script

    words = server.launch.argv[-len(bare) :]
    found: list[tuple[Script, str]] = [
        (script, script.shell or "sh") for script in server.launch.scripts.values()
    ]
    inline = shell_text(words)
    if inline is not None:
        text = words[inline.at].text
        script = read_script(text, Span(0, len(text)), ScriptRole.START)
        found.append((script, inline.shell))
    return found


def _is_left(script: Script, command: Command) -> bool:
    """Whether an `&` between a command and the next one leaves it to itself."""
    end = command.span.end
    next_start = min(
        (one.span.start for one in script.commands if one.span.start >= end), default=None
    )
    start = script.span.start
    behind = script.text[end - start : None if next_start is None else next_start - start]
    for other in _NOT_BEHIND:
        behind = behind.replace(other, "")
    return "&" in behind


def _serves(command: Command) -> bool:
    return engine_of_program([word.text for word in command.words]) is not None


def _is_shell_form(document: Document) -> bool:
    """Whether the start of an image is written in shell form, of which another rule speaks."""
    final = next((stage for stage in stages(document) if stage.final), None)
    start = final.start if final is not None else None
    return start is not None and not start.json
