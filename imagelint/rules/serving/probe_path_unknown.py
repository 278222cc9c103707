"""The rule `probe-path-unknown`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.health.asked import (
    asks_server,
    is_asked_itself,
    probes_of,
    requests_of,
    serves_path,
)
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.serving.healthpaths import is_health_path
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def probe_path_unknown(server: ServingCommand, ctx: Context) -> Findings:
    """The health check asks for a path that the engine does not serve.

    The answer is 404 for ever: a liveness or startup probe kills a healthy server again and again,
    a readiness probe keeps every request away from it. Each engine has paths of its own: `/health`
    of vLLM is `/v2/health/ready` of Triton and `/v1/health/ready` of NIM, and none has `/healthz`.

    Except:
        Requests to another port, servers behind a proxy in the same container or under a prefix,
        engines that are only likely. Paths that are no health path of any engine are likely.

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
                httpGet: {path: /v2/health/ready, port: 8000}

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
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/v1/health/ready

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/health

    Bad (Dockerfile):
        FROM vllm/vllm-openai:v0.30.0
        HEALTHCHECK CMD curl -f http://localhost:8000/healthz
        CMD ["--model", "/models/m"]

    Good (Dockerfile):
        FROM vllm/vllm-openai:v0.30.0
        HEALTHCHECK CMD curl -f http://localhost:8000/health
        CMD ["--model", "/models/m"]
    """
    known, runtime = server.facts, server.launch.runtime
    if known is None or not is_asked_itself(server):
        return
    for probe in probes_of(runtime):
        for asked in requests_of(runtime, probe):
            path = asked.path
            if not isinstance(path, Known) or not asks_server(server, asked):
                continue
            if serves_path(server, path.value):
                continue
            yield ctx.finding(
                asked.place,
                f"the {probe.title} asks {title(server)} for {path.value}, which it does not serve",
                help=f"ask `{known.endpoints.readiness}`",
                subject=runtime.name,
                fix=ctx.reworded(asked.place, path.value, known.endpoints.readiness),
                confidence=None if is_health_path(path.value) else Confidence.LIKELY,
            )
