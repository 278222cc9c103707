"""What servers keep in the memory of their host because they are told to."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table


class HostBuffer(NamedTuple):
    """A flag or a variable, the other of which is empty, that says how much of a `unit` of bytes.

    `each` tells that every process of a GPU keeps as much, `needs` the flag without which nothing
    is kept, `names` what its value has to name, `weights` that it is no more than the model has,
    `until` the first release that keeps nothing any more.
    """

    flag: str
    variable: str
    unit: int
    each: bool
    needs: str
    weights: bool
    names: str = ""
    until: str = ""


class Holding(NamedTuple):
    """Flags by which all weights are in memory: those that are `on`, and those that are `off`."""

    on: tuple[str, ...]
    off: tuple[str, ...]


@looked_up
def host_buffers(engine: str) -> tuple[HostBuffer, ...]:
    """What an engine may be told to keep in the memory of its host."""
    return tuple(
        HostBuffer(
            flag=row["flag"],
            variable=row["variable"],
            unit=row["unit"],
            each=row["each"],
            needs=row["needs"],
            weights=row["weights"],
            names=row.get("names", ""),
            until=row.get("until", ""),
        )
        for row in table("host_memory")["buffers"]
        if row["engine"] == engine
    )


@looked_up
def holding_flags(engine: str) -> Holding:
    """By which flags an engine without GPUs holds its weights in memory."""
    for row in table("host_memory")["held"]:
        if row["engine"] == engine:
            return Holding(tuple(row["on"]), tuple(row["off"]))
    return Holding((), ())
