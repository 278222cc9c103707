"""By what pods of a cluster are reached from outside of it, as a list of objects tells.

Only what is certain: a Service that opens a port to the outside or to which a route leads, whose
selector matches the labels of a pod, and ports of the node itself. A list does not tell what it
lacks, so that of no pod it is known that nothing leads there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.image.jsonview import JsonView

# https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types
_OPEN = ("LoadBalancer", "NodePort")
_SERVICE, _INGRESS, _OF_OPENSHIFT = "Service", "Ingress", "Route"
# https://gateway-api.sigs.k8s.io/reference/spec/: rules of `backendRefs`.
_OF_GATEWAY = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
KINDS = (_SERVICE, _INGRESS, _OF_OPENSHIFT, *_OF_GATEWAY)
"""What may be listed beside pods."""


class _Way(NamedTuple):
    """A Service that is reached from outside: in a namespace, to pods with some labels."""

    namespace: str
    labels: frozenset[tuple[str, str]]
    said: str


class Ways:
    """The ways into a cluster."""

    def __init__(self, objects: Iterable[JsonView]) -> None:
        services: dict[tuple[str, str], JsonView] = {}
        routed: dict[tuple[str, str], str] = {}
        for one in objects:
            kind = one["kind"].text
            if kind == _SERVICE:
                services[_name(one)] = one
            elif kind in KINDS:
                for service in _led_to(one):
                    routed.setdefault(service, f"{kind} {'/'.join(_name(one))}")
        self._ways = [
            way
            for name, service in services.items()
            if (way := _way(name, service, routed.get(name, ""))) is not None
        ]

    def to(self, pod: JsonView) -> str:
        """By what a pod is reached from outside; empty: nothing that is listed."""
        own = _name(pod)
        for container in pod["spec"]["containers"].items():
            if any(port["hostPort"].number for port in container["ports"].items()):
                return f"hostPort of Pod {'/'.join(own)}"
        labels = {(key, value.raw) for key, value in pod["metadata"]["labels"].pairs()}
        ways = (one for one in self._ways if one.namespace == own[0] and one.labels <= labels)
        return next((one.said for one in ways), "")


def _way(name: tuple[str, str], service: JsonView, route: str) -> _Way | None:
    spec = service["spec"]
    labels = frozenset((key, value.raw) for key, value in spec["selector"].pairs())
    kind = spec["type"].text
    if not labels or not (kind in _OPEN or route or spec["externalIPs"].texts()):
        return None  # one without a selector leads to no pod that is known
    own = f"{kind if kind in _OPEN else _SERVICE} {'/'.join(name)}"
    return _Way(name[0], labels, own if kind in _OPEN or not route else route)


def _led_to(route: JsonView) -> Iterator[tuple[str, str]]:
    """The Services that a route leads to."""
    namespace, spec = _name(route)[0], route["spec"]
    if route["kind"].text == _INGRESS:
        backends = [spec["defaultBackend"]]
        for rule in spec["rules"].items():
            backends += [path["backend"] for path in rule["http"]["paths"].items()]
        names = [(namespace, backend["service"]["name"].text) for backend in backends]
    elif route["kind"].text == _OF_OPENSHIFT:
        ends = [spec["to"], *spec["alternateBackends"].items()]
        names = [(namespace, end["name"].text) for end in ends]
    else:
        ends = [ref for rule in spec["rules"].items() for ref in rule["backendRefs"].items()]
        names = [
            (ref["namespace"].text or namespace, ref["name"].text)
            for ref in ends
            if ref["kind"].text in ("", _SERVICE)
        ]
    yield from (name for name in names if name[1])


def _name(one: JsonView) -> tuple[str, str]:
    """Namespace and name."""
    about = one["metadata"]
    return about["namespace"].text or "default", about["name"].text
