"""The rule `probe-scheme-mismatch`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.queries.health.asked import mistaken_schemes
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def probe_scheme_mismatch(server: ServingCommand, ctx: Context) -> Findings:
    """The health check asks over HTTPS where the server speaks HTTP, or in another wrong way.

    So it is the other way round, and where it asks over gRPC what speaks HTTP alone.

    The answer is none that the check understands, as long as the server lives: a liveness or
    startup probe kills it again and again, a readiness probe keeps every request away from it.

    Except:
        Servers behind a proxy in their own container, or on the loopback alone, engines that may be
        told elsewhere to speak HTTPS, and checks that ask over both.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              readinessProbe:
                httpGet: {path: /health, port: 8000, scheme: HTTPS}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              readinessProbe:
                httpGet: {path: /health, port: 8000}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --ssl-certfile, /tls/crt, --ssl-keyfile, /tls/key]
            healthcheck:
              test: curl -f http://localhost:8000/health

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --ssl-certfile, /tls/crt, --ssl-keyfile, /tls/key]
            healthcheck:
              test: curl -fk https://localhost:8000/health
    """
    for asked, spoken in mistaken_schemes(server):
        scheme = value_or(asked.scheme, "")
        yield ctx.finding(
            asked.scheme_place,
            f"the {asked.probe.title} asks over {scheme.upper() if scheme.islower() else scheme}, "
            f"and {title(server)} speaks {spoken.upper()}",
            help=f"ask over {spoken.upper()}",
            subject=server.launch.runtime.name,
            confidence=None if server.own_image else Confidence.LIKELY,
        )
