"""Which controller serves an Ingress: by its class, and by the annotations that only one reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Place

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Ingress

NGINX = "nginx.ingress.kubernetes.io"
"""The prefix of the annotations of ingress-nginx."""
F5 = "nginx.org"
"""The prefix of those of F5's controller, and what that is called here."""
_ROUTER = "traefik.ingress.kubernetes.io/router.middlewares"
ALB = "alb.ingress.kubernetes.io"
_CONTOUR, _AZURE = "projectcontour.io", "appgw.ingress.kubernetes.io"
_HAPROXY_TECH, _HAPROXY_OTHER = "haproxy.org", "haproxy-ingress.github.io"
# What a controller's class is called, and the prefix of the annotations that only it reads.
_CLASSES = {
    "nginx": "nginx",
    "alb": "alb",
    "gce": "gke",
    "gce-internal": "gke",
    "traefik": "traefik",
    "kong": "kong",
    "istio": "istio",
    "contour": "contour",
    "azure-application-gateway": "azure",
    "azure/application-gateway": "azure",
}
_PREFIXES = {NGINX: "nginx", ALB: "alb", F5: F5, "nginx.com": F5, _CONTOUR: "contour"}
_PREFIXES |= {_AZURE: "azure", _HAPROXY_TECH: _HAPROXY_TECH, _HAPROXY_OTHER: _HAPROXY_OTHER}
# Two controllers have this class: what they are spoken to tells them apart.
_SHARED = {"haproxy": (_HAPROXY_TECH, _HAPROXY_OTHER)}


class Controller(NamedTuple):
    """Who serves an Ingress, and where that is told; `certain` where nobody else could be meant."""

    name: str
    place: Node
    certain: bool


def controller_name(ingress: Ingress) -> str:
    """Who serves an Ingress; empty when it is not told."""
    spoken_to = _spoken_to(ingress)
    only = spoken_to.pop() if len(spoken_to) == 1 else ""
    if not isinstance(ingress.class_name, Known):
        return only
    name = ingress.class_name.value
    if name == "haproxy":
        return only if only in _SHARED[name] else ""
    by_class = _CLASSES.get(name, "")
    if by_class == "nginx" and (only == F5 or F5 in spoken_to):
        return only  # two controllers are called so; where both are spoken to, nobody knows
    return by_class


def _spoken_to(ingress: Ingress) -> set[str]:
    prefixes = (_PREFIXES.get(name.partition("/")[0], "") for name, _ in ingress.annotations)
    return {name for name in prefixes if name}


def controller_of(ingress: Ingress) -> Controller | None:
    """Who serves an Ingress with the place that tells it: the class, else an annotation."""
    name = controller_name(ingress)
    if not name:
        return None
    certain = name in _spoken_to(ingress)
    said = ingress.class_name
    if isinstance(said, Known) and said.span is not None:
        return Controller(name, Place(said.span, ingress.path), certain)
    for written, _ in ingress.annotations:
        if _PREFIXES.get(written.partition("/")[0]) == name:
            return Controller(name, ingress.object.annotation(written), certain)
    return None


def middlewares_of(obj: KubernetesObject) -> tuple[tuple[str, str], ...]:
    """The middlewares of Traefik that an annotation of an Ingress names, of its own namespace."""
    prefix = f"{obj.namespace or 'default'}-"
    names = [one.strip().partition("@")[0] for one in obj.annotation(_ROUTER).word().split(",")]
    return tuple(
        ("Middleware", name.removeprefix(prefix)) for name in names if name.startswith(prefix)
    )
