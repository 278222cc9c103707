"""Resources of Kubernetes that hand out accelerators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_DEVICES = 10_000
"""More than any node has, be they slices or shares of devices."""


class Accelerator(NamedTuple):
    """A resource: `slice` a MIG slice, `shared` a time-sliced device.

    A device has at least `fewest` and at most `most` processors over which a model is split.
    """

    resource: str
    vendor: str
    slice: bool = False
    shared: bool = False
    fewest: int = 1
    most: int = 1


class AnnotatedShares(NamedTuple):
    """The annotations of a pod that ask for a part of a device.

    `names` maps each to the MiB that one unit is, 0 where it is no memory. `number` and `container`
    are those that tell how many devices there are, and which container gets them.
    """

    names: Mapping[str, int]
    number: str
    container: str


@looked_up
def accelerator(resource: str) -> Accelerator | None:
    """What a resource's name (`nvidia.com/gpu`) hands out, None when it is no accelerator."""
    known = table("accelerators")
    if any(matches(resource, pattern) for pattern in known["others"]):
        return None
    for row in known["resources"]:
        if matches(resource, row["glob"]):
            fewest, most = row.get("cores", [1, 1])
            slice_, shared = row.get("slice", False), row.get("shared", False)
            return Accelerator(resource, row["vendor"], slice_, shared, fewest, most)
    return None


@looked_up
def shares() -> Mapping[str, int]:
    """Resources that say beside a device how large a part is meant, with the MiB of one unit."""
    return {row["name"]: row["mebibytes"] for row in table("accelerators")["shares"]}


@looked_up
def annotated_shares() -> AnnotatedShares:
    """The annotations that ask for a part of a device without any resource."""
    known = table("accelerators")
    names = {row["name"]: row["mebibytes"] for row in known["annotations"]}
    return AnnotatedShares(names, known["annotated_count"], known["annotated_container"])
