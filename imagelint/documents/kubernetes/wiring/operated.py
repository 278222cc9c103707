"""Autoscalers that operators of model servers bring: of NIM, of Kthena."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.wiring.nodes import HorizontalPodAutoscaler, Target
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Autoscaler, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

_KTHENA = ("workload.serving.volcano.sh", "AutoscalingPolicy")
# Before the policy itself said what it scales, a binding did.
_KTHENA_BINDING = ("workload.serving.volcano.sh", "AutoscalingPolicyBinding")
_NIM = ("apps.nvidia.com", "NIMService")
_SERVING = "ModelServing"
_NO = ("", "false")


def nim_autoscaler(obj: KubernetesObject) -> HorizontalPodAutoscaler | None:
    """What the NIM operator makes of `scale`, as if it were written; None where it is off.

    NVIDIA/k8s-nim-operator@v3.1.2: api/apps/v1alpha1/common_types.go (Autoscaling)
    """
    scale = obj.body.at("spec", "scale")
    if (obj.group, obj.kind) != _NIM or scale["enabled"].word() in _NO:
        return None
    from imagelint.documents.kubernetes.wiring.reader import read_metrics

    hpa = scale["hpa"]
    return HorizontalPodAutoscaler(
        span=hpa.key_span if hpa.exists else scale.key_span,
        object=obj,
        body=hpa,
        target=Target(obj.span, Known(obj.kind), Known(obj.name), obj.path),
        min_replicas=hpa["minReplicas"].integer(),
        max_replicas=hpa["maxReplicas"].integer(),
        metrics=read_metrics(hpa),
        path=hpa.path,
    )


def kthena_autoscalers(obj: KubernetesObject) -> Iterator[tuple[Autoscaler, Cursor]]:
    """What a policy of Kthena scales, each with the place of the sources of its metrics.

    Roles of one server, which have bounds of their own, are not told apart here.
    What a binding scales by stands in the policy that it names.
    volcano-sh/kthena@v1.0.0: pkg/apis/workload/v1alpha1/autoscalingpolicy_types.go, and
    autoscalingpolicybinding_types.go before it
    """
    if (obj.group, obj.kind) not in (_KTHENA, _KTHENA_BINDING):
        return
    spec = obj.body["spec"]
    alike = spec["homogeneousTarget"]
    for place in (alike, *spec.at("heterogeneousTarget", "params").items()):
        if place["target"].exists:
            yield _kthena(obj, place), place.at("target", "metricSources")


def kthena_sources(obj: KubernetesObject) -> Iterator[tuple[Autoscaler | None, Cursor]]:
    """All sources of metrics of a policy, each with what is scaled by it, where that is told."""
    yield from kthena_autoscalers(obj)
    if (obj.group, obj.kind) == _KTHENA:
        for _, role in obj.body.at("spec", "disaggregatedTarget", "roles").entries():
            yield None, role["metricSources"]


def _kthena(obj: KubernetesObject, place: Cursor) -> Autoscaler:
    target = place.at("target", "targetRef")
    kind = target["kind"].text()
    metrics = obj.body.at("spec", "metrics").items()
    sources = place.at("target", "metricSources")
    return Autoscaler(
        span=place.key_span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=Known(_SERVING) if kind is ABSENT else kind,
        target_name=target["name"].text(),
        minimum=place["minReplicas"].integer(),
        idle=ABSENT,
        maximum=place["maxReplicas"].integer(),
        signals=tuple(Signal(one.span, _source(one, sources), one.path) for one in metrics),
        floor=place["minReplicas"],
        idle_place=Place(obj.span, obj.path),
        path=place.path,
        annotations=obj.annotations,
    )


def _source(metric: Cursor, sources: Cursor) -> str:
    """Where a metric is read: at the pods, unless a source of that name says otherwise."""
    told = sources[metric["name"].word()]["prometheus"]
    return "prometheus" if told.exists else "pods"
