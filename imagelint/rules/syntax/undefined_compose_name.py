"""The rule `undefined-compose-name`."""

from __future__ import annotations

from imagelint.documents.complaints import UndefinedComposeName
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(UndefinedComposeName, Severity.HIGH)
def undefined_compose_name(complaint: UndefinedComposeName, ctx: Context) -> Findings:
    """A service refers to a network, volume, secret, config, model or service that there is not.

    Compose refuses the whole project, before anything runs. Services are named by `depends_on`,
    `links`, `volumes_from`, `network_mode: service:…` and their like.

    Except:
        Files of names of their own, which are laid over others (`-f`); what another file defines,
        in the same folder or in one above or below it, or one that extends services of this file
        or includes it; projects of which a file cannot be had; dependencies that are not required.

    Bad (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
            volumes: ["models:/models"]
        volumes:
          weights:

    Good (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
            volumes: ["models:/models"]
        volumes:
          models:
    """
    yield ctx.complaint(complaint)
