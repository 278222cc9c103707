"""GPUs by the labels of nodes and the names of resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern as lazy
from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.knowledge import schema

Capability: TypeAlias = tuple[int, int]

_MIG = lazy(r"mig-(?:\d{1,2}c\.)?(\d{1,2})g\.(\d{1,3})gb", re.ASCII)


class MigProfile(NamedTuple):
    """A slice of a GPU: `1g.10gb`. `memory` in GB."""

    slices: int
    memory: int


class Gpu(NamedTuple):
    """A product.

    `sold` are the GB by which one device is sold, `usable` the GiB of it that CUDA tells of; None
    where the name leaves it open, and for a MIG slice the slice's. `shared` is true when time
    slicing hands one device to several pods. `profiles` are the slices into which it can be cut
    (`1g.10gb`), None where that is not known.
    """

    name: str
    sold: float | None
    usable: float | None
    capability: Capability
    shared: bool = False
    mig: MigProfile | None = None
    profiles: tuple[str, ...] | None = None


class Architecture(NamedTuple):
    """A generation, with the first and the last CUDA release that knows it; last () is current."""

    generation: str
    first: tuple[int, ...]
    last: tuple[int, ...]


@looked_up
def gpu(label: str) -> Gpu | None:
    """The GPU that a node label's value names, None when it is not known.

    Takes the values of `nvidia.com/gpu.product`, `cloud.google.com/gke-accelerator` and Karpenter's
    `instance-gpu-name`, and what people write: `NVIDIA-H100-80GB-HBM3`, `nvidia-tesla-t4`, `l40s`.
    """
    name = plain_label(label)
    for row in table("gpus")["products"]:
        if any(matches(name, pattern) for pattern in row["globs"]):
            return _device(row["name"], row, label)
    return None


def _device(name: str, row: schema.GpuRow, label: str) -> Gpu:
    mig = mig_profile(label)
    sold, usable = (_number(row.get("sold")), _number(row.get("usable")))
    if mig is not None:
        sold = usable = float(mig.memory)
    cut = row.get("mig")
    found = Gpu(name, sold, usable, capability(row["capability"]), is_shared(label), mig)
    return found if cut is None else found._replace(profiles=tuple(cut))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def plain_label(label: str) -> str:
    """A label as the globs of the table are about it: in small letters, without its maker."""
    name = re.sub(r"[\s_]+", "-", label.strip().lower())
    # GKE's own old names stand for the smallest memory.
    if name in ("nvidia-tesla-a100", "nvidia-tesla-v100"):
        return f"gke-{name.removeprefix('nvidia-tesla-')}"
    return name.removeprefix("nvidia-").removeprefix("tesla-").removeprefix("geforce-")


def gpu_memory_gb(label: str) -> float | None:
    """Usable GiB of the device that a label names, None when it is not known."""
    found = gpu(label)
    return found.usable if found else None


def mig_profile(text: str) -> MigProfile | None:
    """The MIG profile in a resource name or a product label, None without one."""
    match = _MIG.search(text.lower())
    return MigProfile(int(match[1]), int(match[2])) if match else None


def is_shared(text: str) -> bool:
    """Whether a resource name or a product label means a time-sliced device."""
    return text.endswith((".shared", "-SHARED", "-shared"))


def lacks_forward_compatibility(label: str) -> bool:
    """Whether the package `cuda-compat` does nothing for the GPU that a label names.

    It helps GPUs of data centres, and RTX cards of certified servers only:
    https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html
    """
    words = re.split(r"[\s_-]+", label.lower())
    return "geforce" in words or ("rtx" in words and "server" not in words)


def largest_memory_gb() -> float:
    """GB of the largest GPU that is known, as sold."""
    return max(float(row.get("sold", 0)) for row in table("gpus")["products"])


def products() -> tuple[tuple[str, float], ...]:
    """The products whose memory is known, with the usable GiB of one device, the largest first."""
    rows = table("gpus")["products"]
    found = [(row["name"], float(row["usable"])) for row in rows if "usable" in row]
    return tuple(sorted(found, key=lambda one: -one[1]))


def architecture(capability_: Capability) -> Architecture | None:
    """The generation of a compute capability, None when it is not known."""
    row = table("gpus")["architectures"].get(f"{capability_[0]}.{capability_[1]}")
    if row is None:
        return None
    return Architecture(row["generation"], _numbers(row["first"]), _numbers(row["last"]))


def is_served(capability_: Capability, compiled: Iterable[str]) -> bool:
    """Whether code for some compute capabilities (`8.6`) runs on a GPU.

    It does upon all of the same major that are not older.
    https://docs.nvidia.com/cuda/cuda-c-programming-guide/ (binary compatibility)
    """
    major, minor = capability_
    return any(
        one[0] == major and one[1] <= minor for one in (capability(text) for text in compiled)
    )


def capability(text: str) -> Capability:
    """`8.9` as numbers.

    Raises:
        ValueError: it is not of that form.
    """
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")) if text else ()
