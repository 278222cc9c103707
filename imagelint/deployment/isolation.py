"""Whether network policies of the run select a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.kubernetes.references import of_kind
from imagelint.documents.kubernetes.wiring.selectors import label_selector
from imagelint.documents.queries.links.scope import same

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.queries.links.scope import Scope

_POLICY = "NetworkPolicy"
_GROUPS = ("networking.k8s.io", "extensions")
# What selects pods in ways of its own: of Calico, Cilium and the cluster's administrators.
_OTHERS = (
    "GlobalNetworkPolicy",
    "AdminNetworkPolicy",
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
)


def neighbouring_policy(pod: Pod, scope: Scope) -> str:
    """The name of a policy that holds for others in the namespace of a pod which none selects.

    Empty where there is none, where one may select the pod, and for pods that use the network of
    their node, for which no policy holds.
    """
    network = pod.host.network.value
    if not pod.settled or not (network is ABSENT or network == Known(value=False)):
        return ""
    namespace = pod.owner.namespace
    key = of_kind(_POLICY)
    found = scope.nearest(key, KubernetesObject, lambda one: one.namespace == namespace)
    if not found.nodes or not (found.here or namespace):
        return ""
    around = tuple(scope.anywhere(key, KubernetesObject))
    if any(_may_select(policy, pod) for policy in around):
        return ""
    if any(True for kind in _OTHERS for _ in scope.anywhere(of_kind(kind), KubernetesObject)):
        return ""
    return found.nodes[0][1].name


def _may_select(policy: KubernetesObject, pod: Pod) -> bool:
    if not same(policy.namespace, pod.owner.namespace):
        return False
    selector = label_selector(policy.body.at("spec", "podSelector"))
    known = policy.group in _GROUPS and selector.known and not policy.incomplete
    return not known or selector.matches(pod.labels)
