"""Flags that servers refuse beside each other, and those that need another one."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table


class FlagConflict(NamedTuple):
    """Two flags, by their main names without dashes, that a server refuses.

    `needed` tells that it refuses `flag` without `other`, else it refuses both together. `values`
    are those of `flag` for which that holds, empty for all; `excepted` those of `other` for which
    it does not. `above` is a number that `other` has to exceed, None where any value counts. With
    an `order` the number of `flag` has to be `below` that of `other`, or at `most` as large.
    """

    flag: str
    other: str
    needed: bool
    values: tuple[str, ...]
    excepted: tuple[str, ...]
    above: int | None
    order: str = ""


@looked_up
def flag_conflicts(engine: str) -> tuple[FlagConflict, ...]:
    """What is known of the flags of an engine."""
    return tuple(
        FlagConflict(
            flag=row["flag"],
            other=row.get("needs") or row["other"],
            needed="needs" in row,
            values=tuple(row.get("values", ())),
            excepted=tuple(row.get("except", ())),
            above=row.get("above"),
            order=row.get("order", ""),
        )
        for row in table("flag_conflicts")["conflicts"]
        if row["engine"] == engine
    )
