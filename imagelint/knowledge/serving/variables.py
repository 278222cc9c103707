"""Variables that are out of use, and what is written instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping


class ObsoleteVariable(NamedTuple):
    """A variable that is out of use; the fields are those of the table."""

    name: str
    by: str
    replacement: str
    beside: tuple[str, ...]
    kept_by: tuple[str, ...]


@looked_up
def obsolete_variables() -> Mapping[str, ObsoleteVariable]:
    """Variables that are out of use, by their names."""
    rows = table("variables")["obsolete"]
    return {
        row["name"]: ObsoleteVariable(
            row["name"],
            row["by"],
            row["replacement"],
            tuple(row["beside"]),
            tuple(row["kept_by"]),
        )
        for row in rows
    }
