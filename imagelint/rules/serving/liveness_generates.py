"""The rule `liveness-generates`."""

from __future__ import annotations

from imagelint.documents.compose.values import word
from imagelint.documents.queries.probes import generates, generation_in
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# It answers without generating while the server is busy: sgl-project/sglang:http_server.py
_SKIPS_WHEN_BUSY = "/health_generate"


@rule(ServingCommand, Severity.HIGH)
def liveness_generates(server: ServingCommand, ctx: Context) -> Findings:
    """The liveness probe makes the model generate.

    Under load the probe waits in the queue behind the users' requests, runs into its timeout, and
    the busiest server is killed: its load falls on the others, which follow. Whether the process
    is alive is what the engine's health path tells, without using the GPU.

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
    if runtime.body is None:
        return
    health = server.facts.endpoints.liveness if server.facts else "/health"
    if runtime.kind == "compose":
        test = runtime.body["healthcheck"]["test"]
        path = generation_in(server, [word(test), *(word(item) for item in test.items())])
        if path:
            yield ctx.finding(
                test,
                f"the health check asks {path}, which makes the model generate",
                help=f"ask {health}",
                subject=runtime.name,
                severity=Severity.MEDIUM,
                confidence=Confidence.LIKELY,
            )
        return
    found = generates(server, runtime.body["livenessProbe"])
    if found is None:
        return
    place, path = found
    yield ctx.finding(
        place,
        f"the liveness probe asks {path}, which makes the model generate",
        help=f"ask {health}: it answers without using the GPU",
        subject=runtime.name,
        severity=Severity.MEDIUM if path.startswith(_SKIPS_WHEN_BUSY) else None,
    )
