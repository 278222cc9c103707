"""The rule `world-writable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import flag_word, operands_of, run_scripts
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.shell.script import Command

_OCTAL = pattern(r"(?P<before>[0-7]{0,3}?[0-7]?)(?P<others>[0-7])")
_SYMBOLIC = pattern(r"(?:[^,]*,)*[ugoa]*[ao][ugoa]*[+=][rwxXst]*w[rwxXst]*(?:,[^,]*)*")
# Alone, and as the last of several letters.
_MODES = ("-m", "-pm", "-vm", "-pvm", "-vpm", "-dm", "-Dm", "--mode")
_WRITE = 2
_STICKY = 0o1000


@rule(
    Stage,
    Severity.MEDIUM,
    references=("droast DF034", "tally world-writable-state-path-workaround"),
)
def world_writable(stage: Stage, ctx: Context) -> Findings:
    """A file or folder may be written by everybody.

    Whatever runs in the container, as whoever it is, can put another model, script or library
    there, which others load. The group is enough where the number of the user is not known.

    Except: folders in which everybody may remove only what is theirs (`chmod 1777`), and
    `chmod +w`, which asks the umask (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/chmod.html).

    Bad:
        FROM debian:12.7
        RUN mkdir /models && chmod -R 777 /models

    Good:
        FROM debian:12.7
        RUN mkdir /models && chmod -R 775 /models
    """
    for span, mode in (*_of_flags(stage), *_of_scripts(stage)):
        octal = _OCTAL.fullmatch(mode)
        if octal and (not int(octal["others"]) & _WRITE or int(mode, 8) & _STICKY):
            continue
        if not octal and not _SYMBOLIC.fullmatch(mode):
            continue
        less = f"{octal['before']}{int(octal['others']) - _WRITE}" if octal else "g+w"
        exact = octal is not None and ctx.text(span) == mode
        yield ctx.finding(
            span,
            f"the mode {mode} lets everybody write",
            help=f"write `{less}`, and give the files to the user that runs",
            subject=mode,
            fix=Fix(f"write {less}", (ctx.edit(span, less),)) if exact else None,
        )


def _of_flags(stage: Stage) -> Iterator[tuple[Span, str]]:
    for instruction in stage.of("COPY", "ADD"):
        flag = instruction.flag("chmod")
        if flag is not None and isinstance(flag.value, Known):
            yield flag.value_span, flag.text


def _of_scripts(stage: Stage) -> Iterator[tuple[Span, str]]:
    for script in run_scripts(stage):
        for command in script.commands:
            yield from _modes(command)


def _modes(command: Command) -> Iterator[tuple[Span, str]]:
    """What `chmod` is told, and `mkdir -m` and `install -m`."""
    word = None
    if command.program == "chmod":
        word = next(iter(operands_of(command)), None)
    elif command.program in ("mkdir", "install"):
        word = flag_word(command, *_MODES)
    if word is not None and isinstance(word.value, Known):
        mode = word.text.rpartition("--mode=")[2]
        start = word.span.end - len(mode) if word.raw.endswith(mode) else word.span.start
        yield Span(start, word.span.end), mode
