"""The rule `probe-timeout-short`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.documents.queries.health.asked import is_nervous
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_PROPOSED = 5  # seconds
_FAILURES = 3  # Kubernetes' default


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def probe_timeout_short(server: ServingCommand, ctx: Context) -> Findings:
    """A busy server is killed because it answers its liveness probe late.

    One second is what Kubernetes gives unless it is told otherwise, and three failures in a row
    end the container. An event loop in Python that tokenises long prompts, or starts a program for
    the check, is late under full load although nothing is wrong; the requests of the killed replica
    then fall on the others. Who kills at the first failure needs more patience with it: a long
    prompt may hold the event loop for many seconds.

    Except:
        Servers in C++, Rust and Go whose health path is answered apart from the work, and probes
        that fail for a minute or longer before they kill. One failure that is given half a minute.

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
    failures = value_or(timing.failure_threshold.value, 0)
    timeout = value_or(timing.timeout.value, 0)
    late = "a second" if timeout == 1 else f"{timeout:g} seconds"
    when = f"when {failures:g} {probe.value.counted} in a row take"
    if failures == 1:
        when = "as soon as one answer takes"
    needed = [f"`timeoutSeconds: {_PROPOSED}`"] if timeout < _PROPOSED else []
    needed += [f"`failureThreshold: {_FAILURES}`"] if failures < _FAILURES else []
    yield ctx.finding(
        timing.failure_threshold if timeout >= _PROPOSED else timing.timeout,
        f"{title(server)} is killed {when} longer than {late}",
        help=f"write {' and '.join(needed)}, or more",
        subject=runtime.name,
    )
