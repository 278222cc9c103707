"""What is asked of a manifest from elsewhere: Services by name, pods by how they are met.

The keys are functions, so that who puts something under one and who asks for it say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark
from imagelint.documents.kubernetes.references import object_landmarks
from imagelint.documents.kubernetes.wiring.nodes import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Key
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import Pod

_BACKEND_CONFIGS = ("cloud.google.com/backend-config", "beta.cloud.google.com/backend-config")
_QUOTED = pattern(r'"([^"]+)(?=")')


class PodPlace(NamedTuple):
    """Where a pod stands in its manifest, and how others meet it.

    `owner` is the place of the object that holds it, and `name` its name: a template may make
    several in one place. `path` is that of the pod's spec, `namespace` empty where none is written.
    """

    span: Span
    owner: Span
    name: str
    path: str
    namespace: str
    labels: tuple[tuple[str, str], ...]


def service_named(name: str) -> Key:
    """Services of a name."""
    return ("service", name)


def service_bound_to(config: str) -> Key:
    """Services that an annotation binds to a BackendConfig."""
    return ("service bound to", config)


def services_selecting(label: str, value: str) -> Key:
    """Services that select pods by a label, and maybe by others besides."""
    return ("services selecting", label, value)


def pods_of(kind: str, name: str) -> Key:
    """The pods that an object holds."""
    return ("pods of", kind, name)


def pods_labelled(label: str, value: str) -> Key:
    """The pods with a label."""
    return ("pods labelled", label, value)


def landmarks(manifest: Manifest) -> Iterator[Landmark]:
    """All that others may ask for."""
    yield from object_landmarks(manifest)
    for service in manifest.nodes_of(Service):
        yield Landmark(service_named(service.object.name), service)
        if service.selector:
            yield Landmark(services_selecting(*service.selector[0]), service)
        for config in _configs(service):
            yield Landmark(service_bound_to(config), service)
    for pod in manifest.pods:
        owner = pod.owner
        place = PodPlace(pod.span, owner.span, owner.name, pod.path, owner.namespace, pod.labels)
        yield Landmark(pods_of(owner.kind, owner.name), place)
        for label, value in dict.fromkeys(pod.labels):
            yield Landmark(pods_labelled(label, value), place)


def pod_at(manifest: Manifest, place: PodPlace) -> Pod | None:
    """The pod that stands at a place of a manifest, or of what others of its run make of it."""
    return manifest.derived(_pods_by_place).get((place.owner, place.name, place.path))


def _pods_by_place(document: Document) -> dict[tuple[Span, str, str], Pod]:
    from imagelint.documents.kubernetes.manifest import Manifest

    pods = document.pods if isinstance(document, Manifest) else ()
    return {(pod.owner.span, pod.owner.name, pod.path): pod for pod in pods}


def is_bound(service: Service) -> bool:
    """Whether an annotation binds a Service to a BackendConfig."""
    return any(True for _ in _configs(service))


def _configs(service: Service) -> Iterator[str]:
    """The names in quotes: `{"default": "llm"}`, `{"ports": {"80": "llm"}}`."""
    annotations = dict(service.object.annotations)
    written = (annotations.get(name, "") for name in _BACKEND_CONFIGS)
    yield from dict.fromkeys(name for text in written for name in _QUOTED.findall(text))
