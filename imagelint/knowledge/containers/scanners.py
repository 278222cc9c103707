"""Which releases of scanners may be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.tables import table

if TYPE_CHECKING:
    from imagelint.knowledge.containers.scanner_schema import WithdrawnRow


def withdrawn(name: str, version: str) -> WithdrawnRow | None:
    """What is known against a release of a scanner; None when nothing is."""
    rows = table("containers/scanners")["withdrawn"]
    return next((row for row in rows if (row["name"], row["version"]) == (name, version)), None)


def least_version(name: str) -> str:
    """The oldest release that understands what we ask; empty when any does."""
    rows = table("containers/scanners")["programs"]
    return next((row["at_least"] for row in rows if row["name"] == name), "")
