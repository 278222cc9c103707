"""The rule `startup-budget`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.probes import (
    FailureBudget,
    answers_early,
    healthcheck_budget,
    need,
    probe_budget,
)
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def startup_budget(server: ServingCommand, ctx: Context) -> Findings:
    """The server gets less time to start than its model needs.

    The startup probe gives up after its initial delay and `failureThreshold` periods, a health
    check of compose after its start period and `retries` intervals. Large weights take longer to
    download and to load, so the container is restarted in the middle of it.

    Except:
        Weights that stay on a volume count half. Where the size of the model is not known, less
        than 300 s gets a low severity; less than half of what is needed gets a high one.

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
                failureThreshold: 90

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
              start_period: 600s
    """
    runtime = server.launch.runtime
    if runtime.body is None or runtime.managed or not server.engine or not runtime.restarts:
        return
    place, budget = _budget(server, runtime.body)
    needed = need(server)
    if budget is None or budget.seconds >= needed.seconds:
        return
    yield ctx.finding(
        place,
        f"{title(server)} has {budget.words} to start, {needed.why} may take {needed.seconds:g} s",
        help=_advice(runtime.kind, needed.seconds),
        subject=runtime.name,
        severity=_severity(runtime.kind, budget.seconds / needed.seconds, sized=needed.sized),
    )


def _budget(server: ServingCommand, body: Cursor) -> tuple[Cursor, FailureBudget | None]:
    if server.launch.runtime.kind == "compose":
        check = body["healthcheck"]
        budget = None if answers_early(server, check) else healthcheck_budget(check)
        return check["start_period"], budget
    probe = body["startupProbe"]
    known = probe.exists and not probe.null and not answers_early(server, probe)
    return probe["failureThreshold"], probe_budget(probe) if known else None


def _advice(kind: str, seconds: float) -> str:
    if kind == "compose":
        return f"write start_period: {seconds:g}s, or longer"
    return f"periodSeconds: 10 with failureThreshold: {int(-(-seconds // 10))}, or more"


def _severity(kind: str, share: float, *, sized: bool) -> Severity | None:
    if not sized:
        return Severity.LOW
    return Severity.HIGH if kind == "pod" and share < 1 / 2 else None
