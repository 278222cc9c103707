"""The rule `partial-auth-reliance`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.queries.exposure.routes import ways_in
from imagelint.documents.queries.exposure.switches import asks_for_key, open_paths
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((ServingCommand, Service), Severity.LOW)
def partial_auth_reliance(subject: ServingCommand | Service, ctx: Context) -> Findings:
    """The server's key is all that guards it, and guards only a part of its paths.

    vLLM compares the key below `/v1`, `/v2` and `/inference`; `/invocations`, `/pooling`,
    `/score`, `/tokenize`, `/metrics` and others answer without it, and the first two of them make
    the model work. A gateway that lets only some paths through, or asks for the key itself, closes
    the rest.

    Except:
        Ways that are not from outside, routes of a gateway.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-8B]
            environment: [VLLM_API_KEY]
            ports: ["8000:8000"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-8B]
            environment: [VLLM_API_KEY]
            ports: ["127.0.0.1:8000:8000"]
    """
    for way in ways_in(subject, ctx.document, ctx.project):
        paths, asks = open_paths(way.server), asks_for_key(way.server)
        if paths and isinstance(asks, Known) and asks.value:
            shown = ", ".join(f"`{path}`" for path in paths[:3])
            yield ctx.finding(
                way.place,
                f"{way.what} leads to {title(way.server)}, whose key does not guard {shown} …",
                help=f"{way.advice}, and let a gateway pass on only the paths that are meant",
                subject=way.server.launch.runtime.name,
                confidence=None if way.sure else Confidence.LIKELY,
            )
