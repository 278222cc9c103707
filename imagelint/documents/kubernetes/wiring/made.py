"""The Services that operators make of their objects, as if they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.kubernetes.wiring.nodes import SERVICE, Selector, Service, ServicePort
from imagelint.documents.yaml.nodes import Mapping, Sequence
from imagelint.knowledge.kubernetes.made_services import knows_services, services_made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.made_services import MadePort, MadeService

_MOST_PARTS = 100
_CORE = "v1"


def tells_services(obj: KubernetesObject) -> bool:
    """Whether all Services are known that are made of an object."""
    return knows_services(obj.group, obj.kind) and not obj.incomplete


def made_services(obj: KubernetesObject) -> Iterator[Service]:
    """The Services that are made of an object."""
    for made in services_made(obj.group, obj.kind) if obj.name else ():
        for name, part in _parts(obj, made):
            if name:
                yield _service(obj, made, name, part)


def _parts(obj: KubernetesObject, made: MadeService) -> Iterator[tuple[str, Cursor]]:
    if not made.each:
        named = obj.body.at(*made.named).word() if made.named else ""
        yield named or f"{obj.name}{made.suffix}", obj.body
        return
    for part in obj.body.at(*made.each).items()[:_MOST_PARTS]:
        name = part["name"].word()
        yield name and f"{name}{made.suffix}", part


def _service(obj: KubernetesObject, made: MadeService, name: str, part: Cursor) -> Service:
    labels = dict.fromkeys(made.labels, obj.name)
    for place in made.labelled:
        labels.update(part.at(*place).pairs())
    nothing = part["selector of nobody"]
    return Service(
        span=obj.span,
        object=obj._replace(
            kind=SERVICE,
            api_version=_CORE,
            name=name,
            labels=tuple(labels.items()),
            annotations=(),
        ),
        body=nothing,
        type=ABSENT,
        selector=(),
        ports=tuple(_ports(made, part)),
        path=obj.path,
        selected=Selector(nothing, nothing, known=False),
        headless=made.headless,
        maker=(obj.kind, obj.name) if made.leads else None,
    )


def _ports(made: MadeService, part: Cursor) -> Iterator[ServicePort]:
    if any(part.at(*place).exists for place in made.instead):
        return
    containers = part.at(*made.containers) if made.containers else None
    written = [] if containers is None else _declared(containers)
    if written is None:
        return
    named = [one for one in written if _begins(one, made.begins)]
    if written and not named:
        return  # no such Service is made then
    yield from named
    names = {one.name for one in named}
    for port in (*(made.ports if not written else ()), *made.always):
        if port.name not in names:
            names.add(port.name)
            yield from _told(port, part)


def _begins(port: ServicePort, word: str) -> bool:
    return not word or port.name == word or port.name.startswith(f"{word}-")


def _declared(containers: Cursor) -> list[ServicePort] | None:
    """The ports of the first of some containers; None where they cannot be told."""
    if not isinstance(containers.node, Sequence) or not containers.node.items:
        return None
    ports = containers[0]["ports"]
    if not ports.exists or ports.null:
        return []
    if not isinstance(ports.node, Sequence):
        return None
    return [_copied(one) for one in ports.items()]


def _copied(place: Cursor) -> ServicePort:
    number, called = place["containerPort"].integer(), place["name"].text()
    if called is ABSENT and isinstance(number, Known):
        called = Known(f"{number.value}-port")
    known = isinstance(place.node, Mapping)
    return _port(place, called if known else UNKNOWN, number if known else UNKNOWN)


def _told(port: MadePort, part: Cursor) -> Iterator[ServicePort]:
    place = part.at(*port.place) if port.place else part
    if port.place and place.exists and not place.null:
        yield _port(place, Known(port.name), place.integer())
    elif port.number:
        yield _port(part, Known(port.name), Known(port.number))


def _port(place: Cursor, called: Fact[str], number: Fact[int]) -> ServicePort:
    return ServicePort(
        span=place.span,
        name=called.value if isinstance(called, Known) else "",
        port=number,
        target=UNKNOWN,
        node_port=ABSENT,
        path=place.path,
        called=called,
    )
