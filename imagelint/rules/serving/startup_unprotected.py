"""The rule `startup-unprotected`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.probes import answers_early, failure_budget, need
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def startup_unprotected(server: ServingCommand, ctx: Context) -> Findings:
    """The liveness probe kills the server while it still loads its model.

    Without a startup probe the liveness probe counts from the beginning. Downloading and loading
    the weights, compiling kernels and capturing graphs takes minutes; the container is killed
    before it has answered once, and starts over, for ever.

    Except:
        Liveness probes that give enough time by themselves, or ask for something that is there
        before the model is. Where the size of the model is not
        known, 300 s are taken as enough, and the severity is medium.

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
                httpGet: {path: /health, port: 8000}
                initialDelaySeconds: 60

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
              startupProbe:
                httpGet: {path: /health, port: 8000}
                periodSeconds: 10
                failureThreshold: 30
    """
    runtime = server.launch.runtime
    liveness = runtime.probes.liveness
    if runtime.managed or not server.engine or not runtime.restarts:
        return
    if not isinstance(liveness, Known) or runtime.probes.startup is not ABSENT:
        return
    if not liveness.value.kills or answers_early(server, liveness.value):
        return
    budget, needed = failure_budget(liveness.value), need(server)
    if budget is None or budget.seconds >= needed.seconds:
        return
    health = server.facts.endpoints.startup if server.facts else "/health"
    proposal = runtime.platform.startup_probe(needed.seconds, health)
    certain = needed.sized and budget.seconds * 2 < needed.seconds
    yield ctx.finding(
        proposal.place,
        f"no startup probe: the liveness probe kills {title(server)} after {budget.words}, "
        f"{needed.why} may take {needed.seconds:g} s",
        help=proposal.advice,
        subject=runtime.name,
        severity=None if needed.sized else Severity.MEDIUM,
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
    )
