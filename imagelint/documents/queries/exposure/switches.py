"""Questions about what a server lets those do who reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import hub_variable, server_switch
from imagelint.documents.queries.serving import setting, variable
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.options import KEY
from imagelint.knowledge.models import takes_media
from imagelint.knowledge.serving.exposure import exposure, unsafe_switches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.knowledge.serving.exposure import UnsafeSwitch


class SwitchedOn(NamedTuple):
    """An unsafe switch that is certainly on.

    `place` is where, `name` the flag or variable as it is written, `written` it with its value:
    `--agent`, `VLLM_SERVER_DEV_MODE=1`.
    """

    switch: UnsafeSwitch
    place: Place
    name: str
    written: str


def switched_on_of(server: ServingCommand, kind: str) -> Iterator[SwitchedOn]:
    """The unsafe switches of a kind that are on."""
    for switch in unsafe_switches(server.engine, kind) if server.engine else ():
        found = _by_flag(server, switch) if switch.flag else _by_variable(server, switch)
        if found is not None and _counts(server, switch):
            yield found


def _by_flag(server: ServingCommand, switch: UnsafeSwitch) -> SwitchedOn | None:
    found = server.find_switch(switch.flag)
    if found is None or not isinstance(found.value, Known):
        return None
    if not _does_it(found.value.value, switch):
        return None
    written = f"{found.written}={found.value.value}" if found.variable else found.written
    if switch.values and not found.variable:
        written = f"{found.written} {found.value.value}"
    return SwitchedOn(switch, Place(found.span, server.path), found.written, written)


def _by_variable(server: ServingCommand, switch: UnsafeSwitch) -> SwitchedOn | None:
    found = variable(server, switch.variable)
    if found is None or not isinstance(found.value, Known):
        return None
    value = found.value.value
    if value.lower() not in switch.values if switch.values else not hub_variable(value):
        return None
    place = Place(found.span, found.path)
    return SwitchedOn(switch, place, switch.variable, f"{switch.variable}={value}")


def _does_it(value: str, switch: UnsafeSwitch) -> bool:
    return value.lower() in switch.values if switch.values else server_switch(value)


def _counts(server: ServingCommand, switch: UnsafeSwitch) -> bool:
    """Whether all that has to be set beside it is, and nothing that makes it safe may be."""
    needs = all(_has(server, name, values) for name, values in switch.needs.items())
    return needs and all(server.switch(flag) is ABSENT for flag in switch.unless)


def _has(server: ServingCommand, name: str, values: object) -> bool:
    fact = setting(server, name) if name.isupper() else server.switch(name)
    return isinstance(fact, Known) and isinstance(values, list) and fact.value in values


def asks_for_key(server: ServingCommand) -> Fact[bool]:
    """Whether a server asks for a key; unknown where that stands in something that is not read.

    The place is that of the key.
    """
    if not server.engine:
        return UNKNOWN
    known = exposure(server.engine)
    if known.authentication == "elsewhere":
        return UNKNOWN
    if known.authentication == "none":
        by_variables = server.facts is not None and server.facts.traits.told_by_variables
        return Known(value=False) if server.complete or by_variables else UNKNOWN
    flags = [flag for flag in (server.flag(KEY), *known.key_flags) if flag]
    for flag in flags:
        told = server.find_switch(flag)
        if told is not None:
            return Known(told.value != Known("", told.value_span), told.span)
    facts = [server.switch(flag) for flag in flags]
    return UNKNOWN if UNKNOWN in facts else Known(value=False)


def allowed_origins(server: ServingCommand) -> Switch | None:
    """The switch that lets browsers ask from any origin, where one does."""
    flag = exposure(server.engine).origins_flag if server.engine else ""
    found = server.find_switch(flag) if flag else None
    if found is None or not isinstance(found.value, Known):
        return None
    return found if found.value.value.strip("[]\"' ") == "*" else None


def open_paths(server: ServingCommand) -> tuple[str, ...]:
    """The paths of a server that answer without its key."""
    return exposure(server.engine).open_paths if server.engine else ()


def fetches_any_media(server: ServingCommand) -> str:
    """The flag that is missing where requests make a server fetch media from any address.

    Empty where its model takes none by its name, where the flag is or may be set, or where the
    engine has none.
    """
    flags = exposure(server.engine).media_flags if server.engine else ()
    if not flags or not isinstance(server.model, Known) or not takes_media(server.model.value):
        return ""
    return flags[0] if all(server.switch(flag) is ABSENT for flag in flags) else ""


def is_for_development(origin: str) -> bool:
    """Whether a file is laid over another one on the machines of developers, or is for tests."""
    name = origin.rpartition("/")[2]
    return ".override." in name or any(word in origin.lower() for word in (".dev.", "test"))
