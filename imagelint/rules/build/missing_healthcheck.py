"""The rule `missing-healthcheck`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage, StartCommand
from imagelint.documents.queries.stages import (
    base_word,
    ends_soon,
    server_of,
    starts_web_server,
)
from imagelint.documents.shell.shells import shell_named
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Stage,
    Severity.LOW,
    confidence=Confidence.LIKELY,
    references=(
        "hadolint DL3057",
        "Trivy DS-0026",
        "Checkov CKV_DOCKER_2",
        "Dockle CIS-DI-0006",
        "droast DF012",
    ),
)
def missing_healthcheck(stage: Stage, ctx: Context) -> Findings:
    r"""The image of a server has no HEALTHCHECK.

    Docker, compose and Swarm can only tell that the process lives, not that it answers: a server
    that hangs in a GPU call stays `running`. Kubernetes ignores HEALTHCHECK and wants probes
    instead, so the rule is for images that run elsewhere.

    Except:
        Images that start no server, and stages that are not the last, whose HEALTHCHECK nobody
        runs (other tools speak of both): no known engine, no
        server of web applications (`uvicorn`, `gunicorn`, `fastapi run` …), no EXPOSE, only a
        shell, or commands of which the last ends by itself (`make package && mv …`).

    Bad:
        FROM python:3.12.7-slim
        EXPOSE 8000
        CMD ["python", "-m", "http.server"]

    Good:
        FROM python:3.12.7-slim
        EXPOSE 8000
        HEALTHCHECK --start-period=300s CMD ["python", "-c", \
            "import urllib.request as r; r.urlopen('http://localhost:8000')"]
        CMD ["python", "-m", "http.server"]
    """
    if not stage.final or stage.healthcheck is not None:
        return
    server = server_of(ctx.document)
    start = stage.start
    if server is None and not _is_server(stage, start):
        return
    yield ctx.finding(
        start.instruction.keyword_span if start else base_word(ctx.document, stage),
        "nothing tells Docker whether the server that this starts still answers",
        help="add `HEALTHCHECK --start-period=300s CMD …` with the server's health path",
        subject=stage.name or "final stage",
    )


def _is_server(stage: Stage, start: StartCommand | None) -> bool:
    if starts_web_server(stage.entrypoint) or starts_web_server(stage.cmd):
        return True
    return bool(stage.exposed) and start is not None and not _is_none(start)


def _is_none(start: StartCommand) -> bool:
    """Whether a start only opens a shell for somebody to type in, or does something and ends."""
    if start.script is not None and ends_soon(start.script):
        return True
    return len(start.words) == 1 and shell_named(start.words[0].text) is not None
