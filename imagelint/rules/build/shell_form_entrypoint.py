"""The rule `shell-form-entrypoint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import StartCommand
from imagelint.documents.queries.dockerfiles.startforms import (
    deaf_server,
    final_stage,
    json_form,
    words_of,
)
from imagelint.knowledge.recognition import engine_of_program
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script


@rule(
    StartCommand,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("hadolint DL3025", "BuildKit JSONArgsRecommended"),
)
def shell_form_entrypoint(start: StartCommand, ctx: Context) -> Findings:
    """A shell stands between the container runtime and the server.

    In shell form the first process is `/bin/sh -c`, which passes no signal on. `docker stop` and
    Kubernetes send SIGTERM to it, the server hears nothing, and after the grace period everything
    that is being generated is cut off. An ENTRYPOINT in shell form also ignores CMD and whatever
    is given to `docker run`; a CMD in shell form behind an ENTRYPOINT is handed to it as arguments.
    The JSON form starts the server itself.

    Except:
        Scripts that end in `exec`, files that choose their shell by SHELL, and starts that are no
        server (`CMD bash`). A single command is a low finding: many shells replace themselves by
        it.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        ENTRYPOINT ulimit -n 65535 && vllm serve /models/llama

    Good:
        FROM vllm/vllm-openai:v0.11.0
        ENTRYPOINT ["vllm", "serve", "/models/llama"]
    """
    stage, last = final_stage(ctx.document), deaf_server(ctx.document, start)
    if stage is None or last is None:
        return
    script = start.script
    keyword, words = start.instruction.keyword, words_of(start)
    array = json_form(start, ctx.document, ctx.text(words))
    fix = Fix("write its words as JSON", (ctx.edit(words, array),)) if array else None
    if keyword == "CMD" and _is_engine(stage.entrypoint):
        yield ctx.finding(
            start.instruction.keyword_span,
            "this CMD hands `/bin/sh -c …` to the server of ENTRYPOINT as its arguments",
            help='write the arguments as JSON: `CMD ["--model", …]`',
            subject=keyword,
            severity=Severity.HIGH,
            confidence=Confidence.CERTAIN,
            fix=fix,
        )
        return
    simple = keyword == "CMD" and _is_simple(script)
    yield ctx.finding(
        start.instruction.keyword_span,
        _message(keyword, last),
        help=f'write `{keyword} ["{last.words[0].text}", …]`'
        if _is_simple(script)
        else f"put `exec` before `{last.words[0].text}`, "
        "or move the steps before it into a script that ends in `exec`",
        subject=keyword,
        severity=Severity.LOW if simple else None,
        fix=fix,
    )


def _is_engine(entrypoint: StartCommand | None) -> bool:
    """Whether an entry point starts an engine itself, so that CMD is its arguments."""
    if entrypoint is None or not entrypoint.json:
        return False
    return engine_of_program([word.text for word in entrypoint.words]) is not None


def _is_simple(script: Script | None) -> bool:
    return script is not None and len(script.commands) == 1


def _message(keyword: str, last: Command) -> str:
    program = last.program or last.words[0].raw
    heard = f"`{program}` runs below `/bin/sh -c` and does not hear SIGTERM"
    if keyword == "ENTRYPOINT":
        return f"{heard}; this ENTRYPOINT also ignores CMD and the arguments of `docker run`"
    return heard
