"""The rule `probe-timeout-short`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.health.asked import is_nervous
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_PROPOSED = 5


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def probe_timeout_short(server: ServingCommand, ctx: Context) -> Findings:
    """A busy server is killed because it answers its liveness probe after more than a second.

    One second is what Kubernetes gives unless it is told otherwise, and three failures in a row
    end the container. An event loop in Python that tokenises long prompts, or starts a program for
    the check, is late under full load although nothing is wrong; the requests of the killed replica
    then fall on the others.

    Except:
        Servers in C++, Rust and Go whose health path is answered apart from the work, and probes
        that fail for a minute or longer before they kill.

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
              livenessProbe:
                httpGet: {path: /health, port: 8000}
                initialDelaySeconds: 300
                timeoutSeconds: 5
    """
    runtime = server.launch.runtime
    probe = runtime.probes.liveness
    if not isinstance(probe, Known) or not is_nervous(server, probe.value):
        return
    timing = probe.value.timing
    failures = timing.failure_threshold.value
    yield ctx.finding(
        timing.timeout,
        f"{title(server)} is killed when {failures.value if isinstance(failures, Known) else 0:g} "
        f"{probe.value.counted} in a row take longer than a second",
        help=f"write `timeoutSeconds: {_PROPOSED}`, or more",
        subject=runtime.name,
    )
