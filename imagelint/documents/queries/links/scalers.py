"""What scales a workload, and how few pods that leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.landmarks import scalers_of
from imagelint.documents.queries.links.scope import Found, Scope, same
from imagelint.documents.serving.scaling import Autoscaler

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import VerticalPodAutoscaler

# It scales what runs in its pods, and not the pods.
_WITHIN = "RayService"
_TRANSFER = "scaledobject.keda.sh/transfer-hpa-ownership"


def scalers_of_pod(pod: Pod, scope: Scope) -> Found[Autoscaler]:
    """The nearest autoscalers of the object that makes a pod, but for itself."""
    owner = pod.owner
    if not owner.name:
        return Found()
    return scope.nearest(
        scalers_of(owner.kind, owner.name),
        Autoscaler,
        lambda one: (
            same(one.namespace, owner.namespace) and one.span != owner.span and one.kind != _WITHIN
        ),
    )


def scaled_before(scaler: Autoscaler, scope: Scope) -> Autoscaler | None:
    """Another autoscaler of the same workload that stands before this one in the same file."""
    kind, name = scaler.target_kind, scaler.target_name
    if not isinstance(kind, Known) or not isinstance(name, Known) or _transfers(scaler):
        return None
    for other in scope.own(scalers_of(kind.value, name.value), Autoscaler):
        if other is scaler:
            return None
        if other != scaler and _meet(other, scaler) and not _transfers(other):
            return other
    return None


def _meet(one: Autoscaler, other: Autoscaler) -> bool:
    """Whether two autoscalers of one name set the same replicas, and not those of two parts."""
    apart = one.part and other.part and one.part != other.part
    return same(one.namespace, other.namespace) and not apart


def scaled_by_the_same(scaler: VerticalPodAutoscaler, scope: Scope) -> Autoscaler | None:
    """An autoscaler of the same file that counts pods by what a vertical one changes in them.

    https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md
    """
    kind, name = scaler.target.kind, scaler.target.name
    if not isinstance(kind, Known) or not isinstance(name, Known):
        return None
    for other in scope.own(scalers_of(kind.value, name.value), Autoscaler):
        by = {one.type for one in other.signals}
        if same(other.namespace, scaler.object.namespace) and not by.isdisjoint(scaler.sets):
            return other
    return None


def _transfers(scaler: Autoscaler) -> bool:
    """Whether KEDA takes over the autoscaler that is there."""
    return dict(scaler.annotations).get(_TRANSFER) == "true"
