"""Whether network policies of the run select a pod, and let it ask for names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.kubernetes.references import of_kind
from imagelint.documents.kubernetes.wiring.selectors import label_selector
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.serving import is_offline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import NetworkPolicy, Selector
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.yaml.cursor import Cursor

    _Policies = dict[tuple[str, str] | None, list[tuple[KubernetesObject, Selector | None]]]

_POLICY = "NetworkPolicy"
_DNS = 53
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
    if scope.once(("other network policies",), lambda: _has_others(scope)):
        return ""
    return found.nodes[0][1].name


def _has_others(scope: Scope) -> bool:
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


class Unresolving(NamedTuple):
    """A server that cannot ask for addresses, and where the policy says whom it may reach."""

    server: ServingCommand
    place: Cursor


def unresolving_server(policy: NetworkPolicy, scope: Scope) -> Unresolving | None:
    """A server that downloads its model, and that no policy lets ask for the hub's address.

    None where a policy may let it, where it is not known whom the policies select, and for pods
    that use the network of their node, for which no policy holds.
    """
    egress = policy.object.body.at("spec", "egress")
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
    objects = scope.anywhere(of_kind(_POLICY), KubernetesObject)
    return not any(_may_let(one, pod) for one in objects)


def _may_let(policy: KubernetesObject, pod: Pod) -> bool:
    """Whether a policy may select a pod and let it ask for names: all of them add up."""
    if policy.namespace and pod.owner.namespace and not same(policy.namespace, pod.owner.namespace):
        return False
    selector = label_selector(policy.body.at("spec", "podSelector"))
    if selector.known and not policy.incomplete and not selector.matches(pod.labels):
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
