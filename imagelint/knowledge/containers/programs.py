"""Programs by which people check how a container is, and the images that lack them, or a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import table

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

CHECKING = ("curl", "wget", "nc", "bash", "sh", "python", "python3", "grpc_health_probe", "jq")
"""The programs that checks are written with."""


def lacked_programs(image: Image) -> frozenset[str]:
    """The programs of these that an image certainly does not have."""
    known = original(image)
    name = f"{known.registry}/{known.repository}"
    for row in table("containers/programs")["images"]:
        if matches(name, row["glob"]) and matches(image.tag, row.get("tags", "*")):
            return frozenset(row["lacks"])
    return frozenset()


def has_no_check(image: Image) -> bool:
    """Whether an image certainly brings no HEALTHCHECK of its own."""
    known = original(image)
    name = f"{known.registry}/{known.repository}"
    rows = table("containers/programs")["unchecked"]
    return any(matches(name, glob) for row in rows for glob in row["globs"])


def has_dash(name: str) -> bool:
    """Whether an image, by registry and repository, has dash for its `/bin/sh` whatever its tag."""
    return any(
        matches(name, glob) for row in table("containers/programs")["dash"] for glob in row["globs"]
    )


def starts_what_it_is_told(image: Image) -> bool:
    """Whether an image has no ENTRYPOINT, or one that runs its arguments as they are."""
    known = original(image)
    name = f"{known.registry}/{known.repository}"
    rows = table("containers/programs")["plain"]
    return any(matches(name, glob) for row in rows for glob in row["globs"])
