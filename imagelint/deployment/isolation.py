"""Whether network policies of the run select a pod, and let it ask for names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.kubernetes.references import of_kind, policies_selecting
from imagelint.documents.kubernetes.wiring.selectors import label_selector
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.serving import is_offline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import NetworkPolicy, Selector
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.yaml.cursor import Cursor


_POLICY = "NetworkPolicy"
_DNS = 53
_EGRESS = "Egress"
_MOST_PODS = 16
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
    if not namespace and next(scope.own(key, KubernetesObject), None) is None:
        return ""  # what lies elsewhere may be meant for another namespace
    found = scope.once(
        ("network policies of", namespace),
        lambda: scope.nearest(key, KubernetesObject, lambda one: one.namespace == namespace),
    )
    if not found.nodes or not (found.here or namespace):
        return ""
    if any(_may_select(selector, pod) for _, selector in _concerning(pod, scope)):
        return ""
    if scope.once(("other network policies",), lambda: _has_others(scope)):
        return ""
    return found.nodes[0][1].name


def _concerning(pod: Pod, scope: Scope) -> Iterator[tuple[KubernetesObject, Selector | None]]:
    """The policies of a pod's namespace that may select it, with their selectors if known."""
    for label, value in (("", ""), *pod.labels):
        for policy in scope.anywhere(policies_selecting(label, value), KubernetesObject):
            if not same(policy.namespace, pod.owner.namespace):
                continue
            selector = label_selector(policy.body.at("spec", "podSelector"))
            known = policy.group in _GROUPS and selector.known and not policy.incomplete
            yield policy, selector if known else None


def _has_others(scope: Scope) -> bool:
    return any(True for kind in _OTHERS for _ in scope.anywhere(of_kind(kind), KubernetesObject))


def _may_select(selector: Selector | None, pod: Pod) -> bool:
    return selector is None or selector.matches(pod.labels)


class Unresolving(NamedTuple):
    """A server that cannot ask for addresses, and where the policy says whom it may reach."""

    server: ServingCommand
    place: Cursor


def unresolving_server(policy: NetworkPolicy, scope: Scope) -> Unresolving | None:
    """A server that downloads its model, and that no policy lets ask for the hub's address.

    None where a policy may let it, where it is not known whom the policies select, and for pods
    that use the network of their node, for which no policy holds.
    """
    spec = policy.object.body["spec"]
    egress, types = spec["egress"], spec["policyTypes"]
    if types.exists and _EGRESS not in [one.word() for one in types.items()]:
        return None  # its rules of the other way are passed over
    if not policy.selector.known or policy.object.incomplete or not egress.items():
        return None
    if _lets_ask(egress):
        return None
    found = scope.pods(policy.selector, policy.object.namespace)
    if not found.nodes or len(found.nodes) > _MOST_PODS:
        return None
    for origin, place in found.nodes:
        pod = scope.pod(origin, place) if place.settled else None
        servers = scope.servers(origin, pod) if pod is not None else ()
        server = next((one for one in servers if _downloads(one)), None)
        if pod is not None and server is not None and _is_bound(pod, scope):
            return Unresolving(server, egress)
    return None


def _downloads(server: ServingCommand) -> bool:
    return server.is_remote_model and not is_offline(server)


def _is_bound(pod: Pod, scope: Scope) -> bool:
    """Whether all policies that may hold for a pod keep it from asking."""
    network = pod.host.network.value
    if not (network is ABSENT or network == Known(value=False)):
        return False
    if scope.once(("other network policies",), lambda: _has_others(scope)):
        return False
    return not any(_may_let(*one, pod) for one in _concerning(pod, scope))


def _may_let(policy: KubernetesObject, selector: Selector | None, pod: Pod) -> bool:
    """Whether a policy may select a pod and let it ask for names: all of them add up."""
    if not _may_select(selector, pod):
        return False
    egress = policy.body.at("spec", "egress")
    return policy.incomplete or (egress.exists and _lets_ask(egress))


def _lets_ask(egress: Cursor) -> bool:
    """Whether a rule may be about port 53."""
    if egress.templated:
        return True
    return any(
        rule.templated
        or rule["ports"].templated
        or not rule["ports"].items()
        or any(map(_may_be_dns, rule["ports"].items()))
        for rule in egress.items()
    )


def _may_be_dns(port: Cursor) -> bool:
    number, end = port["port"].integer(), port["endPort"].integer()
    if not isinstance(number, Known) or end is UNKNOWN:
        return True  # a name, none at all, or what is filled in later
    return _DNS in range(number.value, value_or(end, number.value) + 1)
