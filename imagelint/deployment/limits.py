"""Which containers of a pod have no limit of a resource, by themselves or by what is around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.kubernetes.references import of_kind
from imagelint.documents.queries.links.scope import same
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Container, Pod
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.runtime.details import Resource
    from imagelint.documents.runtime.model import Volume
    from imagelint.documents.yaml.cursor import Cursor


class Unlimited(NamedTuple):
    """A container without a limit of a resource, and where limit and request would be written.

    `asks` tells that it requests some.
    """

    container: Container
    asks: bool
    limit: Node
    request: Node


def unlimited(pod: Pod, resource: str, scope: Scope) -> tuple[Unlimited, ...]:
    """The containers that run as long as a pod and certainly have no limit of a resource.

    None in patches, none where the pod as a whole has one or a LimitRange may give it, and none of
    those to which an operator, or a template, may give one. A limit is a request as well:
    https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """
    whole = pod.spec["resources"]
    if pod.partial or (whole.exists and _may_name(whole, resource)):
        return ()
    found = tuple(_unlimited(pod, resource))
    return () if found and _has_limit_range(pod, scope) else found


def _unlimited(pod: Pod, resource: str) -> Iterator[Unlimited]:
    for container in pod.containers:
        resources = container.runtime.resources
        limits, requests = resources.limits, resources.requests
        known = UNKNOWN not in (limits, requests) and not container.adds.resources
        if container.serves and known and not _names(limits, resource):
            place = container.body["resources"]
            yield Unlimited(
                container,
                _names(requests, resource),
                place["limits"][resource],
                place["requests"][resource],
            )


def _may_name(whole: Cursor, resource: str) -> bool:
    """Whether the resources of a pod as a whole name a resource, or may."""
    return any(
        place.exists and (not isinstance(place.node, Mapping) or place[resource].exists)
        for place in (whole, whole["limits"], whole["requests"])
        if not place.null
    )


def _names(listed: Fact[tuple[Resource, ...]], resource: str) -> bool:
    return isinstance(listed, Known) and any(
        one.name == resource and one.quantity.value is not ABSENT for one in listed.value
    )


def _has_limit_range(pod: Pod, scope: Scope) -> bool:
    ranges = scope.anywhere(of_kind("LimitRange"), KubernetesObject)
    return any(same(one.namespace, pod.owner.namespace) for one in ranges)


def unbounded_volumes(pod: Pod, scope: Scope) -> tuple[Volume, ...]:
    """The volumes on the disk of the node that may fill it: `emptyDir` without a limit.

    None where a container, or a LimitRange, limits the disk that the whole pod may take:
    https://kubernetes.io/docs/concepts/storage/ephemeral-storage/#setting-requests-and-limits-for-local-ephemeral-storage
    """
    limits = tuple(one.runtime.resources.limits for one in pod.containers)
    if pod.partial or UNKNOWN in limits or any(_names(one, _STORAGE) for one in limits):
        return ()
    open_ones = {
        mount.volume
        for container in pod.containers
        if isinstance(container.runtime.mounts, Known)
        for mount in container.runtime.mounts.value
        if mount.source == "emptyDir" and mount.size is ABSENT and not mount.read_only
    }
    found = tuple(volume for volume in pod.volumes if volume.name in open_ones)
    return () if found and _has_limit_range(pod, scope) else found


_STORAGE = "ephemeral-storage"
