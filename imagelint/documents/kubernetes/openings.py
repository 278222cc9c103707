"""What of a cluster is opened to the outside: ports of nodes, Services, heads of clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_port
from imagelint.documents.runtime.field import Place
from imagelint.knowledge.kubernetes.jobports import JOB_PORTS, names_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Container, KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Service
    from imagelint.documents.yaml.cursor import Cursor

_OUTSIDE = ("LoadBalancer", "NodePort")
# Where the head of a cluster is described in objects of KubeRay.
_HEADS = {
    "RayCluster": ("spec", "headGroupSpec"),
    "RayService": ("spec", "rayClusterConfig", "headGroupSpec"),
    "RayJob": ("spec", "rayClusterSpec", "headGroupSpec"),
}


class Opening(NamedTuple):
    """A Service that leads in from outside.

    `place` is its type, `type` what is written there. `limited` tells that it is internal, or for
    some addresses only.
    """

    place: Place
    type: str
    limited: bool


def opening(service: Service) -> Opening | None:
    """How a Service leads in from outside; None where it does not."""
    if not isinstance(service.type, Known) or service.type.value not in _OUTSIDE:
        return None
    spec = service.body["spec"]
    limited = spec["loadBalancerSourceRanges"].exists or any(
        _is_internal(name, value) for name, value in service.object.annotations
    )
    return Opening(_place(spec["type"]), service.type.value, limited)


def own_opening(obj: KubernetesObject) -> Opening | None:
    """How the Service leads in that an operator makes of an object; None where it does not.

    Source: NVIDIA/k8s-nim-operator:api/apps/v1alpha1/common_types.go (`Expose`, `Service`)
    """
    if (obj.group, obj.kind) != ("apps.nvidia.com", "NIMService"):
        return None
    told = obj.body.at("spec", "expose", "service")
    if told["type"].word() not in _OUTSIDE:
        return None
    limited = any(_is_internal(name, value) for name, value in told["annotations"].pairs())
    return Opening(_place(told["type"]), told["type"].word(), limited)


def _is_internal(name: str, value: str) -> bool:
    lowered = value.lower()
    return "internal" in lowered or ("internal" in name and lowered not in ("false", "none"))


def published_ports(container: Container) -> Iterator[tuple[int, Place]]:
    """The ports of a container that are published on its node, each with the place that does."""
    for entry in container.body["ports"].items():
        own = entry["containerPort"].integer()
        if isinstance(own, Known) and isinstance(entry["hostPort"].integer(), Known):
            yield own.value, _place(entry["hostPort"])


class JobOpening(NamedTuple):
    """What leads from outside to a port that takes jobs.

    `what` is the subject of a sentence about it, `port` what the port is called, `advice` how to
    close it.
    """

    place: Place
    what: str
    port: str
    advice: str


def job_openings(obj: KubernetesObject) -> Iterator[JobOpening]:
    """What an object opens of a cluster that runs the jobs which it is sent."""
    if obj.kind == "Service" and not obj.group:
        yield from _of_service(obj)
    elif obj.kind == "Ingress":
        yield from _of_ingress(obj)
    elif obj.kind in _HEADS:
        yield from _of_head(obj, obj.body.at(*_HEADS[obj.kind]))


def _of_service(obj: KubernetesObject) -> Iterator[JobOpening]:
    spec = obj.body["spec"]
    kind = spec["type"].word()
    if kind not in _OUTSIDE:
        return
    selector = " ".join(f"{name}={value}" for name, value in spec["selector"].pairs())
    if not (names_cluster(selector) or names_cluster(obj.name)):
        return
    for port in spec["ports"].items():
        name = JOB_PORTS.get(_number(port["targetPort"]) or _number(port["port"]), "")
        if name:
            what = f"the {kind} `{obj.name}`"
            yield JobOpening(_place(spec["type"]), what, name, "write `type: ClusterIP`")
            return


def _of_ingress(obj: KubernetesObject) -> Iterator[JobOpening]:
    if any("auth" in name or "middlewares" in name for name, _ in obj.annotations):
        return
    for rule in obj.body.at("spec", "rules").items():
        for path in rule.at("http", "paths").items():
            service = path.at("backend", "service")
            name = JOB_PORTS.get(_number(service.at("port", "number")), "")
            if name and names_cluster(service["name"].word()):
                place = Place(service.key_span, service.path)
                what = f"the Ingress `{obj.name}`"
                yield JobOpening(place, what, name, "let the gateway authenticate who asks")


def _of_head(obj: KubernetesObject, head: Cursor) -> Iterator[JobOpening]:
    kind, ingress = head["serviceType"], head["enableIngress"]
    if kind.word() in _OUTSIDE:
        what = f"the {kind.word()} of `{obj.name}`"
        yield JobOpening(_place(kind), what, "dashboard", "write `serviceType: ClusterIP`")
    if ingress.word() == "true":
        what = f"the Ingress of `{obj.name}`"
        yield JobOpening(_place(ingress), what, "dashboard", "drop `enableIngress`")


def _place(cursor: Cursor) -> Place:
    return Place(cursor.span, cursor.path)


def _number(place: Cursor) -> int:
    fact = place.text()
    found = parse_port(fact.value) if isinstance(fact, Known) else None
    return found or 0
