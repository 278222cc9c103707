"""The rule `cd-instead-of-workdir`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.changed_folder import change_of_folder
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script

# WORKDIR makes its folder, so that `mkdir` before `cd` is no reason.
_BEFORE = ("set", "shopt", "export", "mkdir", "")


@rule(
    Stage,
    Severity.LOW,
    references=("hadolint DL3003", "Trivy DS-0013", "droast DF008"),
    programs=("cd",),
)
def cd_instead_of_workdir(stage: Stage, ctx: Context) -> Findings:
    """A RUN begins with `cd`.

    It holds for that RUN alone: the next one begins in the old folder again, which readers miss.
    WORKDIR holds for all that follows, is kept in the image, and makes the folder.

    Except:
        Scripts of ONBUILD, a folder that a variable names, and a `cd` behind other commands than
        `set`, `export` and `mkdir`: into what they have just unpacked or cloned, where no WORKDIR
        could lead. hadolint reports every one; Docker advises against `RUN cd … && do-something`
        (https://docs.docker.com/build/building/best-practices/#workdir).

    Bad:
        FROM debian:12.7
        RUN cd /srv && make install

    Good:
        FROM debian:12.7
        WORKDIR /srv
        RUN make install
    """
    for script in own_scripts(stage):
        first = _first(script)
        if first is None or first.program != "cd" or first.nested or not first.unconditional:
            continue
        if not first.arguments or not isinstance(first.arguments[0].value, Known):
            continue
        folder = first.arguments[0]
        yield ctx.finding(
            Span(first.words[0].span.start, folder.span.end),
            f"`cd {folder.text}` holds for this RUN alone",
            help="write `WORKDIR <folder>` before it",
            subject=f"cd {folder.text}",
            fix=_by_workdir(stage, script, first, ctx),
        )


def _by_workdir(stage: Stage, script: Script, first: Command, ctx: Context) -> Fix | None:
    """The fix where nothing behind the RUN asks for the folder it was in."""
    changes = change_of_folder(ctx.document, stage, script, first)
    edits = tuple(ctx.edit(*change) for change in changes)
    return Fix("write WORKDIR before it", edits) if edits else None


def _first(script: Script) -> Command | None:
    """The first command that does something, for which another does not stand (`$(nproc)`)."""
    end = -1
    for command in script.commands:
        if command.span.end > end and command.program not in _BEFORE:
            return command
        end = max(end, command.span.end)
    return None
