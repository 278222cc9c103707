"""Resources of Kubernetes that hand out accelerators."""

from __future__ import annotations

from functools import cache

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import table

MOST_DEVICES = 10_000
"""More than any node has, be they slices or shares of devices."""


class Accelerator(NamedTuple):
    """A resource: `slice` a MIG slice, `shared` a time-sliced device."""

    resource: str
    vendor: str
    slice: bool = False
    shared: bool = False


@cache
def accelerator(resource: str) -> Accelerator | None:
    """What a resource's name (`nvidia.com/gpu`) hands out, None when it is no accelerator."""
    known = table("accelerators")
    if any(matches(resource, pattern) for pattern in known["others"]):
        return None
    for row in known["resources"]:
        if matches(resource, row["glob"]):
            return Accelerator(
                resource, row["vendor"], row.get("slice", False), row.get("shared", False)
            )
    return None
