"""What the API server holds ways into a cluster to: Ingresses and NetworkPolicies.

kubernetes/kubernetes@v1.37: pkg/apis/networking/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.complaints import InvalidValue
from imagelint.documents.kubernetes.constraints import forms, names, unions
from imagelint.documents.kubernetes.constraints.pods import conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held

_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_ENDINGS = ("/..", "/.")
_CLASS = "kubernetes.io/ingress.class"


def ingress(held: Held) -> Iterator[Complaint]:
    """One class, however it is written."""
    annotation = held.place.at("metadata", "annotations", _CLASS)
    name = held.place.at("spec", "ingressClassName")
    if unions.is_there(annotation) and unions.is_there(name):
        message = f"the annotation `{_CLASS}` stands beside `ingressClassName`"
        yield conflict(annotation, message, "drop the annotation")


def routes(held: Held) -> Iterator[Complaint]:
    """Something is routed somewhere."""
    place = held.place
    rules = place["rules"]
    somewhere = rules.items() or rules.templated or unions.is_there(place["defaultBackend"])
    if held.whole and not somewhere:
        message = "an Ingress has neither `rules` nor a `defaultBackend`"
        yield unions.missing(place, message, "write its `rules`")
    for one in place["tls"].items():
        for host in one["hosts"].items():
            yield from forms.host(host)


def path(held: Held) -> Iterator[Complaint]:
    """A path begins at the root, and leads straight on."""
    place, kind = held.place["path"], held.place["pathType"].word()
    word = names.word_of(place)
    exact = kind in ("Exact", "Prefix")
    if exact and held.whole and not unions.is_there(place):
        message = f"a path of type `{kind}` has no `path`"
        yield unions.missing(held.place, message, "write `path: /`")
    elif word and kind and not word.startswith("/"):
        message = f"`{word}` is not an absolute path"
        yield InvalidValue(place.span, place.path, message, f"write `/{word}`")
    elif word and exact:
        found = next((one for one in _SEQUENCES if one in word), "")
        found = found or next((one for one in _ENDINGS if word.endswith(one)), "")
        if found:
            message = f"a path of type `{kind}` takes no `{found}`"
            yield InvalidValue(place.span, place.path, message, f"write it without `{found}`")


def backend_port(held: Held) -> Iterator[Complaint]:
    """A port by its name has the name of one."""
    yield from names.port_name(held.place["name"])


def policy_port(held: Held) -> Iterator[Complaint]:
    """A port, or a range of them by numbers."""
    port, end = held.place["port"], held.place["endPort"]
    yield from names.port(port, named=True)
    yield from names.port(end)
    first, last = port.integer(), end.integer()
    if not isinstance(last, Known) or port.templated:
        return
    if isinstance(first, Known) and last.value < first.value:
        message = f"`endPort` is below the port {first.value}"
        yield conflict(end, message, f"write {first.value} or more")
    elif not isinstance(first, Known) and held.whole:
        message = "`endPort` goes with a `port` that is a number alone"
        yield conflict(end, message, "drop it, or write the first port as a number")


def block(held: Held) -> Iterator[Complaint]:
    """What is left out was inside."""
    whole = names.word_of(held.place["cidr"])
    for one in held.place["except"].items():
        part = names.word_of(one)
        if not part or not whole:
            continue
        if not forms.is_network(part):
            message = f"`{part}` is no range of IP addresses"
            yield InvalidValue(one.span, one.path, message, "write a range, as `10.1.0.0/16`")
        elif forms.is_network(whole) and not _is_inside(part, whole):
            message = f"`{part}` is no part of `{whole}`"
            yield InvalidValue(one.span, one.path, message, "drop it, or write a part of it")


def _is_inside(part: str, whole: str) -> bool:
    from ipaddress import IPv4Network, ip_network

    try:
        inner, outer = ip_network(part, strict=False), ip_network(whole, strict=False)
    except ValueError:
        return True  # zeros in front: not compared
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner != outer and inner.subnet_of(outer)
    if isinstance(inner, IPv4Network) or isinstance(outer, IPv4Network):
        return False
    return inner != outer and inner.subnet_of(outer)


def peer(held: Held) -> Iterator[Complaint]:
    """Somebody."""
    place = held.place
    if held.whole and unions.is_there(place) and not place.entries():
        example = "podSelector: {}"
        keys = ("podSelector", "namespaceSelector", "ipBlock")
        yield from unions.at_least_one(place, keys, "a NetworkPolicyPeer", example)


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "networking.v1.HTTPIngressPath": path,
    "networking.v1.IPBlock": block,
    "networking.v1.Ingress": ingress,
    "networking.v1.IngressSpec": routes,
    "networking.v1.NetworkPolicyPeer": peer,
    "networking.v1.NetworkPolicyPort": policy_port,
    "networking.v1.ServiceBackendPort": backend_port,
}
