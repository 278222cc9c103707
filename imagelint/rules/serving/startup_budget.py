"""The rule `startup-budget`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.probes import answers_early, failure_budget, need
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.probe import Probe


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def startup_budget(server: ServingCommand, ctx: Context) -> Findings:
    """The server gets less time to start than its model needs.

    The startup probe gives up after its initial delay and `failureThreshold` periods. Large weights
    take longer to download and to load, so the container is restarted in the middle of it. A health
    check of compose gives up after its start period and `retries` intervals: nothing is restarted,
    but services that wait for this one (`service_healthy`) do not start.

    Except:
        Weights that stay on a volume count half. Where the size of the model is not known, less
        than 300 s gets a low severity, as everything that restarts nothing; less than half of what
        is needed gets a high one.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              startupProbe:
                httpGet: {path: /health, port: 8000}
                failureThreshold: 30

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, meta-llama/Llama-3.1-70B-Instruct, -tp, "4"]
              startupProbe:
                httpGet: {path: /health, port: 8000}
                periodSeconds: 10
                failureThreshold: 60

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/health
              interval: 10s

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
            healthcheck:
              test: curl -f http://localhost:8000/health
              interval: 10s
              start_period: 300s
    """
    runtime = server.launch.runtime
    # How long an image may take is what healthcheck-start-period says.
    if runtime.kind == "image":
        return
    if runtime.managed or not server.engine or not runtime.restarts:
        return
    probe = runtime.probes.startup
    if not isinstance(probe, Known) or answers_early(server, probe.value):
        return
    budget, needed = failure_budget(probe.value), need(server)
    if budget is None or budget.seconds >= needed.seconds:
        return
    proposal = runtime.platform.more_time(probe.value, needed.seconds)
    yield ctx.finding(
        proposal.place,
        f"{title(server)} has {budget.words} {_until(probe.value)}, "
        f"{needed.why} may take {needed.seconds:g} s",
        help=proposal.advice,
        subject=runtime.name,
        severity=_severity(probe.value, budget.seconds / needed.seconds, sized=needed.sized),
    )


def _severity(probe: Probe, share: float, *, sized: bool) -> Severity | None:
    if not sized or not probe.kills:
        return Severity.LOW
    return Severity.HIGH if share < 1 / 2 else None


def _until(probe: Probe) -> str:
    return "to start" if probe.kills else "until it counts as unhealthy"
