"""The rule `unread-language`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import stages
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import is_other_language
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.shell.script import Script


@rule(Stage, Severity.INFO)
def unread_language(stage: Stage, ctx: Context) -> Findings:
    """What the build runs was not examined: it is written for no POSIX shell.

    Rules about commands, packages and downloads read shells. Of what PowerShell, cmd or Python do
    in a RUN they say nothing, which does not mean that all is well. It is told once a file.

    Except: programs in other languages that a shell starts.

    Bad:
        FROM python:3.12.7-slim
        SHELL ["python", "-c"]
        RUN import ensurepip; ensurepip.bootstrap()

    Good:
        FROM python:3.12.7-slim
        RUN python -m ensurepip
    """
    script = _unread(stage)
    if script is None or ctx.document.derived(_first) != stage.index:
        return
    place = stage.instruction_at(script.span.start)
    yield ctx.finding(
        place.keyword_span if place is not None else script,
        f"what `{script.shell}` runs here, and wherever it is the shell, was not examined",
        subject=script.shell,
    )


def _first(document: Document) -> int | None:
    """The index of the first stage with such a script."""
    return next((stage.index for stage in stages(document) if _unread(stage) is not None), None)


def _unread(stage: Stage) -> Script | None:
    """The first script of a build that no rule reads."""
    return next(
        (
            script
            for script in stage.scripts
            if script.role is ScriptRole.RUN and is_other_language(script.shell)
        ),
        None,
    )
