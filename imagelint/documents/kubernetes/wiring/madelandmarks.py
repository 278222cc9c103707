"""How others meet the Services that operators make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Landmark
from imagelint.documents.kubernetes.landmarks import (
    ANYWHERE,
    SERVICES_MADE,
    labelled,
    making_services_in,
    service_named,
)
from imagelint.documents.kubernetes.references import NamedObject, object_named, services_beginning
from imagelint.documents.kubernetes.wiring.made import beginnings, made_services, tells_services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject


def made_landmarks(obj: KubernetesObject) -> Iterator[Landmark]:
    """The Services that an operator makes of an object, as far as that is known."""
    for service in made_services(obj):
        name = service.object.name
        yield Landmark(service_named(name), service)
        yield Landmark(SERVICES_MADE, service)
        for label, value in service.object.labels:
            yield Landmark(labelled("Service", label, value), service)
        found = NamedObject(obj.span, service.kind, name, obj.namespace)
        yield Landmark(object_named(service.kind, name), found)
    for beginning in dict.fromkeys(beginnings(obj)):
        yield Landmark(services_beginning(beginning), obj)
    if not tells_services(obj):
        yield Landmark(making_services_in(obj.namespace), obj)
        yield Landmark(making_services_in(ANYWHERE), obj)
