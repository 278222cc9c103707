"""Whether network policies of the run select a pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.kubernetes.references import of_kind
from imagelint.documents.kubernetes.wiring.selectors import label_selector
from imagelint.documents.queries.links.scope import same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import Selector
    from imagelint.documents.queries.links.scope import Scope

    _Policies = dict[tuple[str, str] | None, list[tuple[KubernetesObject, Selector | None]]]

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
    found = scope.once(
        ("network policies of", namespace),
        lambda: scope.nearest(key, KubernetesObject, lambda one: one.namespace == namespace),
    )
    if not found.nodes or not (found.here or namespace):
        return ""
    policies = scope.once(key, lambda: _by_label(scope.anywhere(key, KubernetesObject)))
    concerned = (one for label in (None, *pod.labels) for one in policies.get(label, ()))
    if any(_may_select(*one, pod) for one in concerned):
        return ""
    if scope.once(("other network policies",), lambda: has_other_policies(scope)):
        return ""
    return found.nodes[0][1].name


def has_other_policies(scope: Scope) -> bool:
    """Whether there are policies that select pods in ways of their own."""
    return any(True for kind in _OTHERS for _ in scope.anywhere(of_kind(kind), KubernetesObject))


def _by_label(policies: Iterable[KubernetesObject]) -> _Policies:
    """Policies with their selectors, if these are known, by one of the labels that they ask for."""
    found: _Policies = {}
    for policy in policies:
        selector = label_selector(policy.body.at("spec", "podSelector"))
        known = policy.group in _GROUPS and selector.known and not policy.incomplete
        label = selector.leading if known else None
        found.setdefault(label, []).append((policy, selector if known else None))
    return found


def _may_select(policy: KubernetesObject, selector: Selector | None, pod: Pod) -> bool:
    here = same(policy.namespace, pod.owner.namespace)
    return here and (selector is None or selector.matches(pod.labels))
