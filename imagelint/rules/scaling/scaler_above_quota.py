"""The rule `scaler-above-quota`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.links.quotas import quota_of
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.scaled import NameScope
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Autoscaler, Severity.MEDIUM)
def scaler_above_quota(scaler: Autoscaler, ctx: Context) -> Findings:
    """An autoscaler may ask for more GPUs than the quota of its namespace allows.

    The replicas above it are never made, with an event at the ReplicaSet that nobody reads: the
    queue grows while the autoscaler reports the number that it wants.

    Except:
        Quotas with scopes, and those of other namespaces; workloads that are not seen to be model
        servers with GPUs.

    Bad (scaler.yaml):
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: gpus}
        spec: {hard: {requests.nvidia.com/gpu: "4"}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 6
        ---
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
                  resources: {limits: {nvidia.com/gpu: 1}}

    Good (scaler.yaml):
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: gpus}
        spec: {hard: {requests.nvidia.com/gpu: "4"}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
          maxReplicas: 4
        ---
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
                  resources: {limits: {nvidia.com/gpu: 1}}
    """
    most = scaler.maximum
    if not isinstance(most, Known) or most.span is None:
        return
    servers = NameScope(ctx.document, ctx.project).scaled_servers(scaler)
    asked = servers[0].launch.runtime.gpus if servers else ABSENT
    each = asked.value.quantity if isinstance(asked, Known) else ABSENT
    group = servers[0].launch.runtime.group if servers else ABSENT
    if not isinstance(asked, Known) or not isinstance(each, Known) or not isinstance(group, Known):
        return
    whole = each.value * group.value  # of all pods that form one server
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    quota = quota_of(asked.value.resource, scaler.namespace, scope)
    needed = most.value * whole
    if quota is None or needed <= quota.limit.amount:
        return
    limit = quota.limit
    certain = quota.here and not servers[0].concluded
    yield ctx.finding(
        Place(most.span, scaler.path),
        f"{most.value} replicas need {needed:g} GPUs, and the quota allows {limit.amount:g}",
        help=f"have at most {int(limit.amount // whole)} replicas, or raise the quota",
        notes=(ctx.note(f"the ResourceQuota `{limit.name}`", limit),) if quota.here else (),
        subject=scaler.name,
        confidence=None if certain else Confidence.LIKELY,
    )
