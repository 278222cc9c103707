"""The rule `shell-form-command`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage, StartCommand
from imagelint.documents.dockerfile.vocabulary import is_broken_array
from imagelint.documents.queries.dockerfiles.startforms import deaf_server, json_form, words_of
from imagelint.documents.queries.stages import chain, enclosing_stage
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    StartCommand,
    Severity.INFO,
    references=("hadolint DL3025", "BuildKit JSONArgsRecommended", "droast DF018", "droast DF025"),
)
def shell_form_command(start: StartCommand, ctx: Context) -> Findings:
    """CMD or ENTRYPOINT is written in shell form.

    A shell reads the line again when the container starts, and there has to be one in the image.
    Where it also keeps signals from a server, `shell-form-entrypoint` says so, and this rule does
    not: what is left are lines that begin with `exec`, shells, steps that end by themselves, and
    stages that are not the last.

    Except:
        What stands behind a SHELL, and health checks: Docker gives both forms of them
        (https://docs.docker.com/reference/dockerfile/#healthcheck), the shell's for `|| exit 1`.
        hadolint reports both.

    Bad:
        FROM python:3.12.7-slim
        CMD exec python serve.py

    Good:
        FROM python:3.12.7-slim
        CMD ["python", "serve.py"]
    """
    stage = enclosing_stage(ctx.document, start.span)
    if start.json or stage is None or _shell_before(start, stage, ctx):
        return
    instruction = start.instruction
    if is_broken_array(instruction):
        return
    if deaf_server(ctx.document, start) is not None:
        return
    if not instruction.value:
        yield ctx.finding(
            instruction.keyword_span,
            f"{instruction.keyword} has no words: a shell runs an empty line",
            help=f"write `{instruction.keyword} []` for none, or its words as JSON",
            subject=instruction.keyword,
        )
        return
    words = words_of(start)
    array = json_form(start, ctx.document, ctx.text(words))
    yield ctx.finding(
        instruction.keyword_span,
        f"{instruction.keyword} is in shell form",
        help=f'write its words as JSON: `{instruction.keyword} ["<program>", …]`',
        subject=instruction.keyword,
        fix=Fix("write its words as JSON", (ctx.edit(words, array),)) if array else None,
    )


def _shell_before(start: StartCommand, stage: Stage, ctx: Context) -> bool:
    """Whether a SHELL before it, or of a stage below, says what reads the line."""
    below = chain(ctx.document, stage)[1:]
    own = any(one.span.end <= start.span.start for one in stage.of("SHELL"))
    return own or any(part.of("SHELL") for part in below)
