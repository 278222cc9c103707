"""The rule `progress-deadline-short`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.health.replacing import longest_start, servers_in
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Context, Findings, Severity, rule

# To find a node and to pull the image, before the probe begins to count. Our own.
_PULL = 300


@rule(Pod, Severity.MEDIUM)
def progress_deadline_short(pod: Pod, ctx: Context) -> Findings:
    """Every roll-out of the server counts as failed while the server is still allowed to start.

    A Deployment that makes no progress for `progressDeadlineSeconds`, 600 s unless it says
    otherwise, has failed for `kubectl rollout status`, Argo CD, Flagger and Helm: the pipeline
    stops, or rolls back, although the startup probe has not given up and the server would come up
    a little later. The deadline also has to cover the time in which the image is pulled.

    Except: pods without a startup probe, StatefulSets, which have no deadline.

    Bad (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  startupProbe: {httpGet: {path: /health, port: 8000}, failureThreshold: 120}

    Good (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          selector: {matchLabels: {app: llm}}
          progressDeadlineSeconds: 1500
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.30.0
                  args: [--model, Qwen/Qwen3-8B]
                  startupProbe: {httpGet: {path: /health, port: 8000}, failureThreshold: 120}
    """
    replacement = pod.replacement
    deadline = replacement.deadline.value if replacement is not None else None
    budget = longest_start(ctx.document, pod)
    if replacement is None or budget is None or not isinstance(deadline, Known):
        return
    if budget.seconds < deadline.value:
        return
    server = servers_in(ctx.document, pod)[0]
    by_default = "" if deadline.span is not None else " by default"
    yield ctx.finding(
        replacement.deadline,
        f"a roll-out fails after {deadline.value:g} s{by_default}, "
        f"and {title(server)} has {budget.words} to start",
        help=f"write `progressDeadlineSeconds: {budget.seconds + _PULL:g}`, or more",
        subject=pod.owner.name,
        fix=ctx.reworded(replacement.deadline, f"{deadline.value:g}", f"{budget.seconds + _PULL:g}")
        if deadline.span is not None
        else None,
    )
