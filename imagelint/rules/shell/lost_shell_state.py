"""The rule `lost-shell-state`."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.activation import ACTIVATING, SOURCED
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.shell.script import Command, Script

_PROGRAMS = ("export", "source", ".", "alias", "umask", "ulimit", "", *ACTIVATING)


@rule(Stage, Severity.MEDIUM, programs=_PROGRAMS)
def lost_shell_state(stage: Stage, ctx: Context) -> Findings:
    """A RUN ends by setting what ends with it.

    Each RUN has a shell of its own. A variable that is exported, an environment that is activated,
    a limit that is set at its end hold for nothing: the next RUN, and the container, begin without
    them.

    Except: what other commands of the same RUN stand behind, and what is set under a condition.

    Bad:
        FROM python:3.13.1-slim
        RUN export PIP_INDEX_URL=https://pypi.example.com/simple
        RUN pip install --no-cache-dir numpy==2.1.3

    Good:
        FROM python:3.13.1-slim
        ENV PIP_INDEX_URL=https://pypi.example.com/simple
        RUN pip install --no-cache-dir numpy==2.1.3
    """
    for script in own_scripts(stage):
        for command, help_ in _last(script):
            written = ctx.document.written(command.span)
            what = written if len(written) < _LONGEST else command.program or "this"
            yield ctx.finding(
                command,
                f"`{what}` holds until the end of this RUN, and nothing comes behind it",
                help=help_,
                subject=command.program,
            )


_LONGEST = 60


def _last(script: Script) -> Iterator[tuple[Command, str]]:
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
