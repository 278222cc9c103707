"""The rule `grace-period-short`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.health.stopping import drain_seconds
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

# Nobody ends to the second.
_SPARE = 30


@rule(ServingCommand, Severity.MEDIUM)
def grace_period_short(server: ServingCommand, ctx: Context) -> Findings:
    """The server is killed in the middle of the answers that it was going to finish.

    Whoever stops a container sends SIGTERM and, once the grace period is over, SIGKILL. The grace
    period begins with the preStop hook: what that waits for is gone. Engines that let running
    requests end need the rest of it for that: 90 s of Text Generation Inference do not fit into the
    30 s of Kubernetes.

    Except:
        Hooks of unknown length, engines that end at once. In compose the severity is low, and only
        what is written counts.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ghcr.io/huggingface/text-generation-inference:3.3.7
              args: [--model-id, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          terminationGracePeriodSeconds: 120
          containers:
            - name: server
              image: ghcr.io/huggingface/text-generation-inference:3.3.7
              args: [--model-id, Qwen/Qwen3-8B]

    Bad (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            command: [--model-id, Qwen/Qwen3-8B]
            stop_grace_period: 30s

    Good (compose.yaml):
        services:
          llm:
            image: ghcr.io/huggingface/text-generation-inference:3.3.7
            command: [--model-id, Qwen/Qwen3-8B]
            stop_grace_period: 120s
    """
    runtime = server.launch.runtime
    shutdown, drain = runtime.shutdown, drain_seconds(server)
    grace, hook = shutdown.grace.value, shutdown.hook
    pod = runtime.kind == "pod"
    if isinstance(grace, Known) and grace.span is None and not pod:
        return  # on one machine few mind what is cut off
    if not isinstance(grace, Known) or not isinstance(drain, Known) or not runtime.restarts:
        return
    if hook is not ABSENT and not isinstance(hook, Known):
        return
    waits = hook.value if isinstance(hook, Known) else 0.0
    needed = waits + drain.value
    if grace.value >= needed or server.is_follower:
        return
    parts = [f"{waits:g} s of its preStop hook"] if waits else []
    parts += [f"{drain.value:g} s of the engine"] if drain.value else []
    by_default = "" if grace.span is not None else ", the default,"
    yield ctx.finding(
        shutdown.grace,
        f"{title(server)} is killed after {grace.value:g} s{by_default} "
        f"and may need {' + '.join(parts)}",
        help=runtime.platform.grace_period(needed + _SPARE),
        subject=runtime.name,
        severity=None if pod else Severity.LOW,
    )
