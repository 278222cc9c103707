"""The rule `wget-progress`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import letters, run_scripts
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

_LONG = ("--progress", "--quiet", "--output-file", "--append-output", "--no-verbose")
_SHORT = frozenset("qoa")


@rule(Stage, Severity.INFO, references=("hadolint DL3047", "droast DF056"), programs=("wget",))
def wget_progress(stage: Stage, ctx: Context) -> Findings:
    """Wget fills the log of the build with its progress bar.

    Of a model of some gigabytes that is a line for every fifty kilobytes.

    Except: options that say what is shown, or where (`-q`, `-nv`, `-o`).

    Bad:
        FROM debian:12.7
        RUN wget https://example.com/model.gguf

    Good:
        FROM debian:12.7
        RUN wget --progress=dot:giga https://example.com/model.gguf
    """
    for script in run_scripts(stage):
        for command in script.commands:
            if command.program == "wget" and not _says_how(command):
                end = command.words[0].span.end
                exact = ctx.text(command.words[0].span) == command.words[0].text
                edit = ctx.edit(Span(end, end), " --progress=dot:giga")
                yield ctx.finding(
                    command.words[0],
                    "wget shows its progress in the log of the build",
                    help="add `--progress=dot:giga`",
                    subject="wget",
                    fix=Fix("show less", (edit,)) if exact else None,
                )


def _says_how(command: Command) -> bool:
    return command.has_flag(*_LONG) or any(
        _SHORT.intersection(letters(word)) or letters(word) == "nv" for word in command.arguments
    )
