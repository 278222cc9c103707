"""What a container sees mounted, and how large its `/dev/shm` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.kubernetes.pods.accelerators import quantity
from imagelint.documents.runtime.field import Field
from imagelint.documents.runtime.model import Mount, Volume
from imagelint.documents.yaml.nodes import Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.yaml.cursor import Cursor

_UNBOUNDED = float("inf")
_IN_NODE = ("memory", "emptyDir")
_SHARED = "/dev/shm"  # noqa: S108 - compared only


def named_volumes(spec: Cursor, claims: Cursor | None) -> dict[str, Cursor]:
    """The volumes of a pod by name; `claims` is the place of the claim templates around it."""
    volumes = {volume["name"].word(): volume for volume in spec["volumes"].items()}
    for claim in claims.items() if claims is not None else ():
        volumes.setdefault(claim.at("metadata", "name").word(), claim)
    return volumes


def read_volumes(spec: Cursor) -> tuple[Volume, ...]:
    """The volumes of a pod in source order."""
    return tuple(
        Volume(
            volume.span,
            volume["name"].word(),
            Field(path.text(), path),
            _sources(volume),
            in_memory=volume.at("emptyDir", "medium").word() == "Memory",
        )
        for volume in spec["volumes"].items()
        for path in (volume.at("hostPath", "path"),)
    )


def _sources(volume: Cursor) -> tuple[Field[str], ...]:
    return tuple(
        Field(Known(kind, place.key_span), place)
        for kind, place in volume.entries()
        if kind != "name" and not place.null
    )


def read_mounts(container: Cursor, volumes: Mapping[str, Cursor]) -> Fact[tuple[Mount, ...]]:
    """The mounts of a container; unknown when a template takes part in the list."""
    places = container["volumeMounts"]
    if places.exists and not places.null and not isinstance(places.node, Sequence):
        return UNKNOWN
    found = (_mount(place, volumes.get(place["name"].word())) for place in places.items())
    return Known(tuple(found))


def _mount(place: Cursor, volume: Cursor | None) -> Mount:
    target = place["mountPath"].text()
    if isinstance(target, Known):
        target = Known(target.value.rstrip("/") or "/", target.span)
    read_only = place["readOnly"].boolean() == Known(value=True, span=place["readOnly"].span)
    at = place["mountPath"] if place["mountPath"].exists else place
    if volume is None:
        return Mount(
            span=at.span,
            target=target,
            source="",
            size=UNKNOWN,
            read_only=read_only,
            host_path="",
            path=place.path,
            volume=place["name"].word(),
        )
    source, size = _volume(volume)
    host_path = volume.at("hostPath", "path").word()
    return Mount(
        span=at.span,
        target=target,
        source=source,
        size=size,
        read_only=read_only,
        host_path=host_path,
        path=place.path,
        volume=place["name"].word(),
        size_path=volume.at("emptyDir", "sizeLimit").path if source in _IN_NODE else "",
        volume_place=volume,
    )


def _volume(volume: Cursor) -> tuple[str, Fact[float]]:
    """Kind and size of a volume, or of a claim template of a StatefulSet."""
    if volume["spec"].exists:
        return "persistentVolumeClaim", quantity(
            volume.at("spec", "resources", "requests", "storage")
        )
    made = volume.at("ephemeral", "volumeClaimTemplate", "spec")
    if made.exists:
        return "ephemeral", quantity(made.at("resources", "requests", "storage"))
    kinds = [name for name, _ in volume.entries() if name != "name"]
    # A volume without any source is an emptyDir:
    # https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/
    source = kinds[0] if kinds else "emptyDir"
    if source != "emptyDir":
        return source, ABSENT
    memory = volume.at("emptyDir", "medium").word() == "Memory"
    return "memory" if memory else source, quantity(volume.at("emptyDir", "sizeLimit"))


def told_memory(size: Cursor) -> Mount:
    """The shared memory that an operator mounts, as large as its object says at a place."""
    bytes_ = quantity(size)
    return Mount(size.span, Known(_SHARED), "memory", bytes_, path=size.path, size_path=size.path)


def shared_memory(
    mounts: Fact[tuple[Mount, ...]], memory_limit: Fact[float]
) -> tuple[Fact[float], Mount | None]:
    """Size of `/dev/shm` in bytes and the mount that makes it; absent is the default of 64 MB.

    Memory counts against the container, so its limit bounds the volume as well.
    """
    if not isinstance(mounts, Known):
        return UNKNOWN, None
    for mount in mounts.value:
        if isinstance(mount.target, Known) and mount.target.value == _SHARED:
            return _size(mount, memory_limit), mount
    if any(not isinstance(mount.target, Known) for mount in mounts.value):
        return UNKNOWN, None
    return ABSENT, None


def _size(mount: Mount, memory_limit: Fact[float]) -> Fact[float]:
    if mount.source == "hostPath":
        return Known(_UNBOUNDED, mount.span)
    if mount.source not in _IN_NODE or mount.size is UNKNOWN:
        return UNKNOWN
    size = mount.size.value if isinstance(mount.size, Known) else _UNBOUNDED
    if mount.source == "memory" and isinstance(memory_limit, Known):
        size = min(size, memory_limit.value)
    elif mount.source == "memory" and memory_limit is UNKNOWN:
        return UNKNOWN
    return Known(size, mount.span)
