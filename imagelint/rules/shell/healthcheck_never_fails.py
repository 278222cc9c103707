"""The rule `healthcheck-never-fails`."""

from __future__ import annotations

from imagelint.documents.queries.health.asked import written_at
from imagelint.documents.queries.health.outcomes import ignores_answer, never_fails
from imagelint.documents.runtime.field import Place
from imagelint.documents.runtime.probe import CheckCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(CheckCommand, Severity.MEDIUM)
def healthcheck_never_fails(check: CheckCommand, ctx: Context) -> Findings:
    """The health check says that all is well whatever the server answers.

    `curl` without `-f` succeeds with every answer that it gets: 404, 500, and the 503 by which a
    server says that it still loads its model. `|| true` and `; exit 0` swallow even that nobody
    listens. Such a check is worse than none: it looks like one.

    Except:
        Checks that look at the answer themselves (`curl … | grep`, `-w`, conditions). Of curl in
        the shell form of a HEALTHCHECK `curl-without-fail` speaks.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl http://localhost:8000/health
              start_period: 300s

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/health
              start_period: 300s

    Bad:
        FROM nginx:1.27.2
        HEALTHCHECK CMD curl -f http://localhost/ || true

    Good:
        FROM nginx:1.27.2
        HEALTHCHECK CMD curl -f http://localhost/
    """
    place = Place(check.span, check.path)
    ending = never_fails(check)
    if ending:
        yield ctx.finding(
            written_at(check.words, ending, place),
            f"the {check.title} ends in `{ending}`, which succeeds whatever happened before",
            help=f"drop `{ending}`, and let the check end as the request ends",
            subject=check.owner,
        )
        return
    program = ignores_answer(check)
    told_otherwise = program == "curl" and check.in_shell and ctx.document.kind == "dockerfile"
    if program and not told_otherwise:
        yield ctx.finding(
            written_at(check.words, program, place),
            f"the {check.title} succeeds whatever the server answers, 404 and 503 included",
            help="add `-f`" if program == "curl" else "call `raise_for_status()` on the answer",
            subject=check.owner,
        )
