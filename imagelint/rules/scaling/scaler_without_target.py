"""The rule `scaler-without-target`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import VerticalPodAutoscaler
from imagelint.documents.queries.links.names import Name, Undefined, undefined
from imagelint.documents.queries.links.scope import Scope, below
from imagelint.documents.queries.monitoring.scalers import meant_by_metrics
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Autoscaler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_ARGO = "Rollout"
# What nobody is seen to write, nobody makes.
_SCALED = ("Deployment", "StatefulSet", "ReplicaSet", _ARGO)
_GROUPS = {_ARGO: "argoproj.io/v1alpha1"}


@rule(
    (Autoscaler, VerticalPodAutoscaler),
    Severity.HIGH,
    references=(
        "kube-linter dangling-horizontalpodautoscaler",
        "kube-score horizontalpodautoscaler-has-target",
    ),
)
def scaler_without_target(scaler: Autoscaler | VerticalPodAutoscaler, ctx: Context) -> Findings:
    """An autoscaler names a workload that is not there.

    It reports an error among its conditions, and the number of replicas stays what it is, under
    any load. Most often the workload was renamed, or is of another kind.

    Except:
        Workloads that may be defined outside of what is examined: without `closed: true` in the
        policy, or `--closed`, only what the same file, or the same rendering, must have meant, and
        a workload that has the scaler's own name in the same folder, and the only one of the file
        that runs the engine whose metrics the scaler asks for.

    Bad (scaler.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: vllm}
          maxReplicas: 4
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: vllm-server}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (scaler.yaml):
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: llm}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: vllm-server}
          maxReplicas: 4
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: vllm-server}
        spec:
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
    """
    field = "scaleTargetRef"
    if isinstance(scaler, VerticalPodAutoscaler):
        kind, name, field = scaler.target.kind, scaler.target.name, "targetRef"
        called, namespace = scaler.object.name, scaler.object.namespace
    else:
        kind, name = scaler.target_kind, scaler.target_name
        called, namespace = scaler.name, scaler.namespace
    if not isinstance(kind, Known) or not isinstance(name, Known) or name.span is None:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    made = kind.value not in _SCALED
    wanted = Name(kind.value, name.value, namespace, made=made, by=called)
    found = undefined(wanted, scope, _SCALED) or _measured(scaler, wanted, scope)
    if found is None:
        return
    said = f"there is no {kind.value} `{name.value}`"
    help_, span = "name a workload that is there", name.span
    if found.kind and found.kind != kind.value:
        said += f", but a {found.kind} of that name"
        help_, span = f"write `kind: {found.kind}`", kind.span or name.span
        if _ARGO in (found.kind, kind.value):
            help_ += f" and `apiVersion: {_GROUPS.get(found.kind, 'apps/v1')}`"
    elif found.name:
        said += f", but a {found.kind} `{found.name}`"
        help_ = f"write `name: {found.name}`"
    yield ctx.finding(
        Place(span, below(scaler.path, "spec", field)),
        said,
        help=help_,
        subject=called,
        confidence=None if found.certain else Confidence.LIKELY,
    )


def _measured(
    scaler: Autoscaler | VerticalPodAutoscaler, wanted: Name, scope: Scope
) -> Undefined | None:
    """The workload of the file whose metrics decide, where the one that is named is nowhere."""
    if isinstance(scaler, VerticalPodAutoscaler) or wanted.made:
        return None
    if scope.is_defined(wanted.kind, wanted.name, wanted.namespace):
        return None
    meant = meant_by_metrics(scaler, scope)
    if meant is None or meant.kind != wanted.kind:
        return None
    return Undefined(meant.kind, meant.name, certain=False)
