"""What engines let those do who reach their port, and what should not be switched on there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import engine_table, looked_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.knowledge import engine_schema


class UnsafeSwitch(NamedTuple):
    """A flag or a variable that should not be on where others reach the server.

    Exactly one of `flag` and `variable` is set. `values` are those that do it (none: whatever
    switches it on), `needs` the flags and variables that have to have one of some values as well,
    `unless` flags with which it is safe. `kind` is `development`, `adapters`, `prompts` or
    `origins`; `level` is empty where it is as severe as others of its kind; `does` ends a sentence.
    """

    flag: str
    variable: str
    values: tuple[str, ...]
    needs: Mapping[str, Sequence[str]]
    unless: tuple[str, ...]
    kind: str
    level: str
    does: str


class Exposure(NamedTuple):
    """What an engine lets those do who reach its port; `engine_schema.Exposure` says what is what.

    `authentication` is `option`, `none` or `elsewhere`.
    """

    authentication: str
    key_flags: tuple[str, ...]
    open_paths: tuple[str, ...]
    media_flags: tuple[str, ...]
    origins_flag: str
    any_origin: bool


@looked_up
def exposure(engine: str) -> Exposure:
    """What an engine lets others do.

    Raises:
        ModuleNotFoundError: there is no such engine.
    """
    raw = engine_table(engine)["exposure"]
    return Exposure(
        authentication=raw["authentication"],
        key_flags=tuple(raw["key_flags"]),
        open_paths=tuple(raw["open_paths"]),
        media_flags=tuple(raw["media_flags"]),
        origins_flag=raw["origins_flag"],
        any_origin=raw["any_origin"],
    )


@looked_up
def unsafe_switches(engine: str, kind: str) -> tuple[UnsafeSwitch, ...]:
    """What should not be switched on of an engine, of one kind.

    Raises:
        ModuleNotFoundError: there is no such engine.
    """
    rows = engine_table(engine)["unsafe"]
    return tuple(_switch(row) for row in rows if row["kind"] == kind)


def _switch(raw: engine_schema.Unsafe) -> UnsafeSwitch:
    return UnsafeSwitch(
        flag=raw.get("flag", ""),
        variable=raw.get("variable", ""),
        values=tuple(raw["values"]),
        needs=raw.get("needs", {}),
        unless=tuple(raw.get("unless", ())),
        kind=raw["kind"],
        level=raw["level"],
        does=raw["does"],
    )
