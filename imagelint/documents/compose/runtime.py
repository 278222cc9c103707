"""Where a service runs: accelerators, memory, mounts, `/dev/shm`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.compose.mounts import read_mounts
from imagelint.documents.compose.platform import ServicePlatform
from imagelint.documents.compose.privileges import host_namespaces, read_privileges
from imagelint.documents.compose.probes import read_probes, read_shutdown
from imagelint.documents.compose.values import is_partial, is_set, size, value, word
from imagelint.documents.compose.variables import read_settings
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.details import Neighbours, Resource, Resources
from imagelint.documents.runtime.field import Field, Place
from imagelint.documents.runtime.model import (
    ContainerPort,
    GpuRequest,
    Mount,
    Runtime,
)
from imagelint.documents.shared import EnvOrigin
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.accelerators import MOST_DEVICES

if TYPE_CHECKING:
    from imagelint.documents.runtime.privileges import HostNamespaces, Privileges
    from imagelint.documents.runtime.probe import Probes
    from imagelint.documents.runtime.shutdown import Shutdown
    from imagelint.documents.yaml.cursor import Cursor

_GPU_CAPABILITIES = frozenset(("gpu", "nvidia", "compute", "utility"))
_GPU_DRIVERS = frozenset(("nvidia", "cdi", "amd"))
_CDI_VENDORS = ("nvidia.com/gpu", "amd.com/gpu", "/dev/nvidia")
_ALL = "all"
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - compared with, never written to


def read_runtime(name: str, service: Cursor, ports: tuple[ContainerPort, ...]) -> Runtime:
    """Where a service runs; what stands elsewhere is unknown."""
    partial = is_partial(service)
    mounts = read_mounts(service)
    shm, shm_mount = _shared_memory(service, mounts)
    limit = service["mem_limit"]
    memory = size(limit if is_set(limit) else service.at("deploy", "resources", "limits", "memory"))
    gpus = _gpus(service)
    return Runtime(
        ServicePlatform(service),
        "compose service",
        name,
        service.key_span,
        gpus=UNKNOWN if partial and gpus is ABSENT else gpus,
        other_devices=Known(_has_devices(service)),
        shm=UNKNOWN if partial and shm is ABSENT else shm,
        shm_mount=shm_mount,
        memory_limit=UNKNOWN if partial and memory is ABSENT else memory,
        mounts=UNKNOWN if partial else mounts,
        ports=ports,
        user=value(service["user"]),
        labels=_labels(service),
        managed=partial,
        details=ServiceDetails(service),
        path=service.path,
        optional=is_set(service["profiles"]) or _has_no_container(service),
    )


def _has_no_container(service: Cursor) -> bool:
    """Whether a service is scaled to zero until somebody asks for more."""
    counts = (service["scale"], service.at("deploy", "replicas"))
    return any(parse_count(word(count)) == 0 for count in counts)


class ServiceDetails:
    """What few rules ask of a service."""

    def __init__(self, service: Cursor) -> None:
        self._service = service

    @cached_property
    def probes(self) -> Probes:
        """Who asks it how it is."""
        return read_probes(self._service)

    @cached_property
    def host(self) -> HostNamespaces:
        """The namespaces of its host that it shares."""
        return host_namespaces(self._service)

    @cached_property
    def privileges(self) -> Privileges:
        """How much it may do."""
        return read_privileges(self._service)

    @cached_property
    def resources(self) -> Resources:
        """What it asks for and may use; `cpus` is the limit of them, wherever it is written."""
        deploy = self._service.at("deploy", "resources")
        limits = _quantities(deploy["limits"])
        own = self._service["cpus"]
        if is_set(own) and limits is not UNKNOWN:
            found = limits.value if isinstance(limits, Known) else ()
            cpus = Resource("cpus", Field(value(own), own), Place(own.key_span, own.path))
            limits = Known((cpus, *found), own.span)
        return Resources(_quantities(deploy["reservations"]), limits)

    @property
    def shutdown(self) -> Shutdown:
        """How Compose stops it."""
        return read_shutdown(self._service)

    @property
    def service_links(self) -> Fact[bool]:
        """Names of services are found by DNS alone."""
        return Known(value=False)

    @property
    def together(self) -> Neighbours:
        """Services do not share their networks."""
        return Neighbours()


def _has_devices(service: Cursor) -> bool:
    """Whether devices may come by another way than a request for GPUs."""
    generic = service.at("deploy", "resources", "reservations", "generic_resources")
    devices = [item.word() for item in service["devices"].items()]
    written = any(device.startswith("/dev/") for device in devices)
    return generic.exists or written or service["runtime"].exists


def _quantities(place: Cursor) -> Fact[tuple[Resource, ...]]:
    if not is_set(place):
        return ABSENT
    if not isinstance(place.node, Mapping):
        return UNKNOWN
    found = (
        Resource(name, Field(value(entry), entry), Place(entry.key_span, entry.path))
        for name, entry in place.entries()
    )
    return Known(tuple(found), place.span)


def _labels(service: Cursor) -> tuple[tuple[str, str], ...]:
    settings = read_settings(service["labels"], EnvOrigin.COMPOSE)
    return tuple(
        (setting.name, setting.value.value)
        for setting in settings
        if isinstance(setting.value, Known)
    )


def _shared_memory(
    service: Cursor, mounts: Fact[tuple[Mount, ...]]
) -> tuple[Fact[float], Mount | None]:
    """Size of `/dev/shm` in bytes; absent is the default of 64 MB."""
    known = mounts.value if isinstance(mounts, Known) else ()
    for mount in known:
        if isinstance(mount.target, Known) and mount.target.value == _SHARED_MEMORY:
            return (Known(float("inf")) if mount.size is ABSENT else mount.size), mount
    if word(service["ipc"]).startswith(("service:", "container:")):
        return UNKNOWN, None
    declared = size(service["shm_size"])
    unclear = not isinstance(mounts, Known) or any(mount.target is UNKNOWN for mount in known)
    return (UNKNOWN if unclear and declared is ABSENT else declared), None


def _gpus(service: Cursor) -> Fact[GpuRequest]:
    """The accelerators by `gpus`, reserved devices, the runtime, or CDI devices."""
    short = service["gpus"]
    if isinstance(short.node, Scalar) and not short.null:
        named = (_ALL,) if word(short) == _ALL else ()
        request = GpuRequest(short.span, "gpus", UNKNOWN, short.path, devices=named)
        return Known(request, short.span)
    devices = service.at("deploy", "resources", "reservations", "devices")
    reserved = [*short.items(), *(item for item in devices.items() if _is_gpu(item))]
    if reserved:
        return _reserved(reserved, "gpus" if short.items() else "devices")
    if any(is_set(place) and not isinstance(place.node, Sequence) for place in (short, devices)):
        return UNKNOWN
    return _by_runtime(service)


def _is_gpu(device: Cursor) -> bool:
    capabilities = {word(item) for item in device["capabilities"].items()}
    return bool(capabilities & _GPU_CAPABILITIES) or word(device["driver"]) in _GPU_DRIVERS


def _reserved(devices: list[Cursor], resource: str) -> Fact[GpuRequest]:
    total: float | None = 0.0
    for device in devices:
        count = _count(device)
        total = None if total is None or count is None else total + count
    span = devices[0].key_span
    quantity: Fact[float] = UNKNOWN if total is None else Known(total, span)
    named = _named(devices[0]) if len(devices) == 1 else ()
    return Known(GpuRequest(span, resource, quantity, devices[0].path, devices=named), span)


def _count(device: Cursor) -> float | None:
    """How many devices; None for all of them, which is also the default, and where unknown."""
    ids = device["device_ids"]
    if isinstance(ids.node, Sequence):
        named = _ids(ids)
        return float(len(named)) if all(named) and _ALL not in named else None
    count = parse_count(word(device["count"]))
    return None if count is None else float(count)


def _named(device: Cursor) -> tuple[str, ...]:
    """Which devices: a count takes the first ones (moby/moby:daemon/nvidia_linux.go)."""
    ids, count = device["device_ids"], device["count"]
    if isinstance(ids.node, Sequence):
        named = _ids(ids)
        return tuple(named) if all(named) else ()
    if not count.exists or word(count) == _ALL:
        return (_ALL,)
    number = parse_count(word(count)) or 0
    return tuple(map(str, range(number))) if number <= MOST_DEVICES else ()


def _ids(ids: Cursor) -> list[str]:
    """The runtime gets them joined by commas, so that one entry may hold several."""
    return [one.strip() for item in ids.items() for one in word(item).split(",")]


def _by_runtime(service: Cursor) -> Fact[GpuRequest]:
    runtime = service["runtime"]
    if word(runtime) == "nvidia":
        named = _visible(service)
        return Known(GpuRequest(runtime.span, "runtime", named, runtime.path), runtime.span)
    devices = [one for one in service["devices"].items() if word(one).startswith(_CDI_VENDORS)]
    if devices:
        first, count = devices[0], _numbered([word(one).partition("=")[2] for one in devices])
        return Known(GpuRequest(first.span, "devices", count, first.path), first.span)
    return UNKNOWN if value(runtime) is UNKNOWN else ABSENT


def _visible(service: Cursor) -> Fact[float]:
    """How many GPUs the runtime is told to show; unknown where that is all of them."""
    for variable in read_settings(service["environment"], EnvOrigin.COMPOSE):
        if variable.name == "NVIDIA_VISIBLE_DEVICES":
            known = isinstance(variable.value, Known)
            return _numbered(variable.value.value.split(",")) if known else UNKNOWN
    return UNKNOWN


def _numbered(devices: list[str]) -> Fact[float]:
    """How many devices are named one by one, by their numbers or by what a card is called.

    Others are all of them, slices of one, or not known.
    https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/cdi-support.html
    """
    names = {device.strip() for device in devices}
    whole = all(name.startswith("GPU-") or parse_count(name) is not None for name in names)
    return Known(float(len(names))) if whole else UNKNOWN
