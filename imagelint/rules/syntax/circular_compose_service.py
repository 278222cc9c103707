"""The rule `circular-compose-service`."""

from __future__ import annotations

from imagelint.documents.complaints import CircularComposeService
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(CircularComposeService, Severity.HIGH)
def circular_compose_service(complaint: CircularComposeService, ctx: Context) -> Findings:
    """A service waits for itself, by way of those that it depends on.

    Compose refuses the whole project: none of them could start first. `links`, `volumes_from` and
    `network_mode: service:…` are dependencies as well.

    Bad (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
            depends_on: [proxy]
          proxy:
            image: nginx:1.29.1
            depends_on: [server]

    Good (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
          proxy:
            image: nginx:1.29.1
            depends_on: [server]
    """
    yield ctx.complaint(complaint)
