"""Where a service runs: accelerators, memory, mounts, `/dev/shm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.compose.mounts import read_mounts
from imagelint.documents.compose.values import is_set, size, value, word
from imagelint.documents.compose.variables import read_settings
from imagelint.documents.shared import EnvOrigin, GpuRequest, Mount, Runtime
from imagelint.documents.yaml.nodes import Scalar, Sequence

if TYPE_CHECKING:
    from imagelint.documents.yaml.cursor import Cursor

_GPU_CAPABILITIES = frozenset(("gpu", "nvidia", "compute", "utility"))
_GPU_DRIVERS = frozenset(("nvidia", "cdi", "amd"))
_CDI_VENDORS = ("nvidia.com/gpu", "amd.com/gpu", "/dev/nvidia")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - compared with, never written to


def read_runtime(name: str, service: Cursor, ports: tuple[int, ...]) -> Runtime:
    """Where a service runs; what `extends` may bring in is unknown."""
    partial = is_set(service["extends"])
    mounts = read_mounts(service)
    shm, shm_mount = _shared_memory(service, mounts)
    ipc = value(service["ipc"])
    limit = service["mem_limit"]
    memory = size(limit if is_set(limit) else service.at("deploy", "resources", "limits", "memory"))
    gpus = _gpus(service)
    return Runtime(
        "compose",
        "compose service",
        name,
        service.key_span,
        UNKNOWN if partial and gpus is ABSENT else gpus,
        UNKNOWN,
        UNKNOWN if partial and shm is ABSENT else shm,
        shm_mount,
        Known(ipc.value == "host", ipc.span) if isinstance(ipc, Known) else ipc,
        UNKNOWN if partial and memory is ABSENT else memory,
        UNKNOWN if partial else mounts,
        ports,
        value(service["user"]),
        labels=_labels(service),
        managed=partial,
        body=service,
        path=service.path,
    )


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
        return Known(GpuRequest(short.span, "gpus", UNKNOWN, short.path), short.span)
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
    return Known(GpuRequest(span, resource, quantity, devices[0].path), span)


def _count(device: Cursor) -> float | None:
    """How many devices; None for all of them, which is also the default, and where unknown."""
    ids = device["device_ids"]
    if isinstance(ids.node, Sequence):
        # The runtime gets them joined by commas, so that one entry may hold several.
        named = [one for item in ids.items() for one in word(item).split(",")]
        return float(len(named)) if all(named) and "all" not in named else None
    count = word(device["count"])
    return float(count) if count.isdecimal() else None


def _by_runtime(service: Cursor) -> Fact[GpuRequest]:
    runtime = service["runtime"]
    if word(runtime) == "nvidia":
        return Known(GpuRequest(runtime.span, "runtime", UNKNOWN, runtime.path), runtime.span)
    for device in service["devices"].items():
        if word(device).startswith(_CDI_VENDORS):
            return Known(GpuRequest(device.span, "devices", UNKNOWN, device.path), device.span)
    return UNKNOWN if value(runtime) is UNKNOWN else ABSENT
