"""The rule `unhealthy-dependency`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.queries.health.waiting import waited_for_in_vain
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ComposeService, Severity.HIGH, confidence=Confidence.LIKELY)
def unhealthy_dependency(service: ComposeService, ctx: Context) -> Findings:
    """A service waits until another one is healthy, which has no health check.

    Compose starts the other one, sees that nothing tells how it is, and gives up: `container … has
    no healthcheck configured`. The service that waits is never started.

    Except:
        Images that may bring a check of their own, services that are completed elsewhere or have
        a check in another file beside, and dependencies that are not `required`.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
          chat:
            image: ghcr.io/example/chat:1.4.0
            depends_on:
              llm: {condition: service_healthy}

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/health
              start_period: 300s
          chat:
            image: ghcr.io/example/chat:1.4.0
            depends_on:
              llm: {condition: service_healthy}
    """
    for one in waited_for_in_vain(service, ctx.document, ctx.project):
        yield ctx.finding(
            one.place,
            f"`{service.name}` waits until `{one.name}` is healthy, and nothing asks `{one.name}`",
            help=f"give `{one.name}` a `healthcheck`, or write `condition: service_started`",
            subject=service.name,
            confidence=Confidence.CERTAIN if one.certain else None,
        )
