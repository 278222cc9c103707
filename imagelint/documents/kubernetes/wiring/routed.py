"""Routes of Traefik, Contour and Istio, with the Services and ports to which they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.wiring.nodes import SERVICE, Backend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor


class ServiceRoute(NamedTuple):
    """An IngressRoute of Traefik, an HTTPProxy of Contour or a VirtualService of Istio."""

    span: Span
    object: KubernetesObject
    backends: tuple[Backend, ...]
    path: str


def read_service_route(obj: KubernetesObject) -> ServiceRoute | None:
    """A route that names Services with their ports, None when it is of another kind.

    `obj` is of a group of Traefik, Contour or Istio.
    """
    match obj.kind:
        case "IngressRoute" | "HTTPProxy":
            backends = _backends(obj.body.at("spec", "routes"))
        case "VirtualService":
            backends = _destinations(obj.body.at("spec", "http"))
        case _:
            return None
    return ServiceRoute(obj.span, obj, tuple(backends), obj.path)


def _backends(rules: Cursor) -> Iterator[Backend]:
    """The Services of the rules of Traefik or Contour, whose fields are called alike.

    traefik/traefik:pkg/provider/kubernetes/crd/traefikio/v1alpha1/ingressroute.go (Service);
    projectcontour/contour:apis/projectcontour/v1/httpproxy.go (Service)
    """
    for rule in rules.items():
        for place in rule["services"].items():
            if place["kind"].word() in ("", SERVICE):
                name, port = place["name"].text(), place["port"].text()
                namespace = place["namespace"].word()
                yield Backend(place.span, name, port, place.path, namespace=namespace)


def _destinations(rules: Cursor) -> Iterator[Backend]:
    """istio/api:networking/v1/virtual_service.proto (Destination); other hosts are no Services."""
    for rule in rules.items():
        for way in rule["route"].items():
            place = way["destination"]
            host = place["host"].text()
            name, namespace = _service_of(host)
            port = place.at("port", "number").text() if name is not ABSENT else ABSENT
            yield Backend(place.span, name, port, place.path, namespace=namespace)


def _service_of(host: Fact[str]) -> tuple[Fact[str], str]:
    """The Service of a host of the mesh, and its namespace: `llm`, `llm.ns.svc.cluster.local`."""
    if not isinstance(host, Known):
        return host, ""
    name, _, rest = host.value.partition(".")
    namespace, _, domain = rest.partition(".")
    if rest and domain.partition(".")[0] != "svc":
        return ABSENT, ""
    return Known(name, host.span), namespace
