"""The rule `liveness-generates`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.probes import generates
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# It answers without generating while the server is busy: sgl-project/sglang:http_server.py
_SKIPS_WHEN_BUSY = "/health_generate"
_UNKNOWN = "ask a path that answers without generating"


@rule(ServingCommand, Severity.HIGH)
def liveness_generates(server: ServingCommand, ctx: Context) -> Findings:
    """The liveness probe makes the model generate.

    Under load the probe waits in the queue behind the users' requests, runs into its timeout, and
    the busiest server is killed: its load falls on the others, which follow. Whether the process
    is alive is what the engine's health path tells, without using the GPU. Embeddings wait in the
    same queue.

    Except:
        SGLang's `/health_generate`, which does not generate while the server is busy, and health
        checks of compose services get a medium severity.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              livenessProbe:
                httpGet: {path: /v1/chat/completions, port: 8000}

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              livenessProbe:
                httpGet: {path: /health, port: 8000}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/v1/completions -d '{"prompt":"a"}'

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/health
    """
    runtime = server.launch.runtime
    probe = runtime.probes.liveness
    found = generates(server, probe.value) if isinstance(probe, Known) else None
    if found is None or not isinstance(probe, Known):
        return
    place, path = found
    instead = f"ask `{server.facts.endpoints.liveness}`" if server.facts else _UNKNOWN
    kills = probe.value.kills
    works = "embed" if server.only_embeds else "generate"
    mild = not kills or path.startswith(_SKIPS_WHEN_BUSY)
    yield ctx.finding(
        place,
        f"the {probe.value.title} asks {path}, which makes the model {works}",
        help=instead + (": it answers without using the GPU" if kills and server.facts else ""),
        subject=runtime.name,
        severity=Severity.MEDIUM if mild else None,
        confidence=None if kills else Confidence.LIKELY,
        fix=ctx.reworded(place, path, server.facts.endpoints.liveness)
        if server.facts and probe.value.check.command.value is ABSENT
        else None,
    )
