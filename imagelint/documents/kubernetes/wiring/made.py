"""The Services that operators make of their objects, as if they were written."""

from __future__ import annotations

from itertools import chain, islice
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
# Longer names are made shorter, with a part that nobody can tell.
_LONGEST = 63
_ONLY, _ANY, _NOT = "only", "*", "!"
_CORE = "v1"


def tells_services(obj: KubernetesObject) -> bool:
    """Whether all Services are known that are made of an object."""
    if obj.incomplete or not knows_services(obj.group, obj.kind):
        return False
    return all(len(name) <= _LONGEST for _, name, _ in _made(obj))


def made_services(obj: KubernetesObject) -> Iterator[Service]:
    """The Services that are made of an object."""
    for made, name, part in _made(obj):
        if made.goes_on != _ONLY and len(name) <= _LONGEST:
            yield _service(obj, made, name, part)


def beginnings(obj: KubernetesObject) -> Iterator[str]:
    """What names begin with of Services that may be made of an object besides: `llm-worker`."""
    return (name for made, name, _ in _made(obj) if made.goes_on)


def _made(obj: KubernetesObject) -> Iterator[tuple[MadeService, str, Cursor]]:
    for made in services_made(obj.group, obj.kind) if obj.name else ():
        for name, part in _parts(obj, made):
            if name and all(_says(part.at(*place), word) for place, word in made.when):
                yield made, name, part


def _says(place: Cursor, word: str) -> bool:
    if word == _ANY:
        return place.exists
    said = place.word()
    return said != word[1:] if word.startswith(_NOT) else said == word


def _parts(obj: KubernetesObject, made: MadeService) -> Iterator[tuple[str, Cursor]]:
    if not made.each:
        named = obj.body.at(*made.named).word() if made.named else ""
        yield named or f"{obj.name}{made.suffix}", obj.body
        return
    place = obj.body.at(*made.each)
    listed = ((part["name"].word(), part) for part in place.items())
    for called, part in islice(chain(listed, place.entries()), _MOST_PARTS):
        name = f"{obj.name}-{called.lower()}" if made.joined else called
        yield called and f"{name}{made.suffix}", part


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
    called: Fact[str] = Known(port.name) if port.name else UNKNOWN
    if port.place and place.exists and not place.null:
        yield _port(place, called, place.integer())
    elif port.number:
        yield _port(part, called, Known(port.number))


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
