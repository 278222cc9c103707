"""What is asked of a manifest from elsewhere: Services by name, model servers by how they are met.

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
    from imagelint.documents.base import Key
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.serving.command import ServingCommand

_BACKEND_CONFIGS = ("cloud.google.com/backend-config", "beta.cloud.google.com/backend-config")
_QUOTED = pattern(r'"([^"]+)(?=")')


class ServedPod(NamedTuple):
    """A pod with the servers of known engines that its containers start."""

    span: Span
    pod: Pod
    servers: tuple[ServingCommand, ...]


def service_named(name: str) -> Key:
    """Services of a name."""
    return ("service", name)


def service_bound_to(config: str) -> Key:
    """Services that an annotation binds to a BackendConfig."""
    return ("service bound to", config)


def pods_of(kind: str, name: str) -> Key:
    """The pods that an object holds, as far as they serve models."""
    return ("pods of", kind, name)


def pods_labelled(label: str, value: str) -> Key:
    """The pods with a label, as far as they serve models."""
    return ("pods labelled", label, value)


def landmarks(manifest: Manifest) -> Iterator[Landmark]:
    """All that others may ask for."""
    yield from object_landmarks(manifest)
    for service in manifest.nodes_of(Service):
        yield Landmark(service_named(service.object.name), service)
        for config in _configs(service):
            yield Landmark(service_bound_to(config), service)
    for pod in manifest.pods:
        servers = tuple(server for server in manifest.servers_of(pod) if server.engine)
        if servers:
            served = ServedPod(pod.span, pod, servers)
            yield Landmark(pods_of(pod.owner.kind, pod.owner.name), served)
            for label, value in dict.fromkeys(pod.labels):
                yield Landmark(pods_labelled(label, value), served)


def is_bound(service: Service) -> bool:
    """Whether an annotation binds a Service to a BackendConfig."""
    return any(True for _ in _configs(service))


def _configs(service: Service) -> Iterator[str]:
    """The names in quotes: `{"default": "llm"}`, `{"ports": {"80": "llm"}}`."""
    annotations = dict(service.object.annotations)
    written = (annotations.get(name, "") for name in _BACKEND_CONFIGS)
    yield from dict.fromkeys(name for text in written for name in _QUOTED.findall(text))
