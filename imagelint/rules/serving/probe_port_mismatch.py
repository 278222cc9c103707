"""The rule `probe-port-mismatch`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.health.asked import (
    asks_another_protocol,
    asks_server,
    is_asked_itself,
    may_listen,
    probes_of,
    requests_of,
)
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import PORT
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def probe_port_mismatch(server: ServingCommand, ctx: Context) -> Findings:
    """The health check asks a port on which nobody listens, or where something else answers.

    The connection is refused as long as the server lives, or gRPC or metrics answer where the path
    of the server's health is asked: a liveness or startup probe kills it
    again and again, a readiness probe keeps every request away from it.

    Except:
        Ports of other containers of the pod, ports that are named anywhere in what the container
        starts, servers whose port is not known. Ports that a container of another image than the
        engine's own declares, unless its command starts the server alone and tells it a port.

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
                httpGet: {path: /health, port: 8080}

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
            command: [--model, Qwen/Qwen3-8B, --port, "9000"]
            healthcheck:
              test: curl -f http://localhost:8000/health

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --port, "9000"]
            healthcheck:
              test: curl -f http://localhost:9000/health

    Bad (Dockerfile):
        FROM vllm/vllm-openai:v0.30.0
        HEALTHCHECK CMD curl -f http://localhost/health
        CMD ["--model", "/models/m"]

    Good (Dockerfile):
        FROM vllm/vllm-openai:v0.30.0
        HEALTHCHECK CMD curl -f http://localhost:8000/health
        CMD ["--model", "/models/m"]
    """
    runtime, port = server.launch.runtime, server.effective(PORT)
    if not isinstance(port, Known) or not is_asked_itself(server):
        return
    for probe in probes_of(runtime):
        for asked in requests_of(runtime, probe):
            if not isinstance(asked.port, Known) or asks_server(server, asked):
                continue
            other = asks_another_protocol(server, asked)
            if not other and may_listen(server, asked.port.value):
                continue
            does = "answers that on" if other else "listens on"
            told = [place_of(server, port)] if port.span is not None and not other else []
            yield ctx.finding(
                asked.port_place,
                f"the {probe.title} asks port {asked.port.value}, "
                f"and {title(server)} {does} {port.value}",
                help=f"ask port {port.value}",
                subject=runtime.name,
                notes=tuple(ctx.note(f"{port.value} is told here", place) for place in told),
                fix=ctx.reworded(asked.port_place, str(asked.port.value), str(port.value)),
                confidence=None if server.own_image else Confidence.LIKELY,
            )
