"""The rule `identical-probes`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.health.asked import are_equal
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    ServingCommand,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("kube-score pod-probes-identical", "Kyverno ensure-probes-different"),
)
def identical_probes(server: ServingCommand, ctx: Context) -> Findings:
    """The server is killed by the very probe that should only take it out of service.

    Readiness and liveness ask the same, equally often, and give up after the same number of
    failures: what should pause the traffic to a busy server kills it at the same moment. The
    liveness probe should be the more patient one by far, and a startup probe should hold it back
    while the model is loaded.

    Except:
        Containers with a startup probe: then both may ask the same.

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
                httpGet: {path: /health, port: 8000}
                initialDelaySeconds: 300
              livenessProbe:
                httpGet: {path: /health, port: 8000}
                initialDelaySeconds: 300

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
                initialDelaySeconds: 300
              livenessProbe:
                httpGet: {path: /health, port: 8000}
                initialDelaySeconds: 300
                failureThreshold: 10
    """
    runtime = server.launch.runtime
    probes = runtime.probes
    alive, ready = probes.liveness, probes.readiness
    if runtime.kind != "pod" or not server.engine or probes.startup is not ABSENT:
        return
    if not isinstance(alive, Known) or not isinstance(ready, Known):
        return
    if are_equal(alive.value, ready.value):
        yield ctx.finding(
            alive.value,
            f"{title(server)} is killed as soon as it is unready: both probes are the same",
            help="give the liveness probe a larger `failureThreshold`, or add a `startupProbe`",
            subject=runtime.name,
        )
